"""Taking a mail from the outbox to the mail server, and what happens when that goes wrong."""

from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from django.conf import settings as site

from cases.actions.deliveries import DeliveryTally, deliver_owed
from cases.mail import compose, outbox
from cases.mail.outbox import LEASE, MOST_ATTEMPTS, WAITS
from cases.models import Message, User
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


def test_what_another_worker_holds_is_left_alone(mail_server: MailServer, agent: User, now: datetime) -> None:
    notice(agent, now)
    assert outbox.claim(now) is not None
    assert outbox.claim(now) is None
    assert deliver_owed(now=now + LEASE - timedelta(seconds=1)) == DeliveryTally()


def test_a_worker_killed_before_it_began_loses_nothing(mail_server: MailServer, agent: User, now: datetime) -> None:
    message = notice(agent, now)
    outbox.claim(now)
    assert deliver_owed(now=now + LEASE) == DeliveryTally(sent=1)
    assert [mail["Message-ID"] for mail in mail_server.taken] == [f"<{message.public_id}@localhost>"]


def test_a_mail_that_may_have_left_when_the_worker_was_killed_is_not_sent_again_and_says_so(
    mail_server: MailServer, agent: User, now: datetime
) -> None:
    message, claimed = notice(agent, now), outbox.claim(now)
    assert claimed is not None
    assert outbox.begin(claimed, now=now)
    assert deliver_owed(now=now + LEASE) == DeliveryTally(failed=1)
    assert mail_server.taken == []
    message.refresh_from_db()
    assert message.last_error == "We were cut off while handing it over, so nobody knows whether it arrived."


def test_a_worker_that_slept_over_its_claim_does_not_begin(mail_server: MailServer, agent: User, now: datetime) -> None:
    notice(agent, now)
    slept = outbox.claim(now)
    assert deliver_owed(now=now + LEASE) == DeliveryTally(sent=1)
    assert slept is not None
    assert not outbox.begin(slept, now=now + LEASE)


def test_a_slow_worker_does_not_overrule_the_one_that_came_after_it(agent: User, now: datetime) -> None:
    notice(agent, now)
    slow = outbox.claim(now)
    quick = outbox.claim(now + LEASE)
    assert slow is not None
    assert quick is not None
    assert outbox.record(slow, outbox.Handover(MessageStatus.QUEUED, "Cut off"), now=now + LEASE) is None
    recorded = outbox.record(quick, outbox.Handover(MessageStatus.SENT), now=now + LEASE)
    assert recorded is not None
    assert recorded.sent_at == now + LEASE
