"""The second person: decides what somebody else asked for. Nobody decides their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cases.actions import closing, deciding, nothing_due, steps, turns
from cases.actions.events import ApprovalDecided, StepSettled, StepWaived
from cases.errors import RuleError
from cases.models import Approval
from cases.permissions import Verb
from cases.rules.vocabulary import ApprovalKind, ApprovalStatus, StepKind

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import Case, User


@transaction.atomic
def decide(*, approval: Approval, grant: bool, note: str, actor: User, now: datetime) -> Approval:
    """Grant or refuse. A grant does at once what was asked for; a refusal says why."""
    case = turns.begin(approval.case, actor, Verb.APPROVE)
    approval = Approval.objects.select_related("asked_by", "step").get(pk=approval.pk)
    if approval.status == ApprovalStatus.WITHDRAWN:
        raise RuleError("This was taken back, because there is nothing left to decide. Ask anew if there is.")
    if approval.status != ApprovalStatus.ASKED:
        raise RuleError("This has been decided already.")
    approval.case = case
    deciding.check(actor, approval, now)
    if not grant and not note.strip():
        raise RuleError("Say why not, so that they know what to do instead.", field="note")
    approval.status = ApprovalStatus.APPROVED if grant else ApprovalStatus.DECLINED
    approval.decided_by, approval.decided_at, approval.decision_note = actor, now, note.strip()
    approval.save()
    turns.finish(
        case,
        ApprovalDecided(
            approval=ApprovalKind(approval.kind),
            after=ApprovalStatus(approval.status),
            note=note.strip(),
            step=StepKind(approval.step.kind) if approval.step else None,
        ),
        at=now,
        actor=actor,
    )
    if grant:
        _carry_out(approval, case, actor=actor, now=now)
    return approval


def _carry_out(approval: Approval, case: Case, *, actor: User, now: datetime) -> None:
    if approval.kind == ApprovalKind.CLOSE_UNRECONCILED:
        if case.reopened_at is not None and approval.asked_at < case.reopened_at:
            raise RuleError("This was asked before the case was reopened. Do not agree, so that it can be asked anew.")
        closing.give_up(case, approval, now=now)
        return
    if approval.step is None or approval.step.round != case.round:
        raise RuleError("This belongs to an earlier round of the case, and is no longer needed.")
    kind = StepKind(approval.step.kind)
    waived = approval.kind == ApprovalKind.WAIVE_STEP
    if waived:
        step = steps.leave_out(case, kind, reason=approval.reason, actor=approval.asked_by, now=now)
        step.approved_by = actor
        step.save(update_fields=("approved_by",))
    else:
        nothing_due.agree(case, approval.reason, by=approval.asked_by, at=now, second=actor)
    happened = (StepWaived if waived else StepSettled)(step=kind, reason=approval.reason, second_person=str(actor))
    turns.finish(case, happened, at=now, actor=approval.asked_by)
