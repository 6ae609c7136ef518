"""What the case page shows, fetched in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils import timezone

from cases import permissions
from cases.actions import handling
from cases.actions.compensations import may_approve_up_to
from cases.models import Case
from cases.permissions import Verb
from cases.rules import workflow
from cases.rules.vocabulary import (
    ApologyStatus,
    PreventionStatus,
    Priority,
    PromiseStatus,
    Severity,
    StepKind,
    StepStatus,
)
from cases.web.forms.steps import STEP_FORMS
from cases.web.rail import Mark, rail_of, selected_step
from cases.web.timeline import Line, lines_of

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import Apology, Compensation, Pause, PreventionAction, Promise, Step, User
    from cases.web.forms.base import CaseForm


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Something else that can be done: a link with an icon."""

    label: str
    icon: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseRow:
    promise: Promise
    is_late: bool
    is_owed: bool
    may_be_moved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """Everything on the page. ``form`` is none where the selected step is settled or the case is closed."""

    case: Case
    rail: list[Mark]
    step: StepKind
    settled: Step | None
    waits_for: tuple[StepKind, ...]
    completes: str
    form: CaseForm | None
    form_url: str
    ways: tuple[Way, ...]
    more: tuple[Way, ...]
    pause: Pause | None
    promises: list[PromiseRow]
    compensations: list[Compensation]
    may_grant: Decimal | None
    knows_limit: bool
    prevention: list[PreventionAction]
    review: Apology | None
    earlier_cases: int
    events: list[Line]
    has_older_events: bool
    make_safe_by: datetime | None
    now: datetime


def build(case: Case, *, user: User, asked: str, now: datetime, form: CaseForm | None = None) -> CasePage:
    """``form``: one that was sent and refused, with everything that was typed; else a fresh one is drawn."""
    _fetch(case)
    steps = [step for step in case.steps.all() if step.round == case.round]
    selected = selected_step(case, asked)
    chosen = next((step for step in steps if step.kind == selected), None)
    statuses = {StepKind(step.kind): StepStatus(step.status) for step in steps}
    waits_for = workflow.waiting_for(selected, statuses)
    open_to = case.is_open and chosen is not None and chosen.status == StepStatus.PENDING
    name, form_class = STEP_FORMS[selected]
    if form is None and open_to and not waits_for:
        form = form_class(case=case, actor=user)
    events, older = lines_of(case)
    pays = selected is StepKind.COMPENSATE and open_to
    within = handling.make_safe_within(case)
    return CasePage(
        case=case,
        rail=rail_of(case, steps, selected=selected, now=now, zone=timezone.get_current_timezone()),
        step=selected,
        settled=chosen if chosen is not None and chosen.settled_at is not None else None,
        waits_for=waits_for if open_to else (),
        completes=workflow.STEPS[selected].completes,
        form=form,
        form_url=_url(case, name),
        ways=_ways(case, selected) if open_to and not waits_for else (),
        more=_more(case, user),
        pause=next((pause for pause in case.pauses.all() if pause.ended_at is None and pause.until > now), None),
        promises=[_row(promise, now) for promise in case.promises.all()],
        compensations=list(case.compensations.all()),
        may_grant=may_approve_up_to(user, case) if pays else None,
        knows_limit=pays,
        prevention=[one for one in case.incident.prevention_actions.all() if one.status != PreventionStatus.DROPPED],
        review=next((one for one in case.apologies.all() if one.status == ApologyStatus.IN_REVIEW), None),
        earlier_cases=_earlier(case),
        events=events,
        has_older_events=older,
        make_safe_by=case.known_at + within if within is not None and case.made_safe_at is None else None,
        now=now,
    )


def whole_timeline(case: Case) -> dict[str, Any]:
    """Every event of a case."""
    events, _ = lines_of(case, most=10_000)
    return {"case": case, "events": events}


def _fetch(case: Case) -> None:
    prefetch_related_objects(
        [case],
        "steps__settled_by",
        "steps__approved_by",
        "pauses__started_by",
        "severity_changes",
        "promises__owner",
        "compensations__proposed_by",
        "concerns",
        "approvals__asked_by",
        "apologies",
        "incident__prevention_actions",
    )


def _row(promise: Promise, now: datetime) -> PromiseRow:
    is_open = promise.status == PromiseStatus.OPEN
    late = promise.due_at is not None and promise.due_at < now
    return PromiseRow(
        promise=promise,
        is_late=promise.status == PromiseStatus.BROKEN or (is_open and late),
        is_owed=promise.settled_at is None,
        may_be_moved=is_open and not late,
    )


def _ways(case: Case, step: StepKind) -> tuple[Way, ...]:
    """Other ways to settle this step."""
    ways = {
        StepKind.COMPENSATE: (Way(label="Nothing is due", icon="ban", url=_url(case, "no-compensation")),),
        StepKind.CONFIRM: (
            Way(label="Ask by mail", icon="mail", url=_url(case, "ask")),
            Way(label="No answer", icon="mood-empty", url=_url(case, "no-answer")),
        ),
    }.get(step, ())
    waive = Way(label="Leave this step out", icon="minus", url=f"{_url(case, 'waive')}?step={step}")
    return (*ways, waive)


def _more(case: Case, user: User) -> tuple[Way, ...]:
    """The menu of the case: what this person may do with it now."""
    if not case.is_open:
        offered = [("reopen", "Reopen", "refresh", permissions.may(user, Verb.REOPEN_CASE))]
    else:
        critical = case.severity == Severity.CRITICAL and case.made_safe_at is None
        escalated = case.priority == Priority.ESCALATED
        paused = any(pause.ended_at is None and pause.until > timezone.now() for pause in case.pauses.all())
        offered = [
            ("start-clocks", "Start the clocks", "player-play", not case.is_timed),
            ("take-over", "Take over", "user", case.owner_id != user.pk),
            ("assign", "Hand over", "users", True),
            ("severity", "Change severity", "flag", True),
            ("pause", "Wait for the customer", "player-pause", not paused),
            ("resume", "Let the clock run", "player-play", paused),
            ("made-safe", "Record made safe", "shield", critical),
            ("escalate", "Ask the manager in", "stairs-up", not escalated),
            ("dealt-with", "Escalation dealt with", "check", escalated and permissions.may(user, Verb.APPROVE)),
            ("link", "Link for the customer", "link", True),
            ("close", "Close the case", "circle-check", True),
            ("unreconciled", "Could not be satisfied", "mood-sad", True),
        ]
    return tuple(Way(label=label, icon=icon, url=_url(case, name)) for name, label, icon, shown in offered if shown)


def _earlier(case: Case) -> int:
    return Case.objects.filter(customer_id=case.customer_id, known_at__lt=case.known_at).count()


def _url(case: Case, name: str) -> str:
    return reverse("cases:do", args=(case.reference, name))
