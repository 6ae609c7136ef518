"""What is given: proposed, approved by somebody with enough authority, offered, accepted, issued, received."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from cases.actions import notices, steps, turns
from cases.actions.events import CompensationChanged, CompensationProposed, StepSettled
from cases.errors import RuleError
from cases.models import Approval, AuthorityLimit, Compensation
from cases.models.compensations import DELIVERED, LIVE
from cases.models.fields import LARGEST_AMOUNT
from cases.permissions import Verb
from cases.rules import authority, workflow
from cases.rules.vocabulary import (
    ApprovalKind,
    CompensationForm,
    CompensationNature,
    CompensationStatus,
    CorrectionStatus,
    Role,
    Severity,
    StepKind,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cases.models import Case, Step, User
    from cases.models.compensations import CompensationQuerySet

_ZERO = Decimal(0)
_CURRENCY = re.compile("[A-Z]{3}")
DECIDED = (CompensationStatus.APPROVED, CompensationStatus.DECLINED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One thing to give. ``reason``: why this much; for a restitution, how the loss was proven."""

    nature: CompensationNature
    form: CompensationForm
    what: str
    amount: Decimal
    currency: str = ""
    recipient: str = ""
    was_asked_for: bool = False
    reason: str = ""


@transaction.atomic
def propose_compensation(*, case: Case, proposal: Proposal, actor: User, now: datetime) -> Compensation:
    """Approved at once where it is within the proposer's authority for the case's total; else it waits for somebody
    else.

    Restitution of a proven loss is not capped, but says how the loss was proven.
    """
    case = turns.begin(case, actor, Verb.PROPOSE_COMPENSATION)
    currency = _check(proposal)
    compensation = Compensation(
        case=case,
        round=case.round,
        nature=proposal.nature,
        form=proposal.form,
        what=proposal.what.strip(),
        amount=proposal.amount,
        currency=currency,
        recipient=proposal.recipient.strip() or case.customer.name,
        was_asked_for=proposal.was_asked_for,
        reason=proposal.reason.strip(),
        proposed_by=actor,
        proposed_at=now,
    )
    if _is_within(compensation, case, actor):
        compensation.status, compensation.decided_at = CompensationStatus.APPROVED, now
    compensation.save()
    if compensation.status == CompensationStatus.PROPOSED:
        heading = f"Approve {compensation.amount} {currency} for {case.customer}, {case.reference}?"
        lines = [f"{actor} proposes: {compensation.what}.", compensation.reason or "No reason was given."]
        notices.tell_manager(case, heading=heading, lines=lines, now=now, but=actor)
    turns.finish(
        case,
        CompensationProposed(**_given(compensation), reason=compensation.reason),
        at=now,
        actor=actor,
    )
    return compensation


@transaction.atomic
def approve_compensation(*, compensation: Compensation, actor: User, now: datetime, note: str = "") -> Compensation:
    """Grant somebody else's proposal within one's own authority for the case's total."""
    case = turns.begin(compensation.case, actor, Verb.APPROVE_COMPENSATION)
    compensation = Compensation.objects.get(pk=compensation.pk)
    authority.check_approve(
        Role(actor.role),
        Severity(case.severity),
        _total(case, compensation),
        _limits(compensation.currency),
        is_own=compensation.proposed_by_id == actor.pk,
    )
    return _move(compensation, case, CompensationStatus.APPROVED, by=By(actor, now, now, note))


@transaction.atomic
def decline_compensation(*, compensation: Compensation, actor: User, now: datetime, note: str) -> Compensation:
    """Say no to somebody else's proposal, and why."""
    case = turns.begin(compensation.case, actor, Verb.APPROVE_COMPENSATION)
    compensation = Compensation.objects.get(pk=compensation.pk)
    if compensation.proposed_by_id == actor.pk:
        raise RuleError("This is your own proposal: withdraw it instead.")
    if not note.strip():
        raise RuleError("Say why, so that the proposer can do better.", field="note")
    return _move(compensation, case, CompensationStatus.DECLINED, by=By(actor, now, now, note))


@transaction.atomic
def move_compensation(
    *,
    compensation: Compensation,
    to: CompensationStatus,
    actor: User,
    now: datetime,
    note: str = "",
    at: datetime | None = None,
) -> Compensation:
    """Offered, accepted, refused, issued, received or withdrawn. Issuing, or the customer's refusal, settles the step
    when
    nothing else is under way."""
    case = turns.begin(compensation.case, actor, Verb.WORK_CASE)
    compensation = Compensation.objects.get(pk=compensation.pk)
    if to in DECIDED:
        raise RuleError("Approving and declining are for somebody else with enough authority.")
    if to in {CompensationStatus.OFFERED, CompensationStatus.ISSUED}:
        _check_turn(case)
    at = at or now
    steps.check_at(case, at, now)
    if to in DELIVERED and compensation.delivered_at is None:
        compensation.delivered_at = at
        compensation.proof = note.strip()[:300]
    if to is CompensationStatus.REFUSED:
        compensation.delivered_at = None
    return _move(compensation, case, to, by=By(actor, at, now, note))


