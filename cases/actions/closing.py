"""How a case ends, honestly; and how it begins again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max, Q

from cases.actions import (
    addresses,
    clocks,
    contacts,
    deciding,
    duplicates,
    raises,
    satisfaction,
    steps,
    turns,
    updates,
)
from cases.actions.compensations import under_way, withdraw_undecided
from cases.actions.events import CaseClosed, CaseReopened
from cases.errors import RuleError
from cases.permissions import Verb
from cases.rules import closing as rules
from cases.rules import evidence
from cases.rules.closing import ClosingFacts, LastFacts
from cases.rules.evidence import Attempt
from cases.rules.vocabulary import (
    AddressBecause,
    Answer,
    ApologyStatus,
    ApprovalKind,
    Channel,
    CompensationStatus,
    ConcernStatus,
    Direction,
    NotNeededBecause,
    Outcome,
    Priority,
    Reached,
    StepKind,
    StepStatus,
    WaivedBecause,
)

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import Approval, Case, User

ARRIVED = (ApologyStatus.SPOKEN, ApologyStatus.DELIVERED)
"""An apology that was spoken, or that the customer's mail server has taken."""


def facts_for(case: Case) -> ClosingFacts:
    """What a case looks like to the close guards. Read it again under the lock before closing."""
    return ClosingFacts(
        statuses=turns.statuses(case),
        open_concerns=case.concerns.filter(status=ConcernStatus.OPEN).count(),
        open_promises=case.promises.unsettled().count(),
        compensations_under_way=under_way(case).count(),
        answer=_answer(case),
        was_asked=case.satisfaction_checks.left().filter(round=case.round).exists(),
        round=case.round,
    )


@transaction.atomic
def close(
    *, case: Case, outcome: Outcome, reason: str, actor: User, now: datetime, duplicate_of: Case | None = None
) -> Case:
    """End the case behind its close guards. ``GuardError`` lists everything that is still owed. A duplicate names the
    case that it duplicates, and what goes on moves there."""
    duplicates.lock_both(case, duplicate_of)
    case = turns.begin(case, actor, Verb.CLOSE_CASE)
    if outcome not in rules.CHOOSABLE:
        raise RuleError("Choose how the case ended.", field="outcome")
    if outcome is Outcome.UNRECONCILED:
        raise RuleError("“Could not be satisfied” needs a last written offer and a second person: ask for it.")
    if outcome is not Outcome.DUPLICATE and duplicate_of is not None:
        raise RuleError(
            f"You named {duplicate_of.reference}: choose “{Outcome.DUPLICATE.label}”, or take it out.",
            field="duplicate_of",
        )
    if outcome is Outcome.DUPLICATE:
        duplicates.join(case, duplicate_of, actor=actor, now=now)
    rules.check_close(facts_for(case), outcome, reason)
    if outcome is Outcome.NO_CONTACT_POSSIBLE:
        evidence.check_no_contact(attempts(case))
    end(case, outcome, reason, actor=actor, now=now)
    return case


def last_facts(case: Case) -> LastFacts:
    """What a case looks like where nothing will satisfy the customer. Read it again under the lock before closing."""
    unissued = under_way(case).exclude(status=CompensationStatus.PROPOSED)
    return LastFacts(
        is_acknowledged=case.steps.filter(kind=StepKind.ACKNOWLEDGE, status=StepStatus.DONE).exists(),
        is_apologized=case.apologies.filter(status__in=ARRIVED).exists(),
        is_out_of_reach=evidence.is_out_of_reach(attempts(case)),
        answer=_answer(case),
        open_promises=tuple(case.promises.unsettled().values_list("words", flat=True)),
        unissued=tuple(unissued.values_list("what", flat=True)),
    )


@transaction.atomic
def ask_unreconciled(*, case: Case, last_offer: str, reason: str, actor: User, now: datetime) -> Approval:
    """Say, in whatever round, that this customer cannot be satisfied: allowed and nobody's failure, but with a last
    written offer and somebody else who agrees (domain.md, F). ``GuardError`` lists what is owed to anybody."""
    case = turns.begin(case, actor, Verb.CLOSE_CASE)
    rules.check_give_up(last_facts(case), last_offer=last_offer, reason=reason)
    question = steps.Question(ApprovalKind.CLOSE_UNRECONCILED, reason, last_offer=last_offer)
    return steps.ask_second_person(case, question, actor=actor, now=now)


