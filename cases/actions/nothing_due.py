"""The decision that no goodwill is due. Its step may stay open while a restitution is undecided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases.actions import steps, turns
from cases.errors import RuleError
from cases.models.compensations import DELIVERED
from cases.rules import workflow
from cases.rules.vocabulary import (
    ApprovalKind,
    ApprovalStatus,
    CompensationNature,
    CompensationStatus,
    NotNeededBecause,
    StepKind,
)

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import Case, Step, User


def agree(
    case: Case, reason: str, *, by: User, at: datetime, now: datetime | None = None, second: User | None = None
) -> Step:
    """Write down that no goodwill is due, and settle the step unless a restitution is undecided. For actions that hold
    the case; ``second``: who agreed."""
    workflow.check_settle(StepKind.COMPENSATE, turns.statuses(case))
    check(case)
    step: Step = case.steps.get(round=case.round, kind=StepKind.COMPENSATE)
    step.note, step.settled_by, step.approved_by = reason.strip(), by, second
    step.save()
    return settle(case, step, at=at, now=now)


def settle(case: Case, step: Step, *, at: datetime, now: datetime | None = None) -> Step:
    """Settled by whoever decided it, not by whoever decided on the restitution after that."""
    undecided = case.compensations.filter(status=CompensationStatus.PROPOSED).exists()
    if undecided or workflow.waiting_for(StepKind.COMPENSATE, turns.statuses(case)):
        return step
    second = step.approved_by
    step = steps.settle(case, StepKind.COMPENSATE, at=at, actor=step.settled_by, now=now, note=step.note)
    step.approved_by = second
    step.save(update_fields=("approved_by",))
    return step


def open_step(case: Case) -> Step | None:
    return case.steps.pending().filter(round=case.round, kind=StepKind.COMPENSATE).first()


def check(case: Case) -> None:
    """Refuse where goodwill is under way, or was given in this round. A restitution does not count."""
    goodwill = case.compensations.filter(nature=CompensationNature.GOODWILL)
    if goodwill.live().exclude(status__in=DELIVERED).exists():
        raise RuleError("Something is proposed or on its way as goodwill. Withdraw it first, or let it arrive.")
    if goodwill.delivered().filter(round=case.round).exists():
        raise RuleError("Goodwill was given in this round, so that is decided.")


def check_undecided(case: Case) -> None:
    """Refuse to decide again while the step waits for a restitution alone."""
    step = open_step(case)
    if step is not None and step.says_nothing_is_due:
        raise RuleError("It is decided already. The step is done once somebody has decided on the restitution.")


def forget(case: Case, *, actor: User, now: datetime) -> None:
    """Whoever gives goodwill after all takes back that none is due, and the question whether any is."""
    step = open_step(case)
    kinds = (ApprovalKind.NO_COMPENSATION,)
    steps.withdraw_questions(case, NotNeededBecause.GOODWILL, actor=actor, now=now, kinds=kinds)
    if step is not None and step.says_nothing_is_due:
        step.note, step.settled_by, step.approved_by = "", None, None
        step.save()


def is_asked(step: Step) -> bool:
    """Whether a second person has still to decide it."""
    return step.approvals.filter(kind=ApprovalKind.NO_COMPENSATION, status=ApprovalStatus.ASKED).exists()
