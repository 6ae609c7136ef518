"""What there is to do, asked in one question: most sweeps find nothing, and each part of it reads the beginning of one
index."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakSet

from django.db import OperationalError, ProgrammingError, connection

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.backends.utils import CursorWrapper


class Waiting(NamedTuple):
    """Whether anything of each kind is there to be done.

    Promises to be found broken, ladders to be laid, alarms and reminders whose moment has come. Mail to be sent or to
    be followed up. New addresses of customers that nobody has confirmed in time.
    """

    promises: bool
    ladders: bool
    alarms: bool
    reminders: bool
    mail: bool
    addresses: bool


_FIRST = "(SELECT {first} FROM cases_{table} WHERE {condition} ORDER BY {first} LIMIT 1) IS NOT NULL"
"""Whether there is any, in the order of the index. Asked with EXISTS, PostgreSQL reads a whole table where it expects
to meet one soon; and it cannot know how seldom two columns differ, or what is due."""
_WITHOUT_LADDER = """
    settled_at IS NULL AND due_at IS NOT NULL
    AND (ladder_for IS NULL OR ladder_for < due_at OR ladder_for > due_at)
"""
_PARTS = (
    (("promise", "due_at", "settled_at IS NULL AND status = 'open' AND due_at < {now}"),),
    tuple((table, "id", _WITHOUT_LADDER) for table in ("step", "promise", "preventionaction", "statusupdate")),
    (("alarm", "at", "at <= {now}"),),
    (("reminder", "hold_until", "message_id IS NULL AND dropped_because = '' AND hold_until <= {now}"),),
    (
        ("message", "next_attempt_at", "status = 'queued' AND next_attempt_at <= {now}"),
        ("message", "id", "status IN ('sent', 'failed') AND concluded_at IS NULL"),
    ),
    (("addressquestion", "pass_on_at", "settled_at IS NULL AND pass_on_at <= {now}"),),
)
_QUESTION = "SELECT " + ",\n".join(
    " OR ".join(_FIRST.format(table=table, first=first, condition=condition) for table, first, condition in part)
    for part in _PARTS
)
_ASK = _QUESTION.format(now="%(now)s")
_PREPARE = "PREPARE amends_waiting (timestamptz) AS " + _QUESTION.format(now="$1")
_ASK_PREPARED = "EXECUTE amends_waiting (%(now)s)"
_prepared: WeakSet[object] = WeakSet()
"""The connections that know the question: thinking about it takes PostgreSQL several times as long as answering."""


def waiting(now: datetime) -> Waiting:
    """As it is at this moment; what comes a moment later is for the next sweep."""
    given = {"now": connection.ops.adapt_datetimefield_value(now)}
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql" or connection.in_atomic_block:
            cursor.execute(_ASK, given)
        else:
            _ask_prepared(cursor, given)
        return Waiting(*(bool(each) for each in cursor.fetchone()))


def _ask_prepared(cursor: CursorWrapper, given: dict[str, str | None]) -> None:
    """Behind a pooler that gives each statement another connection, what was prepared is not there: it is asked in full
    then."""
    try:
        if connection.connection not in _prepared:
            cursor.execute(_PREPARE)
            _prepared.add(connection.connection)
        cursor.execute(_ASK_PREPARED, given)
    except (OperationalError, ProgrammingError):  # not known there, or known already
        cursor.execute(_ASK, given)
