"""Answers that are kept for a minute, because a figure over months need not be reckoned anew for every look at it.

Each carries the moment it is true for. Limit: figures over a period, and for some seconds whether reminders are sent;
what is open and late is always asked live.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.cache import cache

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

KEPT_FOR = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Kept[T]:
    """An answer, and as of when it is true."""

    answer: T
    as_of: datetime


def kept[T](key: str, question: Callable[[], T], *, now: datetime, lasting: timedelta = KEPT_FOR) -> Kept[T]:
    """The answer that was found less than a minute before ``now``, or a fresh one. ``key`` names the question and all
    that it depends on, in the characters of an address."""
    found: Kept[T] | None = cache.get(f"report:{key}")
    if found is not None and timedelta(0) <= now - found.as_of < lasting:
        return found
    fresh = Kept(question(), now)
    cache.set(f"report:{key}", fresh, lasting.total_seconds())
    return fresh
