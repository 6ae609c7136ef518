"""Stretches of whole days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from cases.reports.periods import Period

NEW_YORK = ZoneInfo("America/New_York")


def test_ninety_days_end_with_today_in_the_zone_of_the_person() -> None:
    late_evening = datetime(2025, 9, 16, 3, 0, tzinfo=UTC)  # the 15th in New York
    period = Period.ending_today(90, late_evening, NEW_YORK)
    assert (period.last, period.days) == (date(2025, 9, 15), 90)
    assert period.end == datetime(2025, 9, 16, 4, 0, tzinfo=UTC)


def test_days_on_which_the_clocks_change_have_their_true_length() -> None:
    period = Period(date(2025, 3, 9), date(2025, 3, 9), NEW_YORK)
    assert period.end - period.start == timedelta(hours=23)


def test_the_period_before_is_as_long_and_ends_where_this_one_begins() -> None:
    period = Period(date(2025, 9, 1), date(2025, 9, 30), NEW_YORK)
    assert period.before() == Period(date(2025, 8, 2), date(2025, 8, 31), NEW_YORK)
    assert period.before().end == period.start


def test_weeks_begin_on_mondays_and_the_first_may_lie_before() -> None:
    period = Period(date(2025, 9, 17), date(2025, 9, 29), NEW_YORK)
    assert list(period.mondays()) == [date(2025, 9, 15), date(2025, 9, 22), date(2025, 9, 29)]
