"""Somebody turns out to have known before: what is left of open steps then."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cases.rules.deadlines import ClockFacts, due
from cases.rules.due_reason import DueReason
from cases.rules.explain import explain
from cases.rules.learned_late import Told, heard_since, left_when_learned_late
from cases.rules.policy import DEFAULT_TARGETS, Policy
from cases.rules.vocabulary import StepKind
from tests.rules.clocks import FRIDAY, MONDAY, at, facts, office

POLICY = Policy(1, DEFAULT_TARGETS)


def held(kind: StepKind, now: str, later: ClockFacts, earlier: ClockFacts) -> ClockFacts:
    """The facts after it was learned at ``now`` that ``earlier`` holds."""
    before, after = (due(kind, known, POLICY, office()) for known in (later, earlier))
    left = left_when_learned_late(kind, before, after, at(now), office())
    return replace(earlier, not_before={kind: left} if left else {})


def test_at_least_the_grace_of_a_raise_is_left_in_working_hours() -> None:
    known = held(StepKind.CORRECT, "2025-05-23 10:00", facts(FRIDAY), facts(MONDAY))

    found = due(StepKind.CORRECT, known, POLICY, office())

    grace = office().add_working(at("2025-05-23 10:00"), POLICY.raise_grace_minutes)
    assert (found.at, found.reason) == (grace, DueReason.LEARNED_LATE)
    assert "known before" in explain(found, office())


def test_it_is_never_later_than_it_was() -> None:
    known = held(StepKind.ACKNOWLEDGE, "2025-05-23 09:50", facts(FRIDAY), facts(MONDAY))

    assert due(StepKind.ACKNOWLEDGE, known, POLICY, office()).at == at("2025-05-23 10:00")


def test_what_was_late_already_stays_late() -> None:
    known = held(StepKind.ACKNOWLEDGE, "2025-05-23 12:00", facts(FRIDAY), facts(MONDAY))

    assert due(StepKind.ACKNOWLEDGE, known, POLICY, office()).at == at("2025-05-23 10:00")


def test_a_promise_binds_all_the_same() -> None:
    known = held(StepKind.CORRECT, "2025-05-23 10:00", facts(FRIDAY), facts(MONDAY))
    known = replace(known, promised={StepKind.CORRECT: at("2025-05-23 10:30")})

    assert due(StepKind.CORRECT, known, POLICY, office()).at == at("2025-05-23 10:30")


@pytest.mark.parametrize("kind", [StepKind.CONFIRM, StepKind.FOLLOW_UP])
def test_what_counts_from_other_steps_is_not_held(kind: StepKind) -> None:
    assert not held(kind, "2025-05-23 10:00", facts(FRIDAY), facts(MONDAY)).not_before


NOON = at("2025-05-23 12:00")
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("before", "due_at", "expected"),
    [
        (Told(None, None, None), NOON - HOUR, NOON),
        (Told(NOON + HOUR, NOON + 9 * HOUR, None), NOON - HOUR, NOON),
        (Told(NOON - HOUR, NOON + 9 * HOUR, None), NOON - 2 * HOUR, NOON - HOUR),
        (Told(NOON - 3 * HOUR, NOON - HOUR, None), NOON - 4 * HOUR, NOON),
        (Told(NOON - 3 * HOUR, NOON + HOUR, NOON - 2 * HOUR), NOON - 4 * HOUR, NOON - 2 * HOUR),
        (Told(NOON - 3 * HOUR, NOON - HOUR, None), NOON - 2 * HOUR, None),
        (Told(None, None, None), NOON + HOUR, None),
        (Told(NOON + HOUR, None, MONDAY), None, MONDAY),
    ],
)
def test_what_moves_into_the_past_is_heard_of_now(
    before: Told, due_at: datetime | None, expected: datetime | None
) -> None:
    assert heard_since(before, due_at, NOON) == expected
