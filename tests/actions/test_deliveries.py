"""What follows from a mail that left, or could not."""

from datetime import datetime, timedelta

import pytest

from cases.actions import apologies, deliveries, reminded, satisfaction, steps
from cases.actions.deliveries import DeliveryTally, deliver_owed
from cases.mail import compose, outbox
from cases.mail.outbox import LEASE
from cases.models import Apology, Case, Event, Message, User
from cases.rules.evidence import AcknowledgementEvidence, ApologyEvidence
from cases.rules.vocabulary import (
    ApologyStatus,
    Channel,
    CheckStatus,
    EventKind,
    ExplanationStatus,
    MessagePurpose,
    MessageStatus,
    ReadBack,
    StepKind,
    StepStatus,
)
from tests.conftest import Log
from tests.mail_server import MailServer, mail_server, mail_through
from tests.reports import recovery

__all__ = ["mail_server", "mail_through"]

pytestmark = pytest.mark.django_db

SAID = AcknowledgementEvidence(
    channel=Channel.PHONE,
    read_back="The parcel went to the old address",
    read_back_answer=ReadBack.AGREED,
    was_only_concern=True,
    ownership="I am Maya and I see to it",
)
WRITTEN = ApologyEvidence(
    channel=Channel.EMAIL,
    body="Dear Grace,\n\nWe sent your parcel to the wrong address. That was our mistake, and I am sorry.\n\nMaya Osei",
    owns_it=True,
    explanation_status=ExplanationStatus.VERIFIED,
    explanation="We had not taken over your new address.",
)


@pytest.fixture
def apology(log: Log, agent: User, now: datetime) -> Apology:
    """Written, and waiting in the outbox."""
    case = log()
    steps.acknowledge(case=case, evidence=SAID, actor=agent, now=now)
    return apologies.send_apology(case=case, evidence=WRITTEN, actor=agent, now=now)


def status_of(case: Case) -> str:
    return case.steps.get(kind=StepKind.APOLOGIZE).status


def test_an_apology_is_made_when_the_mail_server_took_it(
    apology: Apology, mail_server: MailServer, now: datetime
) -> None:
    assert status_of(apology.case) == StepStatus.PENDING
    assert deliver_owed(now=now + timedelta(minutes=1)) == DeliveryTally(sent=1)
    apology.refresh_from_db()
    assert (apology.status, apology.sent_at) == (ApologyStatus.DELIVERED, now + timedelta(minutes=1))
    assert status_of(apology.case) == StepStatus.DONE
    assert mail_server.taken[0]["To"] == "grace@example.org"


def test_an_apology_to_an_address_that_does_not_exist_leaves_the_step_open_and_says_so(
    apology: Apology, mail_server: MailServer, now: datetime
) -> None:
    mail_server.refusals["grace@example.org"] = "550 5.1.1 Nobody of that name"
    assert deliver_owed(now=now) == DeliveryTally(failed=1, sent=1)
    apology.refresh_from_db()
    assert apology.status == ApologyStatus.BOUNCED
    assert [mail["To"] for mail in mail_server.taken] == ["maya@example.com"]
    assert status_of(apology.case) == StepStatus.PENDING
    event = Event.objects.get(kind=EventKind.APOLOGY_BOUNCED)
    assert event.facts["error"] == "The mail server refused the address: 550 5.1.1 Nobody of that name"
    assert not Event.objects.filter(kind=EventKind.MESSAGE_FAILED).exists()


def test_while_the_mail_server_is_down_the_step_stays_open(
    apology: Apology, mail_server: MailServer, now: datetime
) -> None:
    with mail_server.down():
        deliver_owed(now=now)
        assert status_of(apology.case) == StepStatus.PENDING
    deliver_owed(now=now + timedelta(minutes=1))
    assert status_of(apology.case) == StepStatus.DONE
    assert len(mail_server.taken) == 1


def test_a_run_killed_while_handing_over_leaves_the_step_open_until_the_mail_is_known_to_have_left(
    apology: Apology, mail_server: MailServer, now: datetime
) -> None:
    outbox.claim(now)
    assert status_of(apology.case) == StepStatus.PENDING
    deliver_owed(now=now + LEASE)
    assert status_of(apology.case) == StepStatus.DONE


def test_a_question_that_was_refused_at_once_waits_for_no_answer(
    log: Log, agent: User, mail_server: MailServer, now: datetime
) -> None:
    case = recovery.until_confirm(log(), agent, now)
    check = satisfaction.ask_by_mail(case=case, words="Did we make it right?", actor=agent, now=now)
    mail_server.refusals["grace@example.org"] = "550 Nobody of that name"
    deliver_owed(now=now)
    check.refresh_from_db()
    assert check.status == CheckStatus.BOUNCED
    assert Event.objects.get(kind=EventKind.MESSAGE_FAILED).facts["purpose"] == MessagePurpose.SATISFACTION


