"""How loudly a case asks for attention, and because of what (domain.md A4.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cases.rules.vocabulary import Priority

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

BROKEN_BEFORE_ESCALATION = 2
CHASES_BEFORE_RAISED = 2
CONTACTS_BEFORE_ESCALATION = 3
"""Policy defaults (domain.md A4.2): two chases raise the priority; the third time the customer comes to us
escalates."""
_RANKS = tuple(Priority)


class Pressure(NamedTuple):
    """One reason to ask for attention, and since when."""

    priority: Priority
    because: str
    at: datetime


def of_broken(broken: int, at: datetime) -> Pressure:
    """``broken``: how many promises of the case are, this one too."""
    if broken >= BROKEN_BEFORE_ESCALATION:
        return Pressure(Priority.ESCALATED, f"{broken} promises were broken", at)
    return Pressure(Priority.RAISED, "A promise was broken", at)


def of_contact(incoming: int, chases: int, at: datetime, *, is_chase: bool) -> Pressure | None:
    """``incoming``: how often the customer has come to us, this time too; ``chases``: how often of that they chased."""
    if incoming >= CONTACTS_BEFORE_ESCALATION and is_chase:
        return Pressure(Priority.ESCALATED, f"The customer has come to us {incoming} times", at)
    if chases >= CHASES_BEFORE_RAISED:
        return Pressure(Priority.RAISED, "The customer had to ask twice", at)
    return None


def is_louder(one: Priority, other: Priority) -> bool:
    return _RANKS.index(one) > _RANKS.index(other)


def standing(pressures: Iterable[Pressure], dealt_with: datetime | None) -> Pressure | None:
    """The loudest, and of equals the first. ``dealt_with``: when a manager last did; what came before is only raised
    since."""
    counted = [
        one if dealt_with is None or one.at > dealt_with else one._replace(priority=Priority.RAISED)
        for one in sorted(pressures, key=lambda one: one.at)
    ]
    return max(counted, key=lambda one: _RANKS.index(one.priority), default=None)
