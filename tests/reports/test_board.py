"""The board: each number, and the list behind it."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from cases.actions import handling, steps
from cases.models import Case, Team, User
from cases.reports import board as report
from cases.reports import standing
from cases.reports.board import Board, Need, board
from cases.reports.filters import Number
from cases.rules.vocabulary import Answer, ApprovalKind, Severity, StepKind
from tests.conftest import Log
from tests.reports.recovery import (
    DAY,
    HOUR,
    MINUTE,
    acknowledge,
    another_customer,
    answer,
    propose,
    recover,
    until_confirm,
)

pytestmark = pytest.mark.django_db


def numbers(found: Board) -> Iterator[Number]:
    """Every number on the board."""
    yield found.needs
    yield from (found.standing.open, found.standing.overdue)
    for rows in (found.steps, found.severities, found.ages, found.owners):
        for row in rows:
            yield from (row.standing.open, row.standing.overdue)


@pytest.fixture
def busy(log: Log, agent: User, teammate: User, manager: User, now: datetime) -> datetime:
    """Cases at several steps, of several owners, ages and severities. Gives the moment to look at them."""
    customers = (another_customer(f"Customer {number}", now - 60 * DAY) for number in range(99))
    acknowledge(log(whom=next(customers), owner=teammate), agent, now + MINUTE)
    until_confirm(log(whom=next(customers), severity=Severity.MINOR), agent, now)
    handling.escalate(case=log(whom=next(customers)), reason="Called the press", actor=agent, now=now)
    propose(log(whom=next(customers), at=now - 3 * DAY), agent, now, amount=400)
    log(whom=next(customers), owner=None, at=now - 40 * DAY, severity=Severity.CRITICAL)
    log(whom=next(customers), team=None, at=now - 10 * DAY)
    recover(log(whom=next(customers)), agent, now + HOUR)
    unhappy = until_confirm(log(whom=next(customers)), agent, now)
    answer(unhappy, agent, now + 30 * MINUTE, 1, Answer.NOT_SATISFIED)
    return now + 2 * HOUR


def test_every_number_is_the_length_of_the_list_behind_it(busy: datetime, manager: User, team: Team) -> None:
    for chosen in (None, team):
        found = board(manager, now=busy, zone=manager.zone, team=chosen)
        for number in numbers(found):
            listed = number.behind.apply(Case.objects.visible_to(manager), now=busy, zone=manager.zone)
            assert listed.count() == number.value, number.address


def test_open_cases_are_counted_once_by_step_severity_age_and_owner(busy: datetime, manager: User) -> None:
    found = board(manager, now=busy, zone=manager.zone)
    assert found.standing.open.value == 7
    for rows in (found.steps, found.severities, found.ages, found.owners):
        assert sum(row.standing.open.value for row in rows) == 7
        assert sum(row.standing.overdue.value for row in rows) == found.standing.overdue.value == 3


def test_cases_stand_at_the_first_step_that_is_owed(busy: datetime, manager: User) -> None:
    found = board(manager, now=busy, zone=manager.zone)
    assert {row.step: row.standing.open.value for row in found.steps if row.standing.open.value} == {
        StepKind.ACKNOWLEDGE: 5,
        StepKind.APOLOGIZE: 1,
        StepKind.CONFIRM: 1,
    }


def test_owners_stand_in_the_order_of_their_names(busy: datetime, manager: User) -> None:
    names = [row.name for row in board(manager, now=busy, zone=manager.zone).owners if row.public_id]
    assert names == ["Maya Osei", "Tom Reyes"]


def test_a_long_table_of_owners_is_cut_and_says_so(
    busy: datetime, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "MOST_OWNERS", 1)
    monkeypatch.setattr(report, "standing", standing.standing.__wrapped__)  # not the one that is kept
    found = board(manager, now=busy, zone=manager.zone)
    assert (len(found.owners), found.owners_in_all) == (1, 3)


def test_an_agent_sees_the_board_of_what_they_may_see(busy: datetime, outsider: User) -> None:
    assert board(outsider, now=busy, zone=outsider.zone).standing.open.value == 1


def test_what_waits_for_a_manager_says_why(busy: datetime, manager: User) -> None:
    found = board(manager, now=busy, zone=manager.zone)
    assert [row.needs for row in found.waiting] == [
        (Need.ESCALATED,),
        (Need.UNOWNED,),
        (Need.COMPENSATION,),
        (Need.NOT_SATISFIED,),
    ]
    assert found.needs.value == 4


def test_a_compensation_that_waits_can_be_decided_from_the_board(busy: datetime, manager: User) -> None:
    waiting = next(row for row in board(manager, now=busy, zone=manager.zone).waiting if row.compensation)
    assert waiting.compensation is not None
    stored = Case.objects.get(reference=waiting.reference).compensations.get()
    assert waiting.compensation.public_id == stored.public_id
    assert (waiting.compensation.amount, waiting.compensation.currency) == (Decimal(400), "USD")
    assert waiting.compensation.proposed_by == "Maya Osei"


def test_who_was_not_satisfied_is_quoted(busy: datetime, manager: User) -> None:
    waiting = next(row for row in board(manager, now=busy, zone=manager.zone).waiting if row.answer)
    assert waiting.answer is not None
    assert (waiting.answer.answer, waiting.answer.words) == (Answer.NOT_SATISFIED, "As they said it")
    assert waiting.answer.wants_contact is False


def test_a_second_person_who_is_asked_finds_the_question(log: Log, agent: User, manager: User, now: datetime) -> None:
    case = until_confirm(log(), agent, now)
    steps.waive(case=case, kind=StepKind.CONFIRM, reason="They moved away", actor=agent, now=now + HOUR)
    (row,) = board(manager, now=now + HOUR, zone=manager.zone).waiting
    assert row.approval is not None
    assert (row.approval.kind, row.approval.reason) == (ApprovalKind.WAIVE_STEP, "They moved away")
    assert row.approval.asked_by == "Maya Osei"


def test_nothing_open_is_all_zeros_and_nobody_waits(manager: User, now: datetime) -> None:
    found = board(manager, now=now, zone=manager.zone)
    assert {number.value for number in numbers(found)} == {0}
    assert (found.waiting, found.owners) == ((), ())


@pytest.mark.parametrize("number", [1, 20])
def test_the_board_takes_three_queries_whatever_is_open(
    number: int, log: Log, agent: User, manager: User, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(number):
        propose(log(), agent, now, amount=900)
    with django_assert_num_queries(3):
        board(manager, now=now, zone=manager.zone)
