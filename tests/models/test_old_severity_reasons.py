"""Rows from before reasons were rows: what their sentences told becomes reasons, and what people chose stays chosen."""

import importlib
from datetime import datetime, timedelta

import pytest
from django.apps import apps

from cases.models import Case, SeverityChange, SeverityReason, User
from cases.rules.vocabulary import Outcome, RaiseReason, Severity
from tests.conftest import Log
from tests.reports import recovery

pytestmark = pytest.mark.django_db

migration = importlib.import_module("cases.migrations.0035_old_severity_reasons")
DAY = timedelta(days=1)


def told(case: Case, by: User | None, severity: Severity, reason: str) -> Case:
    """As it was stored before: one row, whose sentence tells the rest."""
    SeverityReason.objects.filter(case=case).delete()
    SeverityChange.objects.filter(case=case).delete()
    SeverityChange.objects.create(case=case, at=case.known_at, severity=severity, reason=reason, by=by)
    return case


def rows(case: Case) -> list[tuple[str, bool]]:
    changes = SeverityChange.objects.filter(case=case).values_list("severity", "by_rule")
    return sorted((severity, not by_rule) for severity, by_rule in changes)


def test_a_raise_at_logging_is_told_apart_from_what_was_chosen(log: Log, agent: User, now: datetime) -> None:
    earlier = log(at=now - DAY)
    because = "Second failure for this customer within a year: raised from moderate"
    case = told(log(), agent, Severity.MAJOR, because)

    migration.reasons_from_sentences(apps, None)

    assert rows(case) == [("major", False), ("moderate", True)]
    reason = SeverityReason.objects.get(case=case)
    assert (reason.reason, reason.earlier, reason.upon.severity) == ("second_failure", earlier, "moderate")
    recovery.close(earlier, agent, now + DAY, Outcome.DUPLICATE)
    assert recovery.fresh(case).severity == Severity.MODERATE


def test_a_broken_promise_is_a_reason_once(log: Log, agent: User, now: datetime) -> None:
    case = told(log(severity=Severity.MINOR), agent, Severity.MINOR, "")
    for hours, severity in ((1, Severity.MODERATE), (2, Severity.MAJOR)):
        at = now + timedelta(hours=hours)
        SeverityChange.objects.create(case=case, at=at, severity=severity, reason="A promise was broken", by=None)

    migration.reasons_from_sentences(apps, None)

    assert SeverityReason.objects.get(case=case).reason == RaiseReason.BROKEN_PROMISE
    assert rows(case) == [("major", False), ("minor", True), ("moderate", False)]


def test_what_people_chose_stays_as_it_is(log: Log, agent: User) -> None:
    case = told(log(), agent, Severity.MAJOR, "The wedding is tomorrow")
    migration.reasons_from_sentences(apps, None)
    assert rows(case) == [("major", True)]
