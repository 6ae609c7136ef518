"""When a step is due after its case turned out worse, or less bad, than it was thought to be."""

import pytest

from cases.rules.deadlines import ClockFacts, Due, SeverityFact, due
from cases.rules.due_reason import DueReason
from cases.rules.policy import DEFAULT_TARGETS, Policy
from cases.rules.vocabulary import Severity, StepKind
from tests.rules.clocks import MONDAY, at, facts, office, pause

POLICY = Policy(1, DEFAULT_TARGETS)


def ask(kind: StepKind, known: ClockFacts) -> Due:
    return due(kind, known, POLICY, office())


def test_raised_early_the_new_time_counts_from_the_first_knowledge() -> None:
    found = ask(StepKind.CORRECT, facts(MONDAY, Severity.MINOR, ("2025-05-19 11:00", Severity.MAJOR)))
    assert (found.at, found.reason, found.severity) == (
        at("2025-05-20 17:00"),
        DueReason.TARGET,
        Severity.MAJOR,
    )


def test_raised_late_one_working_hour_is_left() -> None:
    found = ask(StepKind.CORRECT, facts(MONDAY, Severity.MINOR, ("2025-05-22 16:30", Severity.MAJOR)))
    assert found.at == at("2025-05-23 09:30")
    assert found.reason is DueReason.RAISE_GRACE
    assert found.change == SeverityFact(at("2025-05-22 16:30"), Severity.MAJOR)


def test_raised_to_what_counts_around_the_clock_one_hour_by_the_clock_is_left() -> None:
    found = ask(StepKind.CORRECT, facts(MONDAY, Severity.MINOR, ("2025-05-22 16:30", Severity.CRITICAL)))
    assert (found.at, found.reason) == (at("2025-05-22 17:30"), DueReason.RAISE_GRACE)


def test_the_grace_after_raising_is_never_more_than_what_was_left() -> None:
    found = ask(StepKind.CORRECT, facts(MONDAY, Severity.MINOR, ("2025-05-23 16:40", Severity.MAJOR)))
    assert (found.at, found.reason) == (at("2025-05-23 17:00"), DueReason.EARLIER_SEVERITY)
    assert found.severity is Severity.MINOR


def test_the_policy_says_how_much_is_left_after_raising() -> None:
    policy = Policy(2, DEFAULT_TARGETS, raise_grace_minutes=15)
    known = facts(MONDAY, Severity.MINOR, ("2025-05-22 16:30", Severity.MAJOR))
    assert due(StepKind.CORRECT, known, policy, office()).at == at("2025-05-22 16:45")


def test_lowered_the_new_time_counts_from_the_first_knowledge() -> None:
    found = ask(StepKind.CORRECT, facts(MONDAY, Severity.MAJOR, ("2025-05-20 12:00", Severity.MINOR)))
    assert (found.at, found.severity) == (at("2025-05-23 17:00"), Severity.MINOR)


@pytest.mark.parametrize("when", ["2025-05-20 17:00", "2025-05-21 10:00"])
def test_lowering_it_after_it_fell_due_does_not_help(when: str) -> None:
    found = ask(StepKind.CORRECT, facts(MONDAY, Severity.MAJOR, (when, Severity.MINOR)))
    assert (found.at, found.reason) == (at("2025-05-20 17:00"), DueReason.EARLIER_SEVERITY)


def test_raising_it_after_it_fell_due_does_not_excuse() -> None:
    found = ask(StepKind.CORRECT, facts(MONDAY, Severity.MAJOR, ("2025-05-21 10:00", Severity.CRITICAL)))
    assert found.at == at("2025-05-20 17:00")


def test_lowering_never_makes_a_step_late_at_once() -> None:
    # 24 hours by the clock end on Tuesday; the one working day of a lower severity would end tonight.
    settled = {StepKind.CORRECT: MONDAY, StepKind.COMPENSATE: MONDAY}
    known = facts(MONDAY, Severity.CRITICAL, ("2025-05-19 16:00", Severity.MAJOR), settled=settled)
    assert ask(StepKind.CONFIRM, known).at == at("2025-05-20 09:00")


def test_lowering_after_a_late_raise_leaves_the_grace_as_the_reason() -> None:
    changes = (("2025-05-22 16:30", Severity.MAJOR), ("2025-05-22 16:40", Severity.MODERATE))
    found = ask(StepKind.CORRECT, facts(MONDAY, Severity.MINOR, *changes))
    assert (found.at, found.reason) == (at("2025-05-23 09:30"), DueReason.RAISE_GRACE)


def test_the_same_severity_said_again_is_no_change() -> None:
    again = facts(MONDAY, Severity.MAJOR, ("2025-05-22 12:00", Severity.MAJOR))
    assert ask(StepKind.CORRECT, again) == ask(StepKind.CORRECT, facts(MONDAY, Severity.MAJOR))


def test_a_severity_noted_at_the_start_is_no_raise() -> None:
    before = SeverityFact(at("2025-05-16 09:00"), Severity.MINOR)
    known = ClockFacts(MONDAY, (before, SeverityFact(MONDAY, Severity.CRITICAL)))
    assert ask(StepKind.ACKNOWLEDGE, known).at == at("2025-05-19 09:30")


def test_raised_and_lowered_again_it_is_as_it_was() -> None:
    changes = (("2025-05-20 09:00", Severity.MAJOR), ("2025-05-20 10:00", Severity.MINOR))
    assert ask(StepKind.CORRECT, facts(MONDAY, Severity.MINOR, *changes)).at == at("2025-05-23 17:00")


def test_waiting_survives_a_change_of_severity() -> None:
    waited = pause("2025-05-19 12:00", "2025-05-19 16:00")
    known = facts(MONDAY, Severity.MINOR, ("2025-05-19 14:00", Severity.MAJOR), pauses=(waited,))
    assert ask(StepKind.CORRECT, known).at == at("2025-05-21 13:00")


def test_the_grace_after_raising_waits_too() -> None:
    waited = pause("2025-05-22 16:00", "2025-05-23 10:00")
    known = facts(MONDAY, Severity.MINOR, ("2025-05-22 16:30", Severity.MAJOR), pauses=(waited,))
    assert ask(StepKind.CORRECT, known).at == at("2025-05-23 11:00")


def test_of_two_severities_at_one_moment_the_higher_counts() -> None:
    both = (SeverityFact(MONDAY, Severity.CRITICAL), SeverityFact(MONDAY, Severity.MINOR))
    assert ask(StepKind.ACKNOWLEDGE, ClockFacts(MONDAY, both)).severity is Severity.CRITICAL


def test_a_step_that_begins_after_a_change_knows_only_the_new_severity() -> None:
    settled = {StepKind.CORRECT: at("2025-05-20 09:00"), StepKind.COMPENSATE: at("2025-05-20 09:00")}
    known = facts(MONDAY, Severity.MINOR, ("2025-05-19 12:00", Severity.MAJOR), settled=settled)
    found = ask(StepKind.CONFIRM, known)
    assert (found.at, found.reason) == (at("2025-05-20 17:00"), DueReason.TARGET)
