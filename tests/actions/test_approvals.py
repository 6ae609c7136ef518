"""The second person: never the first, at once effective, and with a reason when they say no."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cases.actions import closing, compensations, satisfaction, steps
from cases.actions.approvals import decide
from cases.actions.bounces import take_notice
from cases.actions.deliveries import deliver_owed
from cases.errors import GuardError, NotAllowedError
from cases.models import Approval, Case, Event, Message, User
from cases.rules.vocabulary import (
    Answer,
    ApprovalStatus,
    ConcernStatus,
    EventKind,
    MessagePurpose,
    NotNeededBecause,
    Outcome,
    Severity,
    StepKind,
    StepStatus,
)
from tests.actions.endings import settle_concerns
from tests.actions.evidence import ACKNOWLEDGED, SATISFIED
from tests.conftest import Log
from tests.notices import bounce_of
from tests.refusals import refused
from tests.reports import recovery

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def asked_to_waive(case: Case, by: User, now: datetime, kind: StepKind = StepKind.ACKNOWLEDGE) -> Approval:
    approval = steps.waive(case=case, kind=kind, reason="They asked us not to", actor=by, now=now)
    assert isinstance(approval, Approval)
    return approval


def test_a_granted_waiver_settles_the_step_and_names_both(log: Log, agent: User, manager: User, now: datetime) -> None:
    case = log()
    approval = asked_to_waive(case, agent, now)

    decide(approval=approval, grant=True, note="", actor=manager, now=now + HOUR)

    step = case.steps.get(kind=StepKind.ACKNOWLEDGE)
    assert (step.status, step.settled_by, step.approved_by) == (StepStatus.WAIVED, agent, manager)
    assert step.note == "They asked us not to"
    assert Event.objects.get(kind=EventKind.STEP_WAIVED).facts["second_person"] == "Priya Shah"


def test_a_refusal_says_why_and_leaves_the_step_open(log: Log, agent: User, manager: User, now: datetime) -> None:
    case = log()
    approval = asked_to_waive(case, agent, now)

    with refused("Say why not", field="note"):
        decide(approval=approval, grant=False, note=" ", actor=manager, now=now)
    decided = decide(approval=approval, grant=False, note="Call them first.", actor=manager, now=now)

    assert (decided.status, decided.decision_note) == (ApprovalStatus.DECLINED, "Call them first.")
    assert case.steps.get(kind=StepKind.ACKNOWLEDGE).status == StepStatus.PENDING
    asked_to_waive(case, agent, now)


def test_nobody_decides_what_they_asked_for(log: Log, manager: User, now: datetime) -> None:
    approval = asked_to_waive(log(), manager, now)

    with refused("Nobody decides what they asked for", by=NotAllowedError):
        decide(approval=approval, grant=True, note="", actor=manager, now=now)


def test_an_agent_is_no_second_person(log: Log, agent: User, teammate: User, now: datetime) -> None:
    approval = asked_to_waive(log(), agent, now)

    with refused("does not let you decide as the second person", by=NotAllowedError):
        decide(approval=approval, grant=True, note="", actor=teammate, now=now)


def test_a_question_is_decided_once(log: Log, agent: User, manager: User, administrator: User, now: datetime) -> None:
    approval = asked_to_waive(log(), agent, now)
    decide(approval=approval, grant=True, note="", actor=manager, now=now)

    with refused("decided already"):
        decide(approval=approval, grant=False, note="No", actor=administrator, now=now)


def is_taken_back(approval: Approval, because: NotNeededBecause, manager: User, now: datetime) -> bool:
    with refused("This was taken back"):
        decide(approval=approval, grant=True, note="", actor=manager, now=now)
    approval.refresh_from_db()
    event = Event.objects.get(kind=EventKind.APPROVAL_WITHDRAWN)
    assert (approval.decided_at, event.recorded_at, event.facts["because"]) == (now, now, because)
    return approval.status == ApprovalStatus.WITHDRAWN


def test_a_waiver_is_taken_back_where_somebody_else_does_the_step(
    log: Log, agent: User, teammate: User, manager: User, now: datetime
) -> None:
    case = log()
    approval = asked_to_waive(case, agent, now)
    steps.acknowledge(case=case, evidence=ACKNOWLEDGED, actor=teammate, now=now + 2 * HOUR, at=now + HOUR)

    assert is_taken_back(approval, NotNeededBecause.SETTLED, manager, now + 2 * HOUR)
    told = Message.objects.get(subject__startswith="No second person is needed any more")
    assert told.to_user == agent
    assert "The step was settled in another way" in told.text


def test_a_waiver_is_taken_back_where_they_answer_after_all(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    case = recovery.until_confirm(log(), agent, now)
    approval = asked_to_waive(case, agent, now + HOUR, StepKind.CONFIRM)
    recovery.answer(case, agent, now + 2 * HOUR, said=Answer.NOT_SATISFIED)

    assert is_taken_back(approval, NotNeededBecause.SETTLED, manager, now + 2 * HOUR)


def test_a_waiver_is_taken_back_where_its_round_ends(log: Log, agent: User, manager: User, now: datetime) -> None:
    case = log()
    for step in (recovery.acknowledge, recovery.write_apology):
        step(case, agent, now)
    deliver_owed(now=now)
    for step in (recovery.correct, recovery.give_nothing):
        step(case, agent, now)
    recovery.answer(case, agent, now + HOUR)
    take_notice(raw=bounce_of(Message.objects.get(purpose=MessagePurpose.APOLOGY)), now=now + 2 * HOUR)
    approval = asked_to_waive(case, agent, now + 2 * HOUR, StepKind.APOLOGIZE)
    unhappy = replace(SATISFIED, answer=Answer.NOT_SATISFIED, score=1)
    satisfaction.record_later_answer(case=case, evidence=unhappy, actor=agent, now=now + 3 * HOUR)

    assert is_taken_back(approval, NotNeededBecause.NEXT_ROUND, manager, now + 3 * HOUR)
    assert recovery.fresh(case).round == 2


def test_giving_nothing_after_great_harm_needs_a_second_person(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    case = log(severity=Severity.MAJOR)
    for step in (recovery.acknowledge, recovery.apologize):
        step(case, agent, now)

    approval = compensations.decide_none(case=case, reason="They want nothing", actor=agent, now=now)
    assert isinstance(approval, Approval)
    decide(approval=approval, grant=True, note="", actor=manager, now=now + HOUR)

    settled = case.steps.get(kind=StepKind.COMPENSATE)
    assert (settled.status, settled.note, settled.approved_by) == (StepStatus.DONE, "They want nothing", manager)


def ready_to_give_up(case: Case, by: User, now: datetime) -> Approval:
    """Everything done, and still not satisfied in a second round that ends in silence."""
    recovery.until_confirm(case, by, now)
    recovery.answer(case, by, now + HOUR, said=Answer.PARTLY)
    recovery.follow_up(case, by, now + HOUR)
    settle_concerns(case, by, now + HOUR, ConcernStatus.REFUSED)
    return closing.ask_unreconciled(
        case=case, last_offer="A full refund, by letter", reason="Nothing is enough", actor=by, now=now + 2 * HOUR
    )


def test_a_customer_who_cannot_be_satisfied_is_agreed_on_by_two(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    case = log()
    approval = ready_to_give_up(case, agent, now)

    decide(approval=approval, grant=True, note="", actor=manager, now=now + 3 * HOUR)

    closed = recovery.fresh(case)
    assert (closed.outcome, closed.closed_by) == (Outcome.UNRECONCILED, agent)
    assert approval.last_offer == "A full refund, by letter"
    assert Event.objects.get(kind=EventKind.CASE_CLOSED).facts["second_person"] == "Priya Shah"


def test_a_promise_made_meanwhile_keeps_the_case_open(log: Log, agent: User, manager: User, now: datetime) -> None:
    case = log()
    approval = ready_to_give_up(case, agent, now)
    recovery.promise(case, agent, now + 2 * HOUR, now + 9 * HOUR)

    with refused("The promise “We call you back” is open: keep it, or have the customer release us", by=GuardError):
        decide(approval=approval, grant=True, note="", actor=manager, now=now + 3 * HOUR)

    assert Approval.objects.get().status == ApprovalStatus.ASKED
    assert satisfaction.last_answer(case) is not None
