"""What recovery costs: C8 of domain.md. Delivered compensation of the cases that were closed in the period.

Goodwill and restitution are two ledgers, and amounts of two currencies are two sums: none is ever mixed.
What was declined, refused or returned costs nothing; refusals are counted. What others reimburse is no cost of ours.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from cases.models import Compensation
from cases.models.compensations import DELIVERED
from cases.reports.filters import Number
from cases.reports.traits import Trait
from cases.rules.money import Money, sums
from cases.rules.vocabulary import CompensationNature, CompensationStatus, Payer, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cases.reports.filters import CaseFilter
    from cases.reports.frames import Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """One nature. ``a_case``: the total over *all* closed cases; ``a_compensated_case``: over those that got something.
    Each has one sum a currency. ``reimbursed``: what others pay, which is in no other sum."""

    nature: CompensationNature
    total: tuple[Money, ...]
    reimbursed: tuple[Money, ...]
    compensated: Number
    a_case: tuple[Money, ...]
    a_compensated_case: tuple[Money, ...]
    by_severity: Mapping[Severity, tuple[Money, ...]]
    """The cost of a closed case of this severity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    goodwill: Ledger
    restitution: Ledger
    refused: Number


def spending(frame: Frame, closed: Mapping[Severity, int]) -> Spending:
    """One query. ``closed``: how many cases whose clocks ran here were closed in the period, by severity."""
    rows = (
        Compensation.objects.filter(
            status__in=(*DELIVERED, CompensationStatus.REFUSED), case__in=frame.cases(frame.closed(Trait.TIMED))
        )
        .order_by()
        .values_list("case", "case__severity", "nature", "status", "paid_by", "amount", "currency")
    )
    refused: set[int] = set()
    given = {nature: _Given() for nature in CompensationNature}
    for case, severity, nature, status, paid_by, amount, currency in rows.iterator():
        if status == CompensationStatus.REFUSED:
            refused.add(case)
        else:
            payer = Payer(paid_by)
            given[CompensationNature(nature)].add(case, Severity(severity), Money(amount, currency), payer)
    goodwill, restitution = CompensationNature.GOODWILL, CompensationNature.RESTITUTION
    return Spending(
        goodwill=_ledger(goodwill, given[goodwill], closed, frame.closed(Trait.GOODWILL)),
        restitution=_ledger(restitution, given[restitution], closed, frame.closed(Trait.RESTITUTION)),
        refused=Number(len(refused), frame.closed(Trait.REFUSED)),
    )


@dataclass(slots=True)
class _Given:
    """What was given of one nature, summed while it is read."""

    cases: set[int] = field(default_factory=set)
    sums: dict[tuple[Severity, str], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    reimbursed: list[Money] = field(default_factory=list)

    def add(self, case: int, severity: Severity, money: Money, payer: Payer) -> None:
        self.cases.add(case)
        if payer is Payer.US:
            self.sums[severity, money.currency] += money.amount
        else:
            self.reimbursed.append(money)

    def total(self, *severities: Severity) -> tuple[Money, ...]:
        return sums(
            Money(amount, currency) for (severity, currency), amount in self.sums.items() if severity in severities
        )


def _ledger(nature: CompensationNature, given: _Given, closed: Mapping[Severity, int], behind: CaseFilter) -> Ledger:
    total = given.total(*Severity)
    return Ledger(
        nature=nature,
        total=total,
        reimbursed=sums(given.reimbursed),
        compensated=Number(len(given.cases), behind),
        a_case=_shared(total, sum(closed.values())),
        a_compensated_case=_shared(total, len(given.cases)),
        by_severity={severity: _shared(given.total(severity), number) for severity, number in closed.items()},
    )


def _shared(total: Iterable[Money], among: int) -> tuple[Money, ...]:
    """The sums divided, to the minor unit of each currency; nothing among nobody."""
    return tuple(money.shared(among) for money in total) if among else ()
