"""Measures sweeps and bare queries in one database, by turns, and says as JSON what it found:
``python -m bench.sweeping.rounds COMMITMENTS``. A process of its own, because Django knows one database a process."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

import django
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

SWEEPS = 200
PLANNINGS = 7
DUE = 10_000
_WHAT_IS_DUE = "SELECT id, due_at FROM cases_step WHERE settled_at IS NULL AND due_at <= %(now)s ORDER BY due_at"
_BARE_PLANNING = """
    INSERT INTO cases_reminder
    (kind, commitment_id, rung, nth, due_at, planned_at, hold_until, held_because, dropped_because, case_id)
    SELECT alarm.kind, alarm.commitment_id, alarm.rung, alarm.nth, alarm.due_at, %(now)s, %(now)s, '', '', step.case_id
    FROM cases_alarm alarm JOIN cases_step step ON step.id = alarm.commitment_id WHERE alarm.at <= %(now)s
"""


def main() -> None:
    django.setup()
    call_command("migrate", verbosity=0)
    from bench.sweeping.rows import load

    now = timezone.now()
    load(int(sys.argv[1]), now)
    json.dump({"idle": _idle(now), "planning": _planning()}, sys.stdout)


def _idle(now: datetime) -> dict[str, list[float]]:
    """Seconds of sweeps that find nothing, and of asking what is due; outside of a transaction, as a worker asks."""
    from cases.reminders.sweep import sweep

    works = {"product": lambda: sweep(now), "bare": lambda: _run(_WHAT_IS_DUE, now)}
    return _in_turn(works, SWEEPS, _timed)


def _planning() -> dict[str, list[float]]:
    """Seconds of writing down what is owed for alarms that have come due, by the product and by one statement."""
    from cases.models import Alarm
    from cases.reminders.plan import plan

    moment = Alarm.objects.order_by("at").values_list("at", flat=True)[DUE - 1]
    works = {"product": lambda: plan(now=moment), "bare": lambda: _run(_BARE_PLANNING, moment)}
    return _in_turn(works, PLANNINGS, _undone)


def _run(statement: str, now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"now": now})
        return int(cursor.rowcount)


def _in_turn(
    works: Mapping[str, Callable[[], object]], rounds: int, timed: Callable[[Callable[[], object]], float]
) -> dict[str, list[float]]:
    """Seconds of each round, of each of two; who begins changes from round to round. One round in eight warms up."""
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(rounds + rounds // 8 + 1):
        for name in works if turn % 2 else reversed(list(works)):
            seconds[name].append(timed(works[name]))
    return {name: took[-rounds:] for name, took in seconds.items()}


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _undone(work: Callable[[], object]) -> float:
    """Seconds of this work, which is taken back. What its rows refer to is looked up before the end, as a commit
    would."""
    with transaction.atomic():
        begun = time.perf_counter()
        work()
        _run("SET CONSTRAINTS ALL IMMEDIATE", timezone.now())
        took = time.perf_counter() - begun
        transaction.set_rollback(True)
    return took


if __name__ == "__main__":
    main()
