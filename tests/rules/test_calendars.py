"""Working time: opening hours, days off, and the days on which the clocks change."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from cases.errors import RuleError
from cases.rules.calendars import (
    CalendarError,
    OddDay,
    OutOfReachError,
    Window,
    WorkingCalendar,
    holidays_between,
)
from tests.rules.clocks import AROUND_THE_CLOCK, NINE_TO_FIVE, at, office

NEW_YORK = ZoneInfo("America/New_York")
HOUR = timedelta(hours=1)
MORNING = (Window(time(9), time(13)),)
SPLIT = (Window(time(8), time(12)), Window(time(13), time(17)))


# Opening hours


def test_the_moment_of_opening_is_open_and_the_moment_of_closing_is_not() -> None:
    calendar = office()
    assert calendar.is_open(at("2025-05-23 09:00"))
    assert calendar.is_open(at("2025-05-23 16:59:59"))
    assert not calendar.is_open(at("2025-05-23 17:00"))
    assert not calendar.is_open(at("2025-05-24 12:00"))


def test_time_used_up_exactly_at_closing_ends_at_closing() -> None:
    assert office().add_working(at("2025-05-23 15:00"), 120) == at("2025-05-23 17:00")


def test_one_minute_more_than_the_day_has_ends_after_the_next_opening() -> None:
    assert office().add_working(at("2025-05-23 15:00"), 121) == at("2025-05-26 09:01")


def test_time_that_begins_at_night_begins_in_the_morning() -> None:
    assert office().add_working(at("2025-05-20 03:00"), 60) == at("2025-05-20 10:00")


def test_no_time_at_all_is_now_when_open_and_else_the_next_opening() -> None:
    calendar = office()
    assert calendar.add_working(at("2025-05-23 10:30"), 0) == at("2025-05-23 10:30")
    assert calendar.add_working(at("2025-05-23 17:00"), 0) == at("2025-05-26 09:00")
    assert calendar.next_opening(at("2025-05-24 12:00")) == at("2025-05-26 09:00")


def test_a_lunch_break_is_not_working_time() -> None:
    calendar = office(hours=SPLIT)
    assert not calendar.is_open(at("2025-05-20 12:30"))
    assert calendar.add_working(at("2025-05-20 11:00"), 90) == at("2025-05-20 13:30")
    assert calendar.working_between(at("2025-05-20 07:00"), at("2025-05-20 15:00")) == 6 * HOUR


def test_windows_are_put_in_order_whatever_order_they_came_in() -> None:
    assert office(hours=SPLIT[::-1]) == office(hours=SPLIT)


def test_a_window_may_last_until_midnight() -> None:
    calendar = office(hours=(Window(time(18), time(0)),))
    assert calendar.is_open(at("2025-05-20 23:59"))
    assert calendar.add_working(at("2025-05-20 23:00"), 60) == at("2025-05-21 00:00")
    assert calendar.add_working(at("2025-05-20 23:00"), 61) == at("2025-05-21 18:01")


def test_a_window_from_midnight_to_midnight_is_open_around_the_clock() -> None:
    calendar = office(hours=AROUND_THE_CLOCK, days=7)
    assert calendar.add_working(at("2025-05-20 23:30"), 60) == at("2025-05-21 00:30")
    assert calendar.working_between(at("2025-05-20 12:00"), at("2025-05-22 12:00")) == 48 * HOUR


def test_seconds_count() -> None:
    assert office().working_between(at("2025-05-20 16:59:30"), at("2025-05-20 18:00")) == timedelta(seconds=30)


@pytest.mark.parametrize("end", ["2025-05-20 10:00", "2025-05-19 10:00"])
def test_nothing_lies_between_a_moment_and_one_that_is_not_later(end: str) -> None:
    assert office().working_between(at("2025-05-20 10:00"), at(end)) == timedelta(0)


def test_the_zone_in_which_a_moment_is_given_does_not_matter() -> None:
    in_tokyo = at("2025-05-20 10:00").astimezone(ZoneInfo("Asia/Tokyo"))
    assert office().add_working(in_tokyo, 60) == at("2025-05-20 11:00")
    assert office().add_working(in_tokyo, 60).tzinfo is UTC


# Days off


def test_a_holiday_is_skipped() -> None:
    calendar = office(closed={date(2025, 5, 26): "Memorial Day"})
    assert calendar.add_working(at("2025-05-23 16:00"), 120) == at("2025-05-27 10:00")


def test_a_half_day_has_its_own_hours() -> None:
    calendar = office(special={date(2025, 12, 24): MORNING})
    assert calendar.working_between(at("2025-12-24 00:00"), at("2025-12-25 00:00")) == 4 * HOUR


def test_hours_of_its_own_win_over_a_holiday_and_open_a_sunday() -> None:
    calendar = office(
        closed={date(2025, 12, 24): "Christmas Eve"},
        special={date(2025, 12, 24): MORNING, date(2025, 12, 21): MORNING},
    )
    assert calendar.is_open(at("2025-12-24 10:00"))
    assert calendar.is_open(at("2025-12-21 10:00"))


def test_a_special_day_without_hours_is_a_day_off() -> None:
    assert not office(special={date(2025, 12, 22): ()}).is_open(at("2025-12-22 10:00"))


def test_odd_days_are_those_not_worked_as_their_weekday_is() -> None:
    calendar = office(
        closed={date(2025, 12, 25): "Christmas Day", date(2025, 12, 27): "A Saturday"},
        special={date(2025, 12, 24): MORNING, date(2025, 12, 23): NINE_TO_FIVE, date(2025, 12, 31): MORNING},
    )
    assert calendar.odd_days(at("2025-12-22 09:00"), at("2025-12-30 09:00")) == (
        OddDay(date(2025, 12, 24), "", MORNING),
        OddDay(date(2025, 12, 25), "Christmas Day", ()),
    )


# The days on which the clocks change


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", "2025-03-09", 7),
        ("America/New_York", "2025-11-02", 9),
        ("Europe/London", "2025-03-30", 7),
        ("Europe/London", "2025-10-26", 9),
        ("Australia/Lord_Howe", "2025-10-05", 7.5),
        ("Australia/Lord_Howe", "2025-04-06", 8.5),
        ("Asia/Kolkata", "2025-03-30", 8),
    ],
)
def test_a_night_shift_is_as_long_as_it_really_was(zone: str, day: str, hours: float) -> None:
    calendar = office(zone, hours=(Window(time(0), time(8)),), days=7)
    assert calendar.working_between(at(f"{day} 00:00", zone), at(f"{day} 12:00", zone)) == hours * HOUR
    assert calendar.add_working(at(f"{day} 00:00", zone), hours * HOUR) == at(f"{day} 08:00", zone)


@pytest.mark.parametrize(
    ("zone", "friday", "monday"),
    [
        ("America/New_York", "2025-03-07", "2025-03-10"),
        ("America/New_York", "2025-10-31", "2025-11-03"),
        ("Europe/London", "2025-03-28", "2025-03-31"),
        ("Europe/London", "2025-10-24", "2025-10-27"),
        ("Asia/Kolkata", "2025-03-28", "2025-03-31"),
        ("Australia/Lord_Howe", "2025-10-03", "2025-10-06"),
    ],
)
def test_a_clock_change_on_the_weekend_takes_nothing_from_office_hours(zone: str, friday: str, monday: str) -> None:
    assert office(zone).add_working(at(f"{friday} 16:00", zone), 120) == at(f"{monday} 10:00", zone)


def test_moments_in_the_local_zone_are_measured_in_real_time_across_a_clock_change() -> None:
    calendar = office(hours=AROUND_THE_CLOCK, days=7)
    saturday, sunday = (datetime(2025, 11, day, 12, tzinfo=NEW_YORK) for day in (1, 2))
    assert calendar.working_between(saturday, sunday) == 25 * HOUR
    assert calendar.add_working(saturday, 25 * HOUR) == sunday.astimezone(UTC)


def test_a_window_that_begins_in_the_skipped_hour_begins_at_the_jump() -> None:
    calendar = office(hours=(Window(time(2, 30), time(3, 30)),), days=7)
    assert calendar.next_opening(at("2025-03-09 00:00")) == at("2025-03-09 03:00")
    assert calendar.working_between(at("2025-03-09 00:00"), at("2025-03-09 12:00")) == HOUR / 2


def test_a_window_inside_the_skipped_hour_does_not_happen() -> None:
    calendar = office(hours=(Window(time(2), time(2, 45)),), days=7)
    assert calendar.next_opening(at("2025-03-09 00:00")) == at("2025-03-10 02:00")


def test_of_a_repeated_hour_the_first_pass_counts() -> None:
    calendar = office(hours=(Window(time(1), time(1, 30)),), days=7)
    first_pass = datetime(2025, 11, 2, 1, tzinfo=NEW_YORK)
    assert calendar.is_open(first_pass)
    assert not calendar.is_open(first_pass.replace(fold=1))
    assert calendar.working_between(at("2025-11-02 00:00"), at("2025-11-02 12:00")) == HOUR / 2


def test_windows_that_touch_in_the_repeated_hour_lose_nothing() -> None:
    calendar = office(hours=(Window(time(0), time(1, 30)), Window(time(1, 30), time(3))), days=7)
    assert calendar.working_between(at("2025-11-02 00:00"), at("2025-11-02 12:00")) == 4 * HOUR


def test_a_day_whose_midnight_is_skipped_has_23_hours() -> None:
    calendar = office("America/Havana", hours=AROUND_THE_CLOCK, days=7)
    midnights = at("2025-03-09 00:00", "UTC"), at("2025-03-10 12:00", "UTC")
    assert calendar.working_between(*midnights) == 36 * HOUR
    sundays_only = WorkingCalendar("America/Havana", {6: AROUND_THE_CLOCK})
    assert sundays_only.working_between(*midnights) == 23 * HOUR


def test_a_date_that_never_was_has_no_working_time() -> None:
    calendar = office("Pacific/Apia")
    thursday = at("2011-12-29 16:00", "Pacific/Apia")
    assert calendar.add_working(thursday, 120) == at("2012-01-02 10:00", "Pacific/Apia")


# Far away


def test_five_thousand_working_days_are_counted() -> None:
    start = at("2025-01-06 09:00")
    end = office().add_working(start, 5000 * 480)
    assert end == at("2044-03-04 17:00")
    assert office().working_between(start, end) == 5000 * 8 * HOUR


def test_more_working_time_than_twenty_years_hold_is_refused() -> None:
    calendar = WorkingCalendar("America/New_York", {0: (Window(time(9), time(9, 1)),)})
    with pytest.raises(OutOfReachError, match="more than 20 years away: shorten it, or open longer"):
        calendar.add_working(at("2025-01-06 09:00"), 2000)


@pytest.mark.parametrize("minutes", [10**8, 10**30, timedelta.max])
def test_an_absurd_amount_of_time_is_refused(minutes: int | timedelta) -> None:
    with pytest.raises(OutOfReachError, match="more than 20 years ahead"):
        office().add_working(at("2025-01-06 09:00"), minutes)


def test_time_between_dates_further_apart_than_twenty_years_is_refused() -> None:
    with pytest.raises(OutOfReachError, match="choose dates closer together"):
        office().working_between(at("2000-01-01 00:00"), at("2025-01-01 00:00"))


@pytest.mark.parametrize("year", [1, 1899, 2200, 9999])
def test_a_moment_in_an_impossible_year_is_refused(year: int) -> None:
    with pytest.raises(OutOfReachError, match=rf"year {year} is out of reach: choose a date from 1900 to 2199"):
        office().is_open(datetime(year, 6, 1, tzinfo=UTC))


def test_a_negative_amount_of_time_is_refused() -> None:
    with pytest.raises(RuleError, match="choose zero minutes or more"):
        office().add_working(at("2025-01-06 09:00"), -1)


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(RuleError, match="Say which time zone 2025-01-06 09:00 is in"):
        office().is_open(datetime(2025, 1, 6, 9))  # noqa: DTZ001  # the refusal is the point


# Calendars that make no sense


@pytest.mark.parametrize("zone", ["Mars/Base", "", "America", "../etc/passwd", "/etc/passwd", "a\0b"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(CalendarError, match="is not a time zone that we know") as caught:
        office(zone)
    assert caught.value.field == "zone"


@pytest.mark.parametrize("windows", [{}, {0: (), 4: ()}])
def test_a_week_without_a_working_minute_is_refused(windows: dict[int, tuple[Window, ...]]) -> None:
    with pytest.raises(CalendarError, match="at least one weekday"):
        WorkingCalendar("UTC", windows)


@pytest.mark.parametrize(
    ("hours", "sentence"),
    [
        ((Window(time(17), time(9)),), "Wednesday: 17:00 to 09:00 ends before it has begun."),
        ((Window(time(9), time(9)),), "Wednesday: 09:00 to 09:00 ends before it has begun."),
        (
            (*NINE_TO_FIVE, Window(time(16), time(18))),
            "Wednesday: 09:00 to 17:00 and 16:00 to 18:00 overlap.",
        ),
        ((*AROUND_THE_CLOCK, *NINE_TO_FIVE), "Wednesday: 00:00 to 00:00 and 09:00 to 17:00 overlap."),
        (
            (Window(time(9, tzinfo=UTC), time(17)),),
            "Wednesday: opening hours are in the calendar's own time zone.",
        ),
    ],
)
def test_hours_that_make_no_sense_are_refused_by_the_name_of_their_day(
    hours: tuple[Window, ...], sentence: str
) -> None:
    with pytest.raises(CalendarError, match=f"^{re.escape(sentence)}"):
        WorkingCalendar("UTC", {0: NINE_TO_FIVE, 2: hours})


def test_a_special_day_that_makes_no_sense_is_refused_by_its_date() -> None:
    with pytest.raises(CalendarError, match=r"^Wednesday 2025-12-24: 13:00 to 09:00 ends before"):
        office(special={date(2025, 12, 24): (Window(time(13), time(9)),)})


def test_an_eighth_weekday_is_refused() -> None:
    with pytest.raises(CalendarError, match=r"from 0 \(Monday\) to 6 \(Sunday\); 7 is none"):
        WorkingCalendar("UTC", {0: NINE_TO_FIVE, 7: NINE_TO_FIVE})


# Public holidays


def test_public_holidays_have_their_english_names() -> None:
    assert holidays_between("US", None, [2025])[date(2025, 5, 26)] == "Memorial Day"
    assert holidays_between("DE", None, [2025])[date(2025, 10, 3)] == "German Unity Day"


def test_a_subdivision_has_holidays_of_its_own() -> None:
    epiphany = date(2025, 1, 6)
    assert epiphany in holidays_between("DE", "BY", range(2025, 2027))
    assert epiphany not in holidays_between("DE", "BE", range(2025, 2027))
    assert epiphany not in holidays_between("DE", "", range(2025, 2027))


@pytest.mark.parametrize("country", ["ZZ", "", "Germany", "us", "date"])
def test_an_unknown_country_is_refused(country: str) -> None:
    with pytest.raises(CalendarError, match="We know no public holidays for") as caught:
        holidays_between(country, None, [2025])
    assert caught.value.field == "country"


def test_an_unknown_subdivision_is_refused_with_those_there_are() -> None:
    with pytest.raises(
        CalendarError, match=r"“Bavaria” is no subdivision of DE that we know\. There is .*BY"
    ) as caught:
        holidays_between("DE", "Bavaria", [2025])
    assert caught.value.field == "subdivision"
