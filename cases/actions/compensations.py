"""What is given: proposed, approved by somebody with enough authority, offered, accepted, issued, received."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.db import transaction

from cases.actions import deciding, nothing_due, steps, turns
from cases.actions.events import CompensationChanged, CompensationProposed, StepSettled
from cases.errors import RuleError
from cases.models import Approval, Compensation, User
from cases.models.compensations import DELIVERED
from cases.permissions import Verb
from cases.rules import authority, money, sequence, workflow
from cases.rules.authority import Gift
from cases.rules.folding import name_key, visible
from cases.rules.money import Money
from cases.rules.sequence import NotBefore
from cases.rules.vocabulary import (
    ApprovalKind,
    CompensationForm,
    CompensationNature,
    CompensationStatus,
    CorrectionStatus,
    GivenSoFar,
    Payer,
    Severity,
    StepKind,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from cases.actions.deciding import Grounds
    from cases.models import Case, Step
    from cases.models.compensations import CompensationQuerySet

_NOTHING = Decimal(0)
_ONWARD: Mapping[GivenSoFar, Sequence[CompensationStatus]] = {
    GivenSoFar.PROPOSED: (),
    GivenSoFar.OFFERED: (CompensationStatus.OFFERED,),
    GivenSoFar.ACCEPTED: (CompensationStatus.OFFERED, CompensationStatus.ACCEPTED),
    GivenSoFar.ISSUED: (CompensationStatus.OFFERED, CompensationStatus.ACCEPTED, CompensationStatus.ISSUED),
}
DECIDED = (CompensationStatus.APPROVED, CompensationStatus.DECLINED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One thing to give. ``reason``: why this much; for a restitution, how the loss was proven. ``recipient``: empty
    for the customer; of somebody else, ``recipient_reason`` says why."""

    nature: CompensationNature
    form: CompensationForm
    what: str
    amount: Decimal
    currency: str = ""
    recipient: str = ""
    recipient_reason: str = ""
    paid_by: Payer = Payer.US
    was_asked_for: bool = False
    reason: str = ""


@transaction.atomic
def propose_compensation(*, case: Case, proposal: Proposal, actor: User, now: datetime) -> Compensation:
    """Approved at once where the proposer may give it alone; else whoever may decide it is asked.

    A restitution says how the loss was proven.
    """
    case = turns.begin(case, actor, Verb.PROPOSE_COMPENSATION)
    compensation = Compensation(
        case=case,
        round=case.round,
        nature=proposal.nature,
        form=proposal.form,
        what=proposal.what.strip(),
        amount=proposal.amount,
        currency=_check(proposal),
        paid_by=proposal.paid_by,
        was_asked_for=proposal.was_asked_for,
        reason=proposal.reason.strip(),
        proposed_by=actor,
        proposed_at=now,
        moved_at=now,
        **_recipient(proposal, case),
    )
    grounds = deciding.grounds_of(case)
    if _is_alone(compensation, grounds.beside(compensation), grounds):
        compensation.status, compensation.decided_at = CompensationStatus.APPROVED, now
    else:
        deciding.ask(compensation, now=now)
    compensation.save()
    if proposal.nature is CompensationNature.GOODWILL:
        nothing_due.forget(case, actor=actor, now=now)
    turns.finish(
        case,
        CompensationProposed(
            **_given(compensation), reason=compensation.reason, asked_to=str(compensation.asked_to or "")
        ),
        at=now,
        actor=actor,
    )
    deciding.ask_again(case, now=now)
    return compensation


@transaction.atomic
def give_compensation(
    *, case: Case, proposal: Proposal, so_far: GivenSoFar, actor: User, now: datetime, note: str = ""
) -> Compensation:
    """Proposed, and as far as it has come already: each status has its own event. ``note``: a receipt or a number.

    Refused where somebody else has to agree and the customer was told already: nothing is offered before it is granted
    (domain.md, "Compensation bands").
    """
    compensation = propose_compensation(case=case, proposal=proposal, actor=actor, now=now)
    if _ONWARD[so_far] and compensation.status != CompensationStatus.APPROVED:
        raise RuleError(
            "This is above what you may grant alone, so somebody else decides before the customer is told. "
            f"Choose “{GivenSoFar.PROPOSED.label}” to ask them.",
            field="so_far",
        )
    if note.strip() and not _ONWARD[so_far]:
        raise RuleError(
            "A receipt or number is of something given. Choose how far it is, or take it out.", field="note"
        )
    for status in _ONWARD[so_far]:
        said = note if status is _ONWARD[so_far][-1] else ""
        compensation = move_compensation(compensation=compensation, to=status, actor=actor, now=now, note=said)
    return compensation


@transaction.atomic
def approve_compensation(*, compensation: Compensation, actor: User, now: datetime, note: str = "") -> Compensation:
    """Grant somebody else's proposal within one's own authority for the case's total."""
    case, compensation = _begin_decision(compensation, actor, now)
    return _move(compensation, case, CompensationStatus.APPROVED, by=By(actor, now, now, note))


