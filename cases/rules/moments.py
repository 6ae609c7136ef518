"""Moments as people say them: "today 12:30", "Thu 26 Nov", "2 h 10 min late". Pure: zone and present are given."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cases.rules.explain import in_words

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

_WEEK = 7


def said(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """As short as can be without doubt: the time today, the day this week, the date otherwise."""
    local, today = moment.astimezone(zone), now.astimezone(zone)
    days = (local.date() - today.date()).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days)
    if near is not None:
        return f"{near} {local:%H:%M}"
    if 0 < days < _WEEK or -_WEEK < days < 0:
        return f"{local:%a %H:%M}"
    date = f"{local:%a} {local.day} {local:%b}"
    return date if local.year == today.year else f"{date} {local.year}"


def exact(moment: datetime, zone: tzinfo) -> str:
    """The moment with its zone, for who wants to know precisely."""
    local = moment.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M %Z}"


def due_in_words(due: datetime, now: datetime, zone: tzinfo) -> str:
    """ "2 h 10 min late", or "by today 12:30"."""
    if due < now:
        return f"{in_words(max(now - due, timedelta(minutes=1)))} late"
    return f"by {said(due, now, zone).removeprefix('today ')}"
