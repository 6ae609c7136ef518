"""Which reminders are owed: one row for each commitment, rung and due moment, whoever plans it and however often.

One statement turns every alarm whose moment has come into a reminder, in the database: nothing is fetched, and a
thousand cost hardly more than one. The unique key drops what another scheduler wrote meanwhile.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connection, transaction

from cases.models import Reminder
from cases.rules.vocabulary import OWED_AFTER_CLOSING, CommitmentKind, DroppedBecause

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
        "JOIN cases_case c ON c.id = thing.case_id"
        f" AND (c.closed_at IS NULL AND c.is_timed OR thing.reason IN {tuple(map(str, OWED_AFTER_CLOSING))})",
    ),
}
"""Per kind the case, the table, and whether the case still runs (as ``cases.reminders.owed.running`` says)."""

_SELECT = """
    SELECT ripe.kind, ripe.commitment_id, ripe.rung, ripe.nth, ripe.due_at, {planned}, %(now)s, '', '', {case}
    FROM {ripe} ripe
    JOIN {table} ON thing.id = ripe.commitment_id AND thing.settled_at IS NULL AND thing.due_at = ripe.due_at
    {running}
    WHERE ripe.kind = '{kind}'
"""
_INSERT = """
    INSERT INTO cases_reminder
    (kind, commitment_id, rung, nth, due_at, planned_at, hold_until, held_because, dropped_because, case_id)
"""
_AGAIN = """
    ON CONFLICT (kind, commitment_id, rung, due_at, nth) DO UPDATE
    SET planned_at = excluded.planned_at, hold_until = excluded.hold_until, held_because = '', dropped_because = ''
    WHERE cases_reminder.dropped_because = %(another_moment)s
"""
"""What was planned before stays as it is, unless it was dropped for a due moment that has come back."""
_DELETE = "DELETE FROM cases_alarm WHERE at <= %(now)s"


def _select(ripe: str, planned: str) -> str:
    parts = [
        _SELECT.format(ripe=ripe, planned=planned, case=case, table=table, running=running, kind=kind.value)
        for kind, (case, table, running) in _SOURCES.items()
    ]
    return " UNION ALL ".join(parts)


def _planning(ripe: str) -> str:
    return f"{_INSERT} {_select(ripe, '%(now)s')} {_AGAIN}"


_IN_ONE = f"WITH ripe AS ({_DELETE} RETURNING *) {_planning('ripe')}"
_IN_TWO = (_planning("(SELECT * FROM cases_alarm WHERE at <= %(now)s)"), _DELETE)
"""SQLite cannot delete inside another statement. It has one writer at a time, so nothing comes in between."""


_UNTIL = "(SELECT * FROM cases_alarm WHERE at <= %(until)s)"
_COMING = " ".join((_select(_UNTIL, "ripe.at"), "ORDER BY 6 LIMIT %(most)s"))
"""The same rows, with the moment at which each will be planned."""


def coming(*, now: datetime, until: datetime, most: int) -> list[Reminder]:
    """The reminders that will be planned until then, unless what they are about is settled: not stored, told apart by
    a key that none has. ``planned_at`` is when."""
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(_COMING, {"now": adapt(now), "until": adapt(until), "most": most})
        rows = cursor.fetchall()
    names = ("kind", "commitment_id", "rung", "nth", "due_at", "planned_at", "hold_until")
    found = [Reminder(pk=-number, **dict(zip(names, row, strict=False))) for number, row in enumerate(rows, start=1)]
    for reminder in found:
        for name in ("due_at", "planned_at", "hold_until"):
            setattr(reminder, name, _moment(getattr(reminder, name)))
    return found


def _moment(value: datetime | str) -> datetime:
    """SQLite has no type for moments."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@transaction.atomic
def plan(*, now: datetime) -> int:
    """Write down every reminder whose moment has come. Says how many."""
    words = {"now": connection.ops.adapt_datetimefield_value(now), "another_moment": DroppedBecause.ANOTHER_MOMENT}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_IN_ONE, words)
            return int(cursor.rowcount)
        planning, forgetting = _IN_TWO
        cursor.execute(planning, words)
        planned = cursor.rowcount
        cursor.execute(forgetting, words)
        return int(planned)
