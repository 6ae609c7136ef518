"""Recoveries played through actions, so that each figure is asked of what the product really writes."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from cases.actions import (
    apologies,
    approvals,
    closing,
    compensations,
    contacts,
    corrections,
    follow_ups,
    promises,
    satisfaction,
    steps,
)
from cases.actions.compensations import Proposal
from cases.actions.contacts import Exchange
from cases.actions.promises import Pledge
from cases.models import Approval, Case, Compensation, Concern, Customer, Promise, SatisfactionCheck, User
from cases.rules.evidence import AcknowledgementEvidence, AnswerEvidence, ApologyEvidence, CorrectionEvidence
from cases.rules.vocabulary import (
    Answer,
    Channel,
    CompensationForm,
    CompensationNature,
    CompensationStatus,
    ConcernStatus,
    Direction,
    ExplanationStatus,
    Outcome,
    Reached,
    ReadBack,
    StepKind,
)
from tests.actions.evidence import LETTER

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def another_customer(name: str, at: datetime) -> Customer:
    """Somebody of their own: a second case of one customer is more severe."""
    return Customer.objects.create(name=name, created_at=at)


def acknowledge(case: Case, actor: User, at: datetime) -> None:
    evidence = AcknowledgementEvidence(
        channel=Channel.PHONE,
        read_back="The parcel went to the old address",
        read_back_answer=ReadBack.AGREED,
        was_only_concern=True,
        ownership="I am Maya, and I own this.",
    )
    steps.acknowledge(case=case, evidence=evidence, actor=actor, now=at)


_SORRY = ApologyEvidence(
    channel=Channel.PHONE,
    body="We sent it to the wrong place. I am sorry.",
    owns_it=True,
    explanation_status=ExplanationStatus.VERIFIED,
    explanation="We had kept the old address.",
)


def apologize(case: Case, actor: User, at: datetime) -> None:
    apologies.speak_apology(case=case, evidence=_SORRY, actor=actor, now=at)


def write_apology(case: Case, actor: User, at: datetime) -> None:
    """Into the outbox."""
    apologies.send_apology(case=case, evidence=replace(_SORRY, channel=Channel.EMAIL), actor=actor, now=at)


def correct(case: Case, actor: User, at: datetime) -> None:
    corrections.record_correction(
        case=case, evidence=CorrectionEvidence(what="Sent again, to the right place"), actor=actor, now=at
    )


def give_nothing(case: Case, actor: User, at: datetime) -> None:
    compensations.decide_none(case=case, reason="The customer wants nothing.", actor=actor, now=at)


def propose(
    case: Case,
    actor: User,
    at: datetime,
    amount: int = 20,
    nature: CompensationNature = CompensationNature.GOODWILL,
    currency: str = "USD",
) -> Compensation:
    proposal = Proposal(
        nature=nature,
        form=CompensationForm.VOUCHER,
        what="Voucher",
        amount=Decimal(amount),
        currency=currency,
        reason="By the receipt",
    )
    return compensations.propose_compensation(case=case, proposal=proposal, actor=actor, now=at)


def move(compensation: Compensation, actor: User, at: datetime, *ways: CompensationStatus) -> None:
    for to in ways:
        compensations.move_compensation(compensation=compensation, to=to, actor=actor, now=at)


_FITTING = {Answer.SATISFIED: 5, Answer.NOT_SATISFIED: 1}


def answer(
    case: Case, actor: User, at: datetime, score: int | None = 0, said: Answer = Answer.SATISFIED
) -> SatisfactionCheck:
    """``score``: 0 for one that goes with the answer."""
    score = _FITTING.get(said, 3) if score == 0 else score
    evidence = AnswerEvidence(channel=Channel.PHONE, answer=said, score=score, words="As they said it")
    return satisfaction.record_answer(case=case, evidence=evidence, actor=actor, now=at)


def follow_up(case: Case, actor: User, at: datetime) -> None:
    letter = replace(LETTER, channel=Channel.PHONE)
    follow_ups.speak_follow_up(case=case, letter=letter, actor=actor, now=at)


def until_confirm(case: Case, actor: User, at: datetime) -> Case:
    """The first four steps, a minute apart."""
    for number, step in enumerate((acknowledge, apologize, correct, give_nothing)):
        step(case, actor, at + number * MINUTE)
    return fresh(case)


def close(case: Case, actor: User, at: datetime, outcome: Outcome = Outcome.SATISFIED) -> Case:
    for concern in Concern.objects.filter(case=case, status=ConcernStatus.OPEN):
        contacts.settle_concern(
            concern=concern, status=ConcernStatus.RESOLVED, outcome="It arrived", actor=actor, now=at
        )
    if outcome is Outcome.DUPLICATE:
        with transaction.atomic():  # as before duplicates had to name the case where they go on
            closing.end(Case.objects.lock(case), outcome, "As told", actor=actor, now=at)
        return fresh(case)
    return closing.close(case=case, outcome=outcome, reason="As told", actor=actor, now=at)


def recover(case: Case, actor: User, at: datetime, score: int | None = 5) -> Case:
    """All six steps within the hour before ``at``, and closed then: satisfied, with a three or less partly."""
    until_confirm(case, actor, at - 30 * MINUTE)
    partly = score is not None and score <= 3
    answer(case, actor, at - 2 * MINUTE, score, Answer.PARTLY if partly else Answer.SATISFIED)
    follow_up(case, actor, at - MINUTE)
    return fresh(close(case, actor, at, Outcome.PARTLY_SATISFIED if partly else Outcome.SATISFIED))


def promise(
    case: Case, actor: User, at: datetime, due_at: datetime, step: str = "", *, is_appointment: bool = False
) -> Promise:
    pledge = Pledge(
        words="We call you back", due_at=due_at, channel=Channel.PHONE, step=step, is_appointment=is_appointment
    )
    return promises.make_promise(case=case, pledge=pledge, actor=actor, now=at)


def contact(
    case: Case,
    actor: User,
    at: datetime,
    direction: Direction = Direction.OUT,
    reached: Reached = Reached.REACHED,
    *,
    is_chase: bool | None = None,
) -> None:
    exchange = Exchange(
        direction=direction, channel=Channel.PHONE, reached=reached, summary="Spoke", at=at, is_chase=is_chase
    )
    contacts.log_contact(case=case, exchange=exchange, actor=actor, now=at)


def waive(case: Case, kind: StepKind, actor: User, decider: User, at: datetime) -> None:
    """Asked for by one, granted by another."""
    asked = steps.waive(case=case, kind=kind, reason="No way to reach them", actor=actor, now=at)
    if isinstance(asked, Approval):
        approvals.decide(approval=asked, grant=True, note="", actor=decider, now=at)


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)
