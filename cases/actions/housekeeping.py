"""What the years bring: forms that may be forgotten, and due moments that follow a changed calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from cases import permissions
from cases.actions import clocks, learning, updates
from cases.actions.events import HoursChanged
from cases.actions.submissions import FORMS_KEPT
from cases.models import Case, Event, PreventionAction, Revision, Submission, WorkingCalendar
from cases.permissions import Verb
from cases.rules.vocabulary import StepStatus

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import User


def prune_submissions(*, now: datetime) -> int:
    """Forget the keys of forms that were acted on long ago, and changes that no open form is older than. Says how many
    forms."""
    Revision.objects.filter(at__lt=now - FORMS_KEPT).delete()
    return Submission.objects.filter(at__lt=now - FORMS_KEPT).delete()[0]


def rederive_open_cases(*, calendar: WorkingCalendar, actor: User, now: datetime) -> int:
    """Bring every open case of the calendar's teams in line with it, as any turn at the case would. Says how many have
    other due moments now; each of them tells it in its timeline.

    One transaction a case, because nobody shall wait for the others. Run it again after it was cut off.
    """
    permissions.require(actor, Verb.ADMINISTER)
    clocks.forget_calendar(calendar.pk)
    mine = Q(team__calendar=calendar)
    if calendar.pk == WorkingCalendar.objects.order_by("pk").values_list("pk", flat=True).first():
        mine |= Q(team__isnull=True)
    cases = Case.objects.open().filter(mine, is_timed=True)
    changed = sum(_rederive(case, calendar, actor=actor, now=now) for case in list(cases.only("pk")))
    for action in PreventionAction.objects.unsettled().filter(incident__cases__in=cases).distinct():
        _rederive_escalation(action)
    return changed


@transaction.atomic
def _rederive(case: Case, calendar: WorkingCalendar, *, actor: User, now: datetime) -> bool:
    case = Case.objects.lock(case)
    if not case.is_open:
        return False
    due, before = case.next_due_at, _moments(case)
    clocks.derive(case, now=now)
    clocks.derive_promises(case)
    updates.derive(case, now=now)
    if _moments(case) == before:
        return False
    case.save(update_fields=("current_step", "next_due_at"))
    Event.objects.record(
        case,
        HoursChanged(calendar=str(calendar), before=due, after=case.next_due_at),
        at=now,
        actor=actor,
    )
    return True


@transaction.atomic
def _rederive_escalation(action: PreventionAction) -> None:
    if action.due_at is not None:
        action.escalate_at = learning.escalation_of(action.incident, action.due_at)
        action.ladder_for = None
        action.save(update_fields=("escalate_at", "ladder_for"))


def _moments(case: Case) -> list[tuple[str, datetime | None, datetime | None]]:
    owed = case.steps.filter(round=case.round, status=StepStatus.PENDING)
    return list(owed.values_list("kind", "due_at", "escalate_at"))
