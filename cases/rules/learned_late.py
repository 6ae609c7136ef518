"""What follows where something is learned late: how much time is left, and since when somebody can be reminded."""

from dataclasses import dataclass
from datetime import datetime

from cases.rules.calendars import WorkingCalendar
from cases.rules.deadlines import COUNTS_FROM, Due, Reckoning
from cases.rules.policy import Target
from cases.rules.vocabulary import StepKind


def left_when_learned_late(
    kind: StepKind, before: Due, after: Due, now: datetime, calendar: WorkingCalendar
) -> datetime | None:
    """When a step is due at the earliest, where T0 turns out to be earlier: as after a raise of severity, some time is
    left from now, and never later than it was. None where nothing has to be held back."""
    if kind in COUNTS_FROM or before.policy_at is None or after.policy_at is None:
        return None
    grace = Target(after.policy.raise_grace_minutes, after.target.clock)
    left = Reckoning(kind, after.policy, calendar, now, after.standstills).run(now, grace)
    return min(before.policy_at, max(after.policy_at, left)) if left is not None else before.policy_at


@dataclass(frozen=True, slots=True)
class Told:
    """When something was due until now, when the manager is told of that, and since when anybody could be reminded."""

    due_at: datetime | None
    escalate_at: datetime | None
    heard_at: datetime | None


def heard_since(before: Told, due_at: datetime | None, now: datetime) -> datetime | None:
    """Since when somebody can be reminded of a new due moment. If it moves into the past, since now; if it had passed
    already, since then, unless the manager knows: nobody is told a second time at once."""
    if due_at is None or due_at >= now or (before.due_at is not None and before.due_at <= due_at):
        return before.heard_at
    is_told = before.escalate_at is not None and before.escalate_at <= now
    since = now if before.due_at is None or is_told else min(before.due_at, now)
    return since if before.heard_at is None else max(before.heard_at, since)
