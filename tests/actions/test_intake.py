"""Logging a mistake."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from cases.models import Case, Event, User
from cases.rules.vocabulary import EventKind, RaiseReason, Severity, StepKind
from tests.conftest import Log
from tests.refusals import refused

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
    facts = Event.objects.get(case=case, kind=EventKind.CASE_LOGGED).facts
    assert (facts["chosen"], facts["reasons"]) == (Severity.MODERATE, [RaiseReason.ATTEMPT])


def test_a_second_failure_within_a_year_raises_severity(log: Log) -> None:
    log()
    assert log().severity == Severity.MAJOR


YEAR = timedelta(days=365)


@pytest.mark.parametrize(
    ("name", "ahead", "words"),
    [
        ("known_at", timedelta(minutes=1), "in the future"),
        ("known_at", -21 * YEAR, "more than 20 years ago"),
        ("happened_at", timedelta(minutes=1), "after we learned of it"),
        ("happened_at", -61 * YEAR, "more than 60 years ago"),
        ("needed_by", timedelta(minutes=-1), "cannot need it before we knew"),
    ],
)
def test_a_moment_that_cannot_be_is_refused_at_its_field(
    log: Log, now: datetime, name: str, ahead: timedelta, words: str
) -> None:
    moment: dict[str, Any] = {name: now + ahead}

    with refused(words, field=name):
        log(**moment)

    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("title", " \n", "what went wrong"),
        ("attempt", 0, "which attempt it was"),
        ("attempt", 100, "which attempt it was"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_field(log: Log, name: str, value: object, words: str) -> None:
    typed: dict[str, Any] = {name: value}
    with refused(words, field=name):
        log(**typed)


def test_nobody_who_has_left_gets_a_case(log: Log, teammate: User) -> None:
    teammate.is_active = False
    teammate.save()

    with refused("Tom Reyes does not work here any more", field="owner"):
        log(owner=teammate)


def test_who_comes_with_it_is_their_first_contact_and_no_chase(log: Log, now: datetime) -> None:
    contact = log(description="“My parcel is not here.”").contacts.get()

    assert (contact.at, contact.summary, contact.is_chase) == (now, "“My parcel is not here.”", False)
    assert not log(origin="self_reported").contacts.exists()
