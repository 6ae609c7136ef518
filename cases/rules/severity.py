"""How severe a case is: as a person chose, and raised by what Amends knows (domain.md, "Severity" and F)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases.errors import RuleError
from cases.rules.vocabulary import CriticalGround, RaiseReason, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

MANY_CUSTOMERS = 10
"""Policy default (domain.md, E): from so many customers of one incident on, a case may be called critical."""


def severity_for(chosen: Severity, reasons: Iterable[RaiseReason]) -> Severity:
    """One level for all reasons that are known at logging, one for each later reason, and never beyond major."""
    found = set(reasons)
    levels = any(reason.is_known_at_logging for reason in found)
    for _ in range(levels + sum(not reason.is_known_at_logging for reason in found)):
        chosen = chosen.raised()
    return chosen


def check_ground(severity: Severity, ground: CriticalGround | None, customers: int) -> None:
    """Refuse to call a case critical without a ground. ``customers``: how many the incident has hurt, this one too."""
    if severity is not Severity.CRITICAL:
        return
    if ground is None or ground is CriticalGround.NOT_RECORDED:
        raise RuleError(
            "Say why it is critical: somebody's safety or health, security, privacy, or many customers. "
            "Otherwise choose major.",
            field="critical_because",
        )
    if ground is CriticalGround.MANY_CUSTOMERS and customers < MANY_CUSTOMERS:
        raise RuleError(
            f"Fewer than {MANY_CUSTOMERS} customers are known to be hurt by this incident. "
            "Choose another ground, or major.",
            field="critical_because",
        )
