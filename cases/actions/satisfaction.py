"""Asking whether we made it right, and the customer's own answer. Never assumed, never overwritten."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Coalesce

from cases.actions import addresses, clocks, handling, intake, notices, steps, turns, updates
from cases.actions.contacts import Exchange, add_contact
from cases.actions.events import (
    CustomerAnswered,
    CustomerAsked,
    LaterAnswerSettled,
    LinkMade,
    LinksRevoked,
    QuestionQueued,
    RoundOpened,
    StepSettled,
)
from cases.errors import NoLinkError, RuleError
from cases.mail import compose, links, moving
from cases.models import CustomerLink, SatisfactionCheck, Step
from cases.permissions import Verb
from cases.rules import closing, sequence, workflow
from cases.rules import evidence as rules
from cases.rules.sequence import NotBefore
from cases.rules.vocabulary import (
    Answer,
    ApprovalKind,
    Audience,
    Channel,
    CheckStatus,
    Direction,
    MessagePurpose,
    NotNeededBecause,
    Outcome,
    PauseKind,
    StepKind,
    StepStatus,
    WaivedBecause,
)

if TYPE_CHECKING:
    from datetime import date, datetime

    from cases.actions.events import MessageLost
    from cases.models import Case, User
    from cases.rules.evidence import AnswerEvidence


@transaction.atomic
def make_link(*, case: Case, actor: User, now: datetime) -> str:
    """A signed token for the customer's page, valid for ``AMENDS_LINK_DAYS``, for somebody to hand over."""
    case = turns.begin(case, actor, Verb.WORK_CASE, may_be_closed=True)
    addresses.check_no_question(case)
    link = _new_link(case, actor=actor, now=now)
    turns.finish(case, LinkMade(until=link.expires_at), at=now, actor=actor)
    return links.token_of(link)


@transaction.atomic
def revoke_links(*, case: Case, actor: User, now: datetime) -> int:
    """No link that was given out opens the customer's page any more. Says how many there were."""
    case = turns.begin(case, actor, Verb.WORK_CASE, may_be_closed=True)
    revoked = addresses.revoke(case, now=now)
    if not revoked:
        raise RuleError("No link of this case opens the customer's page, so there is none to take back.")
    for each in (case, *addresses.duplicates_of(case)):
        addresses.move_mail(each, actor=actor, now=now)
        moving.mark_outdated(audience=Audience.CUSTOMER, case=each)
    turns.finish(case, LinksRevoked(count=revoked), at=now, actor=actor)
    return revoked


def open_link(token: str, now: datetime) -> CustomerLink:
    """The link behind a token; reads only. Raises ``NoLinkError`` for one that is forged, and ``RuleError`` for one
    that is expired or revoked.

    Of a duplicate it shows the case where it goes on, if that is the same customer's.
    """
    public_id = links.link_in(token)
    if public_id is None:
        raise NoLinkError("This address is not complete. Please use the link in our mail as it stands.")
    found = CustomerLink.objects.select_related("case__customer", "case__duplicate_of__customer")
    link = found.filter(public_id=public_id).first()
    if link is not None and link.revoked_at is not None:
        raise RuleError(
            "This link has been taken back, so it no longer opens your page. Please use the link in our newest mail, "
            "or call us and ask for another: we are glad to hear from you."
        )
    if link is None or link.expires_at <= now:
        raise RuleError("This link has expired. Please answer our mail, or call us: we are glad to hear from you.")
    original = link.case.duplicate_of
    if original is not None and original.customer_id == link.case.customer_id:
        link.case = original
    return link


@transaction.atomic
def ask_by_mail(*, case: Case, words: str, actor: User, now: datetime) -> SatisfactionCheck:
    """Ask in a mail with the customer's own page behind one button. They are asked when it has left."""
    case = turns.begin(case, actor, Verb.WORK_CASE)
    _check_may_ask(case)
    if not words.strip():
        raise RuleError("Write the mail in your own words.", field="words")
    if not case.customer.email:
        raise RuleError("We have no mail address of this customer. Add one, or ask by phone.", field="words")
    link = _new_link(case, actor=actor, now=now)
    turns.finish(case, LinkMade(until=link.expires_at), at=now, actor=actor)
    message = compose.to_customer(
        case,
        MessagePurpose.SATISFACTION,
        subject=f"Did we make it right? {case.subject}",
        body=words.strip(),
        now=now,
        link=links.customer_page(links.token_of(link)),
    )
    _close_waiting(case)
    check = SatisfactionCheck.objects.create(
        case=case, round=case.round, channel=Channel.EMAIL, asked_at=now, asked_by=actor, message=message
    )
    turns.finish(case, QuestionQueued(words=words.strip(), message=compose.key_of(message)), at=now, actor=actor)
    return check


