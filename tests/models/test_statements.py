"""Questions that are put together once: the same answers as a queryset, whatever is filled in."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.db.models import QuerySet
from pytest_django import DjangoAssertNumQueries

from cases.models import Case, Event, Step, User
from cases.models.statements import Statement
from cases.rules.vocabulary import EventKind, StepStatus
from tests.conftest import Log

pytestmark = pytest.mark.django_db


def test_it_answers_for_whatever_case_is_asked_about(log: Log) -> None:
    steps = Statement(lambda case: Step.objects.filter(case=case, status=StepStatus.PENDING))
    first, second = log(), log()
    for case in (first, second, first):
        assert steps(case=case.pk) == list(case.steps.all())


def test_words_are_filled_in_like_keys(log: Log) -> None:
    found = Statement(lambda customer, reference: Case.objects.filter(customer=customer, reference=reference))
    case, other = log(), log()
    assert found(customer=case.customer_id, reference=other.reference) == [other]
    assert found(customer=case.customer_id, reference="SR-0' OR 1=1") == []


def test_related_rows_come_along(log: Log, agent: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    events = Statement(lambda case: Event.objects.filter(case=case).select_related("actor"))
    case = log()
    with django_assert_num_queries(1):
        (logged,) = events(case=case.pk)
        assert (logged.actor, logged.kind, logged.at) == (agent, EventKind.CASE_LOGGED, case.logged_at)


def test_it_is_put_together_once_and_asked_each_time(log: Log, agent: User) -> None:
    asked = []

    def question(owner: int) -> QuerySet[Case]:
        asked.append(owner)
        return Case.objects.filter(owner=owner)

    cases = Statement(question)
    found = []
    for _ in range(2):
        log()
        found.append(len(cases(owner=agent.pk)))
    assert (found, len(asked)) == ([1, 2], 1)


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_over_its_own_connection(log: Log) -> None:
    steps = Statement(lambda case: Step.objects.filter(case=case))
    case = log()

    def count() -> int:
        try:
            return len(steps(case=case.pk))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        assert [len(steps(case=case.pk)), *threads.map(lambda _: count(), range(2))] == [6, 6, 6]
