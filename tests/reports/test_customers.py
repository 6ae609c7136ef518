"""Finding a customer while typing, and what a customer has been through."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from cases.actions import promises
from cases.models import Case, Customer, User
from cases.reports import customers
from cases.reports.customers import found, history
from cases.reports.rates import Rate
from cases.rules.money import Money
from cases.rules.vocabulary import Answer, CompensationNature, CompensationStatus, Outcome, Payer, StepKind
from tests.conftest import Log
from tests.reports.recovery import (
    DAY,
    HOUR,
    MINUTE,
    acknowledge,
    another_customer,
    apologize,
    close,
    move,
    promise,
    propose,
    recover,
)

pytestmark = pytest.mark.django_db

ISSUED = (CompensationStatus.OFFERED, CompensationStatus.ACCEPTED, CompensationStatus.ISSUED)


@pytest.mark.parametrize("words", ["grace", "whitlock gra", "GRACE@example", "555 0100", "hitloc"])
def test_a_customer_is_found_by_words_of_name_address_or_number(words: str, customer: Customer, agent: User) -> None:
    assert [row.name for row in found(words, agent)] == ["Grace Whitlock"]


@pytest.mark.parametrize("words", ["", "  ", "\x00", "grace smith", "%", "_"])
def test_no_words_and_other_words_find_nobody(words: str, customer: Customer, agent: User) -> None:
    assert found(words, agent) == ()


def test_two_customers_may_share_one_address(customer: Customer, agent: User, now: datetime) -> None:
    Customer.objects.create(name="Ben Whitlock", email=customer.email, created_at=now)
    assert [row.name for row in found("grace@example.org", agent)] == ["Ben Whitlock", "Grace Whitlock"]


def test_a_suggestion_tells_open_and_earlier_cases(log: Log, agent: User, now: datetime) -> None:
    recover(log(at=now - DAY), agent, now)
    close(log(), agent, now, Outcome.DUPLICATE)
    log()
    (row,) = found("grace", agent)
    assert (row.open_cases, row.earlier_cases, row.last_known_at) == (1, 1, now)


def test_anybody_finds_a_customer_but_not_another_teams_cases(log: Log, outsider: User) -> None:
    log()
    (row,) = found("grace", outsider)
    assert (row.open_cases, row.earlier_cases) == (0, 0)


@pytest.mark.parametrize("number", [1, 8])
def test_suggesting_takes_as_many_queries_for_one_as_for_eight(
    number: int, log: Log, agent: User, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for place in range(number):
        log(whom=another_customer(f"Hill {place}", now))
    with django_assert_num_queries(3 if connection.vendor == "postgresql" else 2):
        assert len(found("hill", agent)) == number


def test_a_history_tells_how_each_case_ended(log: Log, customer: Customer, agent: User, now: datetime) -> None:
    recover(log(title="First", at=now - DAY), agent, now, score=4)
    log(title="Second", at=now)
    told = history(customer, agent, now=now)
    assert [(row.title, row.outcome, row.answer, row.score) for row in told.rows] == [
        ("Second", None, None, None),
        ("First", Outcome.SATISFIED, Answer.SATISFIED, 4),
    ]
    assert (told.rows[0].step, told.rows[1].step) == (StepKind.ACKNOWLEDGE, None)


def test_a_history_tells_what_was_promised_and_given(log: Log, customer: Customer, agent: User, now: datetime) -> None:
    case = log()
    kept = promise(case, agent, now, now + HOUR)
    promises.keep_promise(promise=kept, actor=agent, now=now + MINUTE)
    promise(case, agent, now, now + HOUR)
    acknowledge(case, agent, now)
    apologize(case, agent, now)
    for amount, nature in ((20, CompensationNature.GOODWILL), (460, CompensationNature.RESTITUTION)):
        move(propose(case, agent, now, amount, nature), agent, now, CompensationStatus.ISSUED)
    refused = propose(case, agent, now, 5)
    move(refused, agent, now, CompensationStatus.OFFERED, CompensationStatus.REFUSED)
    told = history(customer, agent, now=now + 2 * HOUR)
    assert str(told.promises_kept) == "50%"
    assert len(told.rows[0].given) == 3
    assert told.goodwill == (Money(refused.amount * 4, "USD"),)
    assert [str(money) for money in told.restitution] == ["460 USD"]
    case.compensations.filter(amount=460).update(paid_by=Payer.SUPPLIER)
    told = history(customer, agent, now=now + 2 * HOUR)
    assert (told.restitution, [str(money) for money in told.reimbursed]) == ((), ["460 USD"])


def test_a_historys_numbers_are_the_lists_behind_them(
    log: Log, customer: Customer, agent: User, outsider: User, now: datetime
) -> None:
    recover(log(at=now - DAY), agent, now)
    close(log(), agent, now, Outcome.WITHDRAWN)
    log(team=None)
    for user, expected in ((agent, (1, 1)), (outsider, (1, 0))):
        told = history(customer, user, now=now)
        assert (told.open.value, told.earlier.value) == expected
        for number in (told.open, told.earlier):
            assert number.behind.apply(Case.objects.visible_to(user), now=now, zone=user.zone).count() == number.value


@pytest.mark.parametrize("number", [1, 20])
def test_a_history_takes_six_queries(
    number: int,
    log: Log,
    customer: Customer,
    agent: User,
    now: datetime,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(number):
        propose(log(), agent, now)
    with django_assert_num_queries(6):
        assert history(customer, agent, now=now).total == number


def test_sums_count_every_case_and_no_duplicate(
    log: Log, agent: User, customer: Customer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customers, "MOST_CASES", 1)
    for outcome in (Outcome.SATISFIED, Outcome.DUPLICATE, Outcome.SATISFIED):
        case = log()
        acknowledge(case, agent, now)
        apologize(case, agent, now)
        move(propose(case, agent, now, 10), agent, now, *ISSUED)
        promises.keep_promise(promise=promise(case, agent, now, now + HOUR), actor=agent, now=now)
        if outcome is Outcome.DUPLICATE:
            close(case, agent, now, outcome)
    told = history(customer, agent, now=now)
    assert (len(told.rows), told.total, told.mistakes) == (1, 3, 2)
    assert (told.goodwill, told.promises_kept) == ((Money(Decimal(20), "USD"),), Rate(2, 2))
