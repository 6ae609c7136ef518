"""What happened, as typed facts: one class a kind of event, with its sentence in it. Reading never fails.

Limit: how a sentence is laid out is decided by ``cases.web.timeline``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cases.actions.events import older
from cases.actions.events.base import KINDS, Facts, Sentence, Setting
from cases.actions.events.case import (
    CaseAssigned,
    CaseChanged,
    CaseClosed,
    CaseEscalated,
    CaseImported,
    CaseJoined,
    CaseLogged,
    CaseReopened,
    EscalationDealtWith,
    ImportUndone,
    MadeSafe,
    PriorityLowered,
    PriorityRaised,
    RoundOpened,
    SeverityChanged,
)
from cases.actions.events.clocks import (
    ClockPaused,
    ClockResumed,
    ClocksStarted,
    HoursChanged,
    ReminderSeen,
    ReminderSent,
    RemindersQuiet,
    Told,
)
from cases.actions.events.contacts import (
    FIELD_NAMES,
    AddressAsked,
    AddressConfirmed,
    CallAsked,
    ConcernAdded,
    ConcernSettled,
    ContactLogged,
    CustomerAnswered,
    CustomerAsked,
    CustomerChanged,
    CustomersMerged,
    LaterAnswerSettled,
    LinkMade,
    LinksRevoked,
    MailMoved,
    MailTakenBack,
    NoteAdded,
    QuestionQueued,
)
from cases.actions.events.facts import CaseMoved, Correction, FactsCorrected
from cases.actions.events.learning import (
    CategoryChanged,
    CauseChanged,
    PreventionAdded,
    PreventionChanged,
    PreventionMoved,
)
from cases.actions.events.produced import (
    ApologyBounced,
    ApologyDrafted,
    ApologyQueued,
    ApologyReviewed,
    ApologySent,
    CompensationChanged,
    CompensationProposed,
    CorrectionDone,
    CorrectionFailed,
    CorrectionImpossible,
    CorrectionPlanned,
    FollowUpAnswered,
    FollowUpBounced,
    FollowUpDrafted,
    FollowUpQueued,
    FollowUpSent,
    MessageBounced,
    MessageFailed,
    MessageLost,
)
from cases.actions.events.promises import (
    PromiseBroken,
    PromiseCancelled,
    PromiseGivenUp,
    PromiseKept,
    PromiseKeptLate,
    PromiseMade,
    PromiseRenegotiated,
)
from cases.actions.events.steps import ApprovalAsked, ApprovalDecided, ApprovalWithdrawn, StepSettled, StepWaived
from cases.rules.vocabulary import EventKind

if TYPE_CHECKING:
    from cases.models import Event

__all__ = [
    "FIELD_NAMES",
    "AddressAsked",
    "AddressConfirmed",
    "ApologyBounced",
    "ApologyDrafted",
    "ApologyQueued",
    "ApologyReviewed",
    "ApologySent",
    "ApprovalAsked",
    "ApprovalDecided",
    "ApprovalWithdrawn",
    "CallAsked",
    "CaseAssigned",
    "CaseChanged",
    "CaseClosed",
    "CaseEscalated",
    "CaseImported",
    "CaseJoined",
    "CaseLogged",
    "CaseMoved",
    "CaseReopened",
    "CategoryChanged",
    "CauseChanged",
    "ClockPaused",
    "ClockResumed",
    "ClocksStarted",
    "CompensationChanged",
    "CompensationProposed",
    "ConcernAdded",
    "ConcernSettled",
    "ContactLogged",
    "Correction",
    "CorrectionDone",
    "CorrectionFailed",
    "CorrectionImpossible",
    "CorrectionPlanned",
    "CustomerAnswered",
    "CustomerAsked",
    "CustomerChanged",
    "CustomersMerged",
    "EscalationDealtWith",
    "Facts",
    "FactsCorrected",
    "FollowUpAnswered",
    "FollowUpBounced",
    "FollowUpDrafted",
    "FollowUpQueued",
    "FollowUpSent",
    "HoursChanged",
    "ImportUndone",
    "LaterAnswerSettled",
    "LinkMade",
    "LinksRevoked",
    "MadeSafe",
    "MailMoved",
    "MailTakenBack",
    "MessageBounced",
    "MessageFailed",
    "MessageLost",
    "NoteAdded",
    "PreventionAdded",
    "PreventionChanged",
    "PreventionMoved",
    "PriorityLowered",
    "PriorityRaised",
    "PromiseBroken",
    "PromiseCancelled",
    "PromiseGivenUp",
    "PromiseKept",
    "PromiseKeptLate",
    "PromiseMade",
    "PromiseRenegotiated",
    "QuestionQueued",
    "ReminderSeen",
    "ReminderSent",
    "RemindersQuiet",
    "RoundOpened",
    "Sentence",
    "Setting",
    "SeverityChanged",
    "StepSettled",
    "StepWaived",
    "Told",
    "facts_of",
    "told",
]


def facts_of(event: Event) -> Facts | None:
    """The typed facts of a row, of whatever version; none where its kind or its shape is not known here."""
    stored = event.facts if isinstance(event.facts, dict) else {}
    kind = older.kind_of(event.kind, stored) if event.facts_version == 0 else event.kind
    if kind not in KINDS:
        return None
    try:
        return KINDS[kind].read(stored, event.facts_version)
    except ValueError:
        return None


def told(event: Event, *, customer: str) -> Sentence:
    """The sentence of a row, with ``who`` filled in. ``customer``: whom the case is about."""
    setting = Setting(actor=str(event.actor) if event.actor else "", customer=customer)
    facts = facts_of(event)
    sentence = facts.sentence(setting) if facts is not None else _unknown(event)
    if isinstance(facts, FactsCorrected) and facts.personal and event.pk is not None:
        sentence = facts.with_personal(sentence, event.personal_changes.all())
    return sentence if sentence.who else replace(sentence, who=setting.actor or "Amends")


def _unknown(event: Event) -> Sentence:
    """The label of the kind, and what somebody wrote. A code has no blanks in it."""
    stored = event.facts.values() if isinstance(event.facts, dict) else ()
    did = EventKind(event.kind) if event.kind in EventKind.values else EventKind.CASE_CHANGED
    return Sentence(did=str(did.label), texts=tuple(text for text in stored if isinstance(text, str) and " " in text))
