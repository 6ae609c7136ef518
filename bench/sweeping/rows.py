"""Open commitments by the hundred thousand, each with its ladder of reminders: copies of one case that was logged.

Limit: PostgreSQL, in a database made for it. The copies are written by the database, because a million actions take
hours; due moments lie from tomorrow to in three months.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from bench.delivery.mails import log_late
from cases.models import Alarm, Case, Step
from cases.reminders.lay import lay

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import Model

STEPS_OF_A_CASE = 5
_DUE = "%(now)s::timestamptz + interval '1 day' + interval '1 minute' * (hashint4(n) & 131071)"
_RUNGS = """
    (VALUES ('early', -600), ('soon', -240), ('due', 0), ('overdue', 60), ('again', 480), ('manager', 960))
    AS rungs (rung, minutes)
"""


def load(commitments: int, now: datetime) -> None:
    """So many steps, nothing of them due yet, with six alarms each."""
    log_late(1)
    lay(now=now)
    Alarm.objects.all().delete()
    Step.objects.update(due_at=None)
    cases = commitments // STEPS_OF_A_CASE
    _copy(Case, "case", cases, {"reference": "'SR-C' || n", "public_id": "gen_random_uuid()"}, now)
    of_case = {"case_id": f"(n - 1) %% {cases} + 1000001", "position": f"(n - 1) / {cases} + 1"}
    kind = f"(ARRAY['acknowledge','apologize','correct','compensate','confirm'])[(n - 1) / {cases} + 1]"
    _copy(Step, "step", commitments, {**of_case, "kind": kind, "due_at": _DUE, "ladder_for": _DUE}, now)
    with connection.cursor() as cursor:
        cursor.execute(f"""
            INSERT INTO cases_alarm (kind, commitment_id, rung, nth, due_at, at)
            SELECT 'step', id, rung, 0, due_at, due_at + interval '1 minute' * minutes FROM cases_step, {_RUNGS}
            WHERE due_at IS NOT NULL
        """)  # noqa: S608 - put together from what stands above
        cursor.execute("VACUUM (ANALYZE)")


def _copy(model: type[Model], name: str, number: int, other: dict[str, str], now: datetime) -> None:
    """The first row of a model so many times, with other values where they must differ."""
    columns = [field.column or field.name for field in model._meta.concrete_fields]  # noqa: SLF001 - the documented way to them
    values = {"id": "n + 1000000", **other}
    chosen = ", ".join(values.get(column, f"first.{column}") for column in columns)
    statement = f"""
        INSERT INTO cases_{name} ({", ".join(columns)})
        SELECT {chosen} FROM generate_series(1, %(number)s) AS n, (SELECT * FROM cases_{name} ORDER BY id LIMIT 1) first
    """  # noqa: S608 - put together from the columns of a table
    with connection.cursor() as cursor:
        cursor.execute(statement, {"number": number, "now": now})
