"""What people here do in one breath: two or three actions that always go together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cases.actions import compensations, contacts, learning
from cases.actions.learning import Finding
from cases.rules.vocabulary import CauseStatus, CompensationStatus, ConcernStatus, FaultParty

if TYPE_CHECKING:
    from datetime import datetime

    from cases.actions.compensations import Proposal
    from cases.models import Case, Compensation, User


def give(case: Case, proposal: Proposal, *, actor: User, now: datetime, proof: str) -> Compensation:
    """Propose what is within one's own authority, and hand it over at once."""
    proposed = compensations.propose_compensation(case=case, proposal=proposal, actor=actor, now=now)
    return compensations.move_compensation(
        compensation=proposed, to=CompensationStatus.ISSUED, actor=actor, now=now, note=proof
    )


def settle_concerns(case: Case, outcome: str, *, actor: User, now: datetime) -> None:
    """All that are open ended alike."""
    for concern in case.concerns.filter(status=ConcernStatus.OPEN):
        contacts.settle_concern(concern=concern, status=ConcernStatus.RESOLVED, outcome=outcome, actor=actor, now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """A cause by its name, in our list or new to it."""

    cause: str
    note: str = ""
    fault: FaultParty = FaultParty.US
    status: CauseStatus = CauseStatus.CONFIRMED


def find_cause(case: Case, why: Why, *, actor: User, now: datetime) -> None:
    cause = learning.add_cause(name=why.cause, actor=actor)
    finding = Finding(cause=cause, status=why.status, fault_party=why.fault, note=why.note)
    learning.set_cause(incident=case.incident, finding=finding, actor=actor, now=now)
