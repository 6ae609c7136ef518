"""A case that was closed on a mail that came back: it is open again where it was, and figures know it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cases.actions import apologies, closing, follow_ups, handling, satisfaction
from cases.actions.bounces import Notice, take_notice
from cases.actions.deliveries import deliver_owed
from cases.models import Case, Message, Step, User
from cases.reports.traits import Trait, has, judged_steps, late_steps
from cases.rules.evidence import AnswerEvidence
from cases.rules.vocabulary import (
    Answer,
    Channel,
    Direction,
    EventKind,
    FollowUpStatus,
    MessagePurpose,
    Outcome,
    StepKind,
    StepStatus,
    UpdateReason,
)
from tests.actions.endings import withdraw
from tests.actions.evidence import APOLOGIZED, LETTER
from tests.conftest import Log
from tests.notices import bounce_of
from tests.reports import recovery

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def case(log: Log, agent: User, manager: User, now: datetime) -> Case:
    """Closed as satisfied as soon as the follow-up had left by mail."""
    logged = recovery.until_confirm(log(), agent, now)
    recovery.answer(logged, agent, now + HOUR)
    follow_ups.send_follow_up(case=logged, letter=LETTER, actor=agent, now=now + HOUR)
    deliver_owed(now=now + 2 * HOUR)
    return recovery.fresh(recovery.close(logged, agent, now + 3 * HOUR))


def come_back(purpose: MessagePurpose, now: datetime) -> Notice:
    return take_notice(raw=bounce_of(Message.objects.get(purpose=purpose)), now=now)


def test_it_is_open_again_in_the_same_round_and_nothing_else_is_undone(case: Case, now: datetime) -> None:
    assert come_back(MessagePurpose.FOLLOW_UP, now + DAY) is Notice.BOUNCE

    again = recovery.fresh(case)
    assert (again.is_open, again.round, again.outcome, again.first_closed_at) == (True, 1, "", now + 3 * HOUR)
    assert again.current_step == StepKind.FOLLOW_UP
    assert [step.status for step in case.steps.all()] == ["done"] * 5 + ["pending"]
    assert case.follow_ups.get().status == FollowUpStatus.BOUNCED
    event = case.events.get(kind=EventKind.CASE_REOPENED)
    assert (event.facts["before"], event.actor) == (Outcome.SATISFIED, None)
    assert event.facts["reason"] == "“Follow up” was completed by a mail that did not arrive."
    told = Message.objects.filter(purpose=MessagePurpose.UNDELIVERED)
    assert all("The case had been closed on it, and is open again." in mail.text for mail in told)
    assert len(told) == 2


def test_it_is_closed_again_on_the_answer_that_the_customer_gave(case: Case, agent: User, now: datetime) -> None:
    come_back(MessagePurpose.FOLLOW_UP, now + DAY)
    follow_ups.speak_follow_up(case=case, letter=replace(LETTER, channel=Channel.PHONE), actor=agent, now=now + 2 * DAY)
    closing.close(case=recovery.fresh(case), outcome=Outcome.SATISFIED, reason="", actor=agent, now=now + 2 * DAY)

    closed = recovery.fresh(case)
    assert (closed.outcome, closed.closed_at, closed.first_closed_at) == (
        Outcome.SATISFIED,
        now + 2 * DAY,
        now + 3 * HOUR,
    )


def test_its_step_counts_as_late_once_it_is_and_the_case_as_reopened(case: Case, now: datetime) -> None:
    steps = Step.objects.filter(case=case, kind=StepKind.FOLLOW_UP)
    assert steps.filter(judged_steps(now + DAY)).exists()
    come_back(MessagePurpose.FOLLOW_UP, now + DAY)

    due = steps.get().due_at
    assert due is not None
    assert not steps.filter(judged_steps(due)).exists()
    assert steps.filter(late_steps(due + HOUR)).exists()
    assert Case.objects.filter(has(Trait.REOPENED_SOON, now + DAY)).get() == case


def test_a_case_in_which_nothing_was_owed_after_all_stays_closed(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    case = log()
    recovery.acknowledge(case, agent, now)
    apologies.send_apology(case=case, evidence=replace(APOLOGIZED, channel=Channel.EMAIL), actor=agent, now=now)
    deliver_owed(now=now)
    withdraw(case, agent, now + HOUR)
    come_back(MessagePurpose.APOLOGY, now + DAY)

    assert recovery.fresh(case).outcome == Outcome.WITHDRAWN
    assert case.steps.get(kind=StepKind.APOLOGIZE).status == StepStatus.DONE
    assert case.events.get(kind=EventKind.APOLOGY_BOUNCED).facts["owed_again"] is None


def test_a_customer_who_was_only_asked_by_a_mail_that_came_back_was_not_asked(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    case = recovery.until_confirm(log(), agent, now)
    satisfaction.ask_by_mail(case=case, words="Did we?", actor=agent, now=now + HOUR)
    deliver_owed(now=now + HOUR)
    assert Case.objects.filter(has(Trait.ASKED, now + DAY)).exists()
    come_back(MessagePurpose.SATISFACTION, now + DAY)

    assert not Case.objects.filter(has(Trait.ASKED, now + DAY)).exists()


@pytest.mark.parametrize("is_handed_over", [True, False])
def test_whoever_called_after_closing_is_owed_an_answer_in_the_case_that_is_open_again(
    case: Case, agent: User, teammate: User, now: datetime, *, is_handed_over: bool
) -> None:
    recovery.contact(case, agent, now + 4 * HOUR, Direction.IN)
    if is_handed_over:
        handling.assign(case=case, to=teammate, actor=agent, now=now + 5 * HOUR)

    come_back(MessagePurpose.FOLLOW_UP, now + DAY)

    owed = case.status_updates.unsettled().get()
    assert (owed.reason, owed.starts_at, owed.due_at) == (UpdateReason.ASKED, now + 4 * HOUR, now + DAY)
    assert owed.owner == (teammate if is_handed_over else agent)
    recovery.contact(case, agent, now + 2 * DAY)
    assert not case.status_updates.unsettled().filter(reason=UpdateReason.ASKED).exists()


def test_one_answer_is_owed_to_whoever_called_and_then_was_unhappy(case: Case, agent: User, now: datetime) -> None:
    recovery.contact(case, agent, now + 4 * HOUR, Direction.IN)
    unhappy = AnswerEvidence(channel=Channel.PHONE, answer=Answer.NOT_SATISFIED, score=2, words="It leaks again")
    satisfaction.record_later_answer(case=case, evidence=unhappy, actor=agent, now=now + 5 * HOUR)

    come_back(MessagePurpose.FOLLOW_UP, now + DAY)

    owed = case.status_updates.unsettled().get()
    assert (owed.reason, owed.starts_at) == (UpdateReason.ASKED, now + 4 * HOUR)
