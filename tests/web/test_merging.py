"""Merging two records of one customer, as somebody does it on the pages."""

from datetime import datetime
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.actions.submissions import new_key
from cases.models import Customer, User
from tests.conftest import Log

pytestmark = pytest.mark.django_db

NOBODYS_KEY = UUID("0c31fd04-dd2b-4980-93a8-7995415a96de")


@pytest.fixture
def other(now: datetime, team: object) -> Customer:
    return Customer.objects.create(name="Grace Whitlock-Hay", phone="+1 555 0100", created_at=now)


@pytest.fixture
def desk(client: Client, agent: User) -> Client:
    client.force_login(agent)
    return client


def page(keep: Customer, drop: Customer) -> str:
    return reverse("cases:merge_customers", args=(keep.public_id, drop.public_id))


def own(customer: Customer) -> str:
    return reverse("cases:customer", args=(customer.public_id,))


def sent(keep: Customer, drop: Customer) -> dict[str, object]:
    return {"key": new_key(timezone.now()), "version": keep.version, "other_version": drop.version}


def test_the_way_leads_from_the_page_of_the_customer_to_whoever_shares_something(
    desk: Client, customer: Customer, other: Customer
) -> None:
    way = reverse("cases:merge_customer", args=(customer.public_id,))
    assert way in desk.get(own(customer)).content.decode()

    assert page(customer, other) in desk.get(way).content.decode()


def test_the_other_record_is_found_by_the_words_of_every_search(
    desk: Client, customer: Customer, now: datetime
) -> None:
    other = Customer.objects.create(name="Zoë Quist", created_at=now)

    found = desk.get(reverse("cases:merge_customer", args=(customer.public_id,)), {"q": "zoe"}).content.decode()

    assert page(customer, other) in found
    assert page(customer, customer) not in found


def test_both_records_stand_side_by_side_with_what_will_move(
    desk: Client, log: Log, customer: Customer, other: Customer
) -> None:
    log(whom=other)

    shown = desk.get(page(customer, other)).content.decode()

    for words in ("Grace Whitlock-Hay", "grace@example.org", "1 case", "cannot be undone", page(other, customer)):
        assert words in " ".join(shown.split())


def test_merged_records_have_one_page_and_every_old_address_leads_to_it(
    desk: Client, log: Log, customer: Customer, other: Customer
) -> None:
    case = log(whom=other)

    answer = desk.post(page(customer, other), sent(customer, other), follow=True)

    assert case.reference in answer.content.decode()
    assert "Grace Whitlock-Hay" in answer.content.decode()  # in the changes of the record
    for address in (own(other), page(customer, other)):
        assert desk.get(address).headers["Location"] == own(customer)
    changing = desk.get(reverse("cases:change_customer", args=(other.public_id,)))
    assert changing.headers["Location"] == reverse("cases:change_customer", args=(customer.public_id,))


def test_a_form_that_is_older_than_one_of_the_records_changes_nothing(
    desk: Client, customer: Customer, other: Customer
) -> None:
    form = sent(customer, other)
    Customer.objects.filter(pk=other.pk).update(version=2)

    answer = desk.post(page(customer, other), form)

    assert (answer.status_code, "Somebody changed this" in answer.content.decode()) == (409, True)
    assert Customer.objects.count() == 2


def test_an_older_form_of_the_other_record_is_given_back_with_what_happened(
    desk: Client, customer: Customer, other: Customer
) -> None:
    change = {"key": new_key(timezone.now()), "version": other.version, "name": "Grace W. Hay"}
    desk.post(page(customer, other), sent(customer, other))

    answer = desk.post(reverse("cases:change_customer", args=(other.public_id,)), change)

    assert answer.status_code == 409
    assert "Grace W. Hay" in answer.content.decode()
    assert "changed the record from" in answer.content.decode()


def test_who_may_not_see_all_of_their_cases_is_told_to_ask_a_manager(
    client: Client, log: Log, outsider: User, customer: Customer, other: Customer
) -> None:
    log(whom=other)
    client.force_login(outsider)

    assert client.get(page(customer, other)).status_code == 403
    assert client.post(page(customer, other), sent(customer, other)).status_code == 403
    assert Customer.objects.count() == 2


def test_nobody_is_merged_with_themselves_or_with_nobody(desk: Client, customer: Customer) -> None:
    assert desk.get(page(customer, customer)).status_code == 404
    nobody = reverse("cases:merge_customers", args=(customer.public_id, NOBODYS_KEY))
    assert desk.get(nobody).status_code == 404


def test_the_log_form_takes_the_other_record_for_the_one_that_stays(
    desk: Client, customer: Customer, other: Customer
) -> None:
    desk.post(page(customer, other), sent(customer, other))

    shown = desk.get(reverse("cases:log"), {"customer": str(other.public_id)}).content.decode()

    assert str(customer.public_id) in shown


def test_the_page_asks_as_much_for_many_records_as_for_one(
    desk: Client, log: Log, customer: Customer, other: Customer, now: datetime
) -> None:
    desk.post(page(customer, other), sent(customer, other))
    with CaptureQueriesContext(
        connection,
    ) as one:
        desk.get(own(customer))
    for place in range(3):
        more = Customer.objects.create(name=f"Whitlock {place}", created_at=now)
        customer.refresh_from_db()
        desk.post(page(customer, more), sent(customer, more))
    with CaptureQueriesContext(connection) as many:
        desk.get(own(customer))

    assert Customer.objects.count() == 1
    assert len(many) == len(one)
