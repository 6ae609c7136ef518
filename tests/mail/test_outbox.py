"""Taking a mail from the outbox to the mail server, and what happens when that goes wrong."""

from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from django.conf import settings as site
from pytest_django.fixtures import Settings

from cases.actions.deliveries import DeliveryTally, deliver_owed
from cases.mail import compose, outbox
from cases.mail.outbox import LEASE, MOST_ATTEMPTS, WAITS
from cases.models import Message, Taken, User
from cases.rules.vocabulary import MessagePurpose, MessageStatus
from tests.conftest import Log
from tests.mail_server import MailServer

pytestmark = pytest.mark.django_db


def notice(to: User, now: datetime, heading: str = "The customer wants more") -> Message:
    return compose.notice(to, heading=heading, lines=["Please look."], now=now)


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def test_a_mail_leaves_as_text_and_html_under_its_own_id(mail_server: MailServer, agent: User, now: datetime) -> None:
    message = notice(agent, now)
    assert deliver_owed(now=now) == DeliveryTally(sent=1)
    [mail] = mail_server.taken
    assert mail["To"] == agent.email
    assert mail["Subject"] == "The customer wants more"
    assert mail["Message-ID"] == f"<{message.public_id}@localhost>"
    assert mail["From"].addresses[0].display_name == site.AMENDS_ORGANIZATION
    assert "Please look." in part(mail, "plain")
    assert "<p" in part(mail, "html")


def test_mail_to_staff_says_that_a_machine_wrote_it_and_mail_to_customers_does_not(
    mail_server: MailServer, agent: User, log: Log, now: datetime
) -> None:
    notice(agent, now)
    compose.to_customer(log(), MessagePurpose.APOLOGY, subject="We are sorry", body="Dear Grace", now=now)
    deliver_owed(now=now)
    said = {mail["To"]: mail["Auto-Submitted"] for mail in mail_server.taken}
    assert said == {agent.email: "auto-generated", "grace@example.org": None}


def test_it_is_sent_only_when_the_server_took_it(mail_server: MailServer, agent: User, now: datetime) -> None:
    message = notice(agent, now)
    deliver_owed(now=now)
    message.refresh_from_db()
    assert (message.status, message.sent_at, message.attempts) == (MessageStatus.SENT, now, 1)


def test_a_second_run_sends_nothing(mail_server: MailServer, agent: User, now: datetime) -> None:
    notice(agent, now)
    deliver_owed(now=now)
    assert deliver_owed(now=now + LEASE * 2) == DeliveryTally()
    assert len(mail_server.taken) == 1


def test_all_mails_of_a_run_share_one_conversation(mail_server: MailServer, agent: User, now: datetime) -> None:
    for number in range(3):
        notice(agent, now, f"Number {number}")
    deliver_owed(now=now)
    assert len(mail_server.taken) == 3
    assert mail_server.conversations == 1


def test_a_server_that_is_down_costs_no_attempt_and_loses_nothing(
    mail_server: MailServer, agent: User, now: datetime
) -> None:
    message = notice(agent, now)
    with mail_server.down():
        assert deliver_owed(now=now) == DeliveryTally(reached=False)
        message.refresh_from_db()
        assert message.attempts == 0
        assert message.last_error.startswith("The mail server cannot be reached")
    assert deliver_owed(now=now + timedelta(minutes=1)) == DeliveryTally(sent=1)
    assert len(mail_server.taken) == 1
    message.refresh_from_db()
    assert message.last_error == ""


def test_waits_grow_while_the_server_says_not_now(mail_server: MailServer, agent: User, now: datetime) -> None:
    message, moments = notice(agent, now), []
    mail_server.data_reply = "451 Try later"
    for wait in WAITS[:4]:
        assert deliver_owed(now=now) == DeliveryTally(postponed=1)
        now += wait
        moments.append(now)
        assert deliver_owed(now=now - timedelta(seconds=1)) == DeliveryTally()
    message.refresh_from_db()
    assert message.next_attempt_at == moments[-1]
    assert (message.attempts, message.last_error) == (4, "The mail server refused the mail: 451 Try later")


def test_after_the_last_attempt_it_has_failed_and_says_so(mail_server: MailServer, agent: User, now: datetime) -> None:
    message = notice(agent, now)
    mail_server.data_reply = "451 Try later"
    for wait in (*WAITS, timedelta(0)):
        deliver_owed(now=now)
        now += wait
    message.refresh_from_db()
    assert message.status == MessageStatus.FAILED
    assert message.last_error == (
        f"Gave up after {MOST_ATTEMPTS} attempts. The mail server refused the mail: 451 Try later"
    )


