"""Putting it right: planned, done, impossible with an alternative, or failed and to be done again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cases.actions import steps, turns
from cases.actions.events import CorrectionDone, CorrectionFailed, CorrectionImpossible, CorrectionPlanned
from cases.errors import RuleError
from cases.models import Correction
from cases.permissions import Verb
from cases.rules import evidence as rules
from cases.rules import sequence, workflow
from cases.rules.sequence import NotBefore
from cases.rules.vocabulary import CorrectionStatus, StepKind

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import Case, User
    from cases.rules.evidence import CorrectionEvidence


@transaction.atomic
def plan_correction(
    *, case: Case, what: str, options: str, actor: User, now: datetime, agreed_for: datetime | None = None
) -> Correction:
    """What will be done, and what else was considered. ``agreed_for``: when, as the customer chose; the step is due
    then, unless it is late already."""
    case = turns.begin(case, actor, Verb.WORK_CASE)
    if not what.strip():
        raise RuleError("Write what will be put right.", field="what")
    if agreed_for is not None and agreed_for <= now:
        raise RuleError("Choose a moment in the future, or record the fix if it is done.", field="agreed_for")
    if agreed_for is not None and not turns.is_pending(case, StepKind.CORRECT):
        raise RuleError("This round has no open correction: leave the moment empty.", field="agreed_for")
    correction = Correction.objects.create(
        case=case,
        round=case.round,
        what=what.strip(),
        options_considered=options.strip(),
        planned_at=now,
        agreed_for=agreed_for,
        by=actor,
    )
    turns.finish(case, CorrectionPlanned(what=correction.what, agreed_for=agreed_for), at=now, actor=actor)
    return correction


@transaction.atomic
def record_correction(
    *, case: Case, evidence: CorrectionEvidence, actor: User, now: datetime, at: datetime | None = None
) -> Correction:
    """It was put right, or it cannot be. Settles the step."""
    case = turns.begin(case, actor, Verb.WORK_CASE)
    workflow.check_settle(StepKind.CORRECT, turns.statuses(case))
    rules.check_correction(evidence)
    correction = case.corrections.filter(round=case.round, status=CorrectionStatus.PLANNED).last()
    planned = NotBefore(correction.planned_at if correction is not None else None, sequence.BEFORE_PLAN)
    at = steps.possible(case, StepKind.CORRECT, at, now, planned)
    if correction is None:
        correction = Correction(case=case, round=case.round, planned_at=at)
    workflow.check_transition(workflow.CORRECTION, CorrectionStatus(correction.status), evidence.status)
    correction.status, correction.settled_at, correction.by = evidence.status, at, actor
    correction.what = evidence.what.strip()
    correction.impossible_because = evidence.impossible_because.strip()
    correction.alternative = evidence.alternative.strip()
    correction.options_considered = evidence.options_considered.strip() or correction.options_considered
    correction.save()
    steps.settle(case, StepKind.CORRECT, at=at, actor=actor, now=now)
    happened = CorrectionDone if evidence.status is CorrectionStatus.DONE else CorrectionImpossible
    facts = happened(what=correction.what, because=correction.impossible_because, alternative=correction.alternative)
    turns.finish(case, facts, at=at, actor=actor, now=now)
    return correction


@transaction.atomic
def record_failed_correction(*, correction: Correction, because: str, actor: User, now: datetime) -> Correction:
    """What we called put right was not. Counts as a failed recovery; the customer's answer opens the next round."""
    case = turns.begin(correction.case, actor, Verb.WORK_CASE, may_be_closed=True)
    correction = Correction.objects.get(pk=correction.pk)
    workflow.check_transition(workflow.CORRECTION, CorrectionStatus(correction.status), CorrectionStatus.FAILED)
    if not because.strip():
        raise RuleError("Say what did not hold.", field="because")
    correction.status, correction.failed_because = CorrectionStatus.FAILED, because.strip()
    correction.settled_at = correction.settled_at or now
    correction.save()
    turns.finish(case, CorrectionFailed(what=correction.what, because=because.strip()), at=now, actor=actor)
    return correction
