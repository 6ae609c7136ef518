"""The list of cases."""

from datetime import datetime

import pytest
from django.core.exceptions import FieldFetchBlocked
from pytest_django import DjangoAssertNumQueries

from cases.models import User, search
from cases.reports import cases as report
from cases.reports.cases import Order, Sort, case_list
from cases.reports.filters import CaseFilter, Status
from cases.rules.vocabulary import Severity
from tests.conftest import Log
from tests.reports.recovery import DAY, HOUR, another_customer, recover

pytestmark = pytest.mark.django_db


def titles(user: User, now: datetime, order: str) -> list[str]:
    found = case_list(user, CaseFilter(), now=now, zone=user.zone, order=Order.read(order))
    return [case.title for case in found.cases]


@pytest.fixture
def three(log: Log, agent: User, now: datetime) -> None:
    """Logged in this order: the least severe first, the oldest last, and one that is closed."""
    log(title="Minor", severity=Severity.MINOR, whom=another_customer("Clara", now))
    log(title="Critical", severity=Severity.CRITICAL, at=now - HOUR, whom=another_customer("Ada", now))
    recover(log(title="Closed", at=now - 5 * DAY, whom=another_customer("Bela", now)), agent, now)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("due", ["Critical", "Minor", "Closed"]),
        ("-due", ["Minor", "Critical", "Closed"]),
        ("known", ["Closed", "Critical", "Minor"]),
        ("-known", ["Minor", "Critical", "Closed"]),
        ("severity", ["Critical", "Closed", "Minor"]),
        ("customer", ["Critical", "Closed", "Minor"]),
        ("-reference", ["Closed", "Critical", "Minor"]),
        ("password", ["Critical", "Minor", "Closed"]),
    ],
)
def test_lists_are_sorted_by_listed_keys_only(
    order: str, expected: list[str], three: None, agent: User, now: datetime
) -> None:
    assert titles(agent, now, order) == expected


def test_an_order_says_what_it_was_read_from() -> None:
    assert str(Order.read("-known")) == "-known"
    assert str(Order.read("-known").turned()) == "known"
    assert Order.read("", default=Order(Sort.KNOWN)).key is Sort.KNOWN


def test_another_teams_cases_are_not_listed(log: Log, outsider: User, now: datetime) -> None:
    log()
    found = case_list(outsider, CaseFilter(), now=now, zone=outsider.zone)
    assert (found.total, found.cases, found.first, found.last) == (0, (), 0, 0)


def test_a_page_beyond_the_last_shows_the_last(
    log: Log, agent: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "PER_PAGE", 2)
    for number in range(3):
        log(title=f"{number}", whom=another_customer(f"Customer {number}", now))
    found = case_list(agent, CaseFilter(), now=now, zone=agent.zone, order=Order(Sort.REFERENCE), page=99)
    assert [case.title for case in found.cases] == ["2"]
    assert (found.page, found.pages, found.first, found.last, found.total) == (2, 2, 3, 3, 3)


def test_what_is_found_by_words_is_counted_up_to_a_bound(
    log: Log, agent: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "PER_PAGE", 2)
    monkeypatch.setattr(search, "MOST_COUNTED", 4)
    for number in range(5):
        log(title=f"Broken cup {number}")

    def found(words: str, page: int) -> tuple[int, bool, list[str]]:
        wanted, order = CaseFilter(q=words), Order(Sort.REFERENCE)
        one = case_list(agent, wanted, now=now, zone=agent.zone, order=order, page=page)
        return one.total, one.is_cut, [case.title for case in one.cases]

    assert found("broken cup", 9) == (4, True, ["Broken cup 2", "Broken cup 3"])
    assert found("broken cup 4", 1) == (1, False, ["Broken cup 4"])
    assert found("", 3) == (5, False, ["Broken cup 4"])


def test_what_a_row_does_not_show_is_never_fetched_row_by_row(log: Log, agent: User, now: datetime) -> None:
    log()
    case = case_list(agent, CaseFilter(), now=now, zone=agent.zone).cases[0]
    assert (case.customer.name, str(case.owner), str(case.team)) == ("Grace Whitlock", "Maya Osei", "Support")
    with pytest.raises(FieldFetchBlocked):
        _ = case.incident


@pytest.mark.parametrize("number", [1, 20])
def test_a_list_takes_three_queries_whatever_its_length(
    number: int, log: Log, agent: User, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(number):
        log()
    with django_assert_num_queries(3):
        found = case_list(agent, CaseFilter(status=Status.OPEN), now=now, zone=agent.zone)
        assert {case.customer.name for case in found.cases} == {"Grace Whitlock"}
