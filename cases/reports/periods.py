"""Stretches of whole days in somebody's own zone, and the moments at which they begin and end.

Limit: days, not working time (``rules.calendars``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

DEFAULT_DAYS = 90
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


def begins(day: date, zone: ZoneInfo) -> datetime:
    """The moment at which a day begins in a zone, in UTC. Where midnight is skipped, the first moment after it."""
    return datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC)


def today(now: datetime, zone: ZoneInfo) -> date:
    return now.astimezone(zone).date()


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, ``first`` and ``last`` included, of one zone."""

    first: date
    last: date
    zone: ZoneInfo

    @classmethod
    def ending_today(cls, days: int, now: datetime, zone: ZoneInfo) -> Self:
        """The last ``days`` days, today included."""
        last = today(now, zone)
        return cls(last - (days - 1) * _DAY, last, zone)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def start(self) -> datetime:
        return begins(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """The first moment that no longer belongs to it."""
        return begins(self.last + _DAY, self.zone)

    def before(self) -> Period:
        """As many days, just before."""
        return Period(self.first - self.days * _DAY, self.first - _DAY, self.zone)

    def mondays(self) -> Iterator[date]:
        """The Mondays of the weeks that it touches; the first may lie before it."""
        monday = self.first - self.first.weekday() * _DAY
        while monday <= self.last:
            yield monday
            monday += _WEEK