def test_the_customer_is_asked_when_the_question_has_left_and_not_before(
    log: Log, agent: User, mail_server: MailServer, now: datetime
) -> None:
    case = recovery.until_confirm(log(), agent, now)
    check = satisfaction.ask_by_mail(case=case, words="Is it right now?", actor=agent, now=now + timedelta(hours=1))
    queued = Event.objects.get(kind=EventKind.QUESTION_QUEUED)
    assert queued.facts["words"] == "Is it right now?"
    assert not Event.objects.filter(kind=EventKind.CUSTOMER_ASKED).exists()

    deliver_owed(now=now + timedelta(hours=2))

    asked = Event.objects.get(kind=EventKind.CUSTOMER_ASKED)
    assert (asked.at, asked.actor) == (now + timedelta(hours=2), agent)
    assert asked.facts["message"] == queued.facts["message"] == str(check.message and check.message.public_id)


def test_another_mail_that_a_customer_cannot_get_is_told_in_the_timeline(
    log: Log, mail_server: MailServer, now: datetime
) -> None:
    compose.to_customer(log(), MessagePurpose.SATISFACTION, subject="?", body="Dear Grace", now=now)
    mail_server.refusals["grace@example.org"] = "550 Nobody of that name"
    deliver_owed(now=now)
    event = Event.objects.get(kind=EventKind.MESSAGE_FAILED)
    assert event.facts["purpose"] == MessagePurpose.SATISFACTION
    assert event.facts["error"].endswith("550 Nobody of that name")


def test_a_notice_that_a_colleague_cannot_get_is_no_event_of_the_case(
    log: Log, agent: User, mail_server: MailServer, now: datetime
) -> None:
    compose.notice(agent, heading="Please look", lines=[], now=now, case=log())
    mail_server.refusals[agent.email] = "550 Nobody of that name"
    deliver_owed(now=now)
    assert not Event.objects.filter(kind=EventKind.MESSAGE_FAILED).exists()


def test_what_follows_is_made_up_for_when_the_worker_died_right_after_sending(
    apology: Apology, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(deliveries, "_conclude", lambda *_, **__: None)
        deliver_owed(now=now)
    assert status_of(apology.case) == StepStatus.PENDING
    deliver_owed(now=now + timedelta(minutes=1))
    step = apology.case.steps.get(kind=StepKind.APOLOGIZE)
    assert (step.status, step.settled_at) == (StepStatus.DONE, now)
    assert len(mail_server.taken) == 1


def test_what_follows_may_break_and_the_mail_is_still_not_sent_again(
    apology: Apology, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(apologies, "apology_left", breaks)
        deliver_owed(now=now)
    assert Message.objects.get().status == MessageStatus.SENT
    deliver_owed(now=now + LEASE * 2)
    assert status_of(apology.case) == StepStatus.DONE
    assert len(mail_server.taken) == 1


def test_where_what_follows_breaks_for_one_of_many_they_are_concluded_one_by_one(
    agent: User, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    mails = [compose.notice(agent, heading=f"Number {number}", lines=[], now=now) for number in range(2)]
    Message.objects.filter(pk=mails[0].pk).update(purpose=MessagePurpose.REMINDER)

    def breaks(_keys: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(reminded, "note_reminded", breaks)
        assert deliver_owed(now=now) == DeliveryTally(sent=2)
    rows = Message.objects.order_by("pk").values_list("status", "concluded_at")
    assert list(rows) == [(MessageStatus.SENT, None), (MessageStatus.SENT, now)]
    deliver_owed(now=now + timedelta(minutes=1))
    assert not Message.objects.unconcluded().exists()


def test_a_run_ends_where_it_is_told_to(agent: User, mail_server: MailServer, now: datetime) -> None:
    for number in range(3):
        compose.notice(agent, heading=f"Number {number}", lines=[], now=now)
    assert deliver_owed(now=now, limit=2) == DeliveryTally(sent=2, is_more=True)
    assert deliver_owed(now=now, limit=2) == DeliveryTally(sent=1)


def test_a_run_that_took_long_begins_no_further_mail_and_holds_none(
    agent: User, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    mail_server.on_mail = lambda: monkeypatch.setattr(deliveries, "LONGEST_RUN", 0)
    for number in range(3):
        compose.notice(agent, heading=f"Number {number}", lines=[], now=now)
    assert deliver_owed(now=now) == DeliveryTally(sent=1, is_more=True)
    assert list(Message.objects.order_by("pk").values_list("attempts", "claimed_by")) == [
        (1, None),
        (0, None),
        (0, None),
    ]


def test_each_mail_says_when_it_left_itself_and_not_when_the_run_began(
    agent: User, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    mail_server.on_mail = lambda: monkeypatch.setattr(deliveries, "monotonic", lambda: 12.0)
    for number in range(2):
        compose.notice(agent, heading=f"Number {number}", lines=[], now=now)
    deliver_owed(now=now)
    assert Message.objects.latest("pk").sent_at == now + timedelta(seconds=12)