@transaction.atomic
def record_answer(
    *, case: Case, evidence: AnswerEvidence, actor: User, now: datetime, at: datetime | None = None
) -> SatisfactionCheck:
    """Staff asked, and write down what the customer said."""
    case = turns.begin(case, actor, Verb.WORK_CASE)
    _check_may_ask(case)
    asked = NotBefore(_first_asked(case), sequence.BEFORE_ASKED)
    at = steps.possible(case, StepKind.CONFIRM, at, now, asked)
    add_contact(
        case,
        Exchange(
            direction=Direction.OUT,
            channel=evidence.channel,
            summary=evidence.words.strip() or f"Asked whether we made it right: {evidence.answer.label}",
            at=at,
            is_chase=False,
        ),
        by=actor,
        now=now,
    )
    return _answer(case, evidence, at=at, actor=actor, now=now)


@transaction.atomic
def answer_by_customer(*, link: CustomerLink, evidence: AnswerEvidence, now: datetime) -> SatisfactionCheck:
    """The customer answers on their page. A second answer is kept beside the first, and the owner is told."""
    case = turns.begin(link.case, None, Verb.WORK_CASE, may_be_closed=True)
    may_settle = case.is_open and turns.is_pending(case, StepKind.CONFIRM)
    if may_settle and not workflow.waiting_for(StepKind.CONFIRM, turns.statuses(case)):
        return _answer(case, evidence, at=now, actor=None, now=now)
    return _answer_later(case, evidence, at=now, actor=None, now=now)


@transaction.atomic
def record_later_answer(
    *, case: Case, evidence: AnswerEvidence, actor: User, now: datetime, at: datetime | None = None
) -> SatisfactionCheck:
    """The customer said it again, or otherwise, after their first answer or after the case was closed."""
    case = turns.begin(case, actor, Verb.WORK_CASE, may_be_closed=True)
    if case.is_open and turns.is_pending(case, StepKind.CONFIRM):
        raise RuleError("They are still to be asked in this round: record it as the answer of “Confirm satisfaction”.")
    last = last_answer(case)
    floors = (case.known_at, last.answered_at if last is not None else None, case.closed_at)
    at = sequence.possible(at or now, now, *(NotBefore(floor, sequence.BEFORE_LATER_ANSWER) for floor in floors))
    summary = evidence.words.strip() or f"Said after all: {evidence.answer.label}"
    exchange = Exchange(direction=Direction.IN, channel=evidence.channel, summary=summary, at=at, is_chase=False)
    add_contact(case, exchange, by=actor, now=now)
    return _answer_later(case, evidence, at=at, actor=actor, now=now)


@transaction.atomic
def settle_later_answer(*, case: Case, reason: str, actor: User, now: datetime, linked: Case | None = None) -> Case:
    """A worse answer, or a call, after closing was dealt with: another case of the customer goes on with it, or there
    is a reason why nothing more is done. Reopening settles it by itself."""
    case = turns.begin(case, actor, Verb.WORK_CASE, may_be_closed=True)
    if linked is None and not reason.strip():
        raise RuleError("Say what came of it, or name the case that goes on with it.", field="reason")
    if linked is not None and (linked.pk == case.pk or linked.customer_id != case.customer_id):
        raise RuleError("Name another case of this customer.", field="linked")
    if not updates.settle_after_closing(case, at=now, by=actor, because=reason.strip(), linked=linked):
        raise RuleError("There is no call and no later answer that still has to be dealt with.")
    happened = LaterAnswerSettled(reason=reason.strip(), linked=linked.reference if linked is not None else "")
    turns.finish(case, happened, at=now, actor=actor)
    return case


@transaction.atomic
def record_no_answer(*, case: Case, actor: User, now: datetime) -> Step:
    """The customer was asked on enough days and has not answered. The step is done, and nobody is called satisfied."""
    case = turns.begin(case, actor, Verb.WORK_CASE)
    workflow.check_settle(StepKind.CONFIRM, turns.statuses(case))
    rules.check_no_answer(_asked_on(case))
    _close_waiting(case)
    step = steps.settle(case, StepKind.CONFIRM, at=now, actor=actor, note="The customer did not answer.")
    turns.finish(case, StepSettled(step=StepKind.CONFIRM, no_answer=True), at=now, actor=actor)
    return step


def question_left(check: SatisfactionCheck, *, at: datetime, now: datetime | None = None) -> None:
    """The mail server took it: the customer is asked. Called with the message's row locked."""
    case = turns.begin(check.case, None, Verb.WORK_CASE, may_be_closed=True)
    asked = CustomerAsked(channel=Channel.EMAIL, message=compose.key_of(check.message))
    turns.finish(case, asked, at=at, actor=check.asked_by, now=now)


