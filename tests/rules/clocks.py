"""Calendars and moments that the tests of the rules share. The office is open 9 to 5, Monday to Friday."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from cases.rules.calendars import Window, WorkingCalendar
from cases.rules.deadlines import ClockFacts, PauseFact, SeverityFact
from cases.rules.vocabulary import Severity, StepKind

NINE_TO_FIVE = (Window(time(9), time(17)),)
AROUND_THE_CLOCK = (Window(time(0), time(0)),)


def office(
    zone: str = "America/New_York",
    *,
    hours: tuple[Window, ...] = NINE_TO_FIVE,
    days: int = 5,
    closed: Mapping[date, str] | None = None,
    special: Mapping[date, tuple[Window, ...]] | None = None,
) -> WorkingCalendar:
    """The same hours on the first ``days`` days of each week."""
    return WorkingCalendar(zone, dict.fromkeys(range(days), hours), closed or {}, special or {})


def at(text: str, zone: str = "America/New_York") -> datetime:
    """A moment as the wall clock of the zone shows it; in UTC, so that subtracting it is honest."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


MONDAY = at("2025-05-19 09:00")
FRIDAY = at("2025-05-23 09:00")


def facts(
    known_at: datetime = MONDAY,
    severity: Severity = Severity.MAJOR,
    *changes: tuple[str, Severity],
    pauses: tuple[PauseFact, ...] = (),
    settled: Mapping[StepKind, datetime] | None = None,
    promised: Mapping[StepKind, datetime] | None = None,
) -> ClockFacts:
    """One case, known on a Monday morning, and what happened to its severity since."""
    severities = (SeverityFact(known_at, severity), *(SeverityFact(at(when), to) for when, to in changes))
    return ClockFacts(known_at, severities, pauses, settled or {}, promised or {})


def pause(start: str, end: str | None = None, until: str | None = None) -> PauseFact:
    return PauseFact(at(start), at(end) if end else None, at(until) if until else None)
