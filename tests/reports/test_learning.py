"""Incidents and what was learned."""

from datetime import datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from cases.actions import learning
from cases.models import Case, Incident, User
from cases.reports import learning as report
from cases.reports.learning import Show, incident_page, incidents, visible_incidents
from cases.rules.vocabulary import Answer, CauseStatus, Outcome, PreventionStatus
from tests.conftest import Log
from tests.reports.recovery import DAY, HOUR, acknowledge, another_customer, answer, close, recover, until_confirm
from tests.reports.test_causes import because, planned

pytestmark = pytest.mark.django_db


def titles(user: User, now: datetime, show: Show = Show.ALL, words: str = "") -> list[str]:
    return [row.title for row in incidents(user, now=now, show=show, words=words).rows]


@pytest.fixture
def mass(log: Log, agent: User, now: datetime) -> Incident:
    """One incident that hurt four customers: one is followed up, one confirmed, one told, one waits."""
    first = log(title="Billed twice", whom=another_customer("Ada", now))
    recover(first, agent, now + HOUR)
    cases = [log(whom=another_customer(name, now), incident=first.incident) for name in ("Bela", "Clara", "Dora")]
    answer(until_confirm(cases[0], agent, now), agent, now + HOUR)
    acknowledge(cases[1], agent, now)
    return first.incident


def test_an_incident_is_listed_with_its_cases_cause_and_changes(mass: Incident, agent: User, now: datetime) -> None:
    because(Case.objects.filter(incident=mass)[0], "Label not read", agent, now)
    learning.finish_prevention(action=planned(mass, agent, now, now + DAY), actor=agent, now=now)
    planned(mass, agent, now, now + HOUR)
    (row,) = incidents(agent, now=now + DAY).rows
    assert (row.title, row.cause, row.cause_status) == ("Billed twice", "Label not read", CauseStatus.CONFIRMED)
    assert (row.cases.value, row.open_cases.value, row.late) == (4, 3, 1)
    assert row.changes == {PreventionStatus.DONE: 1, PreventionStatus.PLANNED: 1}


def test_lists_can_be_narrowed(mass: Incident, log: Log, agent: User, now: datetime) -> None:
    single = log(title="Wrong lens", whom=another_customer("Emil", now))
    because(single, "Prescription misread", agent, now)
    planned(single.incident, agent, now, now + DAY)
    assert titles(agent, now) == ["Wrong lens", "Billed twice"]
    assert titles(agent, now, Show.MANY) == titles(agent, now, Show.UNKNOWN) == ["Billed twice"]
    assert titles(agent, now, Show.CHANGING) == ["Wrong lens"]
    assert titles(agent, now, words="misread") == titles(agent, now, words="LENS") == ["Wrong lens"]
    assert titles(agent, now, words="\x00") == titles(agent, now)


def test_another_teams_incidents_are_not_seen(mass: Incident, outsider: User, now: datetime) -> None:
    assert titles(outsider, now) == []
    assert not visible_incidents(outsider).filter(pk=mass.pk).exists()


def test_an_incident_is_told_by_the_cases_one_may_see(mass: Incident, log: Log, outsider: User, now: datetime) -> None:
    log(whom=another_customer("Felix", now), incident=mass, team=None)
    assert visible_incidents(outsider).get() == mass
    found = incident_page(mass, outsider, now=now)
    assert (found.cases.value, [row.customer for row in found.rows]) == (1, ["Felix"])


def test_coverage_counts_how_far_everybody_has_been_taken(mass: Incident, agent: User, now: datetime) -> None:
    found = incident_page(mass, agent, now=now + DAY)
    assert [(stage.name, stage.number) for stage in found.coverage] == [
        ("Affected", 4),
        ("Told", 3),
        ("Corrected", 2),
        ("Compensation settled", 2),
        ("Confirmed", 2),
        ("Followed up", 1),
    ]


def test_who_was_not_satisfied_is_not_corrected_any_more(log: Log, agent: User, now: datetime) -> None:
    case = until_confirm(log(), agent, now)
    answer(case, agent, now + HOUR, 2, Answer.WANTS_MORE)
    stages = {stage.name: stage.number for stage in incident_page(case.incident, agent, now=now + DAY).coverage}
    assert stages == {
        "Affected": 1,
        "Told": 1,
        "Corrected": 0,
        "Compensation settled": 0,
        "Confirmed": 0,
        "Followed up": 0,
    }


def test_duplicates_are_not_affected(mass: Incident, agent: User, now: datetime) -> None:
    close(Case.objects.get(customer__name="Dora"), agent, now, Outcome.DUPLICATE)
    assert incident_page(mass, agent, now=now).coverage[0].number == 3


def test_open_cases_come_first(mass: Incident, agent: User, now: datetime) -> None:
    found = incident_page(mass, agent, now=now)
    assert [row.outcome for row in found.rows] == [None, None, None, Outcome.SATISFIED]
    assert found.rows[0].customer == "Dora"


def test_a_change_shows_its_first_date_when_it_was_moved(mass: Incident, agent: User, now: datetime) -> None:
    action = planned(mass, agent, now, now + DAY)
    learning.move_prevention(action=action, due_at=now + 3 * DAY, reason="Late", actor=agent, now=now)
    (row,) = incident_page(mass, agent, now=now + 4 * DAY).changes
    assert (row.due_at, row.moved_from, row.is_late, row.told) == (now + 3 * DAY, now + DAY, True, 0)


def test_numbers_are_the_lists_behind_them(mass: Incident, agent: User, now: datetime) -> None:
    (row,) = incidents(agent, now=now).rows
    for number in (row.cases, row.open_cases, incident_page(mass, agent, now=now).cases):
        listed = number.behind.apply(Case.objects.visible_to(agent), now=now, zone=agent.zone)
        assert listed.count() == number.value


@pytest.mark.parametrize("number", [1, 20])
def test_lists_and_pages_take_four_queries(
    number: int, log: Log, agent: User, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = log()
    planned(first.incident, agent, now, now + DAY)
    for _ in range(number):
        log(incident=first.incident)
        planned(log().incident, agent, now, now + DAY)
    with django_assert_num_queries(4):
        assert incidents(agent, now=now).total == number + 1
    with django_assert_num_queries(4):
        assert incident_page(first.incident, agent, now=now).cases.value == number + 1


def test_a_page_beyond_the_last_shows_the_last(
    log: Log, agent: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "PER_PAGE", 1)
    log(title="First")
    log(title="Second")
    found = incidents(agent, now=now, page=9)
    assert ([row.title for row in found.rows], found.page, found.pages) == (["First"], 2, 2)
