"""The second person: never the first, at once effective, and with a reason when they say no."""

from datetime import datetime, timedelta

import pytest

from cases.actions import closing, compensations, satisfaction, steps
from cases.actions.approvals import decide
from cases.errors import AlreadyDoneError, GuardError, NotAllowedError
from cases.models import Approval, Case, Event, User
from cases.rules.vocabulary import (
    Answer,
    ApprovalStatus,
    ConcernStatus,
    EventKind,
    Outcome,
    Severity,
    StepKind,
    StepStatus,
)
from tests.actions.endings import settle_concerns
from tests.conftest import Log
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


def test_a_waiver_is_not_granted_after_the_step_was_done(log: Log, agent: User, manager: User, now: datetime) -> None:
    case = log()
    approval = asked_to_waive(case, agent, now)
    recovery.acknowledge(case, agent, now)

    with refused("is settled already", by=AlreadyDoneError):
        decide(approval=approval, grant=True, note="", actor=manager, now=now)

    decide(approval=approval, grant=False, note="It was done.", actor=manager, now=now)


def test_a_waiver_of_an_earlier_round_is_no_longer_needed(log: Log, agent: User, manager: User, now: datetime) -> None:
    case = log()
    recovery.until_confirm(case, agent, now)
    approval = asked_to_waive(case, agent, now + HOUR, StepKind.CONFIRM)
    recovery.answer(case, agent, now + HOUR, said=Answer.NOT_SATISFIED)

    with refused("belongs to an earlier round"):
        decide(approval=approval, grant=True, note="", actor=manager, now=now + HOUR)


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