def question_failed(check: SatisfactionCheck, *, lost: type[MessageLost], at: datetime, error: str) -> bool:
    """It did not arrive, so no answer to it can come, and silence says nothing. Says whether the step had been done by
    that silence, and is owed again. Called with the message's row locked."""
    case = turns.begin(check.case, None, Verb.WORK_CASE, may_be_closed=True)
    workflow.check_transition(workflow.CHECK, CheckStatus(check.status), CheckStatus.BOUNCED)
    check.status = CheckStatus.BOUNCED
    check.save()
    was_done = _take_back_silence(case, at=at)
    if was_done:
        updates.begin(case, since=at, now=at)
    owed_again = StepKind.CONFIRM if was_done else None
    happened = lost(
        purpose=MessagePurpose.SATISFACTION, error=error, owed_again=owed_again, message=compose.key_of(check.message)
    )
    turns.finish(case, happened, at=at, actor=None)
    return was_done


def last_answer(case: Case) -> SatisfactionCheck | None:
    """The answer that counts: the latest that was given (domain.md, C5)."""
    return case.satisfaction_checks.filter(status=CheckStatus.ANSWERED).order_by("-answered_at", "-pk").first()


def _new_link(case: Case, *, actor: User, now: datetime) -> CustomerLink:
    return CustomerLink.objects.create(
        case=case,
        created_at=now,
        created_by=actor,
        expires_at=now + timedelta(days=settings.AMENDS_LINK_DAYS),
    )


def _check_may_ask(case: Case) -> None:
    workflow.check_settle(StepKind.CONFIRM, turns.statuses(case))


def _close_waiting(case: Case) -> None:
    case.satisfaction_checks.filter(status=CheckStatus.ASKED).update(status=CheckStatus.NO_ANSWER)


def _asked_at(case: Case) -> list[datetime]:
    """When questions of this round were spoken, or left."""
    asked = case.satisfaction_checks.left().filter(round=case.round)
    return list(asked.values_list(Coalesce("message__sent_at", "asked_at"), flat=True))


def _first_asked(case: Case) -> datetime | None:
    """The first question of this round; where none has left, the one that waits in the outbox."""
    waiting = _waiting(case)
    return min(_asked_at(case), default=waiting.asked_at if waiting is not None else None)


def _waiting(case: Case) -> SatisfactionCheck | None:
    asked = case.satisfaction_checks.filter(round=case.round, status=CheckStatus.ASKED)
    return asked.select_related("message").first()


def _asked_on(case: Case) -> list[date]:
    """By the days of the team, whatever zone the moments are stored in."""
    zone = clocks.zone_of(case)
    return [moment.astimezone(zone).date() for moment in _asked_at(case)]


def _take_back_silence(case: Case, *, at: datetime) -> bool:
    """Whether the step was done because nobody answered, and was asked too seldom for that after all."""
    step = case.steps.filter(round=case.round, kind=StepKind.CONFIRM, status=StepStatus.DONE).first()
    if step is None or case.satisfaction_checks.answered().filter(round=case.round).exists():
        return False
    try:
        rules.check_no_answer(_asked_on(case))
    except RuleError:
        return steps.owe_again(case, step, at=at)
    return False


def _answer(
    case: Case, evidence: AnswerEvidence, *, at: datetime, actor: User | None, now: datetime
) -> SatisfactionCheck:
    evidence = rules.checked_answer(evidence)
    check = _write(case, evidence, at=at, actor=actor)
    steps.settle(case, StepKind.CONFIRM, at=at, actor=actor, now=now)
    turns.finish(case, _answered(evidence), at=at, actor=actor, now=now)
    _give_up_no_more(case, evidence.answer, now=now)
    if workflow.opens_round(evidence.answer):
        open_round(case, evidence.answer, at=at, reason=evidence.words.strip(), now=now)
    if workflow.opens_round(evidence.answer) or evidence.wants_contact:
        _tell(case, evidence, now=now)
    return check


def _answer_later(
    case: Case, evidence: AnswerEvidence, *, at: datetime, actor: User | None, now: datetime
) -> SatisfactionCheck:
    """Kept as a new version beside the first. What a closed case says of itself follows the last answer. Somebody has
    to deal with a worse one; an open case goes into another round as after any answer."""
    evidence = rules.checked_answer(evidence)
    case.satisfaction_checks.filter(status=CheckStatus.ANSWERED).update(status=CheckStatus.SUPERSEDED)
    check = _write(case, evidence, at=at, actor=actor)
    before = Outcome(case.outcome) if case.outcome else None
    if before is not None:
        _follow_after_closing(case, evidence, at=at, now=now)
    after = Outcome(case.outcome) if before is not None else None
    said = replace(_answered(evidence, again=True), before=before, after=after)
    turns.finish(case, said, at=at, actor=actor, now=now)
    _give_up_no_more(case, evidence.answer, now=now)
    if case.is_open and workflow.opens_round(evidence.answer) and not turns.is_pending(case, StepKind.CONFIRM):
        open_round(case, evidence.answer, at=at, reason=evidence.words.strip(), now=now)
    _tell(case, evidence, now=now)
    return check


