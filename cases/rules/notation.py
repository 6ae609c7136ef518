"""How a file writes dates and decimals, decided for the whole file from its values.

One value may be read in two ways (03/04/2019; 1.250). Two values of the same file seldom may.
Limit: year-first dates, also without signs (20190308T101500Z); day-month-year and month-day-year with a year of four
digits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from cases.errors import RuleError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_DAY = re.compile(r"(?P<one>\d{1,4})(?P<by>[-/.])(?P<two>\d{1,2})(?P=by)(?P<three>\d{1,4})")
_TIME = re.compile(
    r"(?:T|,?\s+)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<half>[ap]m)?\s*(?P<offset>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?!\d)(?:T(\d{2})(\d{2})(\d{2})?(?![\d:]))?", re.IGNORECASE)
"""The basic format of ISO 8601."""
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:[.,]\d{3})+|\d+)?(?:[.,]\d*)?")
_NOON = time(12)
_YEAR_DIGITS = 4
_GROUP = 3


class DateOrder(StrEnum):
    """What stands first where the year stands last."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"

    @property
    def words(self) -> str:
        return "day/month/year" if self is DateOrder.DAY_FIRST else "month/day/year"


class DecimalMark(StrEnum):
    """What stands before the decimals."""

    POINT = "point"
    COMMA = "comma"

    @property
    def sign(self) -> str:
        return "." if self is DecimalMark.POINT else ","

    @property
    def words(self) -> str:
        return f"a decimal {self.value}"


@dataclass(frozen=True, slots=True)
class Notation:
    """How one file writes. ``order`` is none where no date of the file needs it."""

    order: DateOrder | None = None
    mark: DecimalMark = DecimalMark.POINT


@dataclass(slots=True)
class Evidence[C: (DateOrder, DecimalMark)]:
    """What the values of a file say about one choice. ``only`` keeps the first line that allows each choice alone."""

    only: dict[C, tuple[int, str]] = field(default_factory=dict)
    undecided: tuple[int, str] | None = None

    def see(self, possible: frozenset[C], line: int, text: str) -> None:
        """Take one value into account. A value that allows no choice, or that is the same either way, says nothing."""
        if len(possible) == 1:
            self.only.setdefault(next(iter(possible)), (line, text))
        elif possible and self.undecided is None:
            self.undecided = (line, text)

    def decide(self, option: str, *, fixed: C | None = None, usual: C | None = None) -> C | None:
        """The choice for the whole file; none where no value needs one.

        ``fixed`` is what the source or the person says: values that contradict it refuse the file. ``usual`` counts
        only where the values leave it open. Raises ``RuleError`` with the lines, and the ``option`` that helps.
        """
        if len(self.only) > 1:
            (one, first), (other, second) = sorted(self.only.items(), key=lambda item: item[1])
            raise RuleError(
                f"This file contradicts itself: line {first[0]} has “{first[1]}” ({one.words}) and line {second[0]} "
                f"“{second[1]}” ({other.words}). Write all of them in one way, then import it again."
            )
        proven = next(iter(self.only), None)
        if fixed is not None and proven not in {None, fixed}:
            line, text = self.only[proven]
            raise RuleError(
                f"Line {line} has “{text}”, which cannot be {fixed.words}. "
                f"If the whole file writes {proven.words}, import it with {option} {proven}."
            )
        found = proven or fixed or usual
        if found is None and self.undecided is not None:
            line, text = self.undecided
            raise RuleError(
                f"No value of this file tells how to read “{text}” (line {line}). "
                f"Import it with {' or '.join(f'{option} {one} for {one.words}' for one in _choices(option))}."
            )
        return found


def orders_of(text: str) -> frozenset[DateOrder]:
    """The orders in which this is a date. None for a date that is the same in both, or is no date."""
    found = _DAY.match(text.strip())
    if found is None or len(found["one"]) == _YEAR_DIGITS:
        return frozenset()
    days = {order: _day(found, order) for order in DateOrder}
    possible = {order for order, day in days.items() if day is not None}
    return frozenset() if days[DateOrder.DAY_FIRST] == days[DateOrder.MONTH_FIRST] else frozenset(possible)


