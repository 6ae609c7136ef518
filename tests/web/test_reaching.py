"""How a customer is reached from their case: to be tapped, by a channel that they have, and by a link of their own."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from cases.models import Case, Customer, User
from tests.conftest import Log

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(log: Log) -> Case:
    return log(at=timezone.now() - timedelta(minutes=15))


def without(case: Case, *names: str, **others: str) -> None:
    Customer.objects.filter(pk=case.customer_id).update(**dict.fromkeys(names, ""), **others)


def see(client: Client, user: User, case: Case, where: str = "") -> str:
    client.force_login(user)
    return unescape(client.get(f"/cases/{case.reference}/{where}").content.decode())


@pytest.mark.parametrize(
    ("written", "dialled"),
    [("(212) 555-0142", "tel:+12125550142"), ("+44 20 7946 0018", "tel:+442079460018"), ("12", "tel:12")],
)
def test_phone_and_mail_can_be_tapped(client: Client, case: Case, agent: User, written: str, dialled: str) -> None:
    case.customer.phone = written
    case.customer.save()
    page = see(client, agent, case)
    assert f'href="{dialled}"' in page
    assert 'href="mailto:grace@example.org"' in page
    assert page.index(dialled) < page.index('id="timeline"')


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("+44 20 7946 0018 ext. 7", "tel:+442079460018;ext=7"),
        ("(212) 555-0142 x 31", "tel:+12125550142;ext=31"),
        ("+44 20 7946 0018 / +44 20 7946 0023", "tel:+442079460018"),
        ("+44 20 7946 0018 or +44 20 7946 0023", "tel:+442079460018"),
        ("(212) 555-0142 (Kim)", "tel:+12125550142"),
        ("212 555 0142 3rd floor", "tel:+12125550142"),
        ("(212) 555-0142 x 31 (Kim)", "tel:+12125550142;ext=31"),
        ("212 555 0142 and 212 555 0143", "tel:+12125550142"),
        ("1-800-555-GIFT", "tel:+18005554438"),
        ("*31#2125550142", "tel:*31%232125550142"),
        ("030/9012", "tel:0309012"),
    ],
)
def test_a_number_is_dialled_as_it_is_meant(
    client: Client, case: Case, agent: User, written: str, dialled: str
) -> None:
    case.customer.phone = written
    case.customer.save()
    for where in (f"/cases/{case.reference}/", f"/customers/{case.customer.public_id}/"):
        client.force_login(agent)
        assert f'href="{dialled}"' in unescape(client.get(where).content.decode())


@pytest.mark.parametrize(
    ("email", "address"),
    [
        ("who?bcc=eve@example.org", "mailto:who%3Fbcc%3Deve@example.org"),
        ("b%61c@example.org", "mailto:b%2561c@example.org"),
        ("d#e@example.org", "mailto:d%23e@example.org"),
    ],
)
def test_mail_goes_to_that_address_only_and_words_are_no_number(
    client: Client, case: Case, agent: User, email: str, address: str
) -> None:
    without(case, email=email, phone="by the neighbor")
    for where in (f"/cases/{case.reference}/", f"/customers/{case.customer.public_id}/"):
        client.force_login(agent)
        page = unescape(client.get(where).content.decode())
        assert f'href="{address}"' in page
        assert "by the neighbor" in page
        assert 'href="tel:' not in page
        assert 'href=""' not in page


@pytest.mark.parametrize(
    ("name", "field"), [("acknowledge", "channel"), ("contact", "channel"), ("promise", "channel")]
)
def test_no_mail_is_proposed_without_an_address_and_no_call_without_a_number(
    client: Client, log: Log, agent: User, name: str, field: str
) -> None:
    came_by_mail, came_by_phone = log(channel="email"), log(channel="phone")
    client.force_login(agent)

    def proposed(case: Case) -> object:
        page = client.get(f"/cases/{case.reference}/do/{name}/").context
        return (page["page"].form if "page" in page else page["form"])[field].value()

    assert (proposed(came_by_mail), proposed(came_by_phone)) == ("email", "phone")
    without(came_by_mail, "email")
    assert (proposed(came_by_mail), proposed(came_by_phone)) == ("phone", "phone")
    without(came_by_mail, "phone", email="grace@example.org")
    assert (proposed(came_by_mail), proposed(came_by_phone)) == ("email", "email")


@pytest.mark.parametrize("where", ["do/apologize/", "do/follow-up/", "do/ask/"])
def test_a_customer_without_an_address_is_told_of_before_the_letter_is_typed(
    client: Client, case: Case, agent: User, where: str
) -> None:
    assert "We have no mail address" not in see(client, agent, case, where)
    without(case, "email")
    page = see(client, agent, case, where)
    assert page.index("We have no mail address of") < page.index("<textarea")
    assert f"/customers/{case.customer.public_id}/change/" in page
    assert 'value="send"' not in page


def test_a_link_for_the_customer_is_a_whole_address_that_can_be_found_again(
    client: Client, case: Case, agent: User, teammate: User, settings: Settings
) -> None:
    settings.AMENDS_BASE_URL = "https://amends.example.com"
    client.force_login(agent)
    form = client.get(f"/cases/{case.reference}/do/link/").context["form"]
    typed = {name: form[name].value() for name in ("key", "version")}
    made = client.post(f"/cases/{case.reference}/do/link/", typed, follow=True)
    assert "https://amends.example.com/made-right/" in str(next(iter(made.context["messages"])))
    page = see(client, teammate, case)
    address = page.split('value="https://amends.example.com')[1].split('"')[0]
    assert "readonly" in page
    assert "works until" in page
    client.logout()
    assert client.get(address).status_code == 200


def test_a_link_that_was_taken_back_or_has_expired_is_shown_no_more(client: Client, case: Case, agent: User) -> None:
    now = timezone.now()
    for ended in ({"expires_at": now}, {"expires_at": now + timedelta(days=9), "revoked_at": now}):
        case.customer_links.create(created_at=now - timedelta(days=1), created_by=agent, **ended)
    assert "Links for the customer" not in see(client, agent, case)
