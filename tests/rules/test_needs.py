"""By when the customer needs it: it caps the correction, as a promise does, and nothing else."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cases.rules.deadlines import ClockFacts, Due, due, due_moments
from cases.rules.due_reason import DueReason
from cases.rules.explain import explain
from cases.rules.policy import DEFAULT_TARGETS, Policy
from cases.rules.vocabulary import StepKind
from tests.rules.clocks import at, facts, office, pause

POLICY = Policy(1, DEFAULT_TARGETS)
NOON = at("2025-05-19 12:00")
EVENING = at("2025-05-19 16:00")
POLICYS_OWN = at("2025-05-20 17:00")
"""Of a major mistake that we know of since Monday, 9 o'clock."""


def ask(known: ClockFacts) -> Due:
    return due(StepKind.CORRECT, known, POLICY, office())


@pytest.mark.parametrize(
    ("promised", "needed_by", "expected", "reason"),
    [
        (None, NOON, NOON, DueReason.NEED),
        (EVENING, NOON, NOON, DueReason.NEED),
        (NOON, EVENING, NOON, DueReason.PROMISE),
        (NOON, NOON, NOON, DueReason.PROMISE),
        (None, POLICYS_OWN + timedelta(days=9), POLICYS_OWN, DueReason.TARGET),
    ],
)
def test_the_earliest_of_policy_promise_and_need_wins(
    promised: datetime | None, needed_by: datetime, expected: datetime, reason: DueReason
) -> None:
    known = facts(promised={} if promised is None else {StepKind.CORRECT: promised})
    found = ask(replace(known, needed_by=needed_by))
    assert (found.at, found.reason, found.policy_at) == (expected, reason, POLICYS_OWN)


def test_a_need_caps_the_correction_only_and_what_counts_from_it() -> None:
    plain, needed = (due_moments(replace(facts(), needed_by=by), POLICY, office()) for by in (None, NOON))
    moved = {kind for kind in StepKind if plain[kind].at != needed[kind].at}
    assert moved == {StepKind.CORRECT}


def test_a_need_binds_while_we_wait() -> None:
    waiting = facts(pauses=(pause("2025-05-19 10:00"),))
    assert ask(replace(waiting, needed_by=NOON)).at == NOON


def test_the_explanation_names_the_need_and_what_would_be_otherwise() -> None:
    text = explain(ask(replace(facts(), needed_by=NOON)), office())
    assert text.startswith(
        "Due Mon 19 May 12:00 (New York), because the customer needs it by then; otherwise due Tue 20 May 17:00: "
    )
