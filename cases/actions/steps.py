"""Settling the six steps: each when its evidence is there, several in one go, or waived with a reason and a second
person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from cases.actions import clocks, deciding, notices, turns, updates
from cases.actions.contacts import Exchange, add_contact
from cases.actions.events import ApprovalAsked, ApprovalWithdrawn, StepSettled, StepWaived
from cases.errors import RuleError
from cases.models import Acknowledgement, Approval, Concern, Reminder
from cases.permissions import Verb
from cases.rules import evidence as rules
from cases.rules import sequence, workflow
from cases.rules.closing import NO_RECOVERY_OWED
from cases.rules.deadlines import COUNTS_FROM
from cases.rules.sequence import NotBefore
from cases.rules.vocabulary import (
    ApprovalKind,
    ApprovalStatus,
    CommitmentKind,
    Direction,
    NotNeededBecause,
    Reaction,
    Severity,
    StepKind,
    StepStatus,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cases.models import Case, Message, Step, User
    from cases.rules.evidence import AcknowledgementEvidence


@dataclass(frozen=True, slots=True)
class Question:
    """What a second person is asked to decide."""

    kind: ApprovalKind
    reason: str
    step: StepKind | None = None
    last_offer: str = ""


def settle(
    case: Case, kind: StepKind, *, at: datetime, actor: User | None, now: datetime | None = None, note: str = ""
) -> Step:
    """Mark one step of the present round as done, for actions that hold the case and have checked the evidence.
    ``now``: when that is recorded, if that is another moment. A second person has nothing left to decide of it.

    Raises ``RuleError`` when it is out of order or settled already. The caller finishes the turn.
    """
    step = _settle(case, kind, StepStatus.DONE, at=at, actor=actor, note=note)
    withdraw_questions(case, NotNeededBecause.SETTLED, actor=actor, now=now or at, step=step)
    return step


def leave_out(case: Case, kind: StepKind, *, reason: str, actor: User | None, now: datetime) -> Step:
    """The same for a step that is waived."""
    step = _settle(case, kind, StepStatus.WAIVED, at=now, actor=actor, note=reason.strip())
    withdraw_questions(case, NotNeededBecause.SETTLED, actor=actor, now=now, step=step)
    return step


def _settle(case: Case, kind: StepKind, status: StepStatus, *, at: datetime, actor: User | None, note: str) -> Step:
    workflow.check_settle(kind, turns.statuses(case))
    step: Step = case.steps.get(round=case.round, kind=kind)
    step.status, step.settled_at, step.settled_by, step.note, step.approved_by = status, at, actor, note, None
    step.working_time = clocks.working_time(case, step.started_at, at)
    step.save()
    if kind is StepKind.CONFIRM:
        updates.end(case, at=at)
    if kind in {StepKind.CORRECT, StepKind.COMPENSATE}:
        _note_resolved(case)
    return step


def settle_by_mail(
    case: Case, kind: StepKind, *, at: datetime, actor: User, message: Message | None, now: datetime | None = None
) -> Step:
    """``settle`` by a mail that left; it takes the step back if it bounces."""
    step = settle(case, kind, at=at, actor=actor, now=now)
    step.message = message
    step.save(update_fields=("message",))
    return step


def done_by_mail(case: Case, message: Message) -> Step | None:
    """The step of the present round that this mail has completed, if it still counts as done."""
    return case.steps.filter(round=case.round, status=StepStatus.DONE, message=message).first()


def owe_again(case: Case, step: Step | None, *, at: datetime) -> bool:
    """Take back a step that was completed by something that turns out not to have happened; what was settled after it
    stays settled. Says whether there was one. For actions that hold the case.

    Its clock counts from where it always did, so it may be late at once; its owner hears of that first. A case in which
    no recovery was owed after all stays as it is.
    """
    if step is None or case.outcome in NO_RECOVERY_OWED:
        return False
    step.status, step.settled_at, step.settled_by, step.note = StepStatus.PENDING, None, None, ""
    step.working_time = step.ladder_for = step.message = None
    if step.due_at is None or step.due_at >= at:
        step.owed_by_id = case.owner_id
    else:
        step.heard_at = at
    step.save()
    # Dropped because the step was done: owed after all.
    Reminder.objects.filter(kind=CommitmentKind.STEP, commitment_id=step.pk).exclude(dropped_because="").delete()
    return True


@transaction.atomic
def acknowledge(
    *, case: Case, evidence: AcknowledgementEvidence, actor: User, now: datetime, at: datetime | None = None
) -> Step:
    """We reached the customer, said it back, and asked whether that is all. ``at``: when, if not now."""
    case = turns.begin(case, actor, Verb.WORK_CASE)
    workflow.check_settle(StepKind.ACKNOWLEDGE, turns.statuses(case))
    urgent = Severity(case.severity).rank >= Severity.MAJOR.rank and bool(case.customer.phone)
    rules.check_acknowledgement(evidence, must_be_live=urgent)
    at = possible(case, StepKind.ACKNOWLEDGE, at, now)
    exchange = Exchange(
        direction=Direction.OUT,
        channel=evidence.channel,
        reached=evidence.reached,
        summary=evidence.read_back,
        at=at,
        private_note=evidence.private_note,
        reaction=evidence.reaction,
        is_chase=False,
    )
    contact = add_contact(case, exchange, by=actor, now=now)
    more = [text.strip() for text in evidence.more_concerns if text.strip()]
    Concern.objects.bulk_create(Concern(case=case, text=text) for text in more)
    step = settle(case, StepKind.ACKNOWLEDGE, at=at, actor=actor, now=now)
    Acknowledgement.objects.create(
        step=step,
        contact=contact,
        read_back=evidence.read_back.strip(),
        read_back_answer=evidence.read_back_answer,
        was_only_concern=bool(evidence.was_only_concern),
        ownership=evidence.ownership.strip(),
        not_live_because=evidence.not_live_because.strip(),
    )
    happened = StepSettled(
        step=StepKind.ACKNOWLEDGE,
        channel=evidence.channel,
        read_back=evidence.read_back.strip(),
        read_back_answer=evidence.read_back_answer,
        more_concerns=tuple(more),
        ownership=evidence.ownership.strip(),
        reaction=Reaction(evidence.reaction) if evidence.reaction else None,
    )
    turns.finish(case, happened, at=at, actor=actor, now=now)
    return step


@transaction.atomic
def waive(*, case: Case, kind: StepKind, reason: str, actor: User, now: datetime) -> Step | Approval:
    """Leave a step out, with a reason. Where policy wants a second person this only asks; ``approvals.decide`` does
    it."""
    case = turns.begin(case, actor, Verb.WORK_CASE)
    workflow.check_waive(kind, turns.statuses(case), reason)
    if workflow.STEPS[kind].waiver_needs_second_person:
        return ask_second_person(case, Question(ApprovalKind.WAIVE_STEP, reason, step=kind), actor=actor, now=now)
    step = leave_out(case, kind, reason=reason, actor=actor, now=now)
    turns.finish(case, StepWaived(step=kind, reason=reason.strip()), at=now, actor=actor)
    return step


def ask_second_person(case: Case, question: Question, *, actor: User, now: datetime) -> Approval:
    """Write down that somebody else must decide, for actions that hold the case. Finishes the turn."""
    step, reason = question.step, question.reason.strip()
    row = case.steps.get(round=case.round, kind=step) if step is not None else None
    same = {"step": row} if row is not None else {"kind": question.kind, "step": None}
    if case.approvals.filter(**same, decided_at__isnull=True).exists():
        raise RuleError("A second person has been asked already. Wait for their answer.")
    approval = Approval(
        case=case,
        kind=question.kind,
        step=row,
        reason=reason,
        last_offer=question.last_offer.strip(),
        asked_by=actor,
        asked_at=now,
    )
    deciding.ask(approval, now=now)
    approval.save()
    happened = ApprovalAsked(
        approval=question.kind,
        step=step,
        reason=reason,
        last_offer=approval.last_offer,
        asked_to=str(approval.asked_to or ""),
    )
    turns.finish(case, happened, at=now, actor=actor)
    return approval


def withdraw_questions(
    case: Case,
    because: NotNeededBecause,
    *,
    actor: User | None,
    now: datetime,
    kinds: Sequence[ApprovalKind] = tuple(ApprovalKind),
    step: Step | None = None,
) -> None:
    """Nothing is left to decide of what waits for a second person. Whoever asked is told, unless it is their own doing.
    For actions that hold the case. ``step``: only what is about that one."""
    waiting = case.approvals.filter(status=ApprovalStatus.ASKED, kind__in=kinds)
    waiting = waiting.filter(step=step) if step is not None else waiting
    for approval in waiting.select_related("asked_by", "step"):
        approval.status, approval.decided_at = ApprovalStatus.WITHDRAWN, now
        approval.save()
        about = StepKind(approval.step.kind) if approval.step is not None else None
        happened = ApprovalWithdrawn(approval=ApprovalKind(approval.kind), step=about, because=because)
        turns.finish(case, happened, at=now, actor=actor)
        if approval.asked_by != actor:
            heading = f"No second person is needed any more: {case.customer}, {case.reference}"
            lines = [f"{because.label}: “{approval.get_kind_display()}” is taken back."]
            notices.tell([approval.asked_by], case, heading=heading, lines=lines, now=now)


def possible(case: Case, kind: StepKind, at: datetime | None, now: datetime, *more: NotBefore) -> datetime:
    """The moment at which a step of the present round was settled: ``at``, or now.

    Raises ``RuleError`` for one in the future, before we knew, before the round began, or before the steps from whose
    end its time counts. ``more``: what it is not before, either.
    """
    steps = case.steps.filter(round=case.round)
    counts_from = steps.filter(kind__in=COUNTS_FROM.get(kind, ()), status=StepStatus.DONE)
    floors = [NotBefore(case.known_at, sequence.BEFORE_WE_KNEW)]
    if case.round > 1:
        begun = steps.filter(kind=kind).values_list("started_at", flat=True).first()
        floors.append(NotBefore(begun, sequence.BEFORE_ROUND))
    floors += [
        NotBefore(
            step.settled_at, f"That was before “{StepKind(step.kind).label}” was done. Check the date and the time."
        )
        for step in counts_from
    ]
    return sequence.possible(at or now, now, *floors, *more)


def _note_resolved(case: Case) -> None:
    """Resolved: corrected and compensated, whichever came last (domain.md, C2). A later round moves it on."""
    parts = case.steps.filter(round=case.round, kind__in=(StepKind.CORRECT, StepKind.COMPENSATE))
    moments = list(parts.values_list("settled_at", flat=True))
    case.resolved_at = None if None in moments else max(filter(None, moments), default=None)
