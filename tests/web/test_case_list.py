"""The list of cases: filters in the address, one page at a time, and as CSV."""

import csv
import io
from datetime import datetime
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.actions import contacts, learning
from cases.actions.contacts import Exchange
from cases.actions.learning import Finding
from cases.models import Case, Cause, Customer, User, search
from cases.reports import cases as report
from cases.rules.vocabulary import CauseStatus, Channel, Direction, FaultParty, Severity
from tests.conftest import Log
from tests.reports.recovery import DAY, another_customer, recover
from tests.web.looking import MOST_STATEMENTS, look, statements, status

pytestmark = pytest.mark.django_db

LIST = "/cases/"
EXPORT = "/cases/export.csv"
PART = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Monday, 10:00 in New York, for every page as well."""
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.fixture
def three(log: Log, agent: User, teammate: User, now: datetime) -> list[Case]:
    """One that is late, one of a colleague, one that is closed."""
    late = log(at=now - 3 * DAY, title="Alarm silent", severity=Severity.MAJOR, whom=another_customer("Ada", now))
    other = log(title="Billed twice", owner=teammate, whom=another_customer("Bela", now))
    closed = log(at=now - 9 * DAY, title="Chairs missing", whom=another_customer("Clara", now))
    return [late, other, recover(closed, agent, now - DAY)]


def titles(client: Client, user: User, address: str) -> list[str]:
    client.force_login(user)
    answer = client.get(f"{LIST}{address}")
    assert answer.status_code == 200
    return [row.case.title for row in answer.context["rows"]]


def exported(client: Client, user: User, address: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(look(client, user, f"{EXPORT}{address}").removeprefix("\ufeff"))))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", ["Alarm silent", "Billed twice", "Chairs missing"]),
        ("?status=open", ["Alarm silent", "Billed twice"]),
        ("?status=closed", ["Chairs missing"]),
        ("?overdue=1", ["Alarm silent"]),
        ("?severity=major", ["Alarm silent"]),
        ("?q=bill", ["Billed twice"]),
        ("?q=clara+chairs", ["Chairs missing"]),
        ("?status=&severity=&q=&overdue=", ["Alarm silent", "Billed twice", "Chairs missing"]),
        ("?sort=-known", ["Billed twice", "Alarm silent", "Chairs missing"]),
        ("?sort=customer&status=open", ["Alarm silent", "Billed twice"]),
    ],
)
def test_the_address_says_what_is_listed_and_exported(
    address: str, expected: list[str], three: list[Case], client: Client, agent: User
) -> None:
    assert titles(client, agent, address) == expected
    assert [row["What went wrong"] for row in exported(client, agent, address)] == expected


def test_the_count_is_the_number_of_rows_of_the_export(three: list[Case], client: Client, agent: User) -> None:
    assert "2 cases" in look(client, agent, f"{LIST}?status=open")
    assert len(exported(client, agent, "?status=open")) == 2
    assert "1 case<" in look(client, agent, f"{LIST}?q=alarm")


def test_each_filter_that_is_on_is_a_chip_that_takes_it_off(three: list[Case], client: Client, agent: User) -> None:
    client.force_login(agent)
    address = f"?status=open&owner={agent.public_id}&q=alarm&sort=-known"
    chips = {chip.label: chip for chip in client.get(f"{LIST}{address}").context["bar"].chips}
    assert {label: chip.words for label, chip in chips.items()} == {
        "Status": "Open",
        "Owner": "Maya Osei",
        "Words": "“alarm”",
    }
    assert chips["Words"].url == f"{LIST}?status=open&owner={agent.public_id}&sort=-known"
    assert titles(client, agent, chips["Owner"].url.removeprefix(LIST)) == ["Alarm silent"]


def test_filters_that_only_a_link_sets_stay_when_another_is_chosen(
    three: list[Case], client: Client, agent: User
) -> None:
    page = look(client, agent, f"{LIST}?has=promise_broken&incident={three[0].incident.public_id}")
    assert '<input type="hidden" name="has" value="promise_broken">' in page
    assert f"Incident: <bdi>{three[0].incident.reference}</bdi>" in page


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("?owner=not-a-key", "owner"),
        ("?known_after=2025-02-30", "known from"),
        ("?closed_before=soon", "closed until"),
        ("?known_before=0001-01-01", "known until"),
        ("?severity=dreadful&team=7", "severity, team"),
        ("?overdue=perhaps", "overdue"),
        ("?has=everything", "only cases"),
        ("?sort=evil", "the order"),
        ("?sort=-password;drop", "the order"),
    ],
)
def test_what_says_nothing_to_us_is_left_out_in_words(
    address: str, named: str, three: list[Case], client: Client, agent: User
) -> None:
    page = look(client, agent, f"{LIST}{address}")
    assert f"A part of this address says nothing to us, and was left out: {named}." in page
    assert len(titles(client, agent, address)) == 3
    assert len(exported(client, agent, address)) == 3


@pytest.mark.parametrize("page", ["999", "0", "-1", "many", "1e9", "%00", "9" * 5000, "٣"])
def test_a_page_that_there_is_not_shows_one_that_there_is(
    page: str, three: list[Case], client: Client, agent: User
) -> None:
    assert len(titles(client, agent, f"?page={page}")) == 3


@pytest.mark.parametrize(
    "words", ["%00", "'\";--", '"*', "🙂", "\u202eabc", "محمد", "*", "NEAR(", "a:b", "(" * 300, "%25%25", "\ud800"]
)
def test_odd_words_find_what_they_find_and_break_nothing(
    words: str, three: list[Case], client: Client, agent: User
) -> None:
    client.force_login(agent)
    for url in (LIST, EXPORT):
        assert client.get(url, {"q": words.encode("utf-8", "surrogatepass")}).status_code == 200


@pytest.mark.parametrize("name", ["owner", "team", "cause", "incident", "customer"])
def test_a_key_of_nothing_finds_nothing_and_says_so(name: str, three: list[Case], client: Client, agent: User) -> None:
    page = look(client, agent, f"{LIST}?{name}={uuid4()}")
    assert "No case is like that" in page
    assert "<bdi>not found</bdi>" in page


def test_more_than_are_counted_are_said_to_be_more(
    three: list[Case], client: Client, agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "PER_PAGE", 1)
    monkeypatch.setattr(search, "MOST_COUNTED", 1)
    page = " ".join(look(client, agent, f"{LIST}?q=SR").split())
    assert "1 to 1 of more than 1 cases. Add a word to find the others, or export all." in page
    assert len(exported(client, agent, "?q=SR")) == 3


def test_another_team_sees_and_exports_nothing_of_it(
    three: list[Case], client: Client, outsider: User, agent: User
) -> None:
    assert titles(client, outsider, "") == []
    assert titles(client, outsider, f"?owner={agent.public_id}&q=alarm") == []
    assert exported(client, outsider) == []
    page = look(client, outsider, f"{LIST}?incident={three[0].incident.public_id}")
    assert three[0].incident.reference not in page


def test_nobody_lists_or_exports_without_signing_in(three: list[Case], client: Client) -> None:
    assert client.get(LIST).status_code == 302
    assert client.get(EXPORT).status_code == 302


def test_an_empty_list_teaches_and_offers_the_button_that_fills_it(client: Client, agent: User) -> None:
    page = look(client, agent, LIST)
    assert "No mistake is logged yet" in page
    assert f'href="{reverse("cases:log")}">Log a mistake</a>' in page


def test_htmx_gets_the_part_that_it_replaces_and_the_address_to_show(
    three: list[Case], client: Client, agent: User
) -> None:
    client.force_login(agent)
    answer = client.get(f"{LIST}?status=open&q=&owner=", headers=PART)
    part = answer.content.decode()
    assert part.strip().startswith('<section class="card" id="found"')
    assert '<div hx-swap-oob="innerHTML:#count">2 cases</div>' in part
    assert answer.headers["HX-Push-Url"] == f"{LIST}?status=open"
    assert "HX-Request" in answer.headers["Vary"]


def test_each_case_is_on_one_page_and_the_pages_keep_the_filters(
    client: Client, log: Log, agent: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "PER_PAGE", 2)
    for number in range(5):
        log(title=f"Mistake {number}", whom=another_customer(f"Customer {number}", now))
    client.force_login(agent)
    found: list[str] = []
    url = f"{LIST}?status=open&sort=reference"
    while url:
        context = client.get(url).context
        found += [row.case.title for row in context["rows"]]
        url = context["next_url"]
    assert found == [f"Mistake {number}" for number in range(5)]


def test_a_head_sorts_and_turns_round_and_says_which_way(three: list[Case], client: Client, agent: User) -> None:
    client.force_login(agent)
    heads = {head.label: head for head in client.get(f"{LIST}?sort=customer").context["columns"]}
    assert heads["Customer and mistake"].sorted == "ascending"
    assert heads["Customer and mistake"].url == f"{LIST}?sort=-customer"
    assert heads["Due"].url == LIST
    assert heads["Step"].url == ""


def test_a_formula_in_a_name_or_a_title_is_exported_as_words(
    client: Client, log: Log, agent: User, now: datetime
) -> None:
    log(title='=HYPERLINK("http://example.org")', whom=Customer.objects.create(name="@Ada, 🙂", created_at=now))
    row = exported(client, agent)[0]
    assert row["What went wrong"] == '\'=HYPERLINK("http://example.org")'
    assert row["Customer"] == "'@Ada, 🙂"


def test_what_is_private_is_in_no_export(client: Client, log: Log, agent: User, now: datetime) -> None:
    case = log(description="Told in confidence")
    Case.objects.filter(pk=case.pk).update(contribution="They misread the form")
    exchange = Exchange(
        direction=Direction.OUT, channel=Channel.PHONE, summary="Spoke", at=now, private_note="Her mother is ill"
    )
    contacts.log_contact(case=case, exchange=exchange, actor=agent, now=now)
    contacts.add_note(case=case, text="Difficult man", actor=agent, now=now)
    row = exported(client, agent)[0]
    for private in ("confidence", "misread", "mother", "Difficult"):
        assert private not in str(row)


def test_the_export_tells_moments_in_the_persons_zone_and_the_cause(
    client: Client, log: Log, agent: User, now: datetime
) -> None:
    case = log()
    finding = Finding(
        cause=Cause.objects.create(name="Stock count"), status=CauseStatus.CONFIRMED, fault_party=FaultParty.US
    )
    learning.set_cause(incident=case.incident, finding=finding, actor=agent, now=now)
    row = exported(client, agent)[0]
    assert row["Known"] == "2025-09-15T10:00:00-04:00"
    assert (row["Cause"], row["Closed"]) == ("Stock count", "")


def test_the_export_is_never_kept_by_the_browser(client: Client, log: Log, agent: User) -> None:
    log()
    client.force_login(agent)
    answer = client.get(EXPORT)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="cases-2025-09-15.csv"'
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_post_changes_nothing_here(client: Client, agent: User) -> None:
    client.force_login(agent)
    assert client.post(LIST).status_code == 405
    assert status(client, agent, f"{LIST}?page=2") == 200


@pytest.mark.parametrize("address", ["", "?status=open&q=parcel&overdue=1&needs=manager&has=promise_broken"])
def test_twenty_rows_cost_as_many_statements_as_one(
    address: str, client: Client, log: Log, agent: User, now: datetime
) -> None:
    log(at=now - 3 * DAY)
    one = statements(client, agent, f"{LIST}{address}")
    for number in range(19):
        log(at=now - 3 * DAY, whom=another_customer(f"Customer {number}", now))
    assert statements(client, agent, f"{LIST}{address}") == one <= MOST_STATEMENTS


def test_the_statements_of_the_export_do_not_grow_with_its_rows(
    client: Client, log: Log, agent: User, now: datetime
) -> None:
    log()
    one = statements(client, agent, EXPORT)
    for number in range(5):
        log(whom=another_customer(f"Customer {number}", now))
    assert statements(client, agent, EXPORT) == one


def test_days_of_another_zone_say_so(three: list[Case], client: Client, agent: User) -> None:
    client.force_login(agent)
    labels = {
        chip.label: chip.words
        for chip in client.get(f"{LIST}?known_after=2025-09-01&zone=Europe/Berlin").context["bar"].chips
    }
    assert labels["Days of"] == "Europe/Berlin"
    own = client.get(f"{LIST}?known_after=2025-09-01&zone=America/New_York").context["bar"]
    assert "Days of" not in {chip.label for chip in own.chips}
    assert client.get(LIST).context["bar"].unseen["zone"] == "America/New_York"
