"""How much time each step gets: the defaults, and policies that make no sense."""

import pytest

from cases.errors import RuleError
from cases.rules.policy import DEFAULT_TARGETS, Policy, Target
from cases.rules.vocabulary import ClockKind, Severity, StepKind

YEAR = 365 * 1440


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        # As in domain.md: bd and bh are of working time, d, h and min go around the clock.
        (StepKind.ACKNOWLEDGE, "1 bd, 4 bh, 1 bh, 30 min"),
        (StepKind.APOLOGIZE, "1 bd, 1 bd, 4 bh, 2 h"),
        (StepKind.CORRECT, "5 bd, 3 bd, 2 bd, 24 h"),
        (StepKind.COMPENSATE, "7 bd, 5 bd, 3 bd, 2 bd"),
        (StepKind.CONFIRM, "3 bd, 2 bd, 1 bd, 24 h"),
        (StepKind.FOLLOW_UP, "14 d, 14 d, 10 d, 7 d"),
    ],
)
def test_the_defaults_are_those_of_the_domain(kind: StepKind, row: str) -> None:
    units = {"bd": 8 * 60, "bh": 60, "min": 1, "h": 60, "d": 24 * 60}
    expected = []
    for cell in row.split(", "):
        amount, unit = cell.split()
        clock = ClockKind.WORKING if unit.startswith("b") else ClockKind.CLOCK
        expected.append(Target(int(amount) * units[unit], clock))
    assert [DEFAULT_TARGETS[severity, kind] for severity in Severity] == expected


@pytest.mark.parametrize("minutes", [0, -1, -480])
def test_a_target_of_no_time_is_refused(minutes: int) -> None:
    with pytest.raises(RuleError, match="at least one minute") as caught:
        Target(minutes, ClockKind.WORKING)
    assert caught.value.field == "minutes"


@pytest.mark.parametrize("minutes", [YEAR + 1, 10**20])
def test_a_target_of_more_than_a_year_is_refused(minutes: int) -> None:
    assert Target(YEAR, ClockKind.CLOCK).minutes == YEAR
    with pytest.raises(RuleError, match="A year is the most"):
        Target(minutes, ClockKind.CLOCK)


@pytest.mark.parametrize("minutes", [0, -60, YEAR + 1])
def test_a_grace_of_no_time_or_of_years_is_refused(minutes: int) -> None:
    with pytest.raises(RuleError) as caught:
        Policy(1, DEFAULT_TARGETS, raise_grace_minutes=minutes)
    assert caught.value.field == "raise_grace_minutes"


def test_a_policy_with_a_gap_is_refused_by_its_name() -> None:
    gap = (Severity.MAJOR, StepKind.CONFIRM)
    targets = {where: target for where, target in DEFAULT_TARGETS.items() if where != gap}
    with pytest.raises(RuleError, match="Say how much time “Confirm” gets when a case is major"):
        Policy(1, targets)


def test_codes_as_they_are_stored_do_as_well() -> None:
    target = Target(30, ClockKind("clock"))
    assert target == DEFAULT_TARGETS[Severity("critical"), StepKind("acknowledge")]
