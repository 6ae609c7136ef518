"""The moment that the customer chose for the correction, by the plans that were made for it (domain.md B: "correct, or
plan accepted by customer")."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cases.rules.calendars import in_utc


@dataclass(frozen=True, slots=True)
class PlanFact:
    """At ``at`` the correction was planned anew, for the moment that the customer chose, if they did."""

    at: datetime
    agreed_for: datetime | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", in_utc(self.at))
        if self.agreed_for is not None:
            object.__setattr__(self, "agreed_for", in_utc(self.agreed_for))


def agreed_moment(
    plans: Iterable[PlanFact], policy_at: datetime | None, settled: datetime | None = None
) -> datetime | None:
    """By the newest plan that was made in time: what was late by then stays late, and what was settled stays settled. A
    plan that names no moment makes nothing late: the policy's counts again only while it is still to come. ``plans``:
    in order."""
    chosen: datetime | None = None
    for plan in plans:
        due_at = chosen or policy_at
        if (due_at is not None and due_at < plan.at) or (settled is not None and settled < plan.at):
            break
        if plan.agreed_for is not None or policy_at is None or policy_at >= plan.at:
            chosen = plan.agreed_for
    return chosen