def give_up(case: Case, approval: Approval, *, now: datetime) -> None:
    """Close a held case as "could not be satisfied", as the second person has granted. That settles whatever its round
    still owes: open steps, concerns, and compensations that nobody has decided on."""
    rules.check_give_up(last_facts(case), last_offer=approval.last_offer, reason=approval.reason)
    contacts.refuse_open_concerns(case, approval.reason, actor=approval.asked_by, now=now)
    end(case, Outcome.UNRECONCILED, approval.reason, actor=approval.asked_by, now=now, approval=approval)


@transaction.atomic
def reopen(*, case: Case, reason: str, actor: User, now: datetime) -> Case:
    """The same failure still stands: another round with fresh clocks. The first closing is kept for the reopen rate."""
    case = turns.begin(case, actor, Verb.REOPEN_CASE, may_be_closed=True)
    if case.is_open:
        raise RuleError("This case is open.")
    if case.duplicate_of is not None:
        raise RuleError(
            f"What was said and promised here goes on in {case.duplicate_of.reference}. Go on there; a mistake of its "
            "own is logged as a new case."
        )
    if not reason.strip():
        raise RuleError("Say why; the reason stays with the case.", field="reason")
    case.is_timed = True
    updates.settle_after_closing(case, at=now, by=actor)
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
    updates.ask_on(case, now=at)
    return True


def end(
    case: Case, outcome: Outcome, reason: str, *, actor: User, now: datetime, approval: Approval | None = None
) -> None:
    """Close a held case whose guards were checked. Steps nobody owes any more are waived with the outcome as code, and
    by the second person who agreed to it. What waits for somebody's decision is taken back."""
    withdraw_undecided(case, actor=actor, now=now)
    steps.withdraw_questions(case, NotNeededBecause.CLOSED, actor=actor, now=now)
    second = approval.decided_by if approval is not None else None
    pending = case.steps.filter(status=StepStatus.PENDING)
    waived = tuple(StepKind(kind) for kind in pending.values_list("kind", flat=True))
    if waived:
        pending.update(
            status=StepStatus.WAIVED,
            settled_at=now,
            settled_by=actor,
            approved_by=second,
            note="",
            waived_because=WaivedBecause(outcome),
        )
    case.pauses.filter(ended_at__isnull=True, until__gt=now).update(ended_at=now)
    updates.end(case, at=now)
    case.closed_at, case.closed_by = now, actor
    case.outcome, case.outcome_reason = outcome, reason.strip()
    case.priority, case.escalated_at, case.escalated_because = Priority.NORMAL, None, ""
    happened = CaseClosed(
        outcome=outcome,
        reason=reason.strip(),
        second_person=str(second) if second else "",
        last_offer=approval.last_offer if approval is not None else "",
        waived=waived,
    )
    turns.finish(case, happened, at=now, actor=actor)
    raises.review_later_failures(case, now=now, actor=actor)


def _answer(case: Case) -> Answer | None:
    """Silence after another round is no answer, whatever was said before it."""
    last = satisfaction.last_answer(case)
    return Answer(last.answer) if last is not None and last.round == case.round else None


def _open_again(case: Case, reason: str, *, at: datetime, actor: User | None) -> None:
    before = Outcome(case.outcome)
    case.first_closed_at = case.first_closed_at or case.closed_at
    case.closed_at = case.closed_by = None
    case.outcome, case.outcome_reason, case.reopened_at = "", "", at
    clocks.derive_promises(case)
    turns.finish(case, CaseReopened(before=before, reason=reason), at=at, actor=actor)
    addresses.ask_again(case, AddressBecause.REOPENED, actor=actor, now=at)
    deciding.ask_again(case, now=at)
    raises.review_later_failures(case, now=at, actor=actor)


def attempts(case: Case) -> list[Attempt]:
    """Our tries since the customer and we last heard of each other, by the days of the team: those that did not reach
    them, and letters. A letter, or a mail that left, shows neither that they can be reached nor that they cannot."""
    zone, ours, letter = clocks.zone_of(case), Q(direction=Direction.OUT), Q(channel=Channel.LETTER)
    in_person = ours & Q(reached=Reached.REACHED, message__isnull=True) & ~letter
    heard = case.contacts.filter(Q(direction=Direction.IN) | in_person).aggregate(last=Max("at"))["last"]
    answer = satisfaction.last_answer(case)
    since = max(filter(None, (heard, answer.answered_at if answer is not None else None)), default=None)
    rows = case.contacts.filter(ours & (letter | ~Q(reached=Reached.REACHED)))
    rows = rows.filter(at__gt=since) if since is not None else rows
    return [Attempt(at.astimezone(zone), Channel(channel)) for at, channel in rows.values_list("at", "channel")]