def test_a_refused_address_has_failed_at_once(mail_server: MailServer, agent: User, now: datetime) -> None:
    message = notice(agent, now)
    mail_server.refusals[agent.email] = "550 5.1.1 Nobody of that name"
    assert deliver_owed(now=now) == DeliveryTally(failed=1)
    message.refresh_from_db()
    assert message.status == MessageStatus.FAILED
    assert message.last_error == "The mail server refused the address: 550 5.1.1 Nobody of that name"


def test_an_address_that_is_refused_for_now_is_tried_again(mail_server: MailServer, agent: User, now: datetime) -> None:
    notice(agent, now)
    mail_server.refusals[agent.email] = "450 4.2.0 Greylisted"
    assert deliver_owed(now=now) == DeliveryTally(postponed=1)
    mail_server.refusals.clear()
    assert deliver_owed(now=now + WAITS[0]) == DeliveryTally(sent=1)


def test_a_poisoned_mail_delays_no_other(mail_server: MailServer, agent: User, teammate: User, now: datetime) -> None:
    poisoned = notice(agent, now - timedelta(hours=1))
    Message.objects.filter(pk=poisoned.pk).update(to_address="two@example.com\nBcc: all@example.com")
    notice(teammate, now)
    assert deliver_owed(now=now) == DeliveryTally(sent=1, failed=1)
    assert [mail["To"] for mail in mail_server.taken] == [teammate.email]


def test_a_server_that_hangs_up_in_the_middle_is_called_again_for_the_next_mail(
    mail_server: MailServer, agent: User, teammate: User, now: datetime
) -> None:
    notice(agent, now - timedelta(hours=1))
    notice(teammate, now)
    mail_server.data_reply = ""
    assert deliver_owed(now=now) == DeliveryTally(postponed=2)
    mail_server.data_reply = "250 Taken"
    assert deliver_owed(now=now + WAITS[0]) == DeliveryTally(sent=2)


def test_what_another_run_holds_is_left_alone(mail_server: MailServer, agent: User, now: datetime) -> None:
    notice(agent, now)
    assert len(outbox.claim(now).mails) == 1
    assert outbox.claim(now).mails == []
    assert deliver_owed(now=now + LEASE - timedelta(minutes=1)) == DeliveryTally()


def test_a_run_that_died_loses_nothing(mail_server: MailServer, agent: User, now: datetime) -> None:
    messages = [notice(agent, now, f"Number {number}") for number in range(3)]
    outbox.claim(now)
    assert deliver_owed(now=now + LEASE) == DeliveryTally(sent=3)
    assert [mail["Message-ID"] for mail in mail_server.taken] == [f"<{one.public_id}@localhost>" for one in messages]


def test_only_the_mail_that_a_dead_run_was_handing_over_is_in_doubt(
    mail_server: MailServer, agent: User, now: datetime
) -> None:
    first, second, third = (notice(agent, now, f"Number {number}") for number in range(3))
    held = outbox.claim(now)
    assert outbox.record(first, outbox.Handover(MessageStatus.SENT), held_by=held.name, now=now)
    deliver_owed(now=now + LEASE)
    rows = Message.objects.order_by("pk").values_list("pk", "doubts", "attempts")
    assert list(rows) == [(first.pk, 0, 1), (second.pk, 1, 2), (third.pk, 0, 1)]


def test_what_a_dead_run_noted_is_settled_before_its_claim_goes_on(agent: User, now: datetime) -> None:
    noted, doubtful = notice(agent, now, "One"), notice(agent, now, "Two")
    held = outbox.claim(now)
    outbox.record(noted, outbox.Handover(MessageStatus.SENT, reply="250 OK"), held_by=held.name, now=now)
    assert [mail.pk for mail in outbox.claim(now + LEASE).mails] == [doubtful.pk]
    noted.refresh_from_db()
    assert (noted.status, noted.sent_at, noted.reply) == (MessageStatus.SENT, now, "250 OK")
    assert not Taken.objects.exists()


def test_what_a_run_that_goes_on_has_noted_may_be_settled_by_another(agent: User, now: datetime) -> None:
    first, second = notice(agent, now, "One"), notice(agent, now, "Two")
    held = outbox.claim(now)
    assert outbox.record(first, outbox.Handover(MessageStatus.SENT), held_by=held.name, now=now)
    assert outbox.settle() == [first.pk]
    assert outbox.record(second, outbox.Handover(MessageStatus.SENT), held_by=held.name, now=now)
    assert outbox.settle() == [second.pk]
    assert outbox.settle() == []


