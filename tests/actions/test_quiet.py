"""Putting reminders off: until a moment, for a reason."""

from datetime import datetime, timedelta

import pytest

from cases.actions.quiet import put_off_reminders
from cases.errors import NotAllowedError, RuleError
from cases.models import Event, User
from cases.rules.vocabulary import EventKind, Severity
from tests.conftest import Log

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def test_the_reason_stays_with_the_case_and_the_due_moments_stay_as_they_are(
    log: Log, agent: User, now: datetime
) -> None:
    case = log()
    due = list(case.steps.values_list("due_at", flat=True))
    put_off_reminders(case=case, until=now + HOUR, reason=" The carrier calls at one ", actor=agent, now=now)
    assert Event.objects.get(kind=EventKind.REMINDERS_QUIET).facts["reason"] == "The carrier calls at one"
    assert list(case.steps.values_list("due_at", flat=True)) == due


@pytest.mark.parametrize(
    ("after", "reason", "sentence"),
    [
        (timedelta(0), "Later", "in the future"),
        (timedelta(days=8), "Later", "At most 7 days"),
        (HOUR, "  ", "what it waits for"),
    ],
)
def test_later_is_no_moment_and_no_reason(
    log: Log, agent: User, now: datetime, after: timedelta, reason: str, sentence: str
) -> None:
    with pytest.raises(RuleError, match=sentence):
        put_off_reminders(case=log(), until=now + after, reason=reason, actor=agent, now=now)


def test_what_is_critical_cannot_be_put_off(log: Log, agent: User, now: datetime) -> None:
    case = log(severity=Severity.CRITICAL)
    with pytest.raises(RuleError, match="somebody may be in danger"):
        put_off_reminders(case=case, until=now + HOUR, reason="Lunch", actor=agent, now=now)


def test_nobody_of_another_team_puts_it_off(log: Log, outsider: User, now: datetime) -> None:
    with pytest.raises(NotAllowedError):
        put_off_reminders(case=log(), until=now + HOUR, reason="Waiting", actor=outsider, now=now)
