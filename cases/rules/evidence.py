"""What a person says they did when they complete a step, and what is missing from it.

Pure values and checks. Each check raises ``RuleError`` with the field it belongs to. Sources: domain.md A1 to A5.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cases.errors import RuleError
from cases.rules.verdict import answer_of
from cases.rules.vocabulary import (
    Answer,
    Channel,
    CorrectionStatus,
    ExplanationStatus,
    PreventionStatus,
    Reached,
    ReadBack,
    StepKind,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

ATTEMPTS_BEFORE_NO_CONTACT = 3
CHANNELS_BEFORE_NO_CONTACT = 2
DAYS_BEFORE_NO_CONTACT = 2
_BEFORE_NO_CONTACT = (ATTEMPTS_BEFORE_NO_CONTACT, CHANNELS_BEFORE_NO_CONTACT, DAYS_BEFORE_NO_CONTACT)
ASKS_BEFORE_NO_ANSWER = 2
"""Policy defaults: domain.md, section E, "No contact possible"; two askings on two days before silence counts as an
answer."""


SCORES = range(1, 6)
"""1 very unhappy to 5 very happy."""


def require_text(value: str, sentence: str, *, field: str) -> None:
    """Refuse an answer of only white space."""
    if not value.strip():
        raise RuleError(sentence, field=field)


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgementEvidence:
    """An exchange in which we told the customer that we know. ``more_concerns``: what else troubles them."""

    kind: StepKind = field(default=StepKind.ACKNOWLEDGE, init=False)
    channel: Channel
    reached: Reached = Reached.REACHED
    read_back: str
    read_back_answer: ReadBack
    was_only_concern: bool | None
    more_concerns: tuple[str, ...] = ()
    ownership: str
    not_live_because: str = ""
    reaction: str = ""
    private_note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApologyEvidence:
    """An apology with its explanation, spoken or written."""

    kind: StepKind = field(default=StepKind.APOLOGIZE, init=False)
    channel: Channel
    body: str
    owns_it: bool
    explanation_status: ExplanationStatus
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionEvidence:
    """What was put right; or, with ``status`` impossible, why not and what was done instead."""

    kind: StepKind = field(default=StepKind.CORRECT, init=False)
    status: CorrectionStatus = CorrectionStatus.DONE
    what: str
    impossible_because: str = ""
    alternative: str = ""
    options_considered: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoCompensation:
    """The decision that nothing (more) is due, with its reason."""

    kind: StepKind = field(default=StepKind.COMPENSATE, init=False)
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerEvidence:
    """The customer's own answer to "are you satisfied, or would you like something more?"."""

    kind: StepKind = field(default=StepKind.CONFIRM, init=False)
    channel: Channel
    answer: Answer
    score: int | None = None
    words: str = ""
    wants_contact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTold:
    """One prevention action as the follow-up may speak of it. ``due`` is a local date for the letter."""

    change: str
    status: PreventionStatus
    due: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpEvidence:
    """What was examined, found and changed."""

    kind: StepKind = field(default=StepKind.FOLLOW_UP, init=False)
    channel: Channel
    examined: str
    found: str
    body: str
    changes: tuple[ChangeTold, ...] = ()
    nothing_changed_because: str = ""


