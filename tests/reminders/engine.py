"""The first half of a sweep, for tests of what happens before the second."""

from datetime import datetime

from cases.reminders.lay import lay
from cases.reminders.plan import plan


def foresee_and_plan(now: datetime) -> int:
    """Lay the ladders and turn what has come due into reminders, without writing a mail. Says how many."""
    lay(now=now)
    return plan(now=now)
