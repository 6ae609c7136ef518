"""What is left of an open step when it is learned late that somebody knew before."""

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
