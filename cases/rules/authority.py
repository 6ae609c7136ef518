"""What somebody may give alone. Limits hold for the total of a case in one currency: splitting does not evade them.

Nobody approves their own, and nobody widens their own authority by an act of their own (domain.md, B and F).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cases.rules.money import Money
from cases.rules.vocabulary import CompensationNature, Holder, Role, Severity

DEFAULT_LIMITS: Mapping[tuple[Role, Severity], Decimal] = {
    (Role.AGENT, Severity.MINOR): Decimal(25),
    (Role.AGENT, Severity.MODERATE): Decimal(50),
    (Role.AGENT, Severity.MAJOR): Decimal(100),
    (Role.AGENT, Severity.CRITICAL): Decimal(0),
    (Role.MANAGER, Severity.MINOR): Decimal(300),
    (Role.MANAGER, Severity.MODERATE): Decimal(500),
    (Role.MANAGER, Severity.MAJOR): Decimal(1000),
    (Role.MANAGER, Severity.CRITICAL): Decimal(1000),
}
"""domain.md, "Compensation bands" (policy default), in the organization's currency."""
DEFAULT_CEILINGS: Mapping[Holder, Decimal] = {
    Holder.AGENT: Decimal(500),
    Holder.LEAD: Decimal(2000),
    Holder.MANAGER: Decimal(10000),
}
"""Of losses returned (domain.md, F; policy default), in the organization's currency."""
MOST_BY_OWN_CHOICE = Severity.MODERATE
"""The highest severity that somebody's own choice counts for, in what they may grant (domain.md, F)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is set, by currency. A row that is missing: nothing alone. Administrators stand for the director of the
    default table and have no limit."""

    goodwill: Mapping[tuple[Role, Severity, str], Decimal]
    restitution: Mapping[tuple[Holder, str], Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Granter:
    """Who grants: the key, the role, and whether the person leads the team of the case."""

    key: int
    role: Role
    is_lead: bool = False

    @property
    def holder(self) -> Holder:
        if self.role is Role.MANAGER:
            return Holder.MANAGER
        return Holder.LEAD if self.is_lead else Holder.AGENT


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityStep:
    """One change of a case's severity, in the order in which they were made; the first is the logging.

    ``severity``: in force from then on. ``chosen``: what the person ``by`` chose; none where a rule alone changed it.
    ``by_rule``: a rule added a level, or took one back. ``caused_by``: who brought about what the rule speaks of: to
    them the level did not count, so it is not taken back from them either.
    """

    severity: Severity
    chosen: Severity | None = None
    by: int | None = None
    by_rule: bool = False
    caused_by: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class Gift:
    """What was given or is under way in a case, of one nature."""

    nature: CompensationNature
    money: Money


def severity_for(granter: int, steps: Sequence[SeverityStep]) -> Severity:
    """The severity that counts for what this person may grant; of no steps, the lowest.

    Their own choice counts at most as moderate, what others chose in full. A rule adds to it, unless the person caused
    what it speaks of. Lowering counts at once, whoever did it.
    """
    counted, before = Severity.MINOR, Severity.MINOR
    for step in steps:
        counted = _by_choice(step, counted, before, granter)
        counted = _by_rule(step, counted, before, granter)
        before = step.severity
    return counted


def limit_of(
    granter: Granter, nature: CompensationNature, currency: str, steps: Sequence[SeverityStep], limits: Limits
) -> Decimal | None:
    """Up to which total of the case this person may decide; ``None``: no limit.

    A limit at the severity in force holds too: the default for critical is below that for moderate.
    """
    if granter.role is Role.ADMINISTRATOR:
        return None
    if nature is CompensationNature.RESTITUTION:
        return limits.restitution.get((granter.holder, currency), Decimal(0))
    severities = {severity_for(granter.key, steps), *(step.severity for step in steps[-1:])}
    return min(limits.goodwill.get((granter.role, severity, currency), Decimal(0)) for severity in severities)


def total_with(gift: Gift, others: Collection[Gift]) -> Money:
    """Of the case, this one included: of its nature and currency only."""
    same = (one.money.amount for one in others if (one.nature, one.money.currency) == _ledger(gift))
    return Money(sum(same, gift.money.amount), gift.money.currency)


def may_give_alone(gift: Gift, others: Collection[Gift], limit: Decimal | None) -> bool:
    """Whether nobody else has to agree. A second currency of one nature in one case always needs somebody else."""
    if limit is None:
        return True
    second = any(one.nature is gift.nature and one.money.currency != gift.money.currency for one in others)
    return not second and total_with(gift, others).amount <= limit


def _ledger(gift: Gift) -> tuple[CompensationNature, str]:
    return gift.nature, gift.money.currency


def _by_choice(step: SeverityStep, counted: Severity, before: Severity, granter: int) -> Severity:
    if step.chosen is None:
        return counted
    if step.chosen.rank < before.rank:
        return _lower(counted, step.chosen)
    if step.by != granter:
        return step.chosen
    return _higher(counted, _lower(step.chosen, MOST_BY_OWN_CHOICE))


def _by_rule(step: SeverityStep, counted: Severity, before: Severity, granter: int) -> Severity:
    if step.by_rule and step.chosen is None and step.severity.rank < before.rank:
        return _lower(counted if granter in step.caused_by else counted.lowered(), step.severity)
    if step.by_rule and granter not in step.caused_by:
        return _lower(counted.raised(), step.severity)
    # Imported history says neither who chose nor which rule: it counts as it stands.
    return counted if step.by_rule or step.chosen is not None else step.severity


def _lower(one: Severity, other: Severity) -> Severity:
    return min(one, other, key=lambda severity: severity.rank)


def _higher(one: Severity, other: Severity) -> Severity:
    return max(one, other, key=lambda severity: severity.rank)
