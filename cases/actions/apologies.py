"""The apology: drafted, looked at by somebody else if wanted, spoken, or sent by mail.

By mail, the step is done when the customer's mail server has taken it (``deliveries``), not when somebody pressed a
button.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cases.actions import steps, turns
from cases.actions.contacts import Exchange, add_contact, take_back_mail
from cases.actions.events import ApologyBounced, ApologyDrafted, ApologyQueued, ApologyReviewed, ApologySent
from cases.errors import NotAllowedError, RuleError
from cases.mail import compose
from cases.models import Apology
from cases.permissions import Verb
from cases.rules import evidence as rules
from cases.rules import workflow
from cases.rules.vocabulary import (
    ApologyStatus,
    Channel,
    Direction,
    ExplanationStatus,
    MessagePurpose,
    StepKind,
)

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import Case, Step, User
    from cases.rules.evidence import ApologyEvidence

_UNFINISHED = (ApologyStatus.DRAFT, ApologyStatus.IN_REVIEW)


@transaction.atomic
def draft_apology(*, case: Case, evidence: ApologyEvidence, actor: User, now: datetime) -> Apology:
    """Keep what is written so far; a draft may be incomplete. Writing on takes it back from review."""
    case = turns.begin(case, actor, Verb.WORK_CASE)
    apology = _write(case, evidence, actor=actor, now=now)
    turns.finish(case, ApologyDrafted(), at=now, actor=actor)
    return apology


@transaction.atomic
def ask_review(*, case: Case, evidence: ApologyEvidence, actor: User, now: datetime) -> Apology:
    """Ask a colleague to look at it before it goes out."""
    case = turns.begin(case, actor, Verb.WORK_CASE)
    rules.check_apology(evidence)
    apology = _write(case, evidence, actor=actor, now=now)
    apology.status = ApologyStatus.IN_REVIEW
    apology.save()
    turns.finish(case, ApologyReviewed(after=ApologyStatus.IN_REVIEW), at=now, actor=actor)
    return apology


@transaction.atomic
def review_apology(*, apology: Apology, note: str, actor: User, now: datetime) -> Apology:
    """Somebody else than the author has read it. The author sends it."""
    case = turns.begin(apology.case, actor, Verb.WORK_CASE)
    apology = Apology.objects.get(pk=apology.pk)
    if apology.author_id == actor.pk:
        raise NotAllowedError("Nobody reviews their own apology. Ask a colleague.")
    workflow.check_transition(workflow.APOLOGY, ApologyStatus(apology.status), ApologyStatus.DRAFT)
    apology.status, apology.reviewer, apology.review_note = ApologyStatus.DRAFT, actor, note.strip()
    apology.save()
    turns.finish(case, ApologyReviewed(after=ApologyStatus.DRAFT, note=note.strip()), at=now, actor=actor)
    return apology


@transaction.atomic
def speak_apology(
    *, case: Case, evidence: ApologyEvidence, actor: User, now: datetime, at: datetime | None = None
) -> Step:
    """It was said, or handed over as a letter. The step is done."""
    case = turns.begin(case, actor, Verb.WORK_CASE)
    workflow.check_settle(StepKind.APOLOGIZE, turns.statuses(case))
    rules.check_apology(evidence)
    at = steps.possible(case, StepKind.APOLOGIZE, at, now)
    apology = _write(case, evidence, actor=actor, now=now)
    workflow.check_transition(workflow.APOLOGY, ApologyStatus(apology.status), ApologyStatus.SPOKEN)
    apology.status, apology.sent_at = ApologyStatus.SPOKEN, at
    apology.save()
    exchange = Exchange(direction=Direction.OUT, channel=evidence.channel, summary=evidence.body, at=at, is_chase=False)
    add_contact(case, exchange, by=actor, now=now)
    step = steps.settle(case, StepKind.APOLOGIZE, at=at, actor=actor, now=now)
    turns.finish(case, _sent(apology), at=at, actor=actor, now=now)
    return step


@transaction.atomic
def send_apology(*, case: Case, evidence: ApologyEvidence, actor: User, now: datetime) -> Apology:
    """Hand it to the outbox, to the customer's address. The step is done when it has left."""
    case = turns.begin(case, actor, Verb.WORK_CASE)
    workflow.check_settle(StepKind.APOLOGIZE, turns.statuses(case))
    rules.check_apology(evidence)
    if not case.customer.email:
        raise RuleError("We have no mail address of this customer. Add one, or apologize by phone.", field="channel")
    if case.apologies.filter(round=case.round, status=ApologyStatus.SENT).exists():
        raise RuleError("The apology is on its way already.")
    apology = _write(case, evidence, actor=actor, now=now)
    workflow.check_transition(workflow.APOLOGY, ApologyStatus(apology.status), ApologyStatus.SENT)
    apology.status = ApologyStatus.SENT
    apology.message = compose.to_customer(
        case,
        MessagePurpose.APOLOGY,
        subject=f"We are sorry: {case.subject}",
        body=apology.body,
        now=now,
    )
    apology.save()
    turns.finish(case, ApologyQueued(body=apology.body, message=compose.key_of(apology.message)), at=now, actor=actor)
    return apology


