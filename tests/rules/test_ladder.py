"""When each rung of a ladder comes due, and which ladders make no sense."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from cases.errors import RuleError
from cases.rules.calendars import Window, WorkingCalendar
from cases.rules.ladder import DEFAULT_LADDERS, Ladder, Span, moments, still_to_say
from cases.rules.vocabulary import ClockKind, CommitmentKind, Rung, Severity

MONDAY = datetime(2025, 9, 15, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = WorkingCalendar(zone="UTC", windows={day: (Window(time(9), time(17)),) for day in range(5)})
ALL = Ladder(early_percent=50, soon_percent=80, overdue_minutes=60, again_minutes=480, executive_minutes=960)


def test_the_rungs_before_the_due_moment_are_parts_of_the_working_time() -> None:
    span = Span(starts_at=MONDAY, due_at=MONDAY + DAY + 2 * HOUR)
    found = moments(ALL, span, WEEK)
    assert found[Rung.EARLY] == MONDAY + 5 * HOUR
    assert found[Rung.SOON] == MONDAY + 8 * HOUR
    assert found[Rung.DUE] == span.due_at


def test_around_the_clock_they_are_parts_of_the_elapsed_time() -> None:
    span = Span(starts_at=MONDAY, due_at=MONDAY + 10 * DAY, clock=ClockKind.CLOCK)
    found = moments(ALL, span, WEEK)
    assert (found[Rung.EARLY], found[Rung.SOON]) == (MONDAY + 5 * DAY, MONDAY + 8 * DAY)


def test_the_rungs_after_it_are_counted_in_the_time_of_the_ladder() -> None:
    due = MONDAY + 7 * HOUR
    span = Span(due_at=due, escalate_at=MONDAY + DAY)
    working, clock = moments(ALL, span, WEEK), moments(replace(ALL, clock=ClockKind.CLOCK), span, WEEK)
    assert working[Rung.OVERDUE] == MONDAY + 8 * HOUR
    assert working[Rung.AGAIN] == MONDAY + DAY + 7 * HOUR
    assert working[Rung.EXECUTIVE] == MONDAY + 2 * DAY + 8 * HOUR
    assert clock[Rung.AGAIN] == due + 8 * HOUR
    assert clock[Rung.EXECUTIVE] == MONDAY + DAY + 16 * HOUR


def test_a_rung_that_is_switched_off_never_comes() -> None:
    bare = Ladder(at_due=False, to_manager=False)
    assert moments(bare, Span(due_at=MONDAY, starts_at=MONDAY - DAY, escalate_at=MONDAY + DAY), WEEK) == {}


def test_a_promise_is_looked_at_before_closing_and_told_to_the_manager_at_closing() -> None:
    span = Span(due_at=MONDAY + 3 * HOUR, is_promise=True)
    found = moments(ALL, span, WEEK)
    assert found[Rung.DAY_END] == MONDAY + 7 * HOUR
    assert found[Rung.DAY_OVER] == MONDAY + 7 * HOUR + timedelta(minutes=45)


def test_a_manager_who_was_told_during_the_day_is_not_told_again_at_closing() -> None:
    span = Span(due_at=MONDAY + 3 * HOUR, escalate_at=MONDAY + 4 * HOUR, is_promise=True)
    assert Rung.DAY_OVER not in moments(ALL, span, WEEK)


def test_a_promise_for_a_day_off_has_no_closing_to_look_before() -> None:
    assert Rung.DAY_END not in moments(ALL, Span(due_at=MONDAY - DAY, is_promise=True), WEEK)


def test_an_appointment_is_told_a_day_and_two_hours_before() -> None:
    span = Span(starts_at=MONDAY, due_at=MONDAY + 3 * DAY, is_promise=True, is_appointment=True)
    found = moments(Ladder(), span, WEEK)
    assert (found[Rung.EARLY], found[Rung.SOON]) == (MONDAY + 2 * DAY, span.due_at - 2 * HOUR)


def test_an_appointment_in_an_hour_has_nothing_to_tell_before() -> None:
    span = Span(starts_at=MONDAY, due_at=MONDAY + HOUR, is_promise=True, is_appointment=True)
    assert not {Rung.EARLY, Rung.SOON} & set(moments(Ladder(), span, WEEK))


def test_whoever_hears_of_it_late_hears_of_it_once() -> None:
    span = Span(starts_at=MONDAY, due_at=MONDAY + 4 * HOUR, escalate_at=MONDAY + DAY)
    found = moments(ALL, span, WEEK)
    assert set(still_to_say(found, MONDAY + 6 * HOUR)) == {Rung.OVERDUE, Rung.AGAIN, Rung.MANAGER, Rung.EXECUTIVE}
    assert set(still_to_say(found, MONDAY + 9 * DAY)) == {Rung.AGAIN, Rung.MANAGER, Rung.EXECUTIVE}
    assert still_to_say(found, MONDAY) == found


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"early_percent": 80, "soon_percent": 50}, "has to come before"),
        ({"early_percent": 50, "soon_percent": 50}, "has to come before"),
        ({"early_percent": 0}, "from 1 to 99"),
        ({"soon_percent": 100}, "from 1 to 99"),
        ({"soon_percent": -5}, "from 1 to 99"),
        ({"overdue_minutes": 0}, "at least one minute"),
        ({"again_minutes": -60}, "at least one minute"),
        ({"again_minutes": 600_000}, "A year is the most"),
        ({"executive_minutes": 60, "to_manager": False}, "after the manager"),
    ],
)
def test_a_ladder_that_makes_no_sense_is_refused(words: dict[str, int], sentence: str) -> None:
    with pytest.raises(RuleError, match=sentence):
        Ladder(**words)  # type: ignore[arg-type]


def test_every_kind_has_a_ladder_at_every_severity_and_what_is_critical_may_wake_somebody() -> None:
    kinds = set(CommitmentKind) - {CommitmentKind.PREVENTION}
    assert set(DEFAULT_LADDERS) == {
        (CommitmentKind.PREVENTION, ""),
        *((kind, each) for kind in kinds for each in Severity),
    }
    awake = {severity for (_, severity), ladder in DEFAULT_LADDERS.items() if ladder.at_night}
    assert awake == {Severity.CRITICAL}
