"""Moments beside now, in working time."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from cases.demo.clock import Clock
from cases.rules.calendars import Window, WorkingCalendar

OFFICE = WorkingCalendar(
    zone="America/New_York", windows={weekday: (Window(time(9), time(17)),) for weekday in range(5)}
)
TUESDAY = datetime(2025, 9, 16, 18, 0, tzinfo=UTC)
SUNDAY = datetime(2025, 9, 14, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize("now", [TUESDAY, SUNDAY])
@pytest.mark.parametrize("hours", [1, 6, 20])
def test_so_much_working_time_ago_is_so_much_working_time_ago(now: datetime, hours: int) -> None:
    moment = Clock(OFFICE, now).ago(hours=hours)
    assert abs(OFFICE.working_between(moment, now) - timedelta(hours=hours)) <= timedelta(minutes=1)


def test_a_share_of_the_way_is_counted_in_working_time() -> None:
    clock = Clock(OFFICE, TUESDAY)
    monday, wednesday = (datetime(2025, 9, day, 13, 0, tzinfo=UTC) for day in (15, 17))
    assert clock.within(monday, wednesday, 0.25) == datetime(2025, 9, 15, 17, 0, tzinfo=UTC)
    assert clock.within(monday, wednesday, 1.5) == datetime(2025, 9, 17, 21, 0, tzinfo=UTC)


def test_it_looks_on_working_days_and_once_more_at_the_end() -> None:
    looks = list(Clock(OFFICE, TUESDAY).looks(4, TUESDAY))
    shown = [moment.astimezone(ZoneInfo(OFFICE.zone)).strftime("%a %H:%M") for moment in looks]
    assert shown == ["Fri 12:01", "Mon 12:01", "Tue 12:01", "Tue 14:00"]
