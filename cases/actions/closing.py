"""How a case ends, honestly; and how it begins again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cases.actions import satisfaction, steps, turns, updates
from cases.actions.compensations import under_way
from cases.actions.events import CaseClosed, CaseReopened
from cases.errors import RuleError
from cases.permissions import Verb
from cases.rules import closing as rules
from cases.rules import evidence
from cases.rules.closing import ClosingFacts
from cases.rules.evidence import Attempt
from cases.rules.vocabulary import (
    Answer,
    ApprovalKind,
    ApprovalStatus,
    Channel,
    ConcernStatus,
    Direction,
    Outcome,
    Priority,
    StepStatus,
)

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import Approval, Case, User


def facts_for(case: Case) -> ClosingFacts:
    """What a case looks like to the close guards. Read it again under the lock before closing."""
    answer = satisfaction.last_answer(case)
    if answer is not None and answer.round != case.round:
        answer = None  # silence after another round is no answer, whatever was said before it
    return ClosingFacts(
        statuses=turns.statuses(case),
        open_concerns=case.concerns.filter(status=ConcernStatus.OPEN).count(),
        open_promises=case.promises.unsettled().count(),
        compensations_under_way=under_way(case).count(),
        answer=Answer(answer.answer) if answer is not None else None,
        was_asked=case.satisfaction_checks.arrived().filter(round=case.round).exists(),
        round=case.round,
        has_second_person=case.approvals.filter(
            kind=ApprovalKind.CLOSE_UNRECONCILED,
            status=ApprovalStatus.APPROVED,
            asked_at__gte=case.reopened_at or case.logged_at,
        ).exists(),
    )


@transaction.atomic
def close(*, case: Case, outcome: Outcome, reason: str, actor: User, now: datetime) -> Case:
    """End the case behind its close guards. ``GuardError`` lists everything that is still owed."""
    case = turns.begin(case, actor, Verb.CLOSE_CASE)
    if outcome not in rules.CHOOSABLE:
        raise RuleError("Choose how the case ended.", field="outcome")
    if outcome is Outcome.UNRECONCILED:
        raise RuleError("“Could not be satisfied” needs a last written offer and a second person: ask for it.")
    rules.check_close(facts_for(case), outcome, reason)
    if outcome is Outcome.NO_CONTACT_POSSIBLE:
        evidence.check_no_contact(attempts(case))
    end(case, outcome, reason, actor=actor, now=now)
    return case


@transaction.atomic
def ask_unreconciled(*, case: Case, last_offer: str, reason: str, actor: User, now: datetime) -> Approval:
    """Say that this customer cannot be satisfied: allowed, nobody's failure, but with a last written offer and somebody
    else who agrees (domain.md A4.6)."""
    case = turns.begin(case, actor, Verb.CLOSE_CASE)
    if not last_offer.strip():
        raise RuleError("Write the last offer as the customer has it in writing.", field="last_offer")
    if not reason.strip():
        raise RuleError("Say what was tried and why it does not satisfy.", field="reason")
    facts = facts_for(case)
    missing = [
        sentence for sentence in rules.missing_to_close(facts, Outcome.UNRECONCILED) if "second person" not in sentence
    ]
    if missing:
        raise RuleError(f"First everything else has to be done. {' '.join(missing)}")
    question = steps.Question(ApprovalKind.CLOSE_UNRECONCILED, reason, last_offer=last_offer)
    return steps.ask_second_person(case, question, actor=actor, now=now)


@transaction.atomic
def reopen(*, case: Case, reason: str, actor: User, now: datetime) -> Case:
    """The same failure still stands: another round with fresh clocks. The first closing is kept for the reopen rate."""
    case = turns.begin(case, actor, Verb.REOPEN_CASE, may_be_closed=True)
    if case.is_open:
        raise RuleError("This case is open.")
    if not reason.strip():
        raise RuleError("Say why; the reason stays with the case.", field="reason")
    case.is_timed = True
    case.promises.unsettled().update(ladder_for=None)
    _open_again(case, reason.strip(), at=now, actor=actor)
    satisfaction.open_round(case, None, at=now, reason=reason.strip(), now=now)
    return case


def take_back(case: Case, because: str, *, at: datetime) -> bool:
    """Open a closed case again because a step that it was closed on turned out not to be done. In the round that it was
    in: nothing has failed again, and what else the customer said or was given still stands. Says whether it was
    closed."""
    case = turns.begin(case, None, Verb.REOPEN_CASE, may_be_closed=True)
    if case.is_open:
        return False
    _open_again(case, because, at=at, actor=None)
    return True


def end(
    case: Case, outcome: Outcome, reason: str, *, actor: User, now: datetime, approved_by: User | None = None
) -> None:
    """Close a held case whose guards were checked. Steps nobody owes any more are waived with the outcome as reason."""
    case.steps.filter(status=StepStatus.PENDING).update(
        status=StepStatus.WAIVED, settled_at=now, settled_by=actor, note=f"Closed as “{outcome.label}”."
    )
    case.pauses.filter(ended_at__isnull=True, until__gt=now).update(ended_at=now)
    updates.end(case, at=now)
    case.closed_at, case.closed_by = now, actor
    case.outcome, case.outcome_reason = outcome, reason.strip()
    case.priority, case.escalated_at, case.escalated_because = Priority.NORMAL, None, ""
    second_person = str(approved_by) if approved_by else ""
    happened = CaseClosed(outcome=outcome, reason=reason.strip(), second_person=second_person)
    turns.finish(case, happened, at=now, actor=actor)


def _open_again(case: Case, reason: str, *, at: datetime, actor: User | None) -> None:
    before = Outcome(case.outcome)
    case.first_closed_at = case.first_closed_at or case.closed_at
    case.closed_at = case.closed_by = None
    case.outcome, case.outcome_reason, case.reopened_at = "", "", at
    turns.finish(case, CaseReopened(before=before, reason=reason), at=at, actor=actor)


def attempts(case: Case) -> list[Attempt]:
    """Our tries to reach the customer, whatever came of them."""
    rows = case.contacts.filter(direction=Direction.OUT).values_list("at", "channel")
    return [Attempt(at, Channel(channel)) for at, channel in rows]
