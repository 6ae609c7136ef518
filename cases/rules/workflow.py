"""The six steps as one table, and the small lives of what they produce. Decides; changes nothing.

Order is the default, not a cage: apologizing and correcting may overlap (domain.md, section 0).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cases.errors import AlreadyDoneError, RuleError
from cases.rules.vocabulary import (
    Answer,
    ApologyStatus,
    CheckStatus,
    CompensationStatus,
    CorrectionStatus,
    FollowUpStatus,
    PreventionStatus,
    PromiseStatus,
    Severity,
    StepKind,
    StepStatus,
    WaivedBecause,
)

Statuses = Mapping[StepKind, StepStatus]
"""The steps of one round. A step that the round does not have stands in nobody's way."""


@dataclass(frozen=True, slots=True)
class StepRule:
    """One row of the table. ``completes`` says in words what completes the step."""

    completes: str
    waits_for: tuple[StepKind, ...] = ()
    waiver_needs_second_person: bool = True
    pauses: bool = True


STEPS: Mapping[StepKind, StepRule] = {
    StepKind.ACKNOWLEDGE: StepRule(
        completes="You reached the customer, repeated the concern back, and asked whether it is the only one.",
        pauses=False,
    ),
    StepKind.APOLOGIZE: StepRule(
        completes="The apology, with an honest explanation, was spoken or taken by the customer's mail server.",
        waits_for=(StepKind.ACKNOWLEDGE,),
        pauses=False,
    ),
    StepKind.CORRECT: StepRule(
        completes="It was put right; or it cannot be, and something else was done instead.",
        waits_for=(StepKind.ACKNOWLEDGE,),
    ),
    StepKind.COMPENSATE: StepRule(
        completes="What is due was issued, or it was decided with a reason that nothing is.",
        waits_for=(StepKind.APOLOGIZE,),
    ),
    StepKind.CONFIRM: StepRule(
        completes="The customer was asked and has answered.",
        waits_for=(StepKind.CORRECT, StepKind.COMPENSATE),
    ),
    StepKind.FOLLOW_UP: StepRule(
        completes="The customer was told what we examined and found, and what changed or why nothing did.",
        waits_for=(StepKind.CONFIRM,),
        waiver_needs_second_person=False,
    ),
}


STAYS_LATE = (WaivedBecause.UNRECONCILED, WaivedBecause.NEXT_ROUND)
"""A step that was overdue when it was waived so was late all the same: it had been owed until then."""


def waiting_for(kind: StepKind, statuses: Statuses) -> tuple[StepKind, ...]:
    """The steps that must be settled before ``kind`` can be."""
    return tuple(other for other in STEPS[kind].waits_for if statuses.get(other) == StepStatus.PENDING)


def current_step(statuses: Statuses) -> StepKind | None:
    """The first step that is still owed; none when all six are settled."""
    return next((kind for kind in StepKind if statuses.get(kind) == StepStatus.PENDING), None)


def check_settle(kind: StepKind, statuses: Statuses) -> None:
    """Refuse to settle a step twice or out of order."""
    if statuses.get(kind, StepStatus.DONE) != StepStatus.PENDING:
        raise AlreadyDoneError(
            f"“{kind.label}” is settled already, and settled steps are never edited. "
            "If the customer is still not satisfied, record their answer: that opens another round."
        )
    before = waiting_for(kind, statuses)
    if before:
        names = " and ".join(f"“{other.label}”" for other in before)
        raise RuleError(f"First settle {names}: “{kind.label}” waits for it.")


def check_waive(kind: StepKind, statuses: Statuses, reason: str) -> None:
    """Refuse to waive without a reason, twice, or out of order."""
    check_settle(kind, statuses)
    if not reason.strip():
        raise RuleError("Say why this step is not needed; the reason stays with the case.", field="reason")


def none_needs_second_person(severity: Severity, *, correction_impossible: bool) -> bool:
    """Whether offering no compensation needs a manager: the harm is great, or it could not be put right (A4.6)."""
    return severity.rank >= Severity.MAJOR.rank or correction_impossible


def opens_round(answer: Answer) -> bool:
    """Whether this answer starts another round of recovery."""
    return answer in {Answer.WANTS_MORE, Answer.NOT_SATISFIED}


def steps_of_round(answer: Answer | None) -> tuple[StepKind, ...]:
    """The steps of a new round. Who wants more loops to correcting. Who is not satisfied, or comes back after closing
    (no answer given), is listened to from the beginning."""
    if answer is Answer.WANTS_MORE:
        return (StepKind.CORRECT, StepKind.COMPENSATE, StepKind.CONFIRM, StepKind.FOLLOW_UP)
    return tuple(StepKind)


type Life[S] = Mapping[S, frozenset[S]]