def apology_left(apology: Apology, *, at: datetime, now: datetime | None = None) -> None:
    """The mail server took it: the step is done by its author. Called with the message's row locked."""
    case = turns.begin(apology.case, None, Verb.WORK_CASE, may_be_closed=True)
    apology.status, apology.sent_at = ApologyStatus.DELIVERED, at
    apology.save()
    exchange = Exchange(direction=Direction.OUT, channel=Channel.EMAIL, summary=apology.body, at=at, is_chase=False)
    add_contact(case, exchange, by=apology.author, now=now or at, message=apology.message)
    if apology.round == case.round and turns.is_pending(case, StepKind.APOLOGIZE):
        steps.settle_by_mail(case, StepKind.APOLOGIZE, at=at, actor=apology.author, message=apology.message, now=now)
    turns.finish(case, _sent(apology), at=at, actor=apology.author, now=now)


def apology_failed(apology: Apology, *, at: datetime, error: str) -> bool:
    """It did not arrive: the step stays open, or is owed again, and the timeline says why. Says whether it had been
    done. Called with the message's row locked."""
    case = turns.begin(apology.case, None, Verb.WORK_CASE, may_be_closed=True)
    workflow.check_transition(workflow.APOLOGY, ApologyStatus(apology.status), ApologyStatus.BOUNCED)
    apology.status = ApologyStatus.BOUNCED
    apology.save()
    was_done = False
    if apology.message is not None:
        take_back_mail(apology.message, at=at)
        was_done = steps.owe_again(case, steps.done_by_mail(case, apology.message), at=at)
    owed_again = StepKind.APOLOGIZE if was_done else None
    turns.finish(
        case,
        ApologyBounced(error=error, owed_again=owed_again, message=compose.key_of(apology.message)),
        at=at,
        actor=None,
    )
    return was_done


def _sent(apology: Apology) -> ApologySent:
    return ApologySent(
        channel=Channel.EMAIL if apology.message_id is not None else Channel(apology.channel),
        body=apology.body,
        explanation=apology.explanation,
        explanation_status=ExplanationStatus(apology.explanation_status),
        message=compose.key_of(apology.message),
    )


def _write(case: Case, evidence: ApologyEvidence, *, actor: User, now: datetime) -> Apology:
    """The one unfinished apology of the round, with these words."""
    apology = case.apologies.filter(round=case.round, status__in=_UNFINISHED).first()
    if apology is None:
        apology = Apology(case=case, round=case.round, author=actor, created_at=now)
    if apology.reviewer_id != actor.pk:
        apology.author = actor
    apology.status = ApologyStatus.DRAFT
    apology.channel, apology.body, apology.owns_it = evidence.channel, evidence.body.strip(), evidence.owns_it
    apology.explanation_status, apology.explanation = (
        evidence.explanation_status,
        evidence.explanation.strip(),
    )
    apology.save()
    return apology
