"""A changed mail address on the pages: refused to others, asked of the owner; and links that were taken back."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.actions.apologies import send_apology
from cases.actions.customers import CustomerDetails, change_customer
from cases.actions.satisfaction import make_link
from cases.models import Case, Customer, Message, User
from cases.rules.vocabulary import Channel
from tests.actions.evidence import APOLOGIZED
from tests.conftest import Log
from tests.reports.recovery import acknowledge
from tests.web.hidden import hidden_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return timezone.now() - timedelta(minutes=5)


@pytest.fixture
def case(log: Log, agent: User, now: datetime) -> Case:
    case = log()
    acknowledge(case, agent, now)
    return case


def move(customer: Customer, email: str, actor: User, at: datetime) -> None:
    details = CustomerDetails(name=customer.name, email=email, phone=customer.phone)
    change_customer(customer=customer, details=details, actor=actor, now=at)


def page_of(client: Client, case: Case) -> str:
    return client.get(reverse("cases:case", args=(case.reference,))).content.decode()


def test_another_team_is_told_whom_to_ask_and_keeps_what_they_typed(
    client: Client, case: Case, customer: Customer, outsider: User
) -> None:
    client.force_login(outsider)
    address = reverse("cases:change_customer", args=(customer.public_id,))
    typed = {"name": customer.name, "email": "mallory@example.org", "phone": customer.phone, "note": "Moved"}
    answer = client.post(address, {**typed, **hidden_of(client.get(address))})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Only who works on a case of this customer" in page
    assert "Ask Maya Osei" in page
    assert "mallory@example.org" in page
    customer.refresh_from_db()
    assert customer.email == "grace@example.org"


def test_the_owner_is_asked_on_the_case_and_in_their_work_and_says_yes(
    client: Client, case: Case, customer: Customer, agent: User, teammate: User, now: datetime
) -> None:
    move(customer, "grace@example.net", teammate, now)
    client.force_login(agent)
    assert "Is this their mail address?" in client.get(reverse("cases:work")).content.decode()
    assert "Yes, it is theirs" in page_of(client, case)
    address = reverse("cases:do", args=(case.reference, "confirm-address"))
    asked = client.get(address)
    assert "Tom Reyes changed it to grace@example.net" in asked.content.decode()
    assert client.post(address, hidden_of(asked)).status_code == 302
    assert "Yes, it is theirs" not in page_of(client, case)


def test_a_teammate_sees_who_was_asked_and_is_refused(
    client: Client, case: Case, customer: Customer, teammate: User, now: datetime
) -> None:
    move(customer, "grace@example.net", teammate, now)
    client.force_login(teammate)
    page = page_of(client, case)
    assert "Maya Osei was asked." in page
    assert "Yes, it is theirs" not in page
    address = reverse("cases:do", args=(case.reference, "confirm-address"))
    assert client.post(address, hidden_of(client.get(address))).status_code == 403


def test_a_held_mail_stands_with_its_reason_on_the_case_and_among_mails_that_did_not_leave(
    client: Client, case: Case, customer: Customer, agent: User, manager: User, now: datetime
) -> None:
    send_apology(case=case, evidence=replace(APOLOGIZED, channel=Channel.EMAIL), actor=agent, now=now)
    move(customer, "", agent, now)
    client.force_login(manager)
    page = page_of(client, case)
    assert "is held back: the customer has no mail address." in page
    assert "Held back: the customer has no mail address" in page
    assert "The customer has no mail address" in client.get("/reminders/?show=failed").content.decode()
    mail = Message.objects.get(case=case, status="held")
    address = f"{reverse('cases:do', args=(case.reference, 'take-mail-back'))}?of={mail.public_id}"
    assert client.post(address, hidden_of(client.get(address))).status_code == 302
    assert "is held back" not in page_of(client, case)


def test_a_link_that_was_taken_back_answers_410_and_says_what_to_do(
    client: Client, case: Case, agent: User, now: datetime
) -> None:
    page = reverse("cases:made_right", args=(make_link(case=case, actor=agent, now=now),))
    assert client.get(page).status_code == 200
    client.force_login(agent)
    assert "Take back their links" in page_of(client, case)
    address = reverse("cases:do", args=(case.reference, "revoke-links"))
    client.post(address, hidden_of(client.get(address)))

    answer = client.get(page)
    assert (answer.status_code, client.post(page, {"score": "5"}).status_code) == (410, 410)
    assert "Please use the link in our newest mail" in answer.content.decode()
    assert "Take back their links" not in page_of(client, case)


def test_the_timeline_says_to_which_address_a_mail_goes(
    client: Client, case: Case, customer: Customer, agent: User, now: datetime
) -> None:
    send_apology(case=case, evidence=replace(APOLOGIZED, channel=Channel.EMAIL), actor=agent, now=now)
    client.force_login(agent)
    assert "To grace@example.org" in page_of(client, case)
    move(customer, "grace@example.net", agent, now)
    assert "To grace@example.net" in page_of(client, case)
