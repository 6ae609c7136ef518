"""The sentence behind a due moment, and durations in words."""

from datetime import date, time, timedelta

import pytest

from cases.rules.calendars import Window, WorkingCalendar
from cases.rules.deadlines import ClockFacts, PauseFact, SeverityFact, due
from cases.rules.explain import explain, hours_in_words, in_words, target_in_words
from cases.rules.policy import DEFAULT_TARGETS, Policy, Target
from cases.rules.vocabulary import ClockKind, PauseKind, Severity, StepKind
from tests.rules.clocks import at, office

KNOWN = at("2025-05-23 15:20")
POLICY = Policy(3, DEFAULT_TARGETS)
CHRISTMAS = {
    date(2025, 12, 25): "Christmas Day",
    date(2025, 12, 26): "Boxing Day",
    date(2026, 1, 1): "New Year's Day",
}
OFFICE = office(
    closed={date(2025, 5, 26): "Memorial Day", **CHRISTMAS},
    special={date(2025, 12, 24): (Window(time(9), time(13)),), date(2025, 12, 29): ()},
)
MAJOR = (SeverityFact(KNOWN, Severity.MAJOR),)


def sentence(kind: StepKind, facts: ClockFacts, calendar: WorkingCalendar = OFFICE, zone: str | None = None) -> str:
    return explain(due(kind, facts, POLICY, calendar), calendar, zone=zone)


def test_it_says_what_the_time_counts_from_and_which_day_was_skipped() -> None:
    assert sentence(StepKind.APOLOGIZE, ClockFacts(KNOWN, MAJOR)) == (
        "Due Tue 27 May 11:20 (New York): 4 working hours from Fri 23 May 15:20, when we first knew; "
        "Memorial Day (Mon 26 May) skipped; policy version 3, major."
    )


def test_it_says_how_much_waiting_was_not_counted() -> None:
    waited = PauseFact(at("2025-05-23 16:00"), at("2025-05-27 10:00"))
    assert sentence(StepKind.CORRECT, ClockFacts(KNOWN, MAJOR, (waited,))) == (
        "Due Thu 29 May 09:20 (New York): 2 working days from Fri 23 May 15:20, when we first knew; "
        "2 h of waiting for the customer not counted; Memorial Day (Mon 26 May) skipped; "
        "policy version 3, major."
    )


def test_waiting_that_cost_no_working_time_is_not_worth_a_word() -> None:
    weekend = PauseFact(at("2025-05-23 18:00"), at("2025-05-25 10:00"))
    assert "waiting" not in sentence(StepKind.CORRECT, ClockFacts(KNOWN, MAJOR, (weekend,)))


def test_waiting_before_or_after_the_time_that_counts_is_not_mentioned() -> None:
    before = PauseFact(at("2025-05-22 09:00"), at("2025-05-22 12:00"), kind=PauseKind.LEGAL_HOLD)
    inside = PauseFact(at("2025-05-27 09:00"), at("2025-05-27 10:00"))
    after = PauseFact(at("2025-06-05 09:00"), kind=PauseKind.LEGAL_HOLD)
    assert "; 1 h of waiting for the customer not counted;" in sentence(
        StepKind.CORRECT, ClockFacts(KNOWN, MAJOR, (before, inside, after))
    )


def test_it_tells_a_legal_hold_from_waiting_for_the_customer() -> None:
    held = PauseFact(at("2025-05-27 09:00"), at("2025-05-27 10:30"), kind=PauseKind.LEGAL_HOLD)
    waited = PauseFact(at("2025-05-27 10:00"), at("2025-05-27 11:30"))
    assert "; 1 h 30 min of legal hold not counted;" in sentence(StepKind.CORRECT, ClockFacts(KNOWN, MAJOR, (held,)))
    assert "; 2 h 30 min of waiting for the customer and legal hold not counted;" in sentence(
        StepKind.CORRECT, ClockFacts(KNOWN, MAJOR, (held, waited))
    )