Evidence = (
    AcknowledgementEvidence | ApologyEvidence | CorrectionEvidence | NoCompensation | AnswerEvidence | FollowUpEvidence
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try that did not reach the customer, or a letter; ``at`` in the zone of the case's team, because days are
    counted."""

    at: datetime
    channel: Channel


def check_acknowledgement(evidence: AcknowledgementEvidence, *, must_be_live: bool) -> None:
    """Refuse an acknowledgement that would not count (domain.md A3.1, A3.2, A4.3, A4.6).

    ``must_be_live``: it is urgent and we have a phone number, so anything but speaking needs a reason (A1.3).
    """
    if evidence.reached is not Reached.REACHED:
        raise RuleError(
            "A voicemail or an unanswered call is an attempt and completes nothing. "
            "Log it as a contact, and acknowledge when you have reached the customer.",
            field="reached",
        )
    require_text(evidence.read_back, "Write the concern as you repeated it back to the customer.", field="read_back")
    if evidence.was_only_concern is None:
        raise RuleError("Ask the customer: is that the only concern? Then choose yes or no.", field="was_only_concern")
    has_more = any(text.strip() for text in evidence.more_concerns)
    if not evidence.was_only_concern and not has_more:
        raise RuleError("Write down what else troubles the customer, one concern a line.", field="more_concerns")
    if evidence.was_only_concern and has_more:
        raise RuleError("You wrote another concern: choose No, or take it out.", field="more_concerns")
    require_text(
        evidence.ownership,
        "Say who takes it on, with a name: “I am Maya, and I own this.”",
        field="ownership",
    )
    if must_be_live and not evidence.channel.is_live and not evidence.not_live_because.strip():
        raise RuleError(
            "We have a phone number and this is urgent: call, or say why you did not.",
            field="not_live_because",
        )


def check_apology(evidence: ApologyEvidence) -> None:
    """Refuse an apology that owns nothing or explains nothing (domain.md A4.6; Robbennolt 2003: worse than none)."""
    require_text(evidence.body, "Write what you said or want to send.", field="body")
    if not evidence.owns_it:
        raise RuleError("An apology says that it was our mistake. Say so, then tick that you did.", field="owns_it")
    asked = {
        ExplanationStatus.VERIFIED: "Explain in a sentence how it came about.",
        ExplanationStatus.PROVISIONAL: "Explain what is known so far, and say that it is provisional.",
        ExplanationStatus.UNKNOWN: "Say that the cause is not known yet, and when the customer will hear it.",
        ExplanationStatus.CONFIDENTIAL: "Say what can be told, or why it cannot be told.",
    }
    require_text(evidence.explanation, asked[evidence.explanation_status], field="explanation")


def check_correction(evidence: CorrectionEvidence) -> None:
    """Refuse a fix that says nothing, or an "impossible" without a reason and an alternative (domain.md A4.6)."""
    require_text(evidence.what, "Write what was put right, as you would tell the customer.", field="what")
    if evidence.status is CorrectionStatus.IMPOSSIBLE:
        require_text(evidence.impossible_because, "Say why it cannot be put right.", field="impossible_because")
        require_text(evidence.alternative, "What else can be done? Write what you did instead.", field="alternative")
    elif evidence.status is not CorrectionStatus.DONE:
        raise RuleError("Choose whether it was put right, or cannot be.", field="status")
    else:
        for name in ("impossible_because", "alternative"):
            if getattr(evidence, name).strip():
                raise RuleError("You wrote this: choose that it cannot be put right, or take it out.", field=name)


def checked_answer(evidence: AnswerEvidence) -> AnswerEvidence:
    """With the answer that counts. Refuses an impossible score, one that contradicts the answer, and a wish for more
    that says nothing."""
    if evidence.score is not None and evidence.score not in SCORES:
        raise RuleError("Choose one of the five faces.", field="score")
    answer = answer_of(evidence.answer, evidence.score)
    if answer is Answer.WANTS_MORE:
        require_text(evidence.words, "Write what the customer would like.", field="words")
    return replace(evidence, answer=answer)


def check_follow_up(evidence: FollowUpEvidence) -> None:
    """Refuse a follow-up that names nothing (domain.md A2.2, A2.4)."""
    require_text(evidence.examined, "Write what we looked into.", field="examined")
    require_text(evidence.found, "Write what we found.", field="found")
    require_text(evidence.body, "Write the letter, or what you said.", field="body")
    if not evidence.changes and not evidence.nothing_changed_because.strip():
        raise RuleError(
            "Choose what was changed, or say that nothing has changed yet and why.",
            field="nothing_changed_because",
        )


def tell_change(told: ChangeTold) -> str:
    """The sentence that may be told of a change, by its true status: never a plan as if it were done (domain.md
    A2.4)."""
    change = told.change.strip().rstrip(".")
    if told.status in {PreventionStatus.DONE, PreventionStatus.VERIFIED}:
        return f"Done: {change}."
    if told.status is PreventionStatus.DROPPED:
        raise RuleError(f"“{change}” was dropped, so it cannot be told as a change.", field="changes")
    if told.due is None:
        return f"Not done yet: {change}."
    return f"Not done yet, by {told.due:%B} {told.due.day}: {change}."


def is_out_of_reach(attempts: Sequence[Attempt]) -> bool:
    """Whether so much was tried that no contact is possible (domain.md, section E)."""
    channels = {attempt.channel for attempt in attempts}
    days = {attempt.at.date() for attempt in attempts}
    found = (len(attempts), len(channels), len(days))
    return all(tried >= needed for tried, needed in zip(found, _BEFORE_NO_CONTACT, strict=True))


def check_no_contact(attempts: Sequence[Attempt]) -> None:
    """Refuse "no contact possible" without the evidence of real tries (domain.md, section E)."""
    if not is_out_of_reach(attempts):
        channels = {attempt.channel for attempt in attempts}
        days = {attempt.at.date() for attempt in attempts}
        raise RuleError(
            f"Before giving up, try {ATTEMPTS_BEFORE_NO_CONTACT} times, over {CHANNELS_BEFORE_NO_CONTACT} channels, on "
            f"{DAYS_BEFORE_NO_CONTACT} days, and log each try. So far: {len(attempts)} tries, "
            f"{len(channels)} channels, {len(days)} days. What reached the customer is no try, and tries count anew "
            "after it."
        )


def check_no_answer(asked: Sequence[date]) -> None:
    """Refuse to take silence for an answer too early. ``asked``: the days on which the customer was asked."""
    if len(set(asked)) < ASKS_BEFORE_NO_ANSWER:
        raise RuleError(
            f"Ask on {ASKS_BEFORE_NO_ANSWER} different days before you record that there was no answer. "
            f"So far the customer was asked on {len(set(asked))}."
        )
