"""Several steps at once: "I did all of it in the same call". Each obeys its own gate, in the order of the six."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cases.actions import apologies, compensations, corrections, intake, satisfaction, steps
from cases.errors import RuleError
from cases.rules.evidence import (
    AcknowledgementEvidence,
    AnswerEvidence,
    ApologyEvidence,
    CorrectionEvidence,
    NoCompensation,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cases.actions.intake import Mistake
    from cases.models import Case, Customer, User
    from cases.rules.evidence import Evidence


@transaction.atomic
def settle_together(
    *, case: Case, evidence: Sequence[Evidence], actor: User, now: datetime, at: datetime | None = None
) -> None:
    """Settle every step for which there is evidence, all or none."""
    for one in sorted(evidence, key=lambda each: each.kind.number):
        _settle(case, one, actor=actor, now=now, at=at)


@transaction.atomic
def log_and_settle(
    *,
    mistake: Mistake,
    customer: Customer,
    evidence: Sequence[Evidence],
    actor: User,
    now: datetime,
    at: datetime | None = None,
) -> Case:
    """Log a mistake together with what was done in the same call. ``at``: when that was, if not now."""
    case = intake.log_case(mistake=mistake, customer=customer, actor=actor, now=now)
    settle_together(case=case, evidence=evidence, actor=actor, now=now, at=at)
    case.refresh_from_db()
    return case


def _settle(case: Case, one: Evidence, *, actor: User, now: datetime, at: datetime | None) -> None:
    match one:
        case AcknowledgementEvidence():
            steps.acknowledge(case=case, evidence=one, actor=actor, now=now, at=at)
        case ApologyEvidence():
            apologies.speak_apology(case=case, evidence=one, actor=actor, now=now, at=at)
        case CorrectionEvidence():
            corrections.record_correction(case=case, evidence=one, actor=actor, now=now, at=at)
        case NoCompensation():
            compensations.decide_none(case=case, reason=one.reason, actor=actor, now=now, at=at)
        case AnswerEvidence():
            satisfaction.record_answer(case=case, evidence=one, actor=actor, now=now, at=at)
        case _:
            raise RuleError("The follow-up is a letter of its own: write it when the rest is done.")
