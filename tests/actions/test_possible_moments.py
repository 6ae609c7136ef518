"""Moments must be possible: nothing is recorded before what it needs."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cases.actions import apologies, compensations, contacts, corrections, learning, promises, satisfaction, steps
from cases.actions.contacts import Exchange
from cases.actions.deliveries import deliver_owed
from cases.actions.learning import Plan
from cases.models import Case, User
from cases.rules.vocabulary import (
    Answer,
    Channel,
    CheckStatus,
    CompensationStatus,
    Direction,
    PreventionKind,
    StepKind,
)
from tests.actions.evidence import ACKNOWLEDGED, APOLOGIZED, CORRECTED, SATISFIED
from tests.conftest import Log
from tests.refusals import refused
from tests.reports import recovery

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def case(log: Log) -> Case:
    return log()


def test_no_apology_before_we_knew(case: Case, agent: User, now: datetime) -> None:
    recovery.acknowledge(case, agent, now)
    with refused("before anyone here knew", field="at"):
        apologies.speak_apology(case=case, evidence=APOLOGIZED, actor=agent, now=now + HOUR, at=now - MINUTE)


def test_no_answer_before_what_it_answers(case: Case, agent: User, now: datetime) -> None:
    recovery.until_confirm(case, agent, now + HOUR)
    with refused("before “Compensate” was done", field="at"):
        satisfaction.record_answer(
            case=case, evidence=SATISFIED, actor=agent, now=now + 3 * HOUR, at=now + HOUR + 2 * MINUTE
        )


def test_no_answer_before_the_question(case: Case, agent: User, now: datetime) -> None:
    recovery.until_confirm(case, agent, now)
    satisfaction.ask_by_mail(case=case, words="Did we?", actor=agent, now=now + 2 * HOUR)
    with refused("before the customer was asked", field="at"):
        satisfaction.record_answer(case=case, evidence=SATISFIED, actor=agent, now=now + 3 * HOUR, at=now + HOUR)


def test_no_answer_before_the_question_left(case: Case, agent: User, now: datetime) -> None:
    """Queued at 12:00, and gone at 13:00."""
    recovery.until_confirm(case, agent, now)
    satisfaction.ask_by_mail(case=case, words="Did we?", actor=agent, now=now + 2 * HOUR)
    deliver_owed(now=now + 3 * HOUR)
    said = replace(SATISFIED, channel=Channel.EMAIL)
    with refused("before the customer was asked", field="at"):
        satisfaction.record_answer(
            case=case, evidence=said, actor=agent, now=now + 4 * HOUR, at=now + 2 * HOUR + 9 * MINUTE
        )

    satisfaction.record_answer(case=case, evidence=said, actor=agent, now=now + 4 * HOUR, at=now + 3 * HOUR)


def test_an_answer_between_two_questions_is_to_the_first(case: Case, agent: User, now: datetime) -> None:
    """Asked on Monday and on Thursday; they answered on Tuesday."""
    recovery.until_confirm(case, agent, now)
    for days in (0, 3):
        asked_at = now + timedelta(days=days, hours=1)
        satisfaction.ask_by_mail(case=case, words="Did we?", actor=agent, now=asked_at)
        deliver_owed(now=asked_at)
    tuesday = now + timedelta(days=1)
    with refused("before the customer was asked", field="at"):
        satisfaction.record_answer(
            case=case, evidence=SATISFIED, actor=agent, now=now + timedelta(days=4), at=now + 9 * MINUTE
        )

    check = satisfaction.record_answer(
        case=case, evidence=SATISFIED, actor=agent, now=now + timedelta(days=4), at=tuesday
    )

    assert (check.asked_at, check.answered_at, check.message) == (tuesday, tuesday, None)
    assert not case.satisfaction_checks.filter(status=CheckStatus.ASKED).exists()


def test_nothing_of_a_round_before_it_began(case: Case, agent: User, now: datetime) -> None:
    recovery.until_confirm(case, agent, now)
    recovery.answer(case, agent, now + 2 * HOUR, 2, Answer.WANTS_MORE)
    with refused("before this round began", field="at"):
        corrections.record_correction(case=case, evidence=CORRECTED, actor=agent, now=now + 3 * HOUR, at=now + HOUR)


def test_no_fix_before_it_was_planned(case: Case, agent: User, now: datetime) -> None:
    recovery.acknowledge(case, agent, now)
    corrections.plan_correction(case=case, what="Send it again", options="", actor=agent, now=now + 2 * HOUR)
    with refused("before it was planned", field="at"):
        corrections.record_correction(case=case, evidence=CORRECTED, actor=agent, now=now + 3 * HOUR, at=now + HOUR)


def test_nothing_is_issued_before_it_was_offered(case: Case, agent: User, now: datetime) -> None:
    recovery.acknowledge(case, agent, now)
    recovery.apologize(case, agent, now)
    gift = recovery.propose(case, agent, now + HOUR)
    recovery.move(gift, agent, now + 2 * HOUR, CompensationStatus.OFFERED)
    for to in (CompensationStatus.ACCEPTED, CompensationStatus.REFUSED):
        with refused("before it was proposed, approved or offered", field="at"):
            compensations.move_compensation(
                compensation=gift, to=to, actor=agent, now=now + 3 * HOUR, at=now + HOUR + MINUTE
            )


def test_nothing_is_due_only_at_a_moment_that_can_be(case: Case, agent: User, now: datetime) -> None:
    recovery.acknowledge(case, agent, now)
    recovery.apologize(case, agent, now)
    with refused("before anyone here knew", field="at"):
        compensations.decide_none(case=case, reason="Nothing lost", actor=agent, now=now + HOUR, at=now - HOUR)


def test_no_contact_before_the_mistake(case: Case, agent: User, now: datetime) -> None:
    early = Exchange(direction=Direction.OUT, channel=Channel.PHONE, summary="Called", at=now - MINUTE)
    with refused("before the mistake was known", field="at"):
        contacts.log_contact(case=case, exchange=early, actor=agent, now=now)


def test_no_keeping_before_the_promise_and_no_change_before_its_plan(case: Case, agent: User, now: datetime) -> None:
    promise = recovery.promise(case, agent, now + HOUR, now + 3 * HOUR)
    with refused("before the promise was made", field="at"):
        promises.keep_promise(promise=promise, actor=agent, now=now + 2 * HOUR, at=now)
    plan = Plan(kind=PreventionKind.PROCESS, change="A checklist", owner=agent, due_at=now + 9 * HOUR)
    action = learning.plan_prevention(incident=case.incident, plan=plan, actor=agent, now=now + HOUR)
    with refused("before it was planned", field="at"):
        learning.finish_prevention(action=action, actor=agent, now=now + 2 * HOUR, at=now)


def test_a_typed_minute_is_not_before_a_second_in_it(log: Log, agent: User, now: datetime) -> None:
    knew = now - HOUR + timedelta(seconds=40)
    case = log(known_at=knew)
    step = steps.acknowledge(case=case, evidence=ACKNOWLEDGED, actor=agent, now=now, at=now - HOUR)
    assert step.settled_at == knew


def test_it_is_resolved_when_the_last_part_was_done_and_not_typed(case: Case, agent: User, now: datetime) -> None:
    recovery.acknowledge(case, agent, now)
    recovery.apologize(case, agent, now)
    recovery.give_nothing(case, agent, now + 4 * HOUR)
    corrections.record_correction(case=case, evidence=CORRECTED, actor=agent, now=now + 5 * HOUR, at=now + HOUR)
    assert recovery.fresh(case).resolved_at == now + 4 * HOUR
    assert case.steps.get(kind=StepKind.CORRECT).settled_at == now + HOUR
