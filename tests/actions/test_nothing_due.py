"""That no goodwill is due: asked once, decided once, and taken back where goodwill is given after all."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from cases.actions import closing
from cases.actions.approvals import decide
from cases.actions.compensations import (
    approve_compensation,
    decide_none,
    decline_compensation,
    move_compensation,
    propose_compensation,
)
from cases.actions.steps import waive
from cases.models import Approval, Case, Step, User
from cases.rules.vocabulary import ApprovalStatus, CompensationStatus, Outcome, Severity, StepKind, StepStatus
from tests.actions.test_compensations import GIFT, LOSS
from tests.conftest import Log
from tests.refusals import refused
from tests.reports import recovery

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def case(log: Log, agent: User, now: datetime) -> Case:
    """A major one, in which a second person decides that nothing is due."""
    logged = log(severity=Severity.MAJOR)
    recovery.acknowledge(logged, agent, now)
    recovery.apologize(logged, agent, now)
    return logged


def ask(case: Case, agent: User, now: datetime) -> Approval:
    asked = decide_none(case=case, reason="Wants nothing", actor=agent, now=now)
    assert isinstance(asked, Approval)
    return asked


def step_of(case: Case) -> Step:
    return case.steps.get(kind=StepKind.COMPENSATE)


def test_a_second_person_is_asked_one_thing_about_a_step(case: Case, agent: User, now: datetime) -> None:
    ask(case, agent, now)
    with refused("A second person has been asked already"):
        waive(case=case, kind=StepKind.COMPENSATE, reason="Wants nothing", actor=agent, now=now)


def test_goodwill_after_all_takes_the_question_back_and_settles_the_step(
    case: Case, agent: User, manager: User, now: datetime
) -> None:
    asked = ask(case, agent, now)
    gift = propose_compensation(case=case, proposal=replace(GIFT, amount=Decimal(20)), actor=agent, now=now)
    asked.refresh_from_db()
    assert asked.status == ApprovalStatus.WITHDRAWN
    with refused("there is nothing left to decide"):
        decide(approval=asked, grant=True, note="", actor=manager, now=now)
    move_compensation(compensation=gift, to=CompensationStatus.OFFERED, actor=agent, now=now)
    move_compensation(compensation=gift, to=CompensationStatus.ACCEPTED, actor=agent, now=now)
    move_compensation(compensation=gift, to=CompensationStatus.ISSUED, actor=agent, now=now)
    assert step_of(case).status == StepStatus.DONE


def test_a_loss_returned_makes_no_second_person_needless(case: Case, agent: User, manager: User, now: datetime) -> None:
    asked = ask(case, agent, now)
    loss = propose_compensation(case=case, proposal=replace(LOSS, amount=Decimal(1)), actor=agent, now=now)
    move_compensation(compensation=loss, to=CompensationStatus.ISSUED, actor=agent, now=now)
    decide(approval=asked, grant=False, note="Give them something", actor=manager, now=now)
    assert ask(case, agent, now + HOUR).status == ApprovalStatus.ASKED
    assert step_of(case).status == StepStatus.PENDING


def test_what_is_decided_is_not_decided_again_while_a_loss_waits(
    case: Case, agent: User, manager: User, now: datetime
) -> None:
    loss = propose_compensation(case=case, proposal=replace(LOSS, amount=Decimal(900)), actor=agent, now=now)
    decide(approval=ask(case, agent, now), grant=True, note="", actor=manager, now=now)
    with refused("It is decided already"):
        decide_none(case=case, reason="Other words", actor=agent, now=now)
    decline_compensation(compensation=loss, note="Not proven", actor=manager, now=now)
    assert (step_of(case).status, step_of(case).note) == (StepStatus.DONE, "Wants nothing")


def test_goodwill_of_a_duplicate_takes_it_back_too(
    case: Case, log: Log, agent: User, manager: User, now: datetime
) -> None:
    loss = propose_compensation(case=case, proposal=replace(LOSS, amount=Decimal(900)), actor=agent, now=now)
    decide(approval=ask(case, agent, now), grant=True, note="", actor=manager, now=now)
    duplicate = log()
    recovery.acknowledge(duplicate, agent, now)
    recovery.apologize(duplicate, agent, now)
    gift = propose_compensation(case=duplicate, proposal=replace(GIFT, amount=Decimal(20)), actor=agent, now=now)
    move_compensation(compensation=gift, to=CompensationStatus.ISSUED, actor=agent, now=now)
    closing.close(case=duplicate, outcome=Outcome.DUPLICATE, reason="Twice", actor=agent, now=now, duplicate_of=case)
    assert step_of(case).note == ""
    approve_compensation(compensation=loss, actor=manager, now=now, note="Proven")
    assert not step_of(case).says_nothing_is_due
