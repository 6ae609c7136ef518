"""Putting reminders off: never "later", always until a moment and for a reason that the timeline keeps.

Limit: it is about the steps. A promise is put off by agreeing on another date with the customer, which is another
action; and whoever answers for the team is told when they would have been.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from cases.actions import reminded, turns
from cases.actions.events import RemindersQuiet
from cases.errors import RuleError
from cases.permissions import Verb
from cases.rules.vocabulary import Severity

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import Case, User

LONGEST = timedelta(days=7)
"""Policy default. Whoever needs longer hands the case over, or waits for the customer with a question."""


@transaction.atomic
def put_off_reminders(*, case: Case, until: datetime, reason: str, actor: User, now: datetime) -> Case:
    """Nobody who owns a step of this case is reminded of it before ``until``. Due moments stay as they are."""
    case = turns.begin(case, actor, Verb.WORK_CASE)
    if case.severity == Severity.CRITICAL:
        raise RuleError("Reminders of a critical case cannot be put off: somebody may be in danger. Hand it over.")
    if until <= now:
        raise RuleError("Choose a moment in the future.", field="until")
    if until > now + LONGEST:
        raise RuleError(
            f"At most {LONGEST.days} days. If it takes longer, hand the case over or ask the customer.", field="until"
        )
    if not reason.strip():
        raise RuleError("Say what it waits for; the reason stays with the case.", field="reason")
    case.steps.unsettled().filter(round=case.round).update(quiet_until=until)
    reminded.release(case, now=now)
    turns.finish(case, RemindersQuiet(until=until, reason=reason.strip()), at=now, actor=actor)
    return case
