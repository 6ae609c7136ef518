"""One sweep at a time writes mails, so that nobody gets two about what came due at once.

Without it two sweeps side by side would still tell each thing once, but might share one person's things between two
mails. Whoever finds it taken has nothing to write: the other does, and what comes a moment later is for the next
sweep.

A lock of the database session, which ends with the process that holds it, however that dies; a machine that is gone
without a word is given up by the database within two minutes. The embedded run on SQLite has one worker and needs none.
Limit: behind a pooler that gives each statement another connection it would belong to nobody; a worker wants a
connection of its own.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import Error, connection

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEY = 0x416D656E6473
"""Ours among the locks of the database: "Amends"."""
_TRY = """
    SELECT pg_try_advisory_lock(%s), set_config('tcp_keepalives_idle', '60', false),
        set_config('tcp_keepalives_interval', '10', false), set_config('tcp_keepalives_count', '4', false)
"""


@contextmanager
def alone() -> Iterator[bool]:
    """Whether it is ours. Never waits."""
    if connection.vendor != "postgresql":
        yield True
        return
    is_ours = _ask(_TRY)
    try:
        yield is_ours
    finally:
        if is_ours:
            _give_back()


def _give_back() -> None:
    """A connection that is gone holds nothing any more, and one that does not answer must not hold it any longer."""
    try:
        _ask("SELECT pg_advisory_unlock(%s)")
    except Error:
        connection.close()


def _ask(statement: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, (_KEY,))
        return bool(cursor.fetchone()[0])
