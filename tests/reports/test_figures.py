"""The dashboard as a whole: each figure and the list behind it."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.actions import closing, corrections
from cases.actions.closing import reopen
from cases.models import Case, Category, Team, User
from cases.reports.causes import recurrence
from cases.reports.figures import Dashboard, dashboard
from cases.reports.filters import Number
from cases.reports.kept import kept
from cases.rules.vocabulary import Answer, CompensationNature, CompensationStatus, Direction, Origin, Outcome
from tests.conftest import Log
from tests.reports.recovery import (
    DAY,
    HOUR,
    MINUTE,
    acknowledge,
    another_customer,
    answer,
    apologize,
    close,
    contact,
    correct,
    fresh,
    move,
    promise,
    propose,
    recover,
    until_confirm,
)
from tests.reports.test_causes import because, planned
from tests.reports.test_timing import last_90_days

pytestmark = pytest.mark.django_db


def numbers(found: object) -> Iterator[Number]:
    """Every number with a list behind it, however deep it lies."""
    if isinstance(found, Number):
        yield found
    elif is_dataclass(found):
        for field in fields(found):
            yield from numbers(getattr(found, field.name))
    elif isinstance(found, dict):
        yield from numbers(tuple(found.values()))
    elif isinstance(found, tuple):
        for part in found:
            yield from numbers(part)


@pytest.fixture
def eventful(log: Log, agent: User, teammate: User, manager: User, now: datetime) -> datetime:
    """Something of everything that a figure counts, in the last 90 days and before. Gives the moment to look."""
    for back in (10 * DAY, 110 * DAY):
        at, number = now - back, iter(range(99))

        def logged(at: datetime = at, number: Iterator[int] = number, **words: object) -> Case:
            return log(at=at, whom=another_customer(f"Customer {next(number)}", at), **words)

        happy = recover(logged(origin=Origin.SELF_REPORTED), agent, at + HOUR, 5)
        closing.reopen(case=happy, reason="Again", actor=agent, now=at + DAY)
        recover(logged(owner=teammate), agent, at + 5 * DAY, 3)
        recover(logged(), agent, at + 5 * DAY)
        unhappy = until_confirm(logged(team=None), agent, at)
        answer(unhappy, agent, at + HOUR, 1, Answer.NOT_SATISFIED)
        corrections.record_failed_correction(
            correction=unhappy.corrections.get(), because="It broke", actor=agent, now=at + HOUR
        )
        chased = logged(owner=None)
        promise(chased, agent, at, at + HOUR, is_appointment=True)
        contact(chased, agent, at + 2 * HOUR, Direction.IN)
        _compensated(logged(), agent, at)
        close(logged(), agent, at, Outcome.DUPLICATE)
        _twice_the_same(log, agent, at)
    Case.objects.filter(pk=logged().pk).update(is_timed=False)
    return now


def _compensated(case: Case, agent: User, at: datetime) -> None:
    for step in (acknowledge, apologize, correct):
        step(case, agent, at)
    for nature in CompensationNature:
        move(propose(case, agent, at, 10, nature), agent, at, CompensationStatus.ISSUED)
    move(propose(case, agent, at, 10), agent, at, CompensationStatus.OFFERED, CompensationStatus.REFUSED)
    answer(case, agent, at + MINUTE, 4)
    close(fresh(case), agent, at + HOUR, Outcome.NOT_UPHELD)


def _twice_the_same(log: Log, agent: User, at: datetime) -> None:
    """One customer hit twice by one cause; then it was fixed, and hit once more."""
    whom = another_customer("Unlucky", at)
    for hours in (1, 2, 4):
        case = log(at=at + hours * HOUR, whom=whom)
        case.incident.category = Category.objects.get_or_create(name="Delivery")[0]
        case.incident.save()
        incident = because(case, "Label not read", agent, at + 5 * HOUR)
    action = planned(incident, agent, at + 2 * HOUR, at + DAY)
    action.status, action.settled_at = "done", at + 3 * HOUR
    action.save()


def test_every_number_is_the_length_of_the_list_behind_it(eventful: datetime, manager: User, team: Team) -> None:
    for chosen in (None, team):
        found = dashboard(manager, now=eventful, zone=manager.zone, team=chosen)
        asked = [*numbers(found), *numbers(found.owners), *numbers(recurrence(last_90_days(manager, eventful, chosen)))]
        for number in asked:
            listed = number.behind.apply(Case.objects.visible_to(manager), now=eventful, zone=manager.zone)
            assert listed.count() == number.value, number.address
        assert len(asked) > 60


def test_no_figure_of_the_eventful_set_is_without_cases(eventful: datetime, manager: User) -> None:
    found = dashboard(manager, now=eventful, zone=manager.zone).figures
    empty = [number.address for number in numbers(found) if not number.value]
    assert [address for address in empty if "no_contact" not in address and "history=only" not in address] == []


def test_the_table_of_owners_has_their_figures(eventful: datetime, manager: User) -> None:
    owners = {owner.standing.name: owner for owner in dashboard(manager, now=eventful, zone=manager.zone).owners}
    assert list(owners) == ["Maya Osei", ""] or list(owners) == ["", "Maya Osei"]
    assert str(owners["Maya Osei"].satisfied) != "–"
    assert owners["Maya Osei"].on_time is not None


def test_open_cases_are_compared_with_a_week_ago(log: Log, agent: User, manager: User, now: datetime) -> None:
    recover(log(at=now - 8 * DAY, whom=another_customer("Ada", now)), agent, now - 6 * DAY)
    recover(log(at=now - 8 * DAY, whom=another_customer("Bela", now)), agent, now - 7 * DAY - HOUR)
    log(at=now - 9 * DAY, whom=another_customer("Clara", now))
    log(at=now - DAY, whom=another_customer("Dora", now))
    found = dashboard(manager, now=now, zone=manager.zone)
    assert (found.board.standing.open.value, found.figures.open_a_week_ago) == (2, 2)


def test_figures_are_kept_for_a_minute_and_the_board_is_live(log: Log, manager: User, now: datetime) -> None:
    first = dashboard(manager, now=now, zone=manager.zone)
    log()
    second = dashboard(manager, now=now + 30 * MINUTE / 60, zone=manager.zone)
    third = dashboard(manager, now=now + 60 * MINUTE / 60, zone=manager.zone)
    assert [found.figures.intake.known.value for found in (first, second, third)] == [0, 0, 1]
    assert [found.board.standing.open.value for found in (first, second, third)] == [0, 1, 1]
    assert [found.as_of for found in (first, second, third)] == [now, now, now + MINUTE]


def test_an_agent_never_gets_the_figures_kept_for_a_manager(
    log: Log, manager: User, outsider: User, now: datetime
) -> None:
    log()
    assert dashboard(manager, now=now, zone=manager.zone).figures.intake.known.value == 1
    assert dashboard(outsider, now=now, zone=outsider.zone).figures.intake.known.value == 0


def test_what_is_kept_from_the_future_is_asked_again(now: datetime) -> None:
    assert kept("question", lambda: "then", now=now).answer == "then"
    assert kept("question", lambda: "now", now=now - MINUTE).answer == "now"


def queries(manager: User, now: datetime) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        dashboard(manager, now=now, zone=manager.zone)
    return len(asked)


def test_the_dashboard_takes_as_many_queries_for_one_case_as_for_twenty(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    propose(log(), agent, now, 900)
    one = queries(manager, now)
    for _ in range(20):
        propose(log(), agent, now, 900)
    assert queries(manager, now + HOUR) == one <= 12
    assert queries(manager, now + HOUR) == 3


def test_an_empty_dashboard_says_so_everywhere(manager: User, now: datetime) -> None:
    found: Dashboard = dashboard(manager, now=now, zone=manager.zone)
    figures = found.figures
    rates = (figures.on_time.acknowledged.rate, figures.promises.kept.rate, figures.satisfied.satisfied.rate)
    assert {str(rate) for rate in (*rates, figures.response, figures.endings.recovery)} == {"–"}
    assert {number.value for number in numbers(found)} == {0}


def a_week_ago(manager: User, now: datetime) -> int:
    return dashboard(manager, now=now, zone=manager.zone).figures.open_a_week_ago


def test_who_turned_out_to_be_a_duplicate_was_open_a_week_ago(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    close(log(at=now - 9 * DAY), agent, now - DAY, Outcome.DUPLICATE)
    assert a_week_ago(manager, now) == 1


def test_who_was_closed_a_week_ago_and_reopened_since_was_not_open_then(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    case = recover(log(at=now - 20 * DAY), agent, now - 12 * DAY)
    assert a_week_ago(manager, now) == 0
    reopen(case=case, reason="It leaks again", actor=agent, now=now - 3 * DAY)
    cache.clear()
    assert a_week_ago(manager, now) == 0


def test_who_was_reopened_before_a_week_ago_was_open_then(log: Log, agent: User, manager: User, now: datetime) -> None:
    case = recover(log(at=now - 20 * DAY), agent, now - 15 * DAY)
    reopen(case=case, reason="It leaks again", actor=agent, now=now - 10 * DAY)
    assert a_week_ago(manager, now) == 1
    close(fresh(case), agent, now - 2 * DAY, Outcome.WITHDRAWN)
    cache.clear()
    assert a_week_ago(manager, now) == 1
