"""Moments as people say them: "today 12:30", "Thu 26 Nov", "2 h 10 min late". Pure: zone and present are given."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cases.rules.explain import in_words

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

_WEEK = 7
_NEAR = {-1: "yesterday", 0: "today", 1: "tomorrow"}
# By hand, because a page shows a hundred moments, and strftime takes ten times as long.
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def said(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """As short as can be without doubt: the time today, the day this week, the date otherwise."""
    local, today = moment.astimezone(zone), now.astimezone(zone)
    days = local.toordinal() - today.toordinal()
    if days in _NEAR:
        return f"{_NEAR[days]} {_clock(local)}"
    if -_WEEK < days < _WEEK:
        return f"{_DAYS[local.weekday()]} {_clock(local)}"
    date = _date(local)
    return date if local.year == today.year else f"{date} {local.year}"


def beside(moment: datetime, other: datetime, zone: tzinfo) -> str:
    """Next to another moment: the time alone where it is the same day."""
    local, then = moment.astimezone(zone), other.astimezone(zone)
    if local.date() == then.date():
        return _clock(local)
    date = _date(local) if local.year == then.year else f"{_date(local)} {local.year}"
    return f"{date} {_clock(local)}"


def at_the_clock(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """ "10:31" of today, "10:31 on Thu 26 Nov" of another day."""
    local = moment.astimezone(zone)
    is_today = local.toordinal() == now.astimezone(zone).toordinal()
    return _clock(local) if is_today else f"{_clock(local)} on {_date(local)}"


def exact(moment: datetime, zone: tzinfo) -> str:
    """The moment with its zone, for who wants to know precisely."""
    local = moment.astimezone(zone)
    return f"{_date(local)} {local.year}, {_clock(local)} {local.tzname()}"


def due_in_words(due: datetime, now: datetime, zone: tzinfo) -> str:
    """ "2 h 10 min late", or "by today 12:30"."""
    if due < now:
        return f"{in_words(max(now - due, timedelta(minutes=1)))} late"
    return f"by {said(due, now, zone).removeprefix('today ')}"


def _clock(local: datetime) -> str:
    return f"{local.hour:02}:{local.minute:02}"


def _date(local: datetime) -> str:
    return f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]}"


def comes_twice(moment: datetime) -> bool:
    """Whether the clocks of the moment's zone show it twice, because they are put back."""
    wall = moment.replace(tzinfo=None)
    return moment.tzinfo is not None and (
        wall.replace(tzinfo=moment.tzinfo, fold=0).utcoffset() != wall.replace(tzinfo=moment.tzinfo, fold=1).utcoffset()
    )
