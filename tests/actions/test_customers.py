"""Customers: two may share one address, and a change is told where it matters."""

from dataclasses import replace
from datetime import datetime

import pytest

from cases.actions.customers import CustomerDetails, add_customer, change_customer
from cases.models import Customer, Event, PersonalChange, User
from cases.rules.vocabulary import EventKind
from tests.actions.endings import withdraw
from tests.conftest import Log
from tests.refusals import refused

pytestmark = pytest.mark.django_db

NOOR = CustomerDetails(name="Noor Aziz", email="noor@example.org", needs="Large print")


def test_two_customers_may_share_one_mail_address(agent: User, now: datetime) -> None:
    add_customer(details=NOOR, actor=agent, now=now)
    add_customer(details=replace(NOOR, name="Sami Aziz"), actor=agent, now=now)

    assert Customer.objects.filter(email="noor@example.org").count() == 2


def test_a_customer_has_a_name(agent: User, customer: Customer, now: datetime) -> None:
    with refused("Give the customer a name", field="name"):
        add_customer(details=replace(NOOR, name=" \n"), actor=agent, now=now)
    with refused("Give the customer a name", field="name"):
        change_customer(customer=customer, details=replace(NOOR, name=""), actor=agent, now=now)

    customer.refresh_from_db()
    assert customer.name == "Grace Whitlock"


def test_a_change_is_told_in_the_open_cases_and_not_in_the_closed(
    log: Log, agent: User, customer: Customer, now: datetime
) -> None:
    closed, opened = log(), log()
    withdraw(closed, agent, now)

    change_customer(customer=customer, details=NOOR, actor=agent, now=now)

    event = Event.objects.get(kind=EventKind.CUSTOMER_CHANGED, customer__isnull=True)
    assert event.case == opened
    assert event.facts["fields"] == ["email", "name", "needs", "phone"]


def test_a_change_is_kept_with_before_and_after_even_where_there_is_no_case(
    agent: User, customer: Customer, now: datetime
) -> None:
    before = customer.phone
    change_customer(customer=customer, details=NOOR, actor=agent, now=now)

    event = customer.events.get()
    assert (event.kind, event.actor, event.at) == (EventKind.CUSTOMER_CHANGED, agent, now)
    values = {change.field: (change.before, change.after) for change in event.personal_changes.all()}
    assert values["name"] == ("Grace Whitlock", NOOR.name)
    assert values["phone"] == (before, NOOR.phone)
    assert not {text for pair in values.values() for text in pair if text} & set(map(str, event.facts.values()))


def test_values_of_personal_data_can_be_erased_and_the_event_stays(
    agent: User, customer: Customer, now: datetime
) -> None:
    change_customer(customer=customer, details=NOOR, actor=agent, now=now)

    PersonalChange.objects.all().delete()

    assert customer.events.get().facts["fields"] == ["email", "name", "needs", "phone"]


def test_nothing_changed_is_nothing_told(log: Log, agent: User, customer: Customer, now: datetime) -> None:
    version = log().version
    same = CustomerDetails(name=customer.name, email=customer.email, phone=customer.phone)

    change_customer(customer=customer, details=same, actor=agent, now=now)

    assert customer.cases.get().version == version
    assert not customer.events.exists()