@transaction.atomic
def decide_none(*, case: Case, reason: str, actor: User, now: datetime, at: datetime | None = None) -> Step | Approval:
    """Nothing is due, and why. After great harm, or where it could not be put right, a second person decides (A4.6)."""
    case = turns.begin(case, actor, Verb.WORK_CASE)
    workflow.check_settle(StepKind.COMPENSATE, turns.statuses(case))
    if not reason.strip():
        raise RuleError("Say why nothing is due; the reason stays with the case.", field="reason")
    if under_way(case).exists():
        raise RuleError("Something is proposed or on its way. Withdraw it first, or let it arrive.")
    impossible = case.corrections.filter(round=case.round, status=CorrectionStatus.IMPOSSIBLE).exists()
    given = case.compensations.delivered().exists()
    if not given and workflow.none_needs_second_person(Severity(case.severity), correction_impossible=impossible):
        question = steps.Question(ApprovalKind.NO_COMPENSATION, reason, step=StepKind.COMPENSATE)
        return steps.ask_second_person(case, question, actor=actor, now=now)
    step = steps.settle(case, StepKind.COMPENSATE, at=at or now, actor=actor, note=reason.strip())
    happened = StepSettled(step=StepKind.COMPENSATE, none_because=reason.strip())
    turns.finish(case, happened, at=at or now, actor=actor, now=now)
    return step


def under_way(case: Case) -> CompensationQuerySet:
    """What is proposed, approved, offered or accepted, and not delivered yet."""
    return case.compensations.live().exclude(status__in=DELIVERED)


def may_approve_up_to(actor: User, case: Case, given: Iterable[Compensation] | None = None) -> Decimal | None:
    """What is left of this person's authority in this case; ``None`` where it has no limit. ``given``: the
    compensations of the case, where somebody has read them already."""
    if actor.role == Role.ADMINISTRATOR:
        return None
    limit = _limits(settings.AMENDS_CURRENCY).get((Role(actor.role), Severity(case.severity)), _ZERO)
    given = case.compensations.all() if given is None else given
    goodwill = [one.amount for one in given if one.nature == CompensationNature.GOODWILL and one.status in LIVE]
    return max(limit - sum(goodwill, _ZERO), _ZERO)


def _check(proposal: Proposal) -> str:
    if not proposal.what.strip():
        raise RuleError("Say what is given.", field="what")
    authority.check_amount(proposal.amount, LARGEST_AMOUNT)
    if proposal.nature is CompensationNature.RESTITUTION and not proposal.reason.strip():
        raise RuleError("Say how the loss was proven: a receipt, a statement, our own record.", field="reason")
    currency = (proposal.currency or settings.AMENDS_CURRENCY).strip().upper()
    if not _CURRENCY.fullmatch(currency):
        raise RuleError("Write the currency as its three letters, such as USD.", field="currency")
    return currency


def _is_within(compensation: Compensation, case: Case, actor: User) -> bool:
    if compensation.nature == CompensationNature.RESTITUTION:
        return True
    return authority.is_within(
        Role(actor.role), Severity(case.severity), _total(case, compensation), _limits(compensation.currency)
    )


def _total(case: Case, compensation: Compensation) -> Decimal:
    """The goodwill of the whole case in this currency, this one included; restitution alone counts as itself."""
    if compensation.nature == CompensationNature.RESTITUTION:
        return _ZERO
    others = case.compensations.live().goodwill().filter(currency=compensation.currency).exclude(pk=compensation.pk)
    return (others.aggregate(total=Sum("amount"))["total"] or _ZERO) + compensation.amount


def _limits(currency: str) -> authority.Limits:
    rows = AuthorityLimit.objects.filter(currency=currency).values_list("role", "severity", "amount")
    return {(Role(role), Severity(severity)): amount for role, severity, amount in rows}


class By(NamedTuple):
    """Who moves a compensation on, when it happened, when it is recorded, and what they note."""

    actor: User
    at: datetime
    now: datetime
    note: str


def _move(compensation: Compensation, case: Case, to: CompensationStatus, *, by: By) -> Compensation:
    before = CompensationStatus(compensation.status)
    workflow.check_transition(workflow.COMPENSATION, before, to)
    compensation.status = to
    if to in DECIDED:
        compensation.approved_by, compensation.decided_at = by.actor, by.now
        compensation.decision_note = by.note.strip()
    compensation.save()
    settled_at = compensation.delivered_at if to in DELIVERED and compensation.delivered_at else by.at
    _settle_step(case, to, at=settled_at, actor=by.actor)
    happened = CompensationChanged(**_given(compensation), before=before, note=by.note.strip())
    turns.finish(case, happened, at=by.at, actor=by.actor, now=by.now)
    return compensation


def _check_turn(case: Case) -> None:
    before = workflow.waiting_for(StepKind.COMPENSATE, turns.statuses(case))
    if before:
        names = " and ".join(f"“{kind.label}”" for kind in before)
        raise RuleError(f"First settle {names}: a gift does not stand in for it.")


def _settle_step(case: Case, to: CompensationStatus, *, at: datetime, actor: User) -> None:
    ends = to in {CompensationStatus.ISSUED, CompensationStatus.RECEIVED, CompensationStatus.REFUSED}
    if ends and turns.is_pending(case, StepKind.COMPENSATE) and not under_way(case).exists():
        steps.settle(case, StepKind.COMPENSATE, at=at, actor=actor)


def _given(compensation: Compensation) -> dict[str, Any]:
    return {
        "what": compensation.what,
        "amount": compensation.amount,
        "currency": compensation.currency,
        "nature": CompensationNature(compensation.nature),
        "after": CompensationStatus(compensation.status),
        "recipient": compensation.recipient,
    }
