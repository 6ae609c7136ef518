"""What somebody may grant alone: limits, and the severity that they did not choose themselves."""

from decimal import Decimal

import pytest

from cases.rules.authority import (
    Gift,
    Granter,
    Limits,
    SeverityStep,
    limit_of,
    may_give_alone,
    severity_for,
    total_with,
)
from cases.rules.money import Money
from cases.rules.vocabulary import CompensationNature, Holder, Role, Severity

MINOR, MODERATE, MAJOR, CRITICAL = Severity
ME, OTHER = 1, 2
GOODWILL, RESTITUTION = CompensationNature.GOODWILL, CompensationNature.RESTITUTION


def chose(
    severity: Severity, by: int, *, rule_to: Severity | None = None, caused_by: tuple[int, ...] = ()
) -> SeverityStep:
    return SeverityStep(
        severity=rule_to or severity, chosen=severity, by=by, by_rule=rule_to is not None, caused_by=caused_by
    )


def rule(severity: Severity, *caused_by: int) -> SeverityStep:
    return SeverityStep(severity=severity, by_rule=True, caused_by=caused_by)


@pytest.mark.parametrize(
    ("steps", "counted"),
    [
        ([chose(MINOR, ME)], MINOR),
        ([chose(MODERATE, ME)], MODERATE),
        ([chose(MAJOR, ME)], MODERATE),
        ([chose(CRITICAL, ME)], MODERATE),
        ([chose(MAJOR, OTHER)], MAJOR),
        ([chose(MODERATE, OTHER), chose(MAJOR, ME)], MODERATE),
        ([chose(MINOR, OTHER), chose(CRITICAL, ME)], MODERATE),
        ([chose(MAJOR, OTHER), chose(CRITICAL, ME)], MAJOR),
        ([chose(MODERATE, ME), chose(MAJOR, OTHER)], MAJOR),
        ([chose(MAJOR, ME), chose(MINOR, ME)], MINOR),
        ([chose(MAJOR, OTHER), chose(MINOR, ME), chose(MAJOR, ME)], MODERATE),
        ([chose(MAJOR, OTHER), chose(MODERATE, OTHER)], MODERATE),
        ([chose(MODERATE, ME, rule_to=MAJOR)], MAJOR),
        ([chose(MAJOR, ME, rule_to=MAJOR)], MAJOR),
        ([chose(MINOR, ME, rule_to=MODERATE, caused_by=(ME,))], MINOR),
        ([chose(MODERATE, ME), rule(MAJOR)], MAJOR),
        ([chose(MODERATE, ME), rule(MAJOR, ME)], MODERATE),
        ([chose(MODERATE, ME), rule(MAJOR, OTHER)], MAJOR),
        ([chose(MAJOR, ME), rule(CRITICAL, OTHER)], MAJOR),
        ([chose(MODERATE, ME), rule(MAJOR), rule(MODERATE)], MODERATE),
        ([SeverityStep(severity=MAJOR)], MAJOR),
        ([], MINOR),
    ],
)
def test_the_severity_that_counts_for_what_one_may_grant(steps: list[SeverityStep], counted: Severity) -> None:
    assert severity_for(ME, steps) is counted


LIMITS = Limits(
    goodwill={
        (Role.AGENT, MODERATE, "USD"): Decimal(50),
        (Role.AGENT, MAJOR, "USD"): Decimal(100),
        (Role.AGENT, CRITICAL, "USD"): Decimal(0),
        (Role.AGENT, MODERATE, "JPY"): Decimal(7000),
    },
    restitution={(Holder.AGENT, "USD"): Decimal(500), (Holder.LEAD, "USD"): Decimal(2000)},
)
AGENT = Granter(key=ME, role=Role.AGENT)


@pytest.mark.parametrize(
    ("granter", "nature", "currency", "severity", "limit"),
    [
        (AGENT, GOODWILL, "USD", MAJOR, Decimal(50)),
        (AGENT, GOODWILL, "USD", CRITICAL, Decimal(0)),
        (AGENT, GOODWILL, "JPY", MODERATE, Decimal(7000)),
        (AGENT, GOODWILL, "EUR", MODERATE, Decimal(0)),
        (AGENT, RESTITUTION, "USD", CRITICAL, Decimal(500)),
        (AGENT, RESTITUTION, "EUR", MINOR, Decimal(0)),
        (Granter(key=ME, role=Role.AGENT, is_lead=True), RESTITUTION, "USD", MINOR, Decimal(2000)),
        (Granter(key=ME, role=Role.MANAGER), RESTITUTION, "USD", MINOR, Decimal(0)),
        (Granter(key=ME, role=Role.ADMINISTRATOR), GOODWILL, "EUR", CRITICAL, None),
    ],
)
def test_a_limit_holds_for_a_role_a_severity_and_a_currency(
    granter: Granter, nature: CompensationNature, currency: str, severity: Severity, limit: Decimal | None
) -> None:
    assert limit_of(granter, nature, currency, [chose(severity, ME)], LIMITS) == limit


def gift(amount: int, currency: str = "USD", nature: CompensationNature = GOODWILL) -> Gift:
    return Gift(nature, Money(Decimal(amount), currency))


def test_totals_are_of_one_nature_and_one_currency() -> None:
    others = [gift(20), gift(5, "EUR"), gift(300, nature=RESTITUTION)]

    assert total_with(gift(10), others) == Money(Decimal(30), "USD")


@pytest.mark.parametrize(
    ("others", "limit", "alone"),
    [
        ([], Decimal(10), True),
        ([gift(1)], Decimal(10), False),
        ([gift(1, "EUR")], Decimal(100), False),
        ([gift(1, "EUR", RESTITUTION)], Decimal(10), True),
        ([gift(1, "EUR")], None, True),
    ],
)
def test_alone_within_the_limit_and_in_one_currency(others: list[Gift], limit: Decimal | None, *, alone: bool) -> None:
    assert may_give_alone(gift(10), others, limit) is alone
