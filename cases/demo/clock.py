"""Moments beside now, told in working time, so that a demo loaded on a Sunday is as lively as one of a Tuesday."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cases.rules.calendars import WorkingCalendar

DAY = timedelta(hours=8)
_FAR = timedelta(days=60)
_EXACT = timedelta(seconds=30)
_LOOK = time(12, 1)


@dataclass(frozen=True, slots=True)
class Clock:
    """``now`` is where the invented history ends and the present begins."""

    calendar: WorkingCalendar
    now: datetime

    def ago(self, days: float = 0, hours: float = 0, minutes: float = 0) -> datetime:
        """That much working time before now; a day has eight hours."""
        wanted = timedelta(hours=8 * days + hours, minutes=minutes)
        early, late = self.now - _FAR, self.now
        while late - early > _EXACT:
            middle = early + (late - early) / 2
            if self.calendar.working_between(middle, self.now) >= wanted:
                early = middle
            else:
                late = middle
        return early.replace(second=0, microsecond=0)

    def after(self, moment: datetime, working: timedelta) -> datetime:
        return self.calendar.add_working(moment, working)

    def within(self, start: datetime, end: datetime, share: float) -> datetime:
        """A moment in working hours, this share of the way from start to end; beyond 1 it is past the end."""
        span = max(self.calendar.working_between(start, end), timedelta(minutes=10))
        return self.calendar.add_working(max(start, end) if share > 1 else start, span * (share - (share > 1)))

    def open_at(self, days_ago: float) -> datetime:
        """So many days ago, or when the doors opened next."""
        moment = self.now - timedelta(days=days_ago)
        return self.calendar.next_opening(moment).replace(second=0, microsecond=0)

    def looks(self, days: int, until: datetime) -> Iterator[datetime]:
        """A moment after noon on each working day, in the zone of the calendar, for so many days before now; then the
        last one, ``until``."""
        zone = ZoneInfo(self.calendar.zone)
        first = (self.now - timedelta(days=days)).astimezone(zone).date()
        dates = (first + timedelta(days=number) for number in range(days + 1))
        moments = (datetime.combine(date, _LOOK, tzinfo=zone) for date in dates if self.calendar.hours_on(date))
        yield from (moment for moment in moments if moment < until)
        yield until