APOLOGY: Life[ApologyStatus] = {
    ApologyStatus.DRAFT: frozenset({ApologyStatus.IN_REVIEW, ApologyStatus.SENT, ApologyStatus.SPOKEN}),
    ApologyStatus.IN_REVIEW: frozenset({ApologyStatus.DRAFT, ApologyStatus.SENT, ApologyStatus.SPOKEN}),
    ApologyStatus.SENT: frozenset({ApologyStatus.DELIVERED, ApologyStatus.BOUNCED}),
    ApologyStatus.DELIVERED: frozenset({ApologyStatus.BOUNCED}),
    ApologyStatus.SPOKEN: frozenset(),
    ApologyStatus.BOUNCED: frozenset(),
}
FOLLOW_UP: Life[FollowUpStatus] = {
    FollowUpStatus.DRAFT: frozenset({FollowUpStatus.SENT, FollowUpStatus.SPOKEN}),
    FollowUpStatus.SENT: frozenset({FollowUpStatus.DELIVERED, FollowUpStatus.BOUNCED}),
    FollowUpStatus.DELIVERED: frozenset({FollowUpStatus.BOUNCED}),
    FollowUpStatus.SPOKEN: frozenset(),
    FollowUpStatus.BOUNCED: frozenset(),
}
CORRECTION: Life[CorrectionStatus] = {
    CorrectionStatus.PLANNED: frozenset({CorrectionStatus.DONE, CorrectionStatus.IMPOSSIBLE, CorrectionStatus.FAILED}),
    CorrectionStatus.DONE: frozenset({CorrectionStatus.FAILED}),
    CorrectionStatus.IMPOSSIBLE: frozenset(),
    CorrectionStatus.FAILED: frozenset(),
}
COMPENSATION: Life[CompensationStatus] = {
    CompensationStatus.PROPOSED: frozenset(
        {CompensationStatus.APPROVED, CompensationStatus.DECLINED, CompensationStatus.WITHDRAWN}
    ),
    CompensationStatus.APPROVED: frozenset(
        {CompensationStatus.OFFERED, CompensationStatus.ISSUED, CompensationStatus.WITHDRAWN}
    ),
    CompensationStatus.OFFERED: frozenset(
        {CompensationStatus.ACCEPTED, CompensationStatus.REFUSED, CompensationStatus.WITHDRAWN}
    ),
    CompensationStatus.ACCEPTED: frozenset({CompensationStatus.ISSUED, CompensationStatus.REFUSED}),
    CompensationStatus.ISSUED: frozenset({CompensationStatus.RECEIVED, CompensationStatus.REFUSED}),
    CompensationStatus.DECLINED: frozenset(),
    CompensationStatus.REFUSED: frozenset(),
    CompensationStatus.RECEIVED: frozenset(),
    CompensationStatus.WITHDRAWN: frozenset(),
}
CHECK: Life[CheckStatus] = {
    CheckStatus.ASKED: frozenset({CheckStatus.ANSWERED, CheckStatus.NO_ANSWER, CheckStatus.BOUNCED}),
    CheckStatus.ANSWERED: frozenset({CheckStatus.SUPERSEDED}),
    CheckStatus.NO_ANSWER: frozenset({CheckStatus.BOUNCED}),
    CheckStatus.BOUNCED: frozenset(),
    CheckStatus.SUPERSEDED: frozenset(),
}
PROMISE: Life[PromiseStatus] = {
    PromiseStatus.OPEN: frozenset({PromiseStatus.KEPT, PromiseStatus.BROKEN, PromiseStatus.CANCELLED}),
    PromiseStatus.KEPT: frozenset(),
    # Where it turns out that it was kept, released or moved by its moment.
    PromiseStatus.BROKEN: frozenset({PromiseStatus.KEPT, PromiseStatus.CANCELLED, PromiseStatus.OPEN}),
    PromiseStatus.CANCELLED: frozenset(),
}
PREVENTION: Life[PreventionStatus] = {
    PreventionStatus.PLANNED: frozenset({PreventionStatus.DONE, PreventionStatus.DROPPED}),
    PreventionStatus.DONE: frozenset({PreventionStatus.VERIFIED}),
    PreventionStatus.VERIFIED: frozenset(),
    PreventionStatus.DROPPED: frozenset(),
}


def check_transition[
    S: (
        ApologyStatus,
        FollowUpStatus,
        CorrectionStatus,
        CompensationStatus,
        CheckStatus,
        PromiseStatus,
        PreventionStatus,
    )
](life: Life[S], now: S, then: S) -> None:
    """Refuse a step in the life of something that its table does not know."""
    if then in life[now]:
        return
    ways = ", ".join(f"“{way.label}”" for way in life[now])
    rest = f"From there it can become {ways}." if ways else "It stays so."
    raise RuleError(f"This is “{now.label}” and cannot become “{then.label}”. {rest}")
