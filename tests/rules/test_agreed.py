"""The customer chose a moment for the correction: it is due then, later or earlier than by policy."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cases.rules.agreed import PlanFact
from cases.rules.deadlines import Due, due, due_moments
from cases.rules.due_reason import DueReason
from cases.rules.explain import explain
from cases.rules.policy import DEFAULT_TARGETS, Policy
from cases.rules.vocabulary import Severity, StepKind
from tests.rules.clocks import MONDAY, at, facts, office, pause

POLICY = Policy(1, DEFAULT_TARGETS)
POLICYS_OWN = at("2025-05-20 17:00")
"""Of a major mistake that we know of since Monday, 9 o'clock."""
NOON, THURSDAY, FRIDAY = at("2025-05-19 12:00"), at("2025-05-22 18:00"), at("2025-05-23 10:00")
TUESDAY = at("2025-05-20 10:00")


def ask(
    *plans: PlanFact,
    needed_by: datetime | None = None,
    promised: datetime | None = None,
    settled: datetime | None = None,
) -> Due:
    known = facts(
        promised={StepKind.CORRECT: promised} if promised else {},
        settled={StepKind.CORRECT: settled} if settled else {},
    )
    return due(StepKind.CORRECT, replace(known, plans=plans, needed_by=needed_by), POLICY, office())


@pytest.mark.parametrize("chosen", [THURSDAY, at("2025-05-20 11:30")])
def test_it_is_due_when_the_customer_chose(chosen: datetime) -> None:
    found = ask(PlanFact(NOON, chosen))
    assert (found.at, found.reason, found.policy_at) == (chosen, DueReason.AGREED, POLICYS_OWN)
    assert "(New York), as the customer chose; otherwise due Tue 20 May 17:00: " in explain(found, office())


@pytest.mark.parametrize(
    ("plans", "expected"),
    [
        ((PlanFact(NOON, THURSDAY), PlanFact(TUESDAY, FRIDAY)), FRIDAY),
        ((PlanFact(TUESDAY, FRIDAY), PlanFact(NOON, THURSDAY)), FRIDAY),
        ((PlanFact(NOON, THURSDAY), PlanFact(TUESDAY)), POLICYS_OWN),
        ((PlanFact(NOON, THURSDAY), PlanFact(POLICYS_OWN)), POLICYS_OWN),
        ((PlanFact(NOON, THURSDAY), PlanFact(POLICYS_OWN + timedelta(hours=17))), THURSDAY),
        ((PlanFact(NOON, THURSDAY), PlanFact(THURSDAY), PlanFact(THURSDAY, FRIDAY)), FRIDAY),
        ((PlanFact(POLICYS_OWN + timedelta(minutes=1), THURSDAY),), POLICYS_OWN),
        ((PlanFact(NOON, THURSDAY), PlanFact(THURSDAY + timedelta(minutes=1), FRIDAY)), THURSDAY),
    ],
)
def test_the_newest_plan_counts_that_was_made_in_time(plans: tuple[PlanFact, ...], expected: datetime) -> None:
    assert ask(*plans).at == expected


def test_a_plan_after_the_deed_changes_nothing() -> None:
    assert ask(PlanFact(NOON, THURSDAY), PlanFact(TUESDAY, FRIDAY), settled=TUESDAY - timedelta(hours=1)).at == THURSDAY


def test_promises_and_needs_still_make_it_earlier() -> None:
    plan, evening = PlanFact(NOON, THURSDAY), at("2025-05-21 19:00")
    assert (ask(plan, promised=evening).at, ask(plan, promised=FRIDAY).at) == (evening, THURSDAY)
    needed = ask(plan, needed_by=evening)
    assert (needed.at, needed.reason) == (evening, DueReason.NEED)
    assert "otherwise Thu 22 May 18:00, as the customer chose, or else due Tue 20 May 17:00" in explain(
        needed, office()
    )


def test_nothing_else_moves_but_what_counts_from_it() -> None:
    plain, planned = (
        due_moments(replace(facts(), plans=plans), POLICY, office()) for plans in ((), (PlanFact(NOON, THURSDAY),))
    )
    moved = {kind for kind in StepKind if plain[kind].at != planned[kind].at}
    assert {StepKind.ACKNOWLEDGE, StepKind.APOLOGIZE, StepKind.COMPENSATE}.isdisjoint(moved)


def test_what_happens_after_it_was_agreed_does_not_move_it() -> None:
    known = facts(MONDAY, Severity.MAJOR, ("2025-05-19 15:00", Severity.CRITICAL), pauses=(pause("2025-05-20 09:00"),))
    assert due(StepKind.CORRECT, replace(known, plans=(PlanFact(NOON, THURSDAY),)), POLICY, office()).at == THURSDAY