def _give_up_no_more(case: Case, answer: Answer, *, now: datetime) -> None:
    """Who is satisfied is not somebody who cannot be satisfied."""
    if answer is Answer.SATISFIED:
        kinds = (ApprovalKind.CLOSE_UNRECONCILED,)
        steps.withdraw_questions(case, NotNeededBecause.SATISFIED, actor=None, now=now, kinds=kinds)


def _follow_after_closing(case: Case, evidence: AnswerEvidence, *, at: datetime, now: datetime) -> None:
    outcome, answer = Outcome(case.outcome), evidence.answer
    case.outcome = closing.outcome_after(outcome, answer, case.round)
    if closing.is_worse(outcome, answer):
        updates.note_later_not(case, at=at, now=now)
    elif answer is Answer.SATISFIED:
        updates.settle_later_not(case, at=at)
    if evidence.wants_contact:
        updates.note_after_closing(case, at=at, now=now)


def _write(case: Case, evidence: AnswerEvidence, *, at: datetime, actor: User | None) -> SatisfactionCheck:
    """Into the question that waits. An answer from before that one left is to an earlier one, and stands by itself."""
    check = _waiting(case)
    if check is not None and at < ((check.message and check.message.sent_at) or check.asked_at):
        _close_waiting(case)
        check = None
    if check is None:
        check = SatisfactionCheck(case=case, round=case.round, asked_at=at, asked_by=actor)
    check.channel, check.status, check.answered_at = evidence.channel, CheckStatus.ANSWERED, at
    check.answer, check.score = evidence.answer, evidence.score
    check.words, check.wants_contact = evidence.words.strip(), evidence.wants_contact
    check.by_customer = actor is None
    check.save()
    if case.is_open:
        handling.end_pause(case, PauseKind.CUSTOMER, at=at)
    return check


def open_round(case: Case, answer: Answer | None, *, at: datetime, reason: str, now: datetime | None = None) -> None:
    """Another round of recovery for a held case, with fresh clocks; what was pending is carried into it."""
    case.steps.filter(round=case.round, status=StepStatus.PENDING).update(
        status=StepStatus.WAIVED, settled_at=at, waived_because=WaivedBecause.NEXT_ROUND
    )
    kinds = (ApprovalKind.WAIVE_STEP, ApprovalKind.NO_COMPENSATION)
    steps.withdraw_questions(case, NotNeededBecause.NEXT_ROUND, actor=None, now=now or at, kinds=kinds)
    case.round += 1
    case.resolved_at = None
    Step.objects.bulk_create(intake.steps_of(case, workflow.steps_of_round(answer), started_at=at))
    updates.end(case, at=at)
    updates.begin(case, since=at, now=now or at)
    turns.finish(case, RoundOpened(round=case.round, answer=answer, reason=reason), at=at, actor=None, now=now)


def _tell(case: Case, evidence: AnswerEvidence, *, now: datetime) -> None:
    lines = [f"{case.customer} answered: {evidence.answer.label.lower()}."]
    if evidence.words.strip():
        lines.append(f"In their words: “{evidence.words.strip()}”")
    if evidence.wants_contact:
        lines.append("They would rather talk to somebody: please call.")
    if workflow.opens_round(evidence.answer) and case.is_open:
        lines.append(f"Round {case.round} has begun, with fresh deadlines.")
    elif not case.is_open:
        ended = f"The case is closed as “{Outcome(case.outcome).label}”."
        lines.append(f"{ended} {notices.way_on(case)} if the same failure still stands.")
        if closing.is_worse(Outcome(case.outcome), evidence.answer) or evidence.wants_contact:
            lines.append(
                "If not, link another case of theirs, or say why nothing more is done: within 4 working hours."
            )
    heading = f"{case.reference}: {case.customer}, {evidence.answer.label.lower()}"
    notices.tell_owner_and_manager(case, heading=heading, lines=lines, now=now)


def _answered(evidence: AnswerEvidence, *, again: bool = False) -> CustomerAnswered:
    return CustomerAnswered(answer=evidence.answer, score=evidence.score, words=evidence.words.strip(), again=again)
