"""Logging a mistake."""

from datetime import datetime, timedelta

import pytest

from cases.errors import RuleError
from cases.models import Event
from cases.rules.vocabulary import EventKind, Severity, StepKind
from tests.conftest import Log

pytestmark = pytest.mark.django_db


def test_a_logged_case_has_six_running_steps_and_a_reference(log: Log, now: datetime) -> None:
    case = log()
    assert case.reference.startswith("SR-")
    assert [step.kind for step in case.steps.all()] == list(StepKind)
    assert case.current_step == StepKind.ACKNOWLEDGE
    assert case.next_due_at == now + timedelta(hours=4)


def test_clocks_count_from_the_moment_we_knew_and_not_from_logging(log: Log, now: datetime) -> None:
    case = log(known_at=now - timedelta(hours=1))
    assert case.next_due_at == now + timedelta(hours=3)


def test_a_second_attempt_raises_severity_and_says_why(log: Log) -> None:
    case = log(attempt=2)
    assert case.severity == Severity.MAJOR
    assert Event.objects.get(case=case, kind=EventKind.CASE_LOGGED).facts["raised_because"].startswith("Attempt 2")


def test_a_second_failure_within_a_year_raises_severity(log: Log) -> None:
    log()
    assert log().severity == Severity.MAJOR


def test_learning_of_it_in_the_future_is_refused(log: Log, now: datetime) -> None:
    with pytest.raises(RuleError, match="future") as refused:
        log(known_at=now + timedelta(minutes=1))
    assert refused.value.field == "known_at"
