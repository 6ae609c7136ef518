"""Foresees the reminders of every commitment that has a new due moment: its ladder, as alarms.

This is done here and not where due moments change: so no page waits for it. A comparison of two columns finds what has
no ladder. So a commitment gets one in whatever way its due moment changed.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from cases.actions import clocks
from cases.errors import RuleError
from cases.models import Alarm, Commitment, PreventionAction, Promise, Reminder, Step
from cases.reminders.owed import owed, running
from cases.rules import ladder as rules
from cases.rules.ladder import Span
from cases.rules.vocabulary import ClockKind, CommitmentKind, Rung, StepKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from cases.reminders.owed import Owed, Thing

logger = logging.getLogger(__name__)

CHUNK = 500
REPEATS = {Rung.AGAIN: Rung.AGAIN, Rung.MANAGER: Rung.MANAGER_AGAIN, Rung.MANAGER_AGAIN: Rung.MANAGER_AGAIN}
"""Which rung comes again after which."""


def lay(*, now: datetime) -> int:
    """Says how many commitments got a ladder. Safe to run beside itself."""
    return sum(_lay_kind(kind, now) for kind in CommitmentKind)


def repeated(told: Iterable[tuple[Reminder, Owed]], now: datetime) -> list[Alarm]:
    """What comes again after these were told, counted from now: nobody is reminded more often because an earlier mail
    was held back, and nobody less because it was the third."""
    return [alarm for row, each in told if (alarm := _next(row, each, now)) is not None]


def _lay_kind(kind: CommitmentKind, now: datetime) -> int:
    """In the order of their keys, so that one that cannot be laid is passed by."""
    laid, last = 0, 0
    while True:
        count, last = _lay_chunk(kind, last, now)
        if not last:
            return laid
        laid += count


@transaction.atomic
def _lay_chunk(kind: CommitmentKind, after: int, now: datetime) -> tuple[int, int]:
    """How many were laid, and the last key that was looked at; 0: there are no more. The rows are held, so that no due
    moment changes meanwhile; what somebody else holds is for the next sweep."""
    things = running(kind).filter(Commitment.WITHOUT_LADDER, pk__gt=after).order_by("pk")
    held = owed(kind, things.select_for_update(of=("self",), skip_locked=True)[:CHUNK], now)
    alarms: dict[int, list[Alarm]] = {}
    repeats = _repeats(kind, held)
    for each in held:
        try:
            alarms[each.thing.pk] = [*_alarms(each, now, repeats)]
        except RuleError as error:
            logger.error("No reminders can be foreseen for %s %s: %s", kind, each.thing.pk, error.sentence)
    Alarm.objects.filter(kind=kind, commitment_id__in=alarms).delete()
    Alarm.objects.bulk_create([alarm for found in alarms.values() for alarm in found], ignore_conflicts=True)
    running(kind).filter(pk__in=alarms).update(ladder_for=F("due_at"))
    return len(alarms), held[-1].thing.pk if held else 0


def _alarms(each: Owed, now: datetime, repeats: dict[int, dict[Rung, Reminder]]) -> Iterator[Alarm]:
    due_at = each.due_at
    if due_at is None:
        return
    found = rules.still_to_say(rules.moments(each.ladder, _span(each, due_at), each.calendar), now)
    repeated_already = repeats.get(each.thing.pk, {})
    for rung, at in found.items():
        if rung not in repeated_already:
            yield Alarm(kind=each.kind, commitment_id=each.thing.pk, rung=rung, due_at=due_at, at=at)
    for row in repeated_already.values():
        if (alarm := _next(row, each, row.planned_at)) is not None:
            yield alarm


def _repeats(kind: CommitmentKind, held: list[Owed]) -> dict[int, dict[Rung, Reminder]]:
    """By commitment and the rung that comes again: the last reminder that it comes after, for the present due
    moment."""
    due = {each.thing.pk: each.due_at for each in held}
    rows = Reminder.objects.filter(kind=kind, commitment_id__in=due, rung__in=REPEATS).order_by("pk")
    last: dict[int, dict[Rung, Reminder]] = defaultdict(dict)
    for row in rows:
        if due[row.commitment_id] == row.due_at:
            last[row.commitment_id][REPEATS[Rung(row.rung)]] = row
    return last


def _next(row: Reminder, each: Owed, told_at: datetime) -> Alarm | None:
    rung, ladder = REPEATS.get(Rung(row.rung)), each.ladder
    if rung is None or not ladder.again_minutes:
        return None
    at = ladder.after(told_at, ladder.again_minutes, each.calendar)
    nth = row.nth + 1 if rung == row.rung else 1
    return Alarm(kind=each.kind, commitment_id=row.commitment_id, rung=rung, nth=nth, due_at=row.due_at, at=at)


def _span(each: Owed, due_at: datetime) -> Span:
    thing = each.thing
    return Span(
        due_at=due_at,
        starts_at=thing.starts_at,
        escalate_at=thing.escalate_at,
        heard_at=_heard_at(each),
        clock=_clock(each, thing),
        is_promise=isinstance(thing, Promise),
        is_appointment=isinstance(thing, Promise) and thing.is_appointment,
    )


def _heard_at(each: Owed) -> datetime | None:
    """A prevention action is planned for the future, so nobody hears of it late."""
    if isinstance(each.thing, PreventionAction):
        return None
    return clocks.heard_at(each.case, each.thing)


def _clock(each: Owed, thing: Thing) -> ClockKind:
    """How its time is counted; of what is no step, as its ladder counts."""
    if not isinstance(thing, Step):
        return each.ladder.clock
    policy = clocks.policy_in_force(each.case.policy_id).policy
    return policy.target(each.severity, StepKind(thing.kind)).clock
