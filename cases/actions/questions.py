"""What somebody is asked to decide, in words: who asks what for whom and why, and what a yes settles.

The page and the mail tell the same. Limit: reads only; ``approvals`` and ``compensations`` carry it out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cases.models import Case, Compensation
from cases.models.compensations import LIVE
from cases.rules.money import sums
from cases.rules.vocabulary import (
    ApprovalKind,
    CompensationNature,
    CompensationStatus,
    ConcernStatus,
    Outcome,
    StepKind,
    StepStatus,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cases.models import Approval


@dataclass(frozen=True, slots=True)
class Asked:
    """``facts``: each with its label. ``settles``: what a yes does, each as a sentence."""

    facts: tuple[tuple[str, str], ...]
    settles: tuple[str, ...]

    @property
    def lines(self) -> list[str]:
        """For a mail."""
        told = [f"{label}: {words}" for label, words in self.facts]
        return [*told, f"If you agree: {' '.join(self.settles)}"]


def of_approval(approval: Approval, *, now: datetime) -> Asked:
    """A second person's question, of whatever kind."""
    case = approval.case
    what, settles = {
        ApprovalKind.WAIVE_STEP: _waiver,
        ApprovalKind.NO_COMPENSATION: _no_compensation,
        ApprovalKind.CLOSE_UNRECONCILED: _giving_up,
    }[ApprovalKind(approval.kind)](approval, now)
    facts = [
        ("Who asks", str(approval.asked_by)),
        ("For whom", _whom(case)),
        ("What", what),
        ("Why", approval.reason),
        ("The last offer, as the customer has it in writing", approval.last_offer),
        ("Given so far in this case", _given(case)),
        ("Given to the customer in other cases", _given_before(case)),
    ]
    return Asked(tuple((label, words) for label, words in facts if words), tuple(settles))


def of_compensation(compensation: Compensation) -> Asked:
    """Somebody's proposal that is above what they may grant alone."""
    case = compensation.case
    recipient = compensation.recipient if compensation.is_third_party else str(case.customer)
    facts = [
        ("Who asks", str(compensation.proposed_by)),
        ("For whom", _whom(case)),
        ("What", f"Give {_one(compensation)} to {recipient}. {compensation.get_nature_display()}."),
        ("Why", compensation.reason or "No reason was given."),
        ("Why to them", compensation.recipient_reason),
        ("Who pays", compensation.get_paid_by_display()),
        ("Asked for by the customer", "Yes" if compensation.was_asked_for else "No"),
        ("Given so far in this case", _given(case, but=compensation)),
        ("Given to the customer in other cases", _given_before(case)),
    ]
    settles = (f"{_one(compensation)} is approved, and can be offered and issued.",)
    return Asked(tuple((label, words) for label, words in facts if words), settles)


def _waiver(approval: Approval, _now: datetime) -> tuple[str, Sequence[str]]:
    name = StepKind(approval.step.kind).heading if approval.step is not None else ""
    return f"Leave out the step “{name}”", [f"Nobody owes “{name}” in this round any more."]


def _no_compensation(approval: Approval, _now: datetime) -> tuple[str, Sequence[str]]:
    name = StepKind.COMPENSATE.heading
    if proposed := [_one(each) for each in approval.case.compensations.filter(status=CompensationStatus.PROPOSED)]:
        waits = f"“{name}” is completed once somebody has decided on {', '.join(proposed)}."
        return "Offer no compensation", ["The customer is offered no goodwill.", waits]
    return "Offer no compensation", [f"“{name}” is completed, and the customer is offered no goodwill."]


def _giving_up(approval: Approval, now: datetime) -> tuple[str, Sequence[str]]:
    case, outcome = approval.case, Outcome.UNRECONCILED.label
    settles = [f"The case is closed as “{outcome}”."]
    owed = case.steps.filter(status=StepStatus.PENDING)
    steps = [f"“{StepKind(step.kind).heading}”{' (overdue)' if step.is_late(now) else ''}" for step in owed]
    if steps:
        settles.append(f"Not owed any more: {', '.join(steps)}.")
    concerns = [f"“{concern.text}”" for concern in case.concerns.filter(status=ConcernStatus.OPEN)]
    if concerns:
        settles.append(f"Refused for the reason above: {', '.join(concerns)}.")
    proposed = [_one(each) for each in case.compensations.filter(status=CompensationStatus.PROPOSED)]
    if proposed:
        settles.append(f"Withdrawn: {', '.join(proposed)}.")
    return f"Close the case as “{outcome}”", settles


def _whom(case: Case) -> str:
    return f"{case.customer}, {case.reference}: {case.title}"


def _given(case: Case, *, but: Compensation | None = None) -> str:
    """All that was proposed or granted, by its status."""
    found = [each for each in case.compensations.filter(status__in=LIVE) if each != but]
    return "; ".join(f"{_one(each)}, {each.get_status_display().lower()}" for each in found) or "Nothing"


def _given_before(case: Case) -> str:
    """Sums by nature and currency, whoever may see those cases; restitution and goodwill are never added."""
    rows = Compensation.objects.live().filter(case__customer=case.customer_id).exclude(case=case)
    found = list(rows.filter(case__in=Case.objects.counted()).only("nature", "amount", "currency"))
    told = []
    for nature in CompensationNature:
        total = sums(one.money for one in found if one.nature == nature)
        if total:
            told.append(f"{' and '.join(map(str, total))} of {nature.value}")
    return ", ".join(told) or "Nothing"


def _one(compensation: Compensation) -> str:
    return f"“{compensation.what}” ({compensation.money})"
