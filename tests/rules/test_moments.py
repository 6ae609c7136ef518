"""Moments as people say them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cases.rules.moments import due_in_words, exact, said

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2025, 9, 15, 14, 0, tzinfo=UTC)
"""A Monday, 10:00 in New York."""


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (NOW, "today 10:00"),
        (datetime(2025, 9, 16, 3, 59, tzinfo=UTC), "today 23:59"),
        (datetime(2025, 9, 16, 4, 0, tzinfo=UTC), "tomorrow 00:00"),
        (NOW - timedelta(days=1), "yesterday 10:00"),
        (NOW + timedelta(days=2), "Wed 10:00"),
        (NOW + timedelta(days=6), "Sun 10:00"),
        (NOW - timedelta(days=6), "Tue 10:00"),
        (NOW + timedelta(days=7), "Mon 22 Sep"),
        (NOW - timedelta(days=7), "Mon 8 Sep"),
        (datetime(2025, 1, 1, 5, 0, tzinfo=UTC), "Wed 1 Jan"),
        (datetime(2025, 1, 1, 4, 59, tzinfo=UTC), "Tue 31 Dec 2024"),
    ],
)
def test_a_moment_is_said_as_short_as_can_be_without_doubt(moment: datetime, words: str) -> None:
    assert said(moment, NOW, NEW_YORK) == words


def test_the_exact_moment_names_its_zone_by_the_time_of_year() -> None:
    winter = datetime(2025, 11, 26, 17, 5, tzinfo=UTC)
    assert [exact(moment, NEW_YORK) for moment in (NOW, winter)] == [
        "Mon 15 Sep 2025, 10:00 EDT",
        "Wed 26 Nov 2025, 12:05 EST",
    ]


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (NOW + timedelta(hours=2, minutes=30), "by 12:30"),
        (NOW + timedelta(days=1), "by tomorrow 10:00"),
        (NOW, "by 10:00"),
        (NOW - timedelta(seconds=1), "1 min late"),
        (NOW - timedelta(hours=2, minutes=10), "2 h 10 min late"),
        (NOW - timedelta(days=3, hours=4), "3 d 4 h late"),
    ],
)
def test_what_is_due_says_by_when_or_how_late_it_is(due: datetime, words: str) -> None:
    assert due_in_words(due, NOW, NEW_YORK) == words
