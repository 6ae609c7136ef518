"""Which reminders are owed: one row for each commitment, rung and due moment, whoever plans it and however often.

One statement turns every alarm whose moment has come into a reminder, in the database: nothing is fetched, and a
thousand cost hardly more than one. The unique key drops what another scheduler wrote meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction

from cases.rules.vocabulary import CommitmentKind

if TYPE_CHECKING:
    from datetime import datetime

_SOURCES = {
    CommitmentKind.STEP: (
        "thing.case_id",
        "cases_step thing",
        "JOIN cases_case c ON c.id = thing.case_id AND c.closed_at IS NULL AND c.is_timed AND c.round = thing.round",
    ),
    CommitmentKind.PROMISE: (
        "thing.case_id",
        "cases_promise thing",
        "JOIN cases_case c ON c.id = thing.case_id AND c.closed_at IS NULL",
    ),
    CommitmentKind.PREVENTION: ("NULL", "cases_preventionaction thing", ""),
    CommitmentKind.UPDATE: (
        "thing.case_id",
        "cases_statusupdate thing",
        "JOIN cases_case c ON c.id = thing.case_id AND c.closed_at IS NULL AND c.is_timed",
    ),
}
"""Per kind the case, the table, and whether the case still runs (as ``cases.reminders.owed.running`` says)."""

_SELECT = """
    SELECT ripe.kind, ripe.commitment_id, ripe.rung, ripe.nth, ripe.due_at, %(now)s, %(now)s, '', '', {case}
    FROM {ripe} ripe
    JOIN {table} ON thing.id = ripe.commitment_id AND thing.settled_at IS NULL AND thing.due_at = ripe.due_at
    {running}
    WHERE ripe.kind = '{kind}'
"""
_INSERT = """
    INSERT INTO cases_reminder
    (kind, commitment_id, rung, nth, due_at, planned_at, hold_until, held_because, dropped_because, case_id)
"""
_DELETE = "DELETE FROM cases_alarm WHERE at <= %(now)s"


def _planning(ripe: str) -> str:
    parts = [
        _SELECT.format(ripe=ripe, case=case, table=table, running=running, kind=kind.value)
        for kind, (case, table, running) in _SOURCES.items()
    ]
    return f"{_INSERT} {' UNION ALL '.join(parts)} ON CONFLICT DO NOTHING"


_IN_ONE = f"WITH ripe AS ({_DELETE} RETURNING *) {_planning('ripe')}"
_IN_TWO = (_planning("(SELECT * FROM cases_alarm WHERE at <= %(now)s)"), _DELETE)
"""SQLite cannot delete inside another statement. It has one writer at a time, so nothing comes in between."""


@transaction.atomic
def plan(*, now: datetime) -> int:
    """Write down every reminder whose moment has come. Says how many."""
    moment = {"now": connection.ops.adapt_datetimefield_value(now)}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_IN_ONE, moment)
            return int(cursor.rowcount)
        planning, forgetting = _IN_TWO
        cursor.execute(planning, moment)
        planned = cursor.rowcount
        cursor.execute(forgetting, moment)
        return int(planned)