def test_while_we_wait_it_says_since_when_and_what_is_left() -> None:
    earlier, now = PauseFact(KNOWN, at("2025-05-23 16:20")), PauseFact(at("2025-05-27 10:00"))
    assert sentence(StepKind.CORRECT, ClockFacts(KNOWN, MAJOR, (earlier, now))) == (
        "No due moment yet (New York): waiting for the customer since Tue 27 May 10:00, "
        "with 14 h 20 min left of 2 working days from Fri 23 May 15:20, when we first knew; "
        "1 h of waiting for the customer not counted; Memorial Day (Mon 26 May) skipped; "
        "policy version 3, major."
    )


def test_while_we_wait_after_a_late_raise_it_says_that_the_grace_is_left() -> None:
    raised = SeverityFact(at("2025-05-29 11:00"), Severity.MAJOR)
    waiting = PauseFact(at("2025-05-29 10:00"))
    facts = ClockFacts(KNOWN, (SeverityFact(KNOWN, Severity.MINOR), raised), (waiting,))
    assert sentence(StepKind.CORRECT, facts).startswith(
        "No due moment yet (New York): waiting for the customer since Thu 29 May 10:00, with what is left of "
        "1 working hour after the severity was raised to major on Thu 29 May 11:00; "
    )


def test_while_we_wait_the_steps_after_it_say_what_they_count_from() -> None:
    assert sentence(StepKind.CONFIRM, ClockFacts(KNOWN, MAJOR, (PauseFact(at("2025-05-27 10:00")),))) == (
        "No due moment yet (New York): 1 working day from when the correction and the compensation are "
        "settled, and nobody can say yet when that will be; policy version 3, major."
    )


def test_it_says_that_a_moment_is_only_expected() -> None:
    assert sentence(StepKind.FOLLOW_UP, ClockFacts(KNOWN, MAJOR)) == (
        "Expected to be due Mon 9 Jun 15:20 (New York): 10 days from Fri 30 May 15:20, when the confirmation "
        "is expected to be settled; policy version 3, major."
    )


def test_it_says_what_was_settled_before() -> None:
    settled = {StepKind.CORRECT: at("2025-05-27 09:30"), StepKind.COMPENSATE: at("2025-05-27 09:00")}
    assert sentence(StepKind.CONFIRM, ClockFacts(KNOWN, MAJOR, settled=settled)) == (
        "Due Wed 28 May 09:30 (New York): 1 working day from Tue 27 May 09:30, when the correction and the "
        "compensation were settled; policy version 3, major."
    )


def test_it_says_which_round_was_opened() -> None:
    assert "from Fri 23 May 15:20, when round 2 was opened;" in sentence(
        StepKind.CORRECT, ClockFacts(KNOWN, MAJOR, round=2)
    )


def test_it_says_that_a_late_raise_decided() -> None:
    raised = SeverityFact(at("2025-05-30 10:00"), Severity.MAJOR)
    facts = ClockFacts(KNOWN, (SeverityFact(KNOWN, Severity.MINOR), raised))
    assert sentence(StepKind.CORRECT, facts) == (
        "Due Fri 30 May 11:00 (New York): 1 working hour after the severity was raised to major on "
        "Fri 30 May 10:00, because 2 working days from Fri 23 May 15:20, when we first knew, would leave "
        "too little; Memorial Day (Mon 26 May) skipped; policy version 3, major."
    )


def test_it_says_which_change_of_severity_moved_nothing() -> None:
    lowered, raised = (
        SeverityFact(at("2025-05-28 10:00"), Severity.MINOR),
        SeverityFact(at("2025-05-27 15:00"), Severity.CRITICAL),
    )
    assert sentence(StepKind.ACKNOWLEDGE, ClockFacts(KNOWN, (*MAJOR, lowered))).endswith(
        "; it was due before the severity became minor on Wed 28 May 10:00; policy version 3, major."
    )
    minor = SeverityFact(KNOWN, Severity.MINOR)
    assert sentence(StepKind.ACKNOWLEDGE, ClockFacts(KNOWN, (minor, raised))).endswith(
        "; the severity became critical on Tue 27 May 15:00, which did not move it; policy version 3, minor."
    )