@transaction.atomic
def decline_compensation(*, compensation: Compensation, actor: User, now: datetime, note: str) -> Compensation:
    """Say no to somebody else's proposal, and why."""
    if compensation.proposed_by_id == actor.pk:
        raise RuleError("This is your own proposal: withdraw it instead.")
    case, compensation = _begin_decision(compensation, actor, now)
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
    when nothing else is under way."""
    case = turns.begin(compensation.case, actor, Verb.WORK_CASE)
    compensation = Compensation.objects.get(pk=compensation.pk)
    if to in DECIDED:
        raise RuleError("Approving and declining are for somebody else with enough authority.")
    if to in {CompensationStatus.OFFERED, CompensationStatus.ISSUED}:
        _check_turn(case)
        _check_still_alone(compensation, case)
    last = NotBefore(compensation.moved_at, sequence.BEFORE_LAST_MOVE)
    at = sequence.possible(at or now, now, last)
    if to in DELIVERED and compensation.delivered_at is None:
        compensation.delivered_at = at
        compensation.proof = note.strip()[:300]
    if to is CompensationStatus.REFUSED:
        compensation.delivered_at = None
    return _move(compensation, case, to, by=By(actor, at, now, note))


@transaction.atomic
def record_payer(*, compensation: Compensation, paid_by: Payer, actor: User, now: datetime, note: str) -> Compensation:
    """Who pays for it in the end, learned later; also of a case that is closed."""
    case = turns.begin(compensation.case, actor, Verb.WORK_CASE, may_be_closed=True)
    compensation = Compensation.objects.get(pk=compensation.pk)
    if compensation.paid_by == paid_by:
        raise RuleError("That is recorded already.", field="paid_by")
    if not note.strip():
        raise RuleError("Say how we know: an agreement, a number, who said so.", field="note")
    compensation.paid_by, status = paid_by, CompensationStatus(compensation.status)
    compensation.save(update_fields=("paid_by",))
    turns.finish(
        case, CompensationChanged(**_given(compensation), before=status, note=note.strip()), at=now, actor=actor
    )
    return compensation


@transaction.atomic
def decide_none(*, case: Case, reason: str, actor: User, now: datetime, at: datetime | None = None) -> Step | Approval:
    """No goodwill is due, and why; a loss is returned all the same. After great harm, or where it could not be put
    right, a second person decides (A4.6). The step stays open while a restitution waits for somebody's yes or no."""
    case = turns.begin(case, actor, Verb.WORK_CASE)
    workflow.check_settle(StepKind.COMPENSATE, turns.statuses(case))
    if not reason.strip():
        raise RuleError("Say why nothing is due; the reason stays with the case.", field="reason")
    nothing_due.check(case)
    nothing_due.check_undecided(case)
    impossible = case.corrections.filter(round=case.round, status=CorrectionStatus.IMPOSSIBLE).exists()
    at = steps.possible(case, StepKind.COMPENSATE, at, now)
    given = case.compensations.delivered().filter(nature=CompensationNature.GOODWILL).exists()
    if not given and workflow.none_needs_second_person(Severity(case.severity), correction_impossible=impossible):
        question = steps.Question(ApprovalKind.NO_COMPENSATION, reason, step=StepKind.COMPENSATE)
        return steps.ask_second_person(case, question, actor=actor, now=now)
    step = nothing_due.agree(case, reason, by=actor, at=at, now=now)
    happened = StepSettled(step=StepKind.COMPENSATE, none_because=reason.strip())
    turns.finish(case, happened, at=at, actor=actor, now=now)
    return step


def withdraw_undecided(case: Case, *, actor: User, now: datetime) -> None:
    """What nobody has decided on is not given any more. For actions that hold the case."""
    for compensation in case.compensations.filter(status=CompensationStatus.PROPOSED):
        _move(compensation, case, CompensationStatus.WITHDRAWN, by=By(actor, now, now, ""))


def under_way(case: Case) -> CompensationQuerySet:
    """What is proposed, approved, offered or accepted, and not delivered yet."""
    return case.compensations.live().exclude(status__in=DELIVERED)


def may_give(actor: User, grounds: Grounds, nature: CompensationNature) -> tuple[Money, ...] | None:
    """What this person may still give alone of one nature, by currency, the organization's own first and always;
    ``None`` where there is no limit."""
    own = settings.AMENDS_CURRENCY
    gifts = [gift for _key, gift in grounds.gifts]
    left = []
    for currency in sorted(settings.AMENDS_CURRENCIES, key=lambda code: (code != own, code)):
        limit = grounds.limit(actor, nature, currency)
        if limit is None:
            return None
        nothing = Gift(nature, Money(_NOTHING, currency))
        is_open = authority.may_give_alone(nothing, gifts, limit)
        rest = limit - authority.total_with(nothing, gifts).amount if is_open else _NOTHING
        if rest or currency == own:
            left.append(Money(rest, currency))
    return tuple(left)


