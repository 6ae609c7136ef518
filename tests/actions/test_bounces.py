"""A mail to a customer that came back: what it had completed is owed again, once, and people are told."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from cases.actions import apologies, deliveries, satisfaction, updates
from cases.actions.bounces import Notice, note_bounce, take_notice
from cases.actions.contacts import Exchange, log_contact
from cases.actions.deliveries import deliver_owed
from cases.mail import bounces
from cases.models import Apology, Case, Event, Message, SatisfactionCheck, Step, User
from cases.reminders.sweep import sweep
from cases.rules.vocabulary import (
    ApologyStatus,
    Channel,
    CheckStatus,
    Direction,
    DroppedBecause,
    EventKind,
    MessagePurpose,
    MessageStatus,
    Reached,
    StepKind,
    StepStatus,
    UpdateReason,
)
from tests.actions.evidence import APOLOGIZED
from tests.conftest import Log
from tests.notices import absence, bounce_of, notice, original, report
from tests.refusals import refused
from tests.reports import recovery

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WRITTEN = replace(APOLOGIZED, channel=Channel.EMAIL)


@pytest.fixture
def case(log: Log, agent: User, manager: User, now: datetime) -> Case:
    """One whose apology is on its way."""
    logged = log()
    recovery.acknowledge(logged, agent, now)
    apologies.send_apology(case=logged, evidence=WRITTEN, actor=agent, now=now)
    return logged


@pytest.fixture
def question(log: Log, agent: User, manager: User, now: datetime) -> SatisfactionCheck:
    """Asked by mail, which has left."""
    asked = recovery.until_confirm(log(), agent, now)
    check = satisfaction.ask_by_mail(case=asked, words="Did we make it right?", actor=agent, now=now + HOUR)
    deliver_owed(now=now + HOUR)
    return check


def letter(purpose: MessagePurpose = MessagePurpose.APOLOGY) -> Message:
    return Message.objects.filter(purpose=purpose).earliest("pk")


def step_of(case: Case, kind: StepKind = StepKind.APOLOGIZE) -> Step:
    return case.steps.get(kind=kind)


def told() -> list[tuple[str, str]]:
    mails = Message.objects.filter(purpose=MessagePurpose.UNDELIVERED).order_by("to_address")
    return list(mails.values_list("to_address", "status"))


def test_an_apology_that_came_back_is_owed_again_by_the_moment_it_always_was(case: Case, now: datetime) -> None:
    due = step_of(case).due_at
    deliver_owed(now=now + HOUR)
    assert step_of(case).status == StepStatus.DONE

    assert take_notice(raw=bounce_of(letter()), now=now + DAY) is Notice.BOUNCE

    step, apology = step_of(case), Apology.objects.get()
    assert (step.status, step.settled_at, step.settled_by, step.due_at) == (StepStatus.PENDING, None, None, due)
    assert (apology.status, letter().status) == (ApologyStatus.BOUNCED, MessageStatus.BOUNCED)
    assert (recovery.fresh(case).current_step, recovery.fresh(case).next_due_at) == (StepKind.APOLOGIZE, due)
    event = case.events.get(kind=EventKind.APOLOGY_BOUNCED)
    assert event.facts["owed_again"] == StepKind.APOLOGIZE
    assert event.facts["error"] == "It came back: 550 5.1.1 (address): Recipient address rejected: User unknown"


def test_what_was_settled_after_it_stays_settled_and_the_apology_can_go_out_again(
    case: Case, agent: User, now: datetime
) -> None:
    deliver_owed(now=now + HOUR)
    recovery.correct(case, agent, now + HOUR)
    recovery.give_nothing(case, agent, now + HOUR)
    take_notice(raw=bounce_of(letter()), now=now + DAY)

    assert [step.status for step in case.steps.all()] == ["done", "pending", "done", "done", "pending", "pending"]
    apologies.send_apology(case=case, evidence=WRITTEN, actor=agent, now=now + 2 * DAY)
    deliver_owed(now=now + 2 * DAY)
    assert step_of(case).settled_at == now + 2 * DAY


def test_the_customer_was_not_reached_by_it_though_it_was_a_try(case: Case, now: datetime) -> None:
    deliver_owed(now=now + HOUR)
    take_notice(raw=bounce_of(letter()), now=now + DAY)

    mail = case.contacts.get(channel=Channel.EMAIL)
    assert (mail.reached, mail.at) == (Reached.NO_ANSWER, now + HOUR)
    assert not case.contacts.exclude(pk=mail.pk).exclude(reached=Reached.REACHED).exists()


def test_owner_and_manager_are_told_once_however_often_it_is_said(
    case: Case, agent: User, manager: User, now: datetime
) -> None:
    deliver_owed(now=now + HOUR)
    found = [take_notice(raw=bounce_of(letter()), now=now + DAY) for _ in range(2)]
    found.append(take_notice(raw=bounce_of(letter(), status="4.4.7"), now=now + DAY))

    assert found == [Notice.BOUNCE, Notice.UNKNOWN, Notice.UNKNOWN]
    assert told() == [(agent.email, MessageStatus.QUEUED), (manager.email, MessageStatus.QUEUED)]
    assert case.events.filter(kind=EventKind.APOLOGY_BOUNCED).count() == 1
    words = Message.objects.filter(to_user=manager).latest("pk").text
    assert "did not arrive" in words
    assert "“Apologize and explain” had been completed by this mail, and is owed again." in words


def test_a_notice_that_is_quicker_than_what_follows_from_sending_takes_its_place(
    case: Case, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(deliveries, "_conclude", lambda *_, **__: None)
        deliver_owed(now=now + HOUR)
    take_notice(raw=bounce_of(letter()), now=now + HOUR)
    deliver_owed(now=now + 2 * HOUR)

    assert step_of(case).status == StepStatus.PENDING
    assert not case.events.filter(kind=EventKind.APOLOGY_SENT).exists()


def test_a_notice_may_come_while_the_run_that_sent_the_mail_still_goes_on(
    case: Case, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(deliveries, "_settle", lambda **_: None)
        deliver_owed(now=now + HOUR)
    assert letter().status == MessageStatus.QUEUED

    assert take_notice(raw=bounce_of(letter()), now=now + HOUR) is Notice.BOUNCE
    deliver_owed(now=now + 2 * HOUR)

    assert letter().status == MessageStatus.BOUNCED
    assert step_of(case).status == StepStatus.PENDING


def test_nothing_follows_from_a_notice_of_no_mail_that_was_sent(case: Case, now: datetime) -> None:
    waiting = letter()
    for raw, expected in [
        (bounce_of(waiting), Notice.UNKNOWN),
        (notice(report(), original(uuid4())), Notice.UNKNOWN),
        (absence(waiting.public_id), Notice.NO_BOUNCE),
        (bounce_of(waiting, action="delayed", status="4.4.1"), Notice.NO_BOUNCE),
        (b"\xff" * 100, Notice.NO_BOUNCE),
    ]:
        before = Event.objects.count()
        assert take_notice(raw=raw, now=now) is expected
        assert Event.objects.count() == before

    assert letter().status == MessageStatus.QUEUED
    assert told() == []


def test_a_step_that_was_completed_otherwise_stays_so(case: Case, agent: User, now: datetime) -> None:
    apologies.speak_apology(case=case, evidence=APOLOGIZED, actor=agent, now=now + HOUR / 2)
    deliver_owed(now=now + HOUR)
    take_notice(raw=bounce_of(letter()), now=now + DAY)

    assert step_of(case).settled_at == now + HOUR / 2
    assert case.events.get(kind=EventKind.APOLOGY_BOUNCED).facts["owed_again"] is None


def test_a_step_of_an_earlier_round_is_history(case: Case, agent: User, now: datetime) -> None:
    deliver_owed(now=now + HOUR)
    held = recovery.fresh(case)
    satisfaction.open_round(held, None, at=now + HOUR, reason="Still wrong")
    take_notice(raw=bounce_of(letter()), now=now + DAY)

    assert case.steps.get(kind=StepKind.APOLOGIZE, round=1).status == StepStatus.DONE
    assert case.steps.get(kind=StepKind.APOLOGIZE, round=2).status == StepStatus.PENDING


def test_a_reminder_that_was_dropped_because_the_step_was_done_is_owed_after_all(
    case: Case, agent: User, now: datetime
) -> None:
    step = step_of(case)
    assert step.due_at is not None
    deliver_owed(now=now + HOUR)
    agent.reminders.create(
        kind="step",
        commitment_id=step.pk,
        rung="overdue",
        due_at=step.due_at,
        case=case,
        planned_at=now,
        hold_until=now,
        dropped_because=DroppedBecause.NO_LONGER_OWED,
    )
    take_notice(raw=bounce_of(letter()), now=now + DAY)
    sweep(now + 9 * DAY)

    assert agent.reminders.filter(kind="step", commitment_id=step.pk, message__isnull=False).exists()


def test_a_question_that_came_back_asked_nobody(question: SatisfactionCheck, agent: User, now: datetime) -> None:
    case = question.case
    take_notice(raw=bounce_of(letter(MessagePurpose.SATISFACTION)), now=now + DAY)
    question.refresh_from_db()

    assert question.status == CheckStatus.BOUNCED
    assert case.events.get(kind=EventKind.MESSAGE_BOUNCED).facts["purpose"] == MessagePurpose.SATISFACTION
    satisfaction.ask_by_mail(case=case, words="Did we?", actor=agent, now=now + 2 * DAY)
    deliver_owed(now=now + 2 * DAY)
    with refused("So far the customer was asked on 1"):
        satisfaction.record_no_answer(case=case, actor=agent, now=now + 3 * DAY)


def test_silence_after_a_question_that_never_arrived_completes_nothing(
    question: SatisfactionCheck, agent: User, now: datetime
) -> None:
    case = question.case
    satisfaction.ask_by_mail(case=case, words="Did we?", actor=agent, now=now + 2 * DAY)
    deliver_owed(now=now + 2 * DAY)
    satisfaction.record_no_answer(case=case, actor=agent, now=now + 4 * DAY)
    take_notice(raw=bounce_of(letter(MessagePurpose.SATISFACTION)), now=now + 5 * DAY)

    assert step_of(case, StepKind.CONFIRM).status == StepStatus.PENDING
    assert case.events.get(kind=EventKind.MESSAGE_BOUNCED).facts["owed_again"] == StepKind.CONFIRM


def test_an_answer_stands_though_the_question_came_back(
    question: SatisfactionCheck, agent: User, now: datetime
) -> None:
    recovery.answer(question.case, agent, now + 2 * HOUR)
    take_notice(raw=bounce_of(letter(MessagePurpose.SATISFACTION)), now=now + DAY)
    question.refresh_from_db()

    assert question.status == CheckStatus.ANSWERED
    assert step_of(question.case, StepKind.CONFIRM).status == StepStatus.DONE
    assert question.case.events.filter(kind=EventKind.MESSAGE_BOUNCED).exists()


def test_a_bounce_that_names_somebody_else_says_that_our_mail_was_sent_on(case: Case, now: datetime) -> None:
    deliver_owed(now=now)
    bounce = bounces.read(bounce_of(letter(), recipient="g.whitlock@example.net", diagnostic=""))
    assert bounce is not None

    message = note_bounce(bounce=bounce, now=now + HOUR)

    assert message is not None
    assert message.last_error == "It came back for g.whitlock@example.net: 5.1.1"
    assert not [event for event in Event.objects.all() if "@" in str(event.facts)]


def test_what_the_customer_waited_for_is_owed_again_when_the_word_did_not_arrive(case: Case, now: datetime) -> None:
    updates.note_chase(case, at=now, now=now)
    deliver_owed(now=now + HOUR)
    assert case.status_updates.get(reason=UpdateReason.ASKED).settled_at == now + HOUR

    take_notice(raw=bounce_of(letter()), now=now + DAY)

    assert case.status_updates.get(reason=UpdateReason.ASKED).settled_at is None
    silence = case.status_updates.unsettled().get(reason=UpdateReason.SILENCE)
    assert silence.starts_at is not None
    assert silence.starts_at < now + HOUR


def test_another_word_since_then_is_a_word(case: Case, agent: User, now: datetime) -> None:
    updates.note_chase(case, at=now, now=now)
    deliver_owed(now=now + HOUR)
    call = Exchange(at=now + 2 * HOUR, direction=Direction.OUT, channel=Channel.PHONE, summary="The van is on its way")
    log_contact(case=case, exchange=call, actor=agent, now=now + 2 * HOUR)

    take_notice(raw=bounce_of(letter()), now=now + DAY)

    assert not case.status_updates.unsettled().filter(reason=UpdateReason.ASKED).exists()