def test_it_says_that_a_promise_decided_and_what_would_be_otherwise() -> None:
    facts = ClockFacts(KNOWN, MAJOR, promised={StepKind.CORRECT: at("2025-05-27 12:00")})
    assert sentence(StepKind.CORRECT, facts) == (
        "Due Tue 27 May 12:00 (New York), as promised; otherwise due Wed 28 May 15:20: 2 working days from "
        "Fri 23 May 15:20, when we first knew; Memorial Day (Mon 26 May) skipped; policy version 3, major."
    )


def test_it_says_that_a_promise_binds_while_we_wait() -> None:
    waiting = PauseFact(at("2025-05-27 10:00"))
    facts = ClockFacts(KNOWN, MAJOR, (waiting,), promised={StepKind.CORRECT: at("2025-05-27 12:00")})
    assert sentence(StepKind.CORRECT, facts).startswith(
        "Due Tue 27 May 12:00 (New York), as promised; otherwise no due moment yet: waiting for the customer"
    )


def test_it_names_days_off_and_half_days_and_the_other_year() -> None:
    known = at("2025-12-23 16:00")
    assert sentence(StepKind.CORRECT, ClockFacts(known, (SeverityFact(known, Severity.MINOR),))) == (
        "Due Tue 6 Jan 2026 12:00 (New York): 5 working days from Tue 23 Dec 16:00, when we first knew; "
        "Christmas Day (Thu 25 Dec), Boxing Day (Fri 26 Dec), Mon 29 Dec and 1 more closed day skipped; "
        "Wed 24 Dec with hours of its own; policy version 3, minor."
    )


def test_it_speaks_in_the_readers_zone() -> None:
    assert sentence(StepKind.ACKNOWLEDGE, ClockFacts(KNOWN, MAJOR), zone="Asia/Kolkata") == (
        "Due Sat 24 May 01:50 (Kolkata): 1 working hour from Sat 24 May 00:50, when we first knew; "
        "policy version 3, major."
    )


def test_around_the_clock_no_day_is_skipped_and_waiting_counts_by_the_clock() -> None:
    critical = (SeverityFact(KNOWN, Severity.CRITICAL),)
    waited = PauseFact(at("2025-05-23 16:00"), at("2025-05-26 18:00"))
    assert sentence(StepKind.CORRECT, ClockFacts(KNOWN, critical, (waited,))) == (
        "Due Tue 27 May 17:20 (New York): 24 hours around the clock from Fri 23 May 15:20, when we first "
        "knew; 3 d 2 h of waiting for the customer not counted; policy version 3, critical."
    )


@pytest.mark.parametrize(
    ("minutes", "clock", "words"),
    [
        (480, ClockKind.WORKING, "1 working day"),
        (960, ClockKind.WORKING, "2 working days"),
        (60, ClockKind.WORKING, "1 working hour"),
        (90, ClockKind.WORKING, "90 working minutes"),
        (1, ClockKind.CLOCK, "1 minute around the clock"),
        (1440, ClockKind.CLOCK, "24 hours around the clock"),
        (20160, ClockKind.CLOCK, "14 days"),
    ],
)
def test_targets_are_said_as_people_say_them(minutes: int, clock: ClockKind, words: str) -> None:
    assert target_in_words(Target(minutes, clock), OFFICE) == words


def test_working_days_are_hours_where_the_calendars_days_have_another_length() -> None:
    mornings = office(hours=(Window(time(9), time(13)),))
    assert target_in_words(Target(960, ClockKind.WORKING), mornings) == "16 working hours"


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (timedelta(0), "0 min"),
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(minutes=45, seconds=59), "45 min"),
        (timedelta(hours=2, minutes=10), "2 h 10 min"),
        (timedelta(hours=4), "4 h"),
        (timedelta(days=3), "3 d"),
        (timedelta(days=3, hours=4, minutes=59), "3 d 4 h"),
        (timedelta(minutes=-90), "minus 1 h 30 min"),
        (timedelta(days=-2), "minus 2 d"),
    ],
)
def test_durations_are_said_as_people_say_them(duration: timedelta, words: str) -> None:
    assert in_words(duration) == words


def test_working_time_has_no_days_of_24_hours() -> None:
    assert hours_in_words(timedelta(hours=26, minutes=30)) == "26 h 30 min"
    assert hours_in_words(timedelta(hours=-26)) == "minus 26 h"
