"""What the clock does to reminders: both changes of daylight saving time in two zones, and an hour that comes again."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cases.actions import intake
from cases.actions.defaults import add_calendar
from cases.actions.intake import Mistake
from cases.models import Customer, Team, User
from cases.reminders.sweep import sweep
from cases.rules.vocabulary import Channel, CriticalGround, Role, Severity
from tests.reminders.faults.scenarios import MORE, owe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.reminders.faults.scenarios import Clock

ZONES = ("Europe/Berlin", "America/New_York")
STEP = timedelta(minutes=15)
HOUR = timedelta(hours=1)
_EVERY_HOUR = {weekday: (time(0), time(0)) for weekday in range(7)}
_AN_HOUR_BACK = 2


def daylight_saving(clock: Clock) -> int:
    """In the hours around each change a case becomes known every quarter of an hour. Teams with office hours and teams
    that never close take turns. One more is known on the Friday before, and its hour ends on the Monday after."""
    changes = sorted((moment, zone) for zone in ZONES for moment in _changes(zone, clock.now.year + 1))
    for zone in ZONES:
        _make_teams(zone)
    for change, zone in changes:
        office, always = Team.objects.filter(name__endswith=zone).order_by("name")
        clock.now = change.astimezone(ZoneInfo(zone)).replace(hour=16, minute=30).astimezone(UTC) - timedelta(days=2)
        _log(office, Severity.MAJOR, clock.now)
        for clock.now in _steps(change - HOUR - 2 * STEP, change + 2 * STEP):
            _log(always, Severity.MAJOR, clock.now)
            _log(office, Severity.CRITICAL, clock.now)
            sweep(clock.now)
        for clock.now in _steps(change + 3 * STEP, change + 2 * HOUR):
            sweep(clock.now)
        monday = (change + timedelta(days=1)).astimezone(ZoneInfo(zone)).replace(hour=9, minute=0).astimezone(UTC)
        for clock.now in _steps(monday, monday + HOUR):
            sweep(clock.now)
    return 0


def an_hour_back(clock: Clock) -> int:
    """Set back in the middle of things, and on to where it was; some mail is refused and waits for its moment."""
    for _ in range(_AN_HOUR_BACK):
        owe(clock, MORE)
        before = clock.on()
        sweep(before)
        clock.now = before - HOUR
        while clock.now <= before:
            sweep(clock.now)
            clock.on()
    return 0


def _changes(zone: str, year: int) -> Iterator[datetime]:
    """The first moments, in UTC, of another offset."""
    there, begin = ZoneInfo(zone), datetime(year, 1, 1, tzinfo=UTC)
    hours = (begin + number * HOUR for number in range(365 * 24))
    return (
        after
        for before, after in pairwise(hours)
        if before.astimezone(there).utcoffset() != after.astimezone(there).utcoffset()
    )


def _steps(begin: datetime, end: datetime) -> Iterator[datetime]:
    while begin <= end:
        yield begin
        begin += STEP


def _make_teams(zone: str) -> None:
    """One with office hours and one that never closes, with one agent each."""
    boss = User.objects.get(role=Role.ADMINISTRATOR)
    calendars = {
        "1": add_calendar(name=f"Office hours, {zone}", zone=zone),
        "2": add_calendar(name=f"Always, {zone}", zone=zone, week=_EVERY_HOUR),
    }
    for name, calendar in calendars.items():
        team = Team.objects.create(name=f"Team {name}, {zone}", calendar=calendar, manager=boss)
        place = zone.partition("/")[2].lower()
        agent = User.objects.create_user(email=f"{place}{name}@example.com", name=f"{place}{name}", role=Role.AGENT)
        agent.teams.add(team)


def _log(team: Team, severity: Severity, now: datetime) -> None:
    mistake = Mistake(
        title=f"Mistake at {now:%d %B, %H:%M} UTC",
        severity=severity,
        critical_because=CriticalGround.SAFETY,
        channel=Channel.PHONE,
        known_at=now,
        team=team,
        owner=team.members.get(),
    )
    boss = User.objects.get(role=Role.ADMINISTRATOR)
    intake.log_case(mistake=mistake, customer=Customer.objects.get(), actor=boss, now=now)