def _check(proposal: Proposal) -> str:
    if not proposal.what.strip():
        raise RuleError("Say what is given.", field="what")
    currency = money.check_currency(proposal.currency or settings.AMENDS_CURRENCY, settings.AMENDS_CURRENCIES)
    money.check_amount(proposal.amount, currency)
    if proposal.nature is CompensationNature.RESTITUTION and not proposal.reason.strip():
        raise RuleError("Say how the loss was proven: a receipt, a statement, our own record.", field="reason")
    return currency


def _recipient(proposal: Proposal, case: Case) -> dict[str, Any]:
    """The fields of who gets it: the customer, unless somebody else is named."""
    name, reason = visible(proposal.recipient), proposal.recipient_reason.strip()
    is_customer = not name or name_key(name) == name_key(case.customer.name)
    if is_customer and reason:
        raise RuleError("Say who gets it instead of the customer.", field="recipient")
    if not is_customer and not reason and proposal.nature is CompensationNature.RESTITUTION:
        raise RuleError("Say why the loss is returned to somebody else than the customer.", field="recipient_reason")
    return {
        "recipient": case.customer.name if is_customer else name,
        "is_third_party": not is_customer,
        "recipient_reason": reason,
    }


def _is_alone(compensation: Compensation, others: Sequence[Gift], grounds: Grounds) -> bool:
    """Whether the proposer may give it alone, beside these others."""
    nature = CompensationNature(compensation.nature)
    limit = grounds.limit(compensation.proposed_by, nature, compensation.currency)
    return authority.may_give_alone(deciding.gift_of(compensation), others, limit)


def _check_still_alone(compensation: Compensation, case: Case) -> None:
    """What the proposer granted alone is not offered any more once their authority has become less."""
    if compensation.status != CompensationStatus.APPROVED or compensation.approved_by_id is not None:
        return
    grounds = deciding.grounds_of(case)
    if not _is_alone(compensation, grounds.before(compensation), grounds):
        raise RuleError(
            f"This is above what {compensation.proposed_by} may grant alone by now. "
            "Withdraw it and propose it again: then somebody else decides."
        )


def _begin_decision(compensation: Compensation, actor: User, now: datetime) -> tuple[Case, Compensation]:
    """Lock the case, and permit what ``deciding`` says."""
    case = turns.begin(compensation.case, actor, Verb.APPROVE_COMPENSATION)
    compensation = Compensation.objects.get(pk=compensation.pk)
    compensation.case = case
    deciding.check(actor, compensation, now)
    return case, compensation


class By(NamedTuple):
    """Who moves a compensation on, when it happened, when it is recorded, and what they note."""

    actor: User
    at: datetime
    now: datetime
    note: str


def _move(compensation: Compensation, case: Case, to: CompensationStatus, *, by: By) -> Compensation:
    before = CompensationStatus(compensation.status)
    workflow.check_transition(workflow.COMPENSATION, before, to)
    compensation.status, compensation.moved_at = to, by.at
    if to in DECIDED:
        compensation.approved_by, compensation.decided_at = by.actor, by.now
        compensation.decision_note = by.note.strip()
    compensation.save()
    settled_at = compensation.delivered_at if to in DELIVERED and compensation.delivered_at else by.at
    _settle_step(case, to, at=settled_at, by=by)
    happened = CompensationChanged(**_given(compensation), before=before, note=by.note.strip())
    turns.finish(case, happened, at=by.at, actor=by.actor, now=by.now)
    deciding.ask_again(case, now=by.now)
    return compensation


def _check_turn(case: Case) -> None:
    before = workflow.waiting_for(StepKind.COMPENSATE, turns.statuses(case))
    if before:
        names = " and ".join(f"“{kind.label}”" for kind in before)
        raise RuleError(f"First settle {names}: a gift does not stand in for it.")


def _settle_step(case: Case, to: CompensationStatus, *, at: datetime, by: By) -> None:
    """Once nothing is under way; where no goodwill is due, once nothing is undecided."""
    step = nothing_due.open_step(case)
    if step is None:
        return
    if step.says_nothing_is_due:
        nothing_due.settle(case, step, at=by.now)  # a typed moment may lie before that decision
        return
    ends = to in {CompensationStatus.ISSUED, CompensationStatus.RECEIVED, CompensationStatus.REFUSED}
    if ends and not nothing_due.is_asked(step) and not under_way(case).exists():
        steps.settle(case, StepKind.COMPENSATE, at=at, actor=by.actor, now=by.now)


def _given(compensation: Compensation) -> dict[str, Any]:
    return {
        "what": compensation.what,
        "amount": compensation.money.plain,
        "currency": compensation.currency,
        "nature": CompensationNature(compensation.nature),
        "after": CompensationStatus(compensation.status),
        "recipient": compensation.recipient if compensation.is_third_party else "",
        "is_third_party": compensation.is_third_party,
        "recipient_reason": compensation.recipient_reason,
        "paid_by": Payer(compensation.paid_by),
    }
