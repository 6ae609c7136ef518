"""What was late before anyone could be reminded of it is its owner's first, and climbs from there."""

from datetime import datetime, timedelta

import pytest
from django.core.mail import EmailMultiAlternatives

from cases.actions import clocks
from cases.actions.closing import reopen
from cases.actions.promises import Pledge, make_promise
from cases.models import Step, Team, User
from cases.reminders.sweep import sweep
from cases.rules.vocabulary import Channel, Origin, Outcome, Role, Severity, StepKind
from tests.conftest import Log, person
from tests.reports import recovery

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def executive(team: Team, manager: User) -> User:
    """The manager's manager."""
    team.executive = person("Ruth Abara", Role.ADMINISTRATOR)
    team.save()
    return team.executive


def told(mails: list[EmailMultiAlternatives]) -> list[str]:
    return [mail.to[0] for mail in mails]


@pytest.mark.parametrize("severity", list(Severity))
def test_a_case_logged_days_late_tells_its_owner_once(
    log: Log, mailoutbox: list[EmailMultiAlternatives], now: datetime, severity: Severity
) -> None:
    log(known_at=now - 9 * DAY, origin=Origin.SELF_REPORTED, severity=severity)
    sweep(now + MINUTE)
    sweep(now + 2 * MINUTE)
    assert len(mailoutbox) == 1
    assert "maya@example.com" in told(mailoutbox)[0]


def test_the_ladder_climbs_from_the_moment_of_logging(
    log: Log, mailoutbox: list[EmailMultiAlternatives], manager: User, now: datetime
) -> None:
    case = log(known_at=now - 9 * DAY)
    step = case.steps.get(kind=StepKind.ACKNOWLEDGE)
    monday_at_one = now - 7 * DAY + 3 * HOUR
    assert (step.due_at, step.escalate_at) == (monday_at_one, now + DAY)
    sweep(now + MINUTE)
    sweep(now + DAY + MINUTE)
    assert any(manager.email in one for one in told(mailoutbox))


def test_it_is_judged_by_its_own_clock_all_the_same(log: Log, agent: User, now: datetime) -> None:
    case = log(known_at=now - 9 * DAY)
    recovery.acknowledge(case, agent, now)
    assert Step.objects.get(case=case, kind=StepKind.ACKNOWLEDGE).is_late(now)


def test_a_promise_that_lapsed_before_it_was_written_down_tells_its_owner_first(
    log: Log, agent: User, mailoutbox: list[EmailMultiAlternatives], now: datetime
) -> None:
    case = log(known_at=now - HOUR, severity=Severity.MAJOR)
    pledge = Pledge(words="We call", channel=Channel.PHONE, made_at=now - HOUR, due_at=now - 30 * MINUTE)
    make_promise(case=case, pledge=pledge, actor=agent, now=now)
    sweep(now + MINUTE)
    assert {one for one in told(mailoutbox) if "maya" not in one} == set()


def test_what_a_reopened_case_owes_is_heard_of_when_it_is_reopened(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    case = log()
    recovery.close(case, agent, now + HOUR, Outcome.WITHDRAWN)
    reopened = reopen(case=case, reason="It was ours", actor=manager, now=now + 21 * DAY)
    assert clocks.heard_at(reopened) == now + 21 * DAY
