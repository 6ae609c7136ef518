"""Who may approve how much goodwill. Limits hold for the total of a case: splitting a gift does not evade them.

Restitution of a proven loss is extra and uncapped (domain.md, "Compensation bands"). Nobody approves their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from cases.errors import NotAllowedError, RuleError
from cases.rules.vocabulary import Role, Severity

Limits = Mapping[tuple[Role, Severity], Decimal]
"""Greatest total of goodwill per case, in the organization's currency. A pair that is missing may approve nothing;
administrators stand for the director of the default table and have no limit."""

DEFAULT_LIMITS: Limits = {
    (Role.AGENT, Severity.MINOR): Decimal(25),
    (Role.AGENT, Severity.MODERATE): Decimal(50),
    (Role.AGENT, Severity.MAJOR): Decimal(100),
    (Role.AGENT, Severity.CRITICAL): Decimal(0),
    (Role.MANAGER, Severity.MINOR): Decimal(300),
    (Role.MANAGER, Severity.MODERATE): Decimal(500),
    (Role.MANAGER, Severity.MAJOR): Decimal(1000),
    (Role.MANAGER, Severity.CRITICAL): Decimal(1000),
}
"""domain.md, "Compensation bands" (policy default)."""


def is_within(role: Role, severity: Severity, total: Decimal, limits: Limits) -> bool:
    """Whether this role may grant a case total of ``total`` alone."""
    return role is Role.ADMINISTRATOR or total <= limits.get((role, severity), Decimal(0))


def check_approve(role: Role, severity: Severity, total: Decimal, limits: Limits, *, is_own: bool) -> None:
    """Refuse to approve one's own proposal, or above one's authority."""
    if is_own:
        raise NotAllowedError("Nobody approves their own proposal. Ask somebody else with enough authority.")
    if not is_within(role, severity, total, limits):
        limit = limits.get((role, severity), Decimal(0))
        raise NotAllowedError(
            f"The case would come to {total}, and you may approve up to {limit}. Ask somebody with more authority."
        )


def check_amount(amount: Decimal, largest: Decimal) -> None:
    """Refuse amounts that cannot be meant."""
    if amount.is_nan():
        raise RuleError("Write the amount as a number.", field="amount")
    if amount < 0:
        raise RuleError("An amount cannot be negative. Write 0 for a gesture that costs nothing.", field="amount")
    if amount > largest:
        raise RuleError(f"Amounts go up to {largest:,}. Check the number of digits.", field="amount")
