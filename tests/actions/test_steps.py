"""Settling the six steps: what completes each, in which order, and what is refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cases.actions import apologies, compensations, corrections, satisfaction, steps
from cases.actions.steps import acknowledge
from cases.errors import AlreadyDoneError, NotAllowedError
from cases.models import Acknowledgement, Approval, Case, Contact, Customer, Event, Message, Step, User
from cases.rules.evidence import AcknowledgementEvidence
from cases.rules.vocabulary import (
    ApprovalKind,
    Channel,
    Direction,
    EventKind,
    Reached,
    Severity,
    StepKind,
    StepStatus,
)
from tests.actions.evidence import ACKNOWLEDGED, APOLOGIZED, CORRECTED, SATISFIED
from tests.conftest import Log
from tests.refusals import refused
from tests.reports import recovery

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def test_acknowledging_settles_the_step_and_keeps_what_was_said(log: Log, agent: User, now: datetime) -> None:
    case = log()

    step = acknowledge(case=case, evidence=ACKNOWLEDGED, actor=agent, now=now + HOUR)

    assert (step.status, step.settled_at, step.settled_by) == (StepStatus.DONE, now + HOUR, agent)
    assert step.acknowledgement.read_back == ACKNOWLEDGED.read_back
    assert case.contacts.filter(direction=Direction.OUT).get().summary == ACKNOWLEDGED.read_back
    assert Event.objects.get(kind=EventKind.STEP_SETTLED).facts["read_back"] == ACKNOWLEDGED.read_back
    assert recovery.fresh(case).current_step == StepKind.APOLOGIZE


def test_an_acknowledgement_may_be_written_down_later_than_it_was_given(log: Log, agent: User, now: datetime) -> None:
    step = acknowledge(case=log(), evidence=ACKNOWLEDGED, actor=agent, now=now + 2 * HOUR, at=now + HOUR)

    assert step.settled_at == now + HOUR


def test_another_concern_is_kept_as_one_of_its_own(log: Log, agent: User, now: datetime) -> None:
    more = replace(ACKNOWLEDGED, was_only_concern=False, more_concerns=("Nobody called back", " ", "The bill is wrong"))
    case = log()

    acknowledge(case=case, evidence=more, actor=agent, now=now)

    assert [concern.text for concern in case.concerns.all()][1:] == ["Nobody called back", "The bill is wrong"]


@pytest.mark.parametrize(
    ("evidence", "words", "field"),
    [
        (replace(ACKNOWLEDGED, reached=Reached.VOICEMAIL), "A voicemail .* completes nothing", "reached"),
        (replace(ACKNOWLEDGED, reached=Reached.NO_ANSWER), "an unanswered call is an attempt", "reached"),
        (replace(ACKNOWLEDGED, was_only_concern=None), "is that the only concern", "was_only_concern"),
        (replace(ACKNOWLEDGED, was_only_concern=False), "what else troubles", "more_concerns"),
        (replace(ACKNOWLEDGED, read_back=" \n"), "as you repeated it back", "read_back"),
        (replace(ACKNOWLEDGED, ownership=""), "who takes it on", "ownership"),
    ],
)
def test_an_acknowledgement_that_would_not_count_is_refused(
    log: Log, agent: User, now: datetime, evidence: AcknowledgementEvidence, words: str, field: str
) -> None:
    case = log()

    with refused(words, field=field):
        acknowledge(case=case, evidence=evidence, actor=agent, now=now)

    assert not Acknowledgement.objects.exists()
    assert not Contact.objects.filter(direction=Direction.OUT).exists()


def test_an_urgent_case_is_acknowledged_by_voice_or_says_why_not(log: Log, agent: User, now: datetime) -> None:
    case, written = log(severity=Severity.MAJOR), replace(ACKNOWLEDGED, channel=Channel.EMAIL)

    with refused("We have a phone number and this is urgent", field="not_live_because"):
        acknowledge(case=case, evidence=written, actor=agent, now=now)
    reason = replace(written, not_live_because="They asked us to write.")
    step = acknowledge(case=case, evidence=reason, actor=agent, now=now)

    assert step.acknowledgement.not_live_because == "They asked us to write."


def test_without_a_phone_number_an_urgent_case_may_be_acknowledged_in_writing(
    log: Log, agent: User, customer: Customer, now: datetime
) -> None:
    customer.phone = ""
    customer.save()

    acknowledge(
        case=log(severity=Severity.CRITICAL),
        evidence=replace(ACKNOWLEDGED, channel=Channel.EMAIL),
        actor=agent,
        now=now,
    )

    assert Step.objects.get(kind=StepKind.ACKNOWLEDGE).status == StepStatus.DONE


def test_a_step_is_settled_once(log: Log, agent: User, teammate: User, now: datetime) -> None:
    case = log()
    acknowledge(case=case, evidence=ACKNOWLEDGED, actor=agent, now=now)

    with refused("“Acknowledge” is settled already", by=AlreadyDoneError):
        acknowledge(case=case, evidence=ACKNOWLEDGED, actor=teammate, now=now)


def correct_first(case: Case, actor: User, now: datetime) -> None:
    corrections.record_correction(case=case, evidence=CORRECTED, actor=actor, now=now)


def apologize_first(case: Case, actor: User, now: datetime) -> None:
    apologies.speak_apology(case=case, evidence=APOLOGIZED, actor=actor, now=now)


def send_first(case: Case, actor: User, now: datetime) -> None:
    apologies.send_apology(case=case, evidence=APOLOGIZED, actor=actor, now=now)


def give_nothing_first(case: Case, actor: User, now: datetime) -> None:
    compensations.decide_none(case=case, reason="They want nothing.", actor=actor, now=now)


def ask_first(case: Case, actor: User, now: datetime) -> None:
    satisfaction.record_answer(case=case, evidence=SATISFIED, actor=actor, now=now)


@pytest.mark.parametrize(
    ("verb", "before"),
    [
        (apologize_first, "“Acknowledge”"),
        (send_first, "“Acknowledge”"),
        (correct_first, "“Acknowledge”"),
        (give_nothing_first, "“Apologize”"),
        (ask_first, "“Correct” and “Compensate”"),
        (recovery.follow_up, "“Confirm”"),
    ],
)
def test_no_step_comes_before_what_it_waits_for(
    log: Log, agent: User, now: datetime, verb: Callable[[Case, User, datetime], None], before: str
) -> None:
    case = log()

    with refused(f"First settle {before}"):
        verb(case, agent, now)


def test_correcting_and_apologizing_may_come_in_any_order(log: Log, agent: User, now: datetime) -> None:
    case = log()
    for step in (recovery.acknowledge, recovery.correct, recovery.apologize, recovery.give_nothing):
        step(case, agent, now)

    assert recovery.fresh(case).current_step == StepKind.CONFIRM


@pytest.mark.parametrize(
    ("hours", "words"),
    [(1, "lies in the future"), (-1, "before anyone here knew")],
)
def test_a_step_at_an_impossible_moment_is_refused(
    log: Log, agent: User, now: datetime, hours: int, words: str
) -> None:
    case = log()

    with refused(words, field="at"):
        acknowledge(case=case, evidence=ACKNOWLEDGED, actor=agent, now=now, at=now + hours * HOUR)


def test_a_stranger_settles_nothing(log: Log, outsider: User, now: datetime) -> None:
    case = log()

    with refused("belongs to another team", by=NotAllowedError):
        acknowledge(case=case, evidence=ACKNOWLEDGED, actor=outsider, now=now)


def test_nothing_is_settled_in_a_closed_case(log: Log, agent: User, now: datetime) -> None:
    case = log()
    recovery.recover(case, agent, now + HOUR)

    with refused("This case is closed. Reopen it first"):
        acknowledge(case=case, evidence=ACKNOWLEDGED, actor=agent, now=now + 2 * HOUR)


def test_a_follow_up_is_waived_by_one_person_with_a_reason(log: Log, agent: User, now: datetime) -> None:
    case = log()
    recovery.until_confirm(case, agent, now)
    recovery.answer(case, agent, now + HOUR)

    with refused("Say why this step is not needed", field="reason"):
        steps.waive(case=case, kind=StepKind.FOLLOW_UP, reason=" ", actor=agent, now=now + HOUR)
    step = steps.waive(case=case, kind=StepKind.FOLLOW_UP, reason="They moved away", actor=agent, now=now + HOUR)

    assert isinstance(step, Step)
    assert (step.status, step.note, step.approved_by) == (StepStatus.WAIVED, "They moved away", None)


def test_every_other_step_is_waived_by_two_people(log: Log, agent: User, manager: User, now: datetime) -> None:
    case = log()

    asked = steps.waive(case=case, kind=StepKind.ACKNOWLEDGE, reason="They asked not to", actor=agent, now=now)

    assert isinstance(asked, Approval)
    assert asked.kind == ApprovalKind.WAIVE_STEP
    assert case.steps.get(kind=StepKind.ACKNOWLEDGE).status == StepStatus.PENDING
    assert Message.objects.get().to_user == manager
    with refused("A second person has been asked already"):
        steps.waive(case=case, kind=StepKind.ACKNOWLEDGE, reason="Again", actor=agent, now=now)


def test_waiving_obeys_the_order_and_settled_steps(log: Log, agent: User, now: datetime) -> None:
    case = log()

    with refused("First settle “Acknowledge”"):
        steps.waive(case=case, kind=StepKind.APOLOGIZE, reason="No need", actor=agent, now=now)
    recovery.acknowledge(case, agent, now)
    with refused("is settled already", by=AlreadyDoneError):
        steps.waive(case=case, kind=StepKind.ACKNOWLEDGE, reason="No need", actor=agent, now=now)
