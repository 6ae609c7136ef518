"""Mail that waits while its reader's address changes, and the links that it brings."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cases.actions import deliveries
from cases.actions.apologies import send_apology, speak_apology
from cases.actions.customers import CustomerDetails, change_customer
from cases.actions.people import change_address, invite
from cases.actions.satisfaction import ask_by_mail, make_link, open_link, revoke_links
from cases.actions.undelivered import take_back_mail
from cases.mail import compose, outbox
from cases.models import Case, Customer, CustomerLink, Event, Message, SatisfactionCheck, User
from cases.rules.vocabulary import Channel, CheckStatus, EventKind, MessageStatus, WithheldBecause
from cases.web.timeline import whole_history
from tests.actions.evidence import APOLOGIZED
from tests.conftest import Log
from tests.refusals import refused
from tests.reports import recovery

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
BY_MAIL = replace(APOLOGIZED, channel=Channel.EMAIL)
NEW = "grace@example.net"


@pytest.fixture
def case(log: Log, agent: User, now: datetime) -> Case:
    return recovery.until_confirm(log(), agent, now)


def move(customer: Customer, email: str, actor: User, at: datetime) -> None:
    details = CustomerDetails(name=customer.name, email=email, phone=customer.phone)
    change_customer(customer=customer, details=details, actor=actor, now=at)


def asked(case: Case, actor: User, at: datetime) -> Message:
    ask_by_mail(case=case, words="Dear Grace, did we make it right?", actor=actor, now=at)
    return Message.objects.get(case=case)


def apologized(log: Log, actor: User, at: datetime) -> Message:
    case = log()
    recovery.acknowledge(case, actor, at)
    send_apology(case=case, evidence=BY_MAIL, actor=actor, now=at)
    return Message.objects.get(case=case)


def token_in(mail: Message) -> str:
    return mail.text.split("/made-right/")[1].split("/")[0]


def test_mail_that_waits_goes_to_the_new_address_with_new_bytes_and_a_new_link(
    case: Case, agent: User, customer: Customer, now: datetime
) -> None:
    mail = asked(case, agent, now + HOUR)
    old = token_in(mail)
    move(customer, NEW, agent, now + 2 * HOUR)

    mail.refresh_from_db()
    assert (mail.status, mail.to_address) == (MessageStatus.QUEUED, NEW)
    assert f"To: {NEW}".encode() in bytes(mail.raw)
    assert b"grace@example.org" not in bytes(mail.raw)
    with refused("This link has been taken back"):
        open_link(old, now + 2 * HOUR)
    assert open_link(token_in(mail), now + 2 * HOUR).case == case
    assert token_in(mail) in mail.html
    assert old not in mail.html


def test_without_an_address_it_is_held_until_there_is_one(
    case: Case, agent: User, customer: Customer, now: datetime
) -> None:
    mail = asked(case, agent, now + HOUR)
    move(customer, "", agent, now + 2 * HOUR)
    mail.refresh_from_db()
    assert (mail.status, mail.held_because) == (MessageStatus.HELD, WithheldBecause.NO_ADDRESS)
    assert deliveries.deliver_owed(now=now + 3 * HOUR).sent == 0

    move(customer, NEW, agent, now + 4 * HOUR)
    assert deliveries.deliver_owed(now=now + 4 * HOUR).sent == 1
    mail.refresh_from_db()
    assert (mail.status, mail.to_address) == (MessageStatus.SENT, NEW)


def test_after_a_change_by_others_a_waiting_link_is_held_and_other_mail_is_not(
    case: Case, log: Log, agent: User, teammate: User, customer: Customer, now: datetime
) -> None:
    question, apology = asked(case, agent, now + HOUR), apologized(log, agent, now + HOUR)
    move(customer, NEW, teammate, now + 2 * HOUR)

    question.refresh_from_db()
    apology.refresh_from_db()
    assert (question.status, question.held_because) == (MessageStatus.HELD, WithheldBecause.UNCONFIRMED)
    assert (apology.status, apology.to_address) == (MessageStatus.QUEUED, NEW)


def test_mail_that_is_being_handed_over_stays_and_moves_when_it_waits_again(
    case: Case, agent: User, customer: Customer, now: datetime
) -> None:
    mail, at = asked(case, agent, now + HOUR), now + 2 * HOUR
    ours = outbox.claim(at)
    move(customer, NEW, agent, at)
    mail.refresh_from_db()
    assert (mail.to_address, mail.is_outdated) == ("grace@example.org", True)

    outbox.give_back(ours, now=at)
    assert outbox.claim(at).mails == []
    assert deliveries.deliver_owed(now=at + MINUTE).sent == 1
    mail.refresh_from_db()
    assert (mail.to_address, mail.is_outdated) == (NEW, False)


def test_mail_of_a_run_that_is_gone_moves_too_and_counts_a_doubt(
    case: Case, agent: User, customer: Customer, now: datetime
) -> None:
    mail, at = asked(case, agent, now + HOUR), now + 2 * HOUR
    outbox.claim(at)
    move(customer, NEW, agent, at)
    assert deliveries.deliver_owed(now=at + MINUTE).sent == 0
    assert deliveries.deliver_owed(now=at + outbox.LEASE).sent == 1
    mail.refresh_from_db()
    assert (mail.to_address, mail.doubts) == (NEW, 1)


def test_mail_that_has_left_says_where_it_went(case: Case, agent: User, customer: Customer, now: datetime) -> None:
    asked(case, agent, now + HOUR)
    deliveries.deliver_owed(now=now + HOUR)
    move(customer, NEW, agent, now + 2 * HOUR)
    assert "To grace@example.org" in {line.mailed for line in whole_history(case)}
    assert not any(NEW in str(event.facts) or "example.org" in str(event.facts) for event in Event.objects.all())


def test_links_are_taken_back_by_hand_and_what_waits_brings_another(case: Case, agent: User, now: datetime) -> None:
    token, mail = make_link(case=case, actor=agent, now=now), asked(case, agent, now + HOUR)
    assert revoke_links(case=case, actor=agent, now=now + 2 * HOUR) == 2
    with refused("This link has been taken back"):
        open_link(token, now + 2 * HOUR)
    mail.refresh_from_db()
    assert open_link(token_in(mail), now + 2 * HOUR).case == case


def test_without_a_link_none_is_taken_back(case: Case, agent: User, now: datetime) -> None:
    with refused("No link of this case"):
        revoke_links(case=case, actor=agent, now=now)


def test_a_mail_that_is_held_can_be_taken_back_and_said_by_phone(
    log: Log, agent: User, customer: Customer, now: datetime
) -> None:
    mail = apologized(log, agent, now + HOUR)
    move(customer, "", agent, now + 2 * HOUR)
    take_back_mail(message=mail, actor=agent, now=now + 3 * HOUR)

    mail.refresh_from_db()
    assert mail.status == MessageStatus.CANCELLED
    assert Event.objects.filter(kind=EventKind.MAIL_TAKEN_BACK).exists()
    assert mail.case is not None
    speak_apology(case=mail.case, evidence=APOLOGIZED, actor=agent, now=now + 4 * HOUR)
    move(customer, NEW, agent, now + 5 * HOUR)
    assert deliveries.deliver_owed(now=now + 6 * HOUR).sent == 0
    with refused("It is not held back any more"):
        take_back_mail(message=mail, actor=agent, now=now + 6 * HOUR)


def test_a_question_that_is_taken_back_asked_nobody(case: Case, agent: User, customer: Customer, now: datetime) -> None:
    mail = asked(case, agent, now + HOUR)
    move(customer, "", agent, now + 2 * HOUR)
    take_back_mail(message=mail, actor=agent, now=now + 3 * HOUR)
    assert SatisfactionCheck.objects.get().status == CheckStatus.BOUNCED


def test_links_of_closed_cases_are_taken_back_too(case: Case, agent: User, customer: Customer, now: datetime) -> None:
    make_link(case=case, actor=agent, now=now)
    Case.objects.update(closed_at=now, closed_by=agent, outcome="satisfied")
    move(customer, NEW, agent, now + HOUR)
    assert not CustomerLink.objects.working().exists()


def test_a_colleagues_mail_that_was_being_handed_over_follows_them(
    agent: User, administrator: User, now: datetime
) -> None:
    mail = compose.notice(agent, heading="Something happened", lines=["Look"], now=now)
    ours = outbox.claim(now)
    change_address(user=agent, email="maya.osei@example.com", actor=administrator, now=now)
    outbox.give_back(ours, now=now)
    assert deliveries.deliver_owed(now=now + MINUTE).sent == 1
    mail.refresh_from_db()
    assert mail.to_address == "maya.osei@example.com"


def test_an_invitation_whose_link_died_with_the_address_does_not_leave(
    teammate: User, administrator: User, now: datetime
) -> None:
    User.objects.filter(pk=teammate.pk).update(password="!")
    teammate.refresh_from_db()
    mail = invite(user=teammate, link="https://amends.example.com/x/", actor=administrator, now=now)
    change_address(user=teammate, email="tom.reyes@example.com", actor=administrator, now=now)
    mail.refresh_from_db()
    assert (mail.status, mail.text) == (MessageStatus.FAILED, "")
    assert "Their mail address changed meanwhile" in mail.last_error
