"""Customers: found by a word, each with everything that ever went wrong, and mended."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.actions import promises
from cases.actions.customers import CustomerDetails, change_customer
from cases.actions.promises import Pledge
from cases.actions.submissions import new_key
from cases.models import Case, Customer, Event, PersonalChange, User, search
from cases.reports.customer_list import CASES_SHOWN, PER_PAGE
from cases.rules.vocabulary import Channel, EventKind
from tests.conftest import Log

pytestmark = pytest.mark.django_db

LIST, FIND = "/customers/", "/customers/find/"
NOBODYS_KEY = "0c31fd04-dd2b-4980-93a8-7995415a96de"


@pytest.fixture
def see(client: Client, agent: User) -> Callable[..., str]:
    """Open a page as somebody, and read it."""

    def text_of(address: str, who: User = agent, **parameters: str) -> str:
        client.force_login(who)
        answer = client.get(address, parameters)
        assert answer.status_code == 200
        return answer.content.decode()

    return text_of


See = Callable[..., str]


def page_of(customer: Customer) -> str:
    return reverse("cases:customer", args=(customer.public_id,))


def many(number: int, now: datetime) -> None:
    Customer.objects.bulk_create(Customer(name=f"Whit {place:03}", created_at=now) for place in range(number))


def test_the_list_shows_everybody_by_name_with_what_is_open(see: See, log: Log, now: datetime) -> None:
    log()
    Customer.objects.create(name="Aaron First", created_at=now)
    page = see(LIST)
    assert "2 customers" in page
    assert page.index("Aaron First") < page.index("Grace Whitlock")


def test_more_customers_than_are_counted_are_said_to_be_more(
    see: See, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(3, now)
    monkeypatch.setattr(search, "MOST_COUNTED", 2)
    assert "More than 2 customers" in see(LIST, q="whit")
    assert "3 customers" in see(LIST)


@pytest.mark.parametrize("words", ["whit", "WHITLOCK gra", "grace@example", "0100"])
def test_a_customer_is_found_by_any_of_their_words(see: See, customer: Customer, words: str) -> None:
    assert "Grace Whitlock" in see(LIST, q=words)


@pytest.mark.parametrize("words", ["zzz", "\x00", "%", "_", "<b>", "x" * 5000, "🎻"])
def test_words_that_nobody_has_find_nobody_and_break_nothing(see: See, customer: Customer, words: str) -> None:
    page = see(LIST, q=words)
    assert "<b>" not in page
    assert ("Grace Whitlock" in page) is (words == "\x00")


@pytest.mark.parametrize("page", ["2", "99", "0", "-1", "two", "²", ""])
def test_a_page_that_is_not_there_shows_one_that_is(see: See, now: datetime, page: str) -> None:
    many(PER_PAGE + 1, now)
    assert f"Page {2 if page in {'2', '99'} else 1} of 2" in see(LIST, page=page)


def test_the_ways_to_other_pages_keep_the_words(see: See, now: datetime) -> None:
    many(PER_PAGE + 1, now)
    assert "?q=whit+0&amp;page=2" in see(LIST, q="whit 0")


def test_a_part_is_given_to_htmx(client: Client, agent: User, customer: Customer) -> None:
    client.force_login(agent)
    answer = client.get(LIST, headers={"HX-Request": "true"})
    assert answer.content.decode().lstrip().startswith("<section")
    assert "HX-Request" in answer.headers["Vary"]


def test_while_typing_everybody_who_may_be_meant_is_shown_with_their_cases(see: See, log: Log) -> None:
    case = log()
    page = see(FIND, q="whit")
    assert "1 open, 0 earlier" in page
    assert case.reference in page
    assert "1 found" in page


def test_only_the_latest_cases_are_shown_and_how_many_more_there_are(see: See, log: Log, now: datetime) -> None:
    logged = [log(at=now - timedelta(days=days)) for days in range(CASES_SHOWN + 2)]
    page = see(FIND, q="whit")
    assert [case.reference in page for case in logged] == [True, True, True, False, False]
    assert "2 more" in page


def test_cases_of_another_team_are_not_shown(see: See, log: Log, outsider: User) -> None:
    case = log()
    page = see(FIND, outsider, q="whit")
    assert "Grace Whitlock" in page
    assert case.reference not in page
    assert "Nothing went wrong before" in page


def test_whoever_is_chosen_stays_chosen_while_somebody_types_on(see: See, customer: Customer, now: datetime) -> None:
    Customer.objects.create(name="Gracia Tanaka", created_at=now)
    page = see(FIND, q="gra", customer=str(customer.public_id))
    assert page.index("Grace Whitlock") < page.index("Gracia Tanaka")
    assert page.count("checked") == 1


def test_whoever_was_chosen_is_chosen_no_more_when_somebody_else_is_searched_for(
    see: See, customer: Customer, now: datetime
) -> None:
    Customer.objects.create(name="Bela Tanaka", created_at=now)
    page = see(FIND, q="tanaka", customer=str(customer.public_id))
    assert page.index("Grace Whitlock") < page.index("Bela Tanaka")
    assert "checked" not in page


@pytest.mark.parametrize("chosen", ["new", "1", "\x00", NOBODYS_KEY])
def test_a_choice_that_is_nobody_finds_nobody(see: See, customer: Customer, chosen: str) -> None:
    assert "Grace" not in see(FIND, q="\x00", customer=chosen)


def test_finding_takes_as_many_queries_for_eight_as_for_one(
    client: Client, agent: User, log: Log, now: datetime
) -> None:
    log()
    client.force_login(agent)
    with CaptureQueriesContext(connection) as one:
        client.get(FIND, {"q": "whit"})
    many(7, now)
    for customer in Customer.objects.exclude(email__gt=""):
        log(whom=customer)
    with CaptureQueriesContext(connection) as eight:
        client.get(FIND, {"q": "whit"})
    assert len(one) == len(eight) <= 15


def test_the_list_takes_as_many_queries_for_fifty_as_for_one(
    client: Client, agent: User, customer: Customer, now: datetime
) -> None:
    client.force_login(agent)
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    many(PER_PAGE - 1, now)
    with CaptureQueriesContext(connection) as fifty:
        client.get(LIST)
    assert len(one) == len(fifty) <= 15


def test_a_customers_page_tells_what_went_wrong_and_what_was_promised(
    see: See, log: Log, customer: Customer, agent: User, now: datetime
) -> None:
    case = log(wants="A new parcel")
    pledge = Pledge(words="Call you back", due_at=now + timedelta(days=1), channel=Channel.PHONE)
    promises.make_promise(case=case, pledge=pledge, actor=agent, now=now)
    page = see(page_of(customer))
    for words in (case.reference, case.title, "Call you back", "grace@example.org", "1 mistake"):
        assert words in page


def test_a_customers_page_shows_only_cases_that_one_may_see(
    see: See, log: Log, customer: Customer, outsider: User
) -> None:
    case = log()
    page = see(page_of(customer), outsider)
    assert case.title not in page
    assert "Nothing went wrong" in page


def test_a_customers_page_takes_the_same_queries_for_many_cases(
    client: Client, agent: User, log: Log, customer: Customer, now: datetime
) -> None:
    log()
    client.force_login(agent)
    with CaptureQueriesContext(connection) as one:
        client.get(page_of(customer))
    for days in range(20):
        log(at=now - timedelta(days=days))
    with CaptureQueriesContext(connection) as many_cases:
        client.get(page_of(customer))
    assert len(one) == len(many_cases) <= 15


@pytest.mark.parametrize(
    "address", [f"/customers/{NOBODYS_KEY}/", f"/customers/{NOBODYS_KEY}/change/", "/customers/1/"]
)
def test_a_customer_who_is_not_there_is_not_found(client: Client, agent: User, address: str) -> None:
    client.force_login(agent)
    assert client.get(address).status_code == 404


def change(client: Client, customer: Customer, who: User, **typed: str) -> tuple[int, str]:
    client.force_login(who)
    known = {"key": new_key(timezone.now()), "name": customer.name, "email": customer.email, "phone": customer.phone}
    known["version"] = str(Customer.objects.get(pk=customer.pk).version)
    answer = client.post(reverse("cases:change_customer", args=(customer.public_id,)), {**known, **typed})
    return answer.status_code, answer.content.decode()


def test_what_is_known_is_mended_and_their_cases_are_found_by_it(
    client: Client, see: See, agent: User, log: Log, customer: Customer
) -> None:
    case = log()
    status, _ = change(
        client, customer, agent, name="Grace Whitlock-Oyelaran", needs="Large print", note="Prefers noon"
    )
    assert status == 302
    customer.refresh_from_db()
    assert (customer.name, customer.needs, customer.note) == ("Grace Whitlock-Oyelaran", "Large print", "Prefers noon")
    assert list(Case.objects.matching("oyelaran")) == [case]
    assert Event.objects.filter(case=case, kind=EventKind.CUSTOMER_CHANGED).count() == 1
    assert "Large print" in see(page_of(customer))


def test_two_customers_may_share_a_mail_address(client: Client, agent: User, customer: Customer, now: datetime) -> None:
    other = Customer.objects.create(name="Graham Whitlock", created_at=now)
    status, page = change(client, other, agent, email="GRACE@example.org")
    assert status == 422
    assert "One customer has this mail address already" in page
    assert reverse("cases:customer", args=(customer.public_id,)) in page
    assert change(client, other, agent, email=customer.email, is_somebody_else="on")[0] == 302
    assert Customer.objects.filter(email=customer.email).count() == 2


def test_the_same_change_sent_twice_is_made_once(client: Client, agent: User, log: Log, customer: Customer) -> None:
    log()
    once = {"key": new_key(timezone.now()), "name": "Grace W."}
    assert [change(client, customer, agent, **once)[0] for _ in range(2)] == [302, 302]
    changes = Event.objects.filter(kind=EventKind.CUSTOMER_CHANGED)
    assert changes.filter(customer=customer).count() == 1
    assert changes.filter(case__customer=customer).count() == 1


@pytest.mark.parametrize("typed", ["Grace@STRAẞE.example", "Grace@xn--strae-oqa.example"])
def test_a_mail_address_is_kept_in_one_spelling(client: Client, agent: User, customer: Customer, typed: str) -> None:
    assert change(client, customer, agent, name="Grace", email=typed)[0] == 302
    customer.refresh_from_db()
    assert customer.email == "Grace@straße.example"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": " "}, "Give the customer a name"),
        ({"name": "x" * 161}, "at most 160"),
        ({"name": "a\x00b"}, "Null characters"),
        ({"email": "grace at example"}, "Write a complete mail address"),
        ({"phone": "1" * 41}, "at most 40"),
        ({"preferred_channel": "telepathy"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_said_and_kept(
    client: Client, agent: User, customer: Customer, typed: dict[str, str], sentence: str
) -> None:
    status, page = change(client, customer, agent, note="Do not lose me", **typed)
    assert status == 422
    assert sentence in page
    assert "Do not lose me" in page
    customer.refresh_from_db()
    assert (customer.name, customer.note) == ("Grace Whitlock", "")


def test_html_and_right_to_left_names_are_shown_as_they_are(see: See, now: datetime) -> None:
    customer = Customer.objects.create(name="<i>نور</i> 🎻", note="<script>1</script>", created_at=now)
    page = see(page_of(customer))
    assert "&lt;i&gt;نور&lt;/i&gt; 🎻" in page
    assert "<script>1" not in page


def test_looking_writes_nothing(client: Client, agent: User, log: Log, customer: Customer) -> None:
    log(at=timezone.now())
    client.force_login(agent)
    with CaptureQueriesContext(connection) as queries:
        for address in (LIST, FIND, page_of(customer), f"{page_of(customer)}change/"):
            client.get(address, {"q": "whit"})
    assert not [one for one in queries if one["sql"].split()[0] in {"INSERT", "UPDATE", "DELETE"}]


def test_the_page_tells_who_changed_what_of_the_record_and_when(
    see: See, agent: User, teammate: User, customer: Customer, now: datetime
) -> None:
    details = CustomerDetails(
        name=customer.name, email=customer.email, phone="+1 555 0199", preferred_channel="in_person"
    )
    change_customer(customer=customer, details=details, actor=teammate, now=now)

    page = " ".join(see(page_of(customer)).split())
    assert "Changes of this record" in page
    assert '<strong dir="auto">Tom Reyes</strong> changed the customer’s data' in page
    assert 'Phone: <del dir="auto">+1 555 0100</del> → <ins dir="auto">+1 555 0199</ins>' in page
    assert 'How they prefer to be reached: <del dir="auto">empty</del> → <ins dir="auto">In person</ins>' in page
    PersonalChange.objects.filter(field="phone").delete()
    page = " ".join(see(page_of(customer)).split())
    assert "Phone: what it said was erased" in page
    assert "0100</del>" not in page
