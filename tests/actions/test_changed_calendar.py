"""When working hours change, what is owed by them moves, and nothing else."""

from datetime import datetime, time, timedelta

import pytest

from cases.actions.defaults import add_calendar
from cases.actions.events import told
from cases.actions.housekeeping import rederive_open_cases
from cases.actions.learning import Plan, plan_prevention
from cases.errors import NotAllowedError
from cases.models import Case, Event, Team, User, WorkingCalendar
from cases.rules.vocabulary import EventKind, PreventionKind, Severity, StepKind
from tests.actions.endings import withdraw
from tests.conftest import Log
from tests.refusals import refused
from tests.reports import recovery

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def calendar(team: Team) -> WorkingCalendar:
    return team.calendar


def open_later(calendar: WorkingCalendar) -> None:
    """From 9 to 17 to 12 to 20: a Monday at 10:00 is outside now."""
    calendar.windows.update(start=time(12), end=time(20))


def rederive(calendar: WorkingCalendar, actor: User, now: datetime) -> int:
    return rederive_open_cases(calendar=calendar, actor=actor, now=now)


def test_due_moments_and_escalations_move_and_the_timeline_says_why(
    log: Log, calendar: WorkingCalendar, administrator: User, now: datetime
) -> None:
    case = log()
    open_later(calendar)

    assert rederive(calendar, administrator, now + HOUR) == 1

    moved = recovery.fresh(case)
    assert (case.next_due_at, moved.next_due_at) == (now + 4 * HOUR, now + 6 * HOUR)
    assert moved.version == case.version
    event = Event.objects.get(kind=EventKind.HOURS_CHANGED)
    assert (event.actor, event.facts["calendar"]) == (administrator, "Working week")
    assert told(event, customer="").texts == ("The working hours of “Working week” were changed",)
    assert rederive(calendar, administrator, now + HOUR) == 0


def test_what_was_settled_or_closed_stays_as_it_was(
    log: Log, calendar: WorkingCalendar, agent: User, administrator: User, now: datetime
) -> None:
    case, closed = log(), log(whom=recovery.another_customer("Noor", now))
    recovery.acknowledge(case, agent, now + HOUR)
    withdraw(closed, agent, now + HOUR)
    due = case.steps.get(kind=StepKind.ACKNOWLEDGE).due_at
    open_later(calendar)

    assert rederive(calendar, administrator, now + HOUR) == 1

    assert case.steps.get(kind=StepKind.ACKNOWLEDGE).due_at == due
    assert recovery.fresh(closed).next_due_at is None


def test_the_word_that_a_customer_waits_for_moves_too(
    log: Log, calendar: WorkingCalendar, administrator: User, now: datetime
) -> None:
    update = log().status_updates.get()
    assert update.due_at == now + 2 * DAY
    open_later(calendar)

    rederive(calendar, administrator, now)

    update.refresh_from_db()
    assert update.due_at == now + DAY + 10 * HOUR  # Tuesday at 20:00, after two days of eight hours


def test_clock_time_does_not_follow_the_calendar(
    log: Log, calendar: WorkingCalendar, administrator: User, now: datetime
) -> None:
    case = log(severity=Severity.CRITICAL)
    before = case.steps.get(kind=StepKind.APOLOGIZE).due_at
    open_later(calendar)

    rederive(calendar, administrator, now)

    assert case.steps.get(kind=StepKind.APOLOGIZE).due_at == before


def test_another_calendar_is_no_concern_of_these_cases(log: Log, administrator: User, now: datetime) -> None:
    case = log()
    other = add_calendar(name="Nights", zone="Asia/Tokyo")

    assert rederive(other, administrator, now) == 0
    assert recovery.fresh(case).next_due_at == case.next_due_at


def test_cases_of_no_team_go_by_the_oldest_calendar(
    log: Log, calendar: WorkingCalendar, administrator: User, now: datetime
) -> None:
    log(team=None)
    open_later(calendar)

    assert rederive(calendar, administrator, now) == 1


def test_imported_history_has_no_clock_to_move(
    log: Log, calendar: WorkingCalendar, administrator: User, now: datetime
) -> None:
    log()
    Case.objects.update(is_timed=False)
    open_later(calendar)

    assert rederive(calendar, administrator, now) == 0


def test_when_the_manager_is_told_of_promises_and_changes_moves_too(
    log: Log, calendar: WorkingCalendar, agent: User, administrator: User, now: datetime
) -> None:
    case = log()
    promise = recovery.promise(case, agent, now, now + HOUR)
    plan = Plan(kind=PreventionKind.TOOL, change="Two colors", owner=agent, due_at=now + DAY)
    action = plan_prevention(incident=case.incident, plan=plan, actor=agent, now=now)
    open_later(calendar)

    rederive(calendar, administrator, now)

    promise.refresh_from_db()
    action.refresh_from_db()
    assert promise.escalate_at == now + 3 * HOUR
    assert action.escalate_at == now + DAY + 10 * HOUR


def test_only_an_administrator_moves_what_everybody_owes(
    log: Log, calendar: WorkingCalendar, manager: User, now: datetime
) -> None:
    log()

    with refused("does not let you change the settings", by=NotAllowedError):
        rederive(calendar, manager, now)