def moment_of(text: str, order: DateOrder | None, zone: ZoneInfo) -> datetime | None:
    """The moment that is written; none where it is none. Without a time: the noon of the day, so that it is the same
    day in the zones around. Without an offset it is a moment in ``zone``."""
    day, rest = _parted(text, order)
    if day is None:
        return None
    if not rest.strip():
        return datetime.combine(day, _NOON, zone)
    written = _TIME.fullmatch(rest)
    clock = _clock(written) if written is not None else None
    if written is None or clock is None:
        return None
    try:
        return datetime.combine(day, clock, _offset(written["offset"]) or zone)
    except ValueError:
        return None


def day_of(text: str, order: DateOrder | None) -> date | None:
    """The day with which this begins, whether or not a time can be read behind it."""
    return _parted(text, order)[0]


def is_bare_day(text: str) -> bool:
    """Whether this is a date without a time."""
    return _DAY.fullmatch(_spread(text.strip())) is not None


def marks_of(text: str) -> frozenset[DecimalMark]:
    """The decimal marks with which this is a number. None for a number that is the same with both, or is no number."""
    digits = _bare(text)
    values = {mark: _number(digits, mark) for mark in DecimalMark}
    possible = {mark for mark, value in values.items() if value is not None}
    return frozenset() if len(set(values.values())) == 1 else frozenset(possible)


def number_of(text: str, mark: DecimalMark) -> Decimal | None:
    """The number that is written; none where it is none."""
    return _number(_bare(text), mark)


def _choices(option: str) -> tuple[DateOrder | DecimalMark, ...]:
    return tuple(DateOrder) if option == "--dates" else tuple(DecimalMark)


def _parted(text: str, order: DateOrder | None) -> tuple[date | None, str]:
    """The day, and what stands behind it."""
    text = _spread(text.strip())
    found = _DAY.match(text)
    return (_day(found, order), text[found.end() :]) if found is not None else (None, text)


def _spread(text: str) -> str:
    """A compact date and time with the signs between (2019-03-08T10:15:00Z)."""
    found = _COMPACT.match(text)
    if found is None:
        return text
    year, month, day, hour, minute, second = found.groups()
    clock = f"T{hour}:{minute}:{second or '00'}" if hour else ""
    return f"{year}-{month}-{day}{clock}{text[found.end() :]}"


def _day(found: re.Match[str], order: DateOrder | None) -> date | None:
    one, two, three = found["one"], found["two"], found["three"]
    if len(one) == _YEAR_DIGITS:
        year, month, day = one, two, three
    elif len(three) != _YEAR_DIGITS or (order is None and one != two):
        return None
    else:
        year, month, day = (three, one, two) if order is DateOrder.MONTH_FIRST else (three, two, one)
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _clock(written: re.Match[str]) -> time | None:
    hour, half = int(written["hour"]), (written["half"] or "").lower()
    if half and not 1 <= hour <= 12:  # noqa: PLR2004 - the hours of half a day
        return None
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return time(hour, int(written["minute"]), int(written["second"] or 0))
    except ValueError:
        return None


def _offset(text: str | None) -> timezone | None:
    """Raises ``ValueError`` for a distance of a day or more."""
    if not text:
        return None
    if text[0].isalpha():
        return UTC
    hours, minutes = int(text[1:3]), int(text[3:].lstrip(":") or 0)
    distance = timedelta(hours=hours, minutes=minutes)
    return timezone(-distance if text[0] == "-" else distance)


def _bare(text: str) -> str:
    """Without blanks and apostrophes between groups (1 250; 1'250)."""
    return re.sub(r"[\s'’\u00a0\u202f]", "", text)


def _number(digits: str, mark: DecimalMark) -> Decimal | None:
    if not _NUMBER.fullmatch(digits) or not any(one.isdigit() for one in digits):
        return None
    whole, _mark, decimals = digits.partition(mark.sign)
    other = "," if mark is DecimalMark.POINT else "."
    groups = whole.lstrip("+-").split(other)
    if other in decimals or mark.sign in decimals:
        return None
    if len(groups) > 1 and not (1 <= len(groups[0]) <= _GROUP and all(len(group) == _GROUP for group in groups[1:])):
        return None
    if len(groups) > 1 and groups[0].startswith("0"):
        return None
    return Decimal(f"{whole.replace(other, '') or '0'}.{decimals or '0'}")