def test_the_same_yes_is_noted_once(agent: User, now: datetime) -> None:
    mail, held = notice(agent, now), outbox.claim(now)
    sent = outbox.Handover(MessageStatus.SENT)
    assert outbox.record(mail, sent, held_by=held.name, now=now)
    assert not outbox.record(mail, sent, held_by=held.name, now=now)


def test_a_mail_whose_yes_is_noted_is_nobodys_to_take(agent: User, now: datetime) -> None:
    mail, held = notice(agent, now), outbox.claim(now)
    outbox.record(mail, outbox.Handover(MessageStatus.SENT), held_by=held.name, now=now)
    assert outbox.claim(now).mails == []
    assert outbox.claim(now + LEASE).mails == []


def test_a_mail_in_doubt_is_sent_again_with_the_same_bytes(mail_server: MailServer, agent: User, now: datetime) -> None:
    notice(agent, now)
    lost = outbox.claim(now)
    with outbox.Carrier() as carrier:
        carrier.hand_over(lost.mails[0])  # taken, and the run dies before it writes that down
    deliver_owed(now=now + LEASE)
    once, again = mail_server.taken
    assert once.as_bytes() == again.as_bytes()


def test_a_mail_that_ends_every_run_is_given_up_and_no_other_suffers(
    mail_server: MailServer, agent: User, teammate: User, now: datetime
) -> None:
    deadly = notice(agent, now)
    notice(teammate, now)
    for _ in range(MOST_ATTEMPTS):
        outbox.claim(now)
        now += LEASE
    assert deliver_owed(now=now) == DeliveryTally(sent=1, failed=1)
    deadly.refresh_from_db()
    assert deadly.last_error == f"Gave up: {MOST_ATTEMPTS} runs ended while they handed it over."
    assert Message.objects.get(to_user=teammate).attempts == 1


def test_a_claim_that_lapsed_is_not_held_on_to(agent: User, teammate: User, now: datetime) -> None:
    mine, theirs = notice(agent, now), notice(teammate, now)
    slept = outbox.claim(now)
    quick = outbox.claim(now + LEASE)
    outbox.prolong(slept, now=now + LEASE)
    assert ([mail.pk for mail in quick.mails], slept.mails) == ([mine.pk], [])
    theirs.refresh_from_db()
    assert (theirs.claimed_by, theirs.attempts) == (None, 0)


def test_a_slow_run_does_not_overrule_the_one_that_came_after_it(agent: User, now: datetime) -> None:
    message, slow = notice(agent, now), outbox.claim(now)
    quick, later = outbox.claim(now + LEASE), now + LEASE
    [mail] = quick.mails
    assert not outbox.record(mail, outbox.Handover(MessageStatus.QUEUED, "Cut off"), held_by=slow.name, now=later)
    assert outbox.record(mail, outbox.Handover(MessageStatus.SENT, reply="250 OK"), held_by=quick.name, now=later)
    outbox.settle()
    message.refresh_from_db()
    assert (message.sent_at, message.reply, message.claimed_by) == (later, "250 OK", None)


def test_what_the_server_said_is_kept_and_the_bytes_are_not(
    mail_server: MailServer, agent: User, now: datetime
) -> None:
    message = notice(agent, now)
    mail_server.data_reply = "250 2.0.0 Taken as 4fZ"
    deliver_owed(now=now)
    message.refresh_from_db()
    assert (message.reply, bytes(message.raw)) == ("250 2.0.0 Taken as 4fZ", b"")


def test_a_server_that_goes_away_in_the_middle_of_a_batch_costs_the_others_no_attempt(
    mail_server: MailServer, agent: User, now: datetime
) -> None:
    for number in range(3):
        notice(agent, now, f"Number {number}")
    mail_server.data_reply = ""
    mail_server.on_mail = mail_server.stop
    assert deliver_owed(now=now) == DeliveryTally(postponed=1, reached=False)
    assert sorted(Message.objects.values_list("attempts", flat=True)) == [0, 0, 1]
    assert not Message.objects.filter(claimed_by__isnull=False).exists()


def test_a_password_with_a_letter_that_cannot_be_sent_is_said_and_costs_no_attempt(
    mail_server: MailServer, settings: Settings, agent: User, now: datetime
) -> None:
    mail_server.extensions = ("AUTH PLAIN LOGIN",)
    options = {**settings.MAILERS["default"]["OPTIONS"], "username": "amends", "password": "Käse"}
    settings.MAILERS = {"default": {**settings.MAILERS["default"], "OPTIONS": options}}
    message = notice(agent, now)
    assert not deliver_owed(now=now).reached
    message.refresh_from_db()
    assert (message.status, message.attempts) == (MessageStatus.QUEUED, 0)
    assert message.last_error == "SMTP_USER or SMTP_PASSWORD has a letter that no mail server can be told."
