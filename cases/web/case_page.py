"""What the case page shows, fetched in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F
from django.utils import timezone

from cases import permissions
from cases.actions import addresses, deciding, handling
from cases.actions.compensations import may_give
from cases.mail import links
from cases.models import StatusUpdate
from cases.permissions import Verb
from cases.reminders.recipients import Recipients
from cases.rules import workflow
from cases.rules.vocabulary import (
    OWED_AFTER_CLOSING,
    ApprovalStatus,
    CompensationNature,
    CompensationStatus,
    CorrectionStatus,
    FollowUpStatus,
    PauseKind,
    Priority,
    PromiseStatus,
    Severity,
    StepKind,
    StepStatus,
)
from cases.templatetags.addresses import verb_address
from cases.web.case_rows import MOST_EVENTS, rows_of
from cases.web.forms.steps import STEP_FORMS
from cases.web.rail import rail_of, selected_step
from cases.web.said import said_at
from cases.web.timeline import lines_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from cases.actions.deciding import Asked, Grounds
    from cases.models import (
        AddressQuestion,
        Apology,
        Approval,
        Case,
        Compensation,
        Concern,
        Contact,
        CustomerLink,
        Message,
        Pause,
        PreventionAction,
        Promise,
        SatisfactionCheck,
        Step,
        User,
    )
    from cases.rules.money import Money
    from cases.web.case_rows import CaseRows
    from cases.web.forms.base import CaseForm
    from cases.web.rail import Mark
    from cases.web.said import Said
    from cases.web.timeline import Line


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


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """A link that works: its whole address."""

    address: str
    expires_at: datetime
    created_at: datetime
    created_by: User


@dataclass(frozen=True, slots=True, kw_only=True)
class MayGive:
    """What the reader may still give alone in this case, by currency; ``None``: without a limit."""

    goodwill: tuple[Money, ...] | None
    restitution: tuple[Money, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """Everything on the page. ``may_assign``: whether there is something that can be handed over.

    ``form`` is none where the selected step is settled or the case is closed. ``decides``: keys of what waits and this
    reader may decide. ``before``: how the selected step was settled in earlier rounds. ``said``: what was recorded at
    it. ``nothing_due``: the step by which it was decided that nothing is given. ``owed_then``: who owed the selected
    step when it fell due, where somebody else has settled it late.
    """

    case: Case
    rail: list[Mark]
    step: StepKind
    settled: Step | None
    owed_then: User | None
    before: Sequence[Step]
    said: Sequence[Said]
    nothing_due: Step | None
    ask_after: Sequence[Contact]
    links: list[LinkRow]
    waits_for: tuple[StepKind, ...]
    completes: str
    form: CaseForm | None
    form_url: str
    ways: tuple[Way, ...]
    more: tuple[Way, ...]
    pauses: tuple[Pause, ...]
    concerns: Sequence[Concern]
    approvals: Sequence[Approval]
    promises: list[PromiseRow]
    compensations: Sequence[Compensation]
    may_give: MayGive | None
    decides: frozenset[UUID]
    prevention: Sequence[PreventionAction]
    review: Apology | None
    question: AddressQuestion | None
    may_confirm: bool
    held: Sequence[Message]
    earlier_cases: int
    events: list[Line]
    duplicates: Sequence[Case]
    has_older_events: bool
    make_safe_by: datetime | None
    answers: Sequence[SatisfactionCheck]
    later_answer: StatusUpdate | None
    may_assign: bool
    now: datetime


def build(case: Case, *, user: User, asked: str, now: datetime, form: CaseForm | None = None) -> CasePage:
    """``form``: one that was sent and refused, with everything that was typed; else a fresh one is drawn."""
    rows = rows_of(case)
    selected = selected_step(case, asked)
    chosen = next((step for step in rows.steps if step.kind == selected), None)
    statuses = {StepKind(step.kind): StepStatus(step.status) for step in rows.steps}
    waits_for = workflow.waiting_for(selected, statuses)
    open_to = case.is_open and chosen is not None and chosen.status == StepStatus.PENDING
    name, form_class = STEP_FORMS[selected]
    if form is None and open_to and not waits_for:
        form = form_class(case=case, actor=user)
    _offer(form, rows)
    pays = selected is StepKind.COMPENSATE and open_to
    within = handling.make_safe_within(case, rows.recorded.severity_changes)
    is_dangerous = within is not None and case.made_safe_at is None
    pauses = rows.pauses_at(now)
    waiting = _waiting(rows)
    grounds = deciding.grounds_of(case) if pays or waiting else None
    later = _later_answer(case)
    return CasePage(
        case=case,
        rail=rail_of(case, rows, selected=selected, now=now, zone=timezone.get_current_timezone()),
        step=selected,
        settled=chosen if chosen is not None and chosen.settled_at is not None else None,
        owed_then=chosen.owed_by if chosen is not None and _is_settled_late_for_another(chosen) else None,
        before=[step for step in rows.before if step.kind == selected and step.settled_at is not None],
        said=said_at(case, selected),
        nothing_due=next((step for step in rows.steps if step.says_nothing_is_due), None),
        ask_after=rows.ask_after,
        links=[_link(link) for link in rows.links if link.expires_at > now],
        waits_for=waits_for if open_to else (),
        completes=workflow.STEPS[selected].completes,
        form=form,
        form_url=_url(case, name),
        ways=(*(_ways(case, selected) if open_to and not waits_for else ()), *_afterwards(case, selected)),
        more=(
            *_more(
                case,
                user,
                later,
                paused=len(pauses),
                is_dangerous=is_dangerous,
                is_answered=statuses.get(StepKind.CONFIRM) == StepStatus.DONE,
            ),
            *_links(case, rows),
        ),
        pauses=pauses,
        concerns=rows.concerns,
        approvals=rows.approvals if case.is_open else [],
        promises=[_row(promise, now) for promise in rows.recorded.promises],
        compensations=rows.compensations,
        may_give=_may_give(user, grounds) if grounds is not None and pays else None,
        decides=_decides(user, waiting, grounds),
        prevention=rows.prevention,
        review=rows.review,
        question=rows.question,
        may_confirm=rows.question is not None and addresses.may_confirm(user, case, Recipients.load(now)),
        held=rows.held,
        earlier_cases=rows.earlier,
        events=lines_of(case, rows.events[:MOST_EVENTS], rows.duplicates),
        duplicates=rows.duplicates,
        has_older_events=len(rows.events) > MOST_EVENTS,
        make_safe_by=case.known_at + within if within is not None and is_dangerous else None,
        answers=_answers(case),
        later_answer=later,
        may_assign=permissions.may(user, Verb.ASSIGN_CASE) and (case.is_open or _is_owed(later)),
        now=now,
    )


def _answers(case: Case) -> Sequence[SatisfactionCheck]:
    """What the customer of a closed case answered, the first at the top."""
    return [] if case.is_open else list(case.satisfaction_checks.answered().order_by("answered_at", "pk"))


def _later_answer(case: Case) -> StatusUpdate | None:
    """What the customer said after closing: that somebody still has to deal with it, or what came of it last."""
    later = StatusUpdate.objects.filter(case=case, reason__in=OWED_AFTER_CLOSING)
    later = later.order_by(F("settled_at").asc(nulls_last=True), "pk")
    return None if case.is_open else later.select_related("owner", "settled_by", "linked_case").last()


def _is_owed(later: StatusUpdate | None) -> bool:
    return later is not None and later.settled_at is None


def _is_settled_late_for_another(step: Step) -> bool:
    is_late = step.settled_at is not None and step.is_late(step.settled_at)
    return is_late and step.owed_by_id != step.settled_by_id


def _link(link: CustomerLink) -> LinkRow:
    return LinkRow(
        address=links.customer_page(links.token_of(link)),
        expires_at=link.expires_at,
        created_at=link.created_at,
        created_by=link.created_by,
    )


def _offer(form: CaseForm | None, rows: CaseRows) -> None:
    """A follow-up may tell of these changes; the page has read them already."""
    if form is not None and "changes" in form.fields:
        field = form.fields["changes"]
        field.choices = [(str(one.public_id), str(one)) for one in rows.prevention]  # type: ignore[attr-defined]


def _waiting(rows: CaseRows) -> list[Asked]:
    compensations = [one for one in rows.compensations if one.status == CompensationStatus.PROPOSED]
    return [*compensations, *(one for one in rows.approvals if one.status == ApprovalStatus.ASKED)]


def _decides(user: User, waiting: list[Asked], grounds: Grounds | None) -> frozenset[UUID]:
    if grounds is None:
        return frozenset()
    return frozenset(one.public_id for one in waiting if deciding.may_decide(user, one, grounds))


def _may_give(user: User, grounds: Grounds) -> MayGive:
    return MayGive(
        goodwill=may_give(user, grounds, CompensationNature.GOODWILL),
        restitution=may_give(user, grounds, CompensationNature.RESTITUTION),
    )


def _row(promise: Promise, now: datetime) -> PromiseRow:
    is_open = promise.status == PromiseStatus.OPEN
    late = promise.due_at is not None and promise.due_at < now
    return PromiseRow(
        promise=promise,
        is_late=promise.status == PromiseStatus.BROKEN or (is_open and late),
        is_owed=promise.settled_at is None,
    )


def _ways(case: Case, step: StepKind) -> tuple[Way, ...]:
    """Other ways to settle this step."""
    by_mail = (Way(label="Ask by mail", icon="mail", url=_url(case, "ask")),) if case.customer.email else ()
    ways = {
        StepKind.COMPENSATE: (Way(label="Nothing is due", icon="ban", url=_url(case, "no-compensation")),),
        StepKind.CONFIRM: (*by_mail, Way(label="No answer", icon="mood-empty", url=_url(case, "no-answer"))),
    }.get(step, ())
    waive = Way(label="Leave this step out", icon="minus", url=f"{_url(case, 'waive')}?step={step}")
    return (*ways, waive)


def _afterwards(case: Case, step: StepKind) -> tuple[Way, ...]:
    """What may still be said of what this step produced, in whatever round."""
    if step is StepKind.CORRECT:
        done = case.corrections.filter(status=CorrectionStatus.DONE).last()
        url = f"{_url(case, 'failed-fix')}?of={done.public_id}" if done is not None else ""
        return (Way(label="The fix did not hold", icon="alert-triangle", url=url),) if url else ()
    if step is StepKind.FOLLOW_UP:
        told = case.follow_ups.filter(status__in=(FollowUpStatus.SPOKEN, FollowUpStatus.DELIVERED)).last()
        url = f"{_url(case, 'response')}?of={told.public_id}" if told is not None else ""
        return (Way(label="What came of the follow-up?", icon="message-circle", url=url),) if url else ()
    return ()


def _more(
    case: Case, user: User, later: StatusUpdate | None, *, paused: int, is_dangerous: bool, is_answered: bool
) -> tuple[Way, ...]:
    """The menu of the case: what this person may do with it now."""
    if not case.is_open:
        is_owed = _is_owed(later)
        offered = [
            ("reopen", "Reopen", "refresh", permissions.may(user, Verb.REOPEN_CASE) and not case.duplicate_of_id),
            ("settle-answer", "Deal with what they said after closing", "check", is_owed),
            ("assign", "Hand over", "users", is_owed),
            ("later-answer", "The customer says something else", "message-circle", True),
            ("link", "Link for the customer", "link", True),
            ("facts", "Correct the facts", "edit", True),
        ]
    else:
        escalated = case.priority == Priority.ESCALATED
        offered = [
            ("start-clocks", "Start the clocks", "player-play", not case.is_timed),
            ("take-over", "Take over", "user", case.owner_id != user.pk),
            ("assign", "Hand over", "users", True),
            ("facts", "Correct the facts", "edit", True),
            ("severity", "Change severity", "flag", True),
            ("pause", "Wait for the customer", "player-pause", paused < len(PauseKind)),
            ("resume", "Let the clock run", "player-play", paused > 0),
            ("quiet", "Put off reminders", "clock-pause", case.severity != Severity.CRITICAL),
            ("made-safe", "Record made safe", "shield", is_dangerous),
            ("escalate", "Ask the manager in", "stairs-up", not escalated),
            ("dealt-with", "Escalation dealt with", "check", escalated and permissions.may(user, Verb.APPROVE)),
            ("link", "Link for the customer", "link", True),
            ("later-answer", "The customer says something else", "message-circle", is_answered),
            ("close", "Close the case", "circle-check", True),
            ("unreconciled", "Could not be satisfied", "mood-sad", True),
        ]
    ways = tuple(Way(label=label, icon=icon, url=_url(case, name)) for name, label, icon, shown in offered if shown)
    if case.is_open:
        return ways
    return (*ways, *_afterwards(case, StepKind.CORRECT), *_afterwards(case, StepKind.FOLLOW_UP))


def _links(case: Case, rows: CaseRows) -> tuple[Way, ...]:
    revoke = Way(label="Take back their links", icon="ban", url=_url(case, "revoke-links"))
    return (revoke,) if rows.links else ()


def _url(case: Case, name: str) -> str:
    return verb_address(case.reference, name)
