"""When each step is due. The office is open 9 to 5; Memorial Day is a day off only where a test says so."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from cases.errors import RuleError
from cases.rules.deadlines import (
    ClockFacts,
    Due,
    PauseFact,
    SeverityFact,
    due,
    due_moments,
    working_late,
)
from cases.rules.due_reason import DueReason
from cases.rules.policy import DEFAULT_TARGETS, Policy, Target
from cases.rules.vocabulary import ClockKind, PauseKind, Severity, StepKind
from tests.rules.clocks import FRIDAY, MONDAY, at, facts, office, pause

POLICY = Policy(1, DEFAULT_TARGETS)
SECOND = timedelta(seconds=1)


def ask(kind: StepKind, known: ClockFacts) -> Due:
    return due(kind, known, POLICY, office())


# What the time counts from


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (StepKind.ACKNOWLEDGE, "2025-05-19 10:00"),
        (StepKind.APOLOGIZE, "2025-05-19 13:00"),
        (StepKind.CORRECT, "2025-05-20 17:00"),
        (StepKind.COMPENSATE, "2025-05-21 17:00"),
    ],
)
def test_the_first_four_steps_count_from_the_first_knowledge(kind: StepKind, expected: str) -> None:
    found = ask(kind, facts())
    assert (found.at, found.starts_at) == (at(expected), MONDAY)
    assert found.reason is DueReason.TARGET
    assert not found.projected


def test_logging_late_gives_no_time_away() -> None:
    logged = SeverityFact(at("2025-05-19 15:00"), Severity.MAJOR)
    assert ask(StepKind.ACKNOWLEDGE, ClockFacts(MONDAY, (logged,))).at == at("2025-05-19 10:00")


def test_a_critical_mistake_on_a_sunday_counts_around_the_clock() -> None:
    found = ask(StepKind.ACKNOWLEDGE, facts(at("2025-05-18 03:00"), Severity.CRITICAL))
    assert found.at == at("2025-05-18 03:30")


def test_confirming_counts_from_the_last_of_correction_and_compensation() -> None:
    settled = {StepKind.CORRECT: at("2025-05-20 10:00"), StepKind.COMPENSATE: at("2025-05-21 11:00")}
    found = ask(StepKind.CONFIRM, facts(settled=settled))
    assert (found.at, found.starts_at) == (at("2025-05-22 11:00"), at("2025-05-21 11:00"))
    assert not found.projected


def test_before_that_confirming_is_projected_from_what_is_still_due() -> None:
    found = ask(StepKind.CONFIRM, facts(settled={StepKind.CORRECT: at("2025-05-19 10:00")}))
    assert (found.at, found.starts_at) == (at("2025-05-22 17:00"), at("2025-05-21 17:00"))
    assert found.projected


def test_the_follow_up_counts_from_the_confirmation_by_the_clock() -> None:
    confirmed = at("2025-03-05 12:00")
    found = ask(StepKind.FOLLOW_UP, facts(settled={StepKind.CONFIRM: confirmed}))
    # The clocks went forward on 9 March: 240 hours later they show one hour more.
    assert found.at == confirmed + timedelta(days=10) == at("2025-03-15 13:00")
    assert not found.projected


def test_the_follow_up_is_projected_through_all_that_comes_before() -> None:
    assert ask(StepKind.FOLLOW_UP, facts()).at == at("2025-06-01 17:00")


def test_a_second_round_has_fresh_clocks() -> None:
    opened = at("2025-06-02 09:00")
    severities = (SeverityFact(MONDAY, Severity.MINOR), SeverityFact(at("2025-05-28 09:00"), Severity.MAJOR))
    again = ClockFacts(opened, severities, round=2)
    assert ask(StepKind.CORRECT, again).at == at("2025-06-03 17:00")


def test_a_holiday_is_not_counted() -> None:
    calendar = office(closed={date(2025, 5, 26): "Memorial Day"})
    assert due(StepKind.CORRECT, facts(FRIDAY), POLICY, calendar).at == at("2025-05-27 17:00")


def test_asking_for_all_steps_is_asking_for_each() -> None:
    known = facts(FRIDAY, Severity.MINOR, ("2025-05-26 10:00", Severity.CRITICAL), pauses=(pause("2025-05-26 11:00"),))
    assert due_moments(known, POLICY, office()) == {kind: ask(kind, known) for kind in StepKind}


# Waiting for the customer


def test_waiting_from_friday_afternoon_to_monday_morning_gives_two_hours_and_not_a_weekend() -> None:
    waited = pause("2025-05-23 16:00", "2025-05-26 10:00")
    assert ask(StepKind.CORRECT, facts(FRIDAY)).at == at("2025-05-26 17:00")
    assert ask(StepKind.CORRECT, facts(FRIDAY, pauses=(waited,))).at == at("2025-05-27 11:00")


def test_waiting_overnight_moves_nothing_into_the_night() -> None:
    waited = pause("2025-05-19 18:00", "2025-05-20 08:00")
    assert ask(StepKind.CORRECT, facts(pauses=(waited,))).at == at("2025-05-20 17:00")


def test_what_counts_around_the_clock_waits_around_the_clock() -> None:
    waited = pause("2025-05-23 16:00", "2025-05-26 10:00")
    assert ask(StepKind.CORRECT, facts(FRIDAY, Severity.CRITICAL, pauses=(waited,))).at == at("2025-05-27 03:00")


@pytest.mark.parametrize("kind", [StepKind.ACKNOWLEDGE, StepKind.APOLOGIZE])
def test_owning_up_waits_for_nobody(kind: StepKind) -> None:
    waiting = facts(pauses=(pause("2025-05-19 09:10"),))
    assert ask(kind, waiting) == ask(kind, facts())
    assert not waiting.is_paused(kind, at("2025-05-19 09:30"))


@pytest.mark.parametrize(
    "woken",
    [
        pause("2025-05-19 12:00", until="2025-05-19 14:00"),
        pause("2025-05-19 12:00", "2025-05-19 14:00"),
        pause("2025-05-19 12:00", "2025-05-19 16:00", "2025-05-19 14:00"),
        pause("2025-05-19 12:00", "2025-05-19 14:00", "2025-05-23 09:00"),
    ],
)
def test_a_pause_wakes_by_itself_or_earlier_by_hand_and_only_once(woken: PauseFact) -> None:
    known = facts(pauses=(woken,))
    assert ask(StepKind.CORRECT, known).at == at("2025-05-21 11:00")
    assert known.is_paused(StepKind.CORRECT, at("2025-05-19 13:59"))
    assert not known.is_paused(StepKind.CORRECT, at("2025-05-19 14:00"))


def test_pauses_that_overlap_count_once() -> None:
    waited = (
        pause("2025-05-19 10:00", "2025-05-19 12:00"),
        pause("2025-05-19 11:00", "2025-05-19 11:30"),
        pause("2025-05-19 11:00", "2025-05-19 13:00"),
        pause("2025-05-19 13:00", "2025-05-19 14:00"),
        pause("2025-05-19 10:00", "2025-05-19 12:00"),
        pause("2025-05-19 15:00", "2025-05-19 15:00"),
    )
    known = facts(pauses=waited)
    assert [(stood.start, stood.end) for stood in known.standstills()] == [
        (at("2025-05-19 10:00"), at("2025-05-19 14:00"))
    ]
    assert ask(StepKind.CORRECT, known).at == at("2025-05-21 13:00")


def test_while_nobody_knows_how_long_we_wait_there_is_no_due_moment() -> None:
    known = facts(pauses=(pause("2025-05-19 12:00"),))
    for kind in (StepKind.CORRECT, StepKind.COMPENSATE, StepKind.CONFIRM, StepKind.FOLLOW_UP):
        found = ask(kind, known)
        assert (found.at, found.reason) == (None, DueReason.WAITING)
        assert found.open_pause
        assert not found.is_overdue(at("2026-01-01 00:00"))


@pytest.mark.parametrize("start", ["2025-05-20 17:00", "2025-05-20 20:00", "2025-05-21 09:00", "2025-05-22 09:00"])
def test_what_fell_due_before_the_waiting_began_stays_due(start: str) -> None:
    found = ask(StepKind.CORRECT, facts(pauses=(pause(start),)))
    assert found.at == at("2025-05-20 17:00")


def test_waiting_that_was_over_before_the_step_began_does_not_matter() -> None:
    settled = {StepKind.CORRECT: MONDAY, StepKind.COMPENSATE: at("2025-05-21 09:00")}
    known = facts(pauses=(pause("2025-05-19 12:00", "2025-05-20 12:00"),), settled=settled)
    assert ask(StepKind.CONFIRM, known).at == at("2025-05-21 17:00")


def test_a_step_that_begins_while_we_wait_begins_when_we_no_longer_wait() -> None:
    settled = {StepKind.CORRECT: MONDAY, StepKind.COMPENSATE: at("2025-05-21 09:00")}
    known = facts(pauses=(pause("2025-05-20 12:00", "2025-05-21 11:00"),), settled=settled)
    assert ask(StepKind.CONFIRM, known).at == at("2025-05-22 11:00")


# What was settled stays settled


def test_nothing_that_happens_after_a_step_was_settled_moves_its_due_moment() -> None:
    settled = {StepKind.CORRECT: at("2025-05-19 15:00")}
    later = facts(
        MONDAY,
        Severity.MAJOR,
        ("2025-05-19 15:30", Severity.CRITICAL),
        pauses=(pause("2025-05-19 16:00"),),
        settled=settled,
    )
    assert ask(StepKind.CORRECT, later) == ask(StepKind.CORRECT, facts(settled=settled))
    assert not later.is_paused(StepKind.CORRECT, at("2025-05-19 16:30"))


def test_a_step_settled_while_we_wait_has_a_due_moment() -> None:
    settled = {StepKind.CORRECT: at("2025-05-20 11:00")}
    found = ask(StepKind.CORRECT, facts(pauses=(pause("2025-05-20 10:00"),), settled=settled))
    assert found.at == at("2025-05-21 10:00")
    assert not found.open_pause


# Promises


def test_an_earlier_promise_wins() -> None:
    promised = at("2025-05-19 15:00")
    found = ask(StepKind.CORRECT, facts(promised={StepKind.CORRECT: promised}))
    assert (found.at, found.reason) == (promised, DueReason.PROMISE)
    assert (found.policy_at, found.policy_reason) == (at("2025-05-20 17:00"), DueReason.TARGET)


@pytest.mark.parametrize("promised", ["2025-05-20 17:00", "2025-06-20 17:00"])
def test_a_later_promise_gives_no_more_time(promised: str) -> None:
    found = ask(StepKind.CORRECT, facts(promised={StepKind.CORRECT: at(promised)}))
    assert (found.at, found.reason) == (at("2025-05-20 17:00"), DueReason.TARGET)


def test_a_promise_binds_while_we_wait() -> None:
    promised = at("2025-05-21 12:00")
    waiting = facts(pauses=(pause("2025-05-19 12:00"),), promised={StepKind.CORRECT: promised})
    assert ask(StepKind.CORRECT, waiting).at == promised


def test_a_promise_is_owed_although_the_steps_before_it_are_not_settled() -> None:
    promised = at("2025-05-19 12:00")
    found = ask(StepKind.CONFIRM, facts(promised={StepKind.CONFIRM: promised}))
    assert not found.projected
    assert found.is_overdue(promised + SECOND)


def test_what_follows_is_projected_from_the_promise() -> None:
    promised = {StepKind.CORRECT: at("2025-05-19 12:00"), StepKind.COMPENSATE: at("2025-05-19 13:00")}
    assert ask(StepKind.CONFIRM, facts(promised=promised)).starts_at == at("2025-05-19 13:00")


# Late


def test_late_by_any_second_is_late() -> None:
    found = ask(StepKind.CORRECT, facts())
    assert not found.is_overdue(at("2025-05-20 17:00"))
    assert found.is_overdue(at("2025-05-20 17:00") + SECOND)


def test_a_projected_step_is_never_overdue() -> None:
    assert not ask(StepKind.CONFIRM, facts()).is_overdue(at("2026-01-01 00:00"))


def test_lateness_is_told_in_working_time() -> None:
    assert working_late(at("2025-05-23 16:00"), at("2025-05-26 10:00"), office()) == timedelta(hours=2)
    assert working_late(at("2025-05-23 16:00"), at("2025-05-23 15:00"), office()) == timedelta(0)


# Facts that make no sense


def test_a_case_without_a_severity_is_refused() -> None:
    with pytest.raises(RuleError, match="Say how badly the customer was hurt"):
        ClockFacts(MONDAY, ())


def test_a_pause_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(RuleError, match="cannot be over before it begins") as caught:
        PauseFact(MONDAY, MONDAY - SECOND)
    assert caught.value.field == "end"
    with pytest.raises(RuleError, match="cannot be over before it begins") as caught:
        PauseFact(MONDAY, until=MONDAY - SECOND)
    assert caught.value.field == "until"


@pytest.mark.parametrize("kind", ["known", "severity", "pause", "settled", "promised"])
def test_a_moment_without_a_time_zone_is_refused_wherever_it_stands(kind: str) -> None:
    naive = MONDAY.replace(tzinfo=None)
    severe = (SeverityFact(MONDAY, Severity.MINOR),)
    attempts: dict[str, Callable[[], object]] = {
        "known": lambda: ClockFacts(naive, severe),
        "severity": lambda: SeverityFact(naive, Severity.MINOR),
        "pause": lambda: PauseFact(naive),
        "settled": lambda: ClockFacts(MONDAY, severe, settled={StepKind.CORRECT: naive}),
        "promised": lambda: ClockFacts(MONDAY, severe, promised={StepKind.CORRECT: naive}),
    }
    with pytest.raises(RuleError, match="Say which time zone"):
        attempts[kind]()


def test_a_legal_hold_stands_still_like_any_pause() -> None:
    held = PauseFact(at("2025-05-19 12:00"), at("2025-05-19 14:00"), kind=PauseKind.LEGAL_HOLD)
    assert ask(StepKind.CORRECT, facts(pauses=(held,))).at == at("2025-05-21 11:00")


def test_a_policy_of_one_minute_works() -> None:
    targets = dict.fromkeys(DEFAULT_TARGETS, Target(1, ClockKind.WORKING))
    assert due(StepKind.CORRECT, facts(), Policy(1, targets), office()).at == at("2025-05-19 09:01")
