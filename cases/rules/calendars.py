"""Working time: when an organization is open, and how much of that lies between two moments.

Moments come in with any time zone and go out in UTC; everything is reckoned on the real instants at which the
doors open and close, so a day on which the clocks change has its true length.
Limit: it looks at most ``HORIZON`` ahead.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import holidays

from cases.errors import RuleError

HORIZON = timedelta(days=20 * 366)
"""How far a search for working time goes before it gives up: 5,000 working days of a five-day week fit in."""

NOTHING = timedelta(0)
_YEARS = range(1900, 2200)
_MIDNIGHT = time(0)
_REMEMBERED_DAYS = 10_000
_DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class CalendarError(RuleError):
    """A calendar that makes no sense."""


class OutOfReachError(RuleError):
    """A moment, or an amount of working time, further away than anybody plans."""


def in_utc(moment: datetime) -> datetime:
    """The same moment in UTC. Refuses one without a time zone, and one outside the years 1900 to 2199."""
    if moment.utcoffset() is None:
        raise RuleError(f"Say which time zone {moment:%Y-%m-%d %H:%M} is in.")
    if moment.year not in _YEARS:
        raise OutOfReachError(
            f"The year {moment.year} is out of reach: choose a date from {_YEARS[0]} to {_YEARS[-1]}."
        )
    return moment.astimezone(UTC)


def load_zone(name: str) -> ZoneInfo:
    """The IANA time zone of that name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise CalendarError(
            f"“{name}” is not a time zone that we know: choose one such as America/New_York.", field="zone"
        ) from error


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """One stretch of opening hours on the wall clock; ``end=time(0)`` is the midnight that ends the day.

    ``Window(time(0), time(0))`` is open around the clock. The calendar checks it, because only the calendar
    knows which day to name.
    """

    start: time
    end: time

    @property
    def nominal(self) -> timedelta:
        """Its length on a day on which the clocks do not change."""
        return _since_midnight(self.end, closing=True) - _since_midnight(self.start)


@dataclass(frozen=True, slots=True)
class OddDay:
    """A date with other hours than its weekday; no ``hours`` means closed, and ``name`` may be empty."""

    day: date
    name: str
    hours: tuple[Window, ...]


