"""What there is to do, asked in one question: most sweeps find nothing, and each part of it reads the beginning of one
index."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db import connection

if TYPE_CHECKING:
    from datetime import datetime


class Waiting(NamedTuple):
    """Whether there are promises to be found broken, ladders to be laid, alarms and reminders whose moment has come,
    and mail to be sent or to be followed up."""

    promises: bool
    ladders: bool
    alarms: bool
    reminders: bool
    mail: bool


_WITHOUT_LADDER = """
    EXISTS (SELECT 1 FROM {table} WHERE settled_at IS NULL AND due_at IS NOT NULL
        AND (ladder_for IS NULL OR ladder_for < due_at OR ladder_for > due_at))
"""
_TABLES = ("cases_step", "cases_promise", "cases_preventionaction", "cases_statusupdate")
_QUESTION = """
    SELECT
    EXISTS (SELECT 1 FROM cases_promise WHERE settled_at IS NULL AND status = 'open' AND due_at < %(now)s),
    {ladders},
    EXISTS (SELECT 1 FROM cases_alarm WHERE at <= %(now)s),
    EXISTS (SELECT 1 FROM cases_reminder
        WHERE message_id IS NULL AND dropped_because = '' AND hold_until <= %(now)s),
    EXISTS (SELECT 1 FROM cases_message WHERE status = 'queued' AND next_attempt_at <= %(now)s)
    OR EXISTS (SELECT 1 FROM cases_message WHERE status IN ('sent', 'failed') AND concluded_at IS NULL)
"""
_ASKED = _QUESTION.format(ladders=" OR ".join(_WITHOUT_LADDER.format(table=table) for table in _TABLES))


def waiting(now: datetime) -> Waiting:
    """As it is at this moment; what comes a moment later is for the next sweep."""
    with connection.cursor() as cursor:
        cursor.execute(_ASKED, {"now": connection.ops.adapt_datetimefield_value(now)})
        return Waiting(*(bool(each) for each in cursor.fetchone()))