type _Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """The hours of one organization or team.

    ``windows`` goes by weekday (0 is Monday); a weekday left out is a day off. ``closed`` maps a date to what
    it is called. ``special`` gives a date hours of its own and wins over ``closed``, as for a half holiday.
    """

    zone: str
    windows: Mapping[int, tuple[Window, ...]]
    closed: Mapping[date, str] = field(default_factory=dict)
    special: Mapping[date, tuple[Window, ...]] = field(default_factory=dict)
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)
    _days: dict[date, tuple[_Span, ...]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        weekly = {day: _checked(self.windows.get(day, ()), _DAY_NAMES[day]) for day in range(7)}
        if unknown := set(self.windows) - set(weekly):
            raise CalendarError(f"Weekdays go from 0 (Monday) to 6 (Sunday); {min(unknown)} is none.", field="windows")
        if not any(weekly.values()):
            raise CalendarError("Give at least one weekday working hours.", field="windows")
        special = {
            day: _checked(hours, f"{_DAY_NAMES[day.weekday()]} {day}") for day, hours in sorted(self.special.items())
        }
        object.__setattr__(self, "_zone", load_zone(self.zone))
        object.__setattr__(self, "windows", weekly)
        object.__setattr__(self, "closed", dict(sorted(self.closed.items())))
        object.__setattr__(self, "special", special)

    def hours_on(self, day: date) -> tuple[Window, ...]:
        """The opening hours of a date, on the wall clock of the calendar's zone."""
        if day in self.special:
            return self.special[day]
        return () if day in self.closed else self.windows[day.weekday()]

    def is_open(self, at: datetime) -> bool:
        """Whether somebody works at this moment; the moment of closing is no longer open."""
        at = in_utc(at)
        return any(opens <= at < closes for opens, closes in self._spans_on(at.astimezone(self._zone).date()))

    def next_opening(self, at: datetime) -> datetime:
        """``at`` itself when open, else the moment at which the doors open next."""
        return self.add_working(at, NOTHING)

    def closing_on(self, at: datetime) -> datetime | None:
        """The moment at which the doors close on the day of ``at``, as the calendar's zone dates it; ``None`` on a day
        off."""
        spans = self._spans_on(in_utc(at).astimezone(self._zone).date())
        return spans[-1][1] if spans else None

    def add_working(self, start: datetime, minutes: int | timedelta) -> datetime:
        """The moment at which that much working time has passed since ``start``.

        Time that is used up exactly at closing ends at closing, not at the next opening. No time at all
        outside working hours is the next opening, because work begins there.
        """
        left = _as_duration(minutes)
        for opens, closes in self._spans_from(in_utc(start)):
            if left <= closes - opens:
                return opens + left
            left -= closes - opens
        raise OutOfReachError("That much working time is more than 20 years away: shorten it, or open longer.")

    def working_between(self, start: datetime, end: datetime) -> timedelta:
        """The working time from ``start`` to ``end``; nothing when ``end`` is not after ``start``."""
        start, end = in_utc(start), in_utc(end)
        if end - start > HORIZON:
            raise OutOfReachError("Working time is counted over at most 20 years: choose dates closer together.")
        total = NOTHING
        for opens, closes in self._spans_from(start):
            if opens >= end:
                break
            total += min(closes, end) - opens
        return total

    def odd_days(self, start: datetime, end: datetime) -> tuple[OddDay, ...]:
        """The dates from ``start`` to ``end``, both included, that are not worked as their weekday is."""
        first, last = (in_utc(moment).astimezone(self._zone).date() for moment in (start, end))
        return tuple(
            OddDay(day, self.closed.get(day, ""), self.hours_on(day))
            for day in sorted({*self.closed, *self.special})
            if first <= day <= last and self.hours_on(day) != self.windows[day.weekday()]
        )

    def _spans_from(self, at: datetime) -> Iterator[_Span]:
        """What is left of the opening hours after ``at`` (in UTC), in order, until the horizon."""
        today = at.astimezone(self._zone).date().toordinal()
        for ordinal in range(today, today + HORIZON.days + 2):
            for opens, closes in self._spans_on(date.fromordinal(ordinal)):
                if closes > at:
                    yield max(opens, at), closes

    def _spans_on(self, day: date) -> tuple[_Span, ...]:
        """The opening hours of a date as instants; remembered, because pages ask for the same weeks again."""
        spans = self._days.get(day)
        if spans is None:
            if len(self._days) >= _REMEMBERED_DAYS:
                self._days.clear()
            spans = self._days[day] = tuple(_instants(day, self.hours_on(day), self._zone))
        return spans


def holidays_between(country: str, subdivision: str | None, years: Iterable[int]) -> dict[date, str]:
    """Public holidays of a country (ISO 3166 code) or of one of its subdivisions, with English names."""
    return dict(_reckoned(country, subdivision, tuple(years)))


@lru_cache(maxsize=64)
def _reckoned(country: str, subdivision: str | None, years: tuple[int, ...]) -> tuple[tuple[date, str], ...]:
    """To reckon them takes as long as everything else that a calendar is made of."""
    if not re.fullmatch("[A-Z]{2}", country):
        raise _unknown_country(country)
    try:
        subdivisions = holidays.country_holidays(country).subdivisions
    except NotImplementedError as error:
        raise _unknown_country(country) from error
    if subdivision and subdivision not in subdivisions:
        choices = ", ".join(subdivisions) or "none, so leave it empty"
        raise CalendarError(
            f"“{subdivision}” is no subdivision of {country} that we know. There is {choices}.",
            field="subdivision",
        )
    # Where the package has no English names, it falls back to the country's own language.
    found = holidays.country_holidays(country, subdiv=subdivision or None, years=list(years), language="en_US")
    return tuple(sorted(found.items()))


def _unknown_country(country: str) -> CalendarError:
    sentence = f"We know no public holidays for “{country}”: choose a two-letter country code such as US."
    return CalendarError(sentence, field="country")


def _since_midnight(moment: time, *, closing: bool = False) -> timedelta:
    if closing and moment == _MIDNIGHT:
        return timedelta(days=1)
    return datetime.combine(date.min, moment) - datetime.combine(date.min, _MIDNIGHT)


def _as_duration(minutes: int | timedelta) -> timedelta:
    try:
        duration = minutes if isinstance(minutes, timedelta) else timedelta(minutes=minutes)
    except OverflowError:
        duration = timedelta.max
    if duration > HORIZON:
        raise OutOfReachError("Nobody plans more than 20 years ahead: choose a shorter time.")
    if duration < NOTHING:
        raise RuleError("Working time is counted forward: choose zero minutes or more.")
    return duration


def _checked(hours: Iterable[Window], day: str) -> tuple[Window, ...]:
    """The windows of one day in order, or an error that names the day."""
    ordered = tuple(sorted(hours))
    for window in ordered:
        if window.start.tzinfo or window.end.tzinfo:
            raise CalendarError(f"{day}: opening hours are in the calendar's own time zone.", field="windows")
        if window.nominal <= NOTHING:
            raise CalendarError(
                f"{day}: {window.start:%H:%M} to {window.end:%H:%M} ends before it has begun. "
                "Swap the two times, or split it at midnight into two days.",
                field="windows",
            )
    for earlier, later in pairwise(ordered):
        if _since_midnight(earlier.end, closing=True) > _since_midnight(later.start):
            raise CalendarError(
                f"{day}: {earlier.start:%H:%M} to {earlier.end:%H:%M} and {later.start:%H:%M} to "
                f"{later.end:%H:%M} overlap. Make one of them shorter.",
                field="windows",
            )
    return ordered


def _instants(day: date, hours: Iterable[Window], zone: ZoneInfo) -> Iterator[_Span]:
    """Windows as moments in UTC; what falls into a skipped hour has no length, and is left out."""
    for window in hours:
        closing_day = day + timedelta(days=1) if window.end == _MIDNIGHT else day
        opens = _first_instant(datetime.combine(day, window.start), zone)
        closes = _first_instant(datetime.combine(closing_day, window.end), zone)
        if closes > opens:
            yield opens, closes


def _first_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first moment at which the wall clock shows ``wall`` or later.

    One rule for both clock changes: of a repeated hour the first pass counts, and a skipped hour is over at
    the moment of the jump. So windows that touch on paper also touch in fact.
    """
    before = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    after = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if before <= after:
        return before
    early, late = 0, int((before - after).total_seconds())
    while late - early > 1:
        middle = (early + late) // 2
        shown = (after + timedelta(seconds=middle)).astimezone(zone).replace(tzinfo=None)
        early, late = (early, middle) if shown >= wall else (middle, late)
    return after + timedelta(seconds=late)
