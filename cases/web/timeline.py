"""The timeline of a case in words: one line for each event, newest first, with before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q, TextChoices
from django.utils.dateparse import parse_datetime

from cases.models import Event
from cases.rules import vocabulary
from cases.rules.vocabulary import EventKind, StepKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cases.models import Case

MOST = 10_000
"""Lines of the whole history. No case has as many."""

_TEXT = (
    "raised_because",
    "read_back",
    "summary",
    "text",
    "words",
    "what",
    "change",
    "body",
    "question",
    "outcome_reason",
    "reason",
    "none_because",
    "because",
    "alternative",
    "found",
    "note",
    "error",
)
"""Facts that are somebody's words, in the order in which they are shown."""
_CODES: dict[str, type[TextChoices]] = {
    "severity": vocabulary.Severity,
    "outcome": vocabulary.Outcome,
    "channel": vocabulary.Channel,
    "answer": vocabulary.Answer,
    "reaction": vocabulary.Reaction,
    "reached": vocabulary.Reached,
    "explanation_status": vocabulary.ExplanationStatus,
    "response": vocabulary.FollowUpResponse,
    "nature": vocabulary.CompensationNature,
    "origin": vocabulary.Origin,
    "rung": vocabulary.Rung,
    "purpose": vocabulary.MessagePurpose,
}
"""Facts that are codes of an enumeration."""
_BEFORE_AFTER: dict[str, type[TextChoices]] = {
    EventKind.SEVERITY_CHANGED: vocabulary.Severity,
    EventKind.PRIORITY_RAISED: vocabulary.Priority,
    EventKind.CASE_ESCALATED: vocabulary.Priority,
    EventKind.CASE_CHANGED: vocabulary.Priority,
    EventKind.COMPENSATION_CHANGED: vocabulary.CompensationStatus,
    EventKind.COMPENSATION_PROPOSED: vocabulary.CompensationStatus,
    EventKind.CONCERN_SETTLED: vocabulary.ConcernStatus,
    EventKind.APPROVAL_DECIDED: vocabulary.ApprovalStatus,
    EventKind.PREVENTION_CHANGED: vocabulary.PreventionStatus,
    EventKind.CASE_REOPENED: vocabulary.Outcome,
    EventKind.APOLOGY_REVIEWED: vocabulary.ApologyStatus,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One event as people read it. ``before`` and ``after`` are codes in words, or moments."""

    who: str
    did: str
    at: datetime
    texts: tuple[str, ...]
    tags: tuple[str, ...]
    before: str | datetime
    after: str | datetime
    is_note: bool


def lines_of(case: Case, events: Iterable[Event]) -> list[Line]:
    """``events`` of a case and its incident as people read them, in the same order."""
    return [_line(event, case) for event in events]


def whole_history(case: Case) -> list[Line]:
    """Everything that happened, the newest first."""
    events = Event.objects.filter(Q(case=case) | Q(incident_id=case.incident_id)).select_related("actor")
    return lines_of(case, events.order_by("-at", "-pk")[:MOST])


def _line(event: Event, case: Case) -> Line:
    facts = event.facts
    kind = EventKind(event.kind)
    who = str(event.actor) if event.actor else _nobody(kind, case)
    return Line(
        who=who,
        did=_did(kind, facts),
        at=event.at,
        texts=tuple(_in_words(facts[name]) for name in _TEXT if facts.get(name)),
        tags=tuple(_tags(facts)),
        before=_side(kind, facts.get("before")),
        after=_side(kind, facts.get("after")),
        is_note=kind is EventKind.NOTE_ADDED,
    )


def _nobody(kind: EventKind, case: Case) -> str:
    """Without an actor it was the customer who answered, or the clock that saw us break a promise."""
    if kind is EventKind.CUSTOMER_ANSWERED:
        return case.customer.name
    return "We" if kind is EventKind.PROMISE_BROKEN else "Amends"


def _in_words(fact: object) -> str:
    """Somebody's words as they are; of a reminder, what was late."""
    if not isinstance(fact, list):
        return str(fact)
    return ", ".join(vocabulary.CommitmentKind(one["kind"]).in_words(one["name"]) for one in fact)


def _did(kind: EventKind, facts: dict[str, object]) -> str:
    step = str(facts.get("step", ""))
    if step in StepKind.values and kind in {EventKind.STEP_SETTLED, EventKind.STEP_WAIVED}:
        verb = "completed" if kind is EventKind.STEP_SETTLED else "waived"
        return f"{verb} “{StepKind(step).heading}”"
    if kind is EventKind.CASE_ASSIGNED:
        return f"gave the case to {facts.get('after') or 'nobody'}"
    if kind is EventKind.CUSTOMER_ANSWERED and facts.get("again"):
        return "answered again"
    return str(kind.label)


def _tags(facts: dict[str, object]) -> list[str]:
    tags = [
        str(choices(str(facts[name])).label) for name, choices in _CODES.items() if facts.get(name) in choices.values
    ]
    if facts.get("amount"):
        tags.append(f"{facts['amount']} {facts.get('currency', '')}".strip())
    if facts.get("score"):
        tags.append(f"{facts['score']} of 5")
    if facts.get("is_chase"):
        tags.append("Chase")
    if facts.get("owed_again"):
        tags.append(f"“{StepKind(str(facts['owed_again'])).heading}” is owed again")
    if facts.get("second_person"):
        tags.append(f"with {facts['second_person']}")
    return tags


def _side(kind: EventKind, value: object) -> str | datetime:
    if not value or isinstance(value, dict) or kind is EventKind.CASE_ASSIGNED:
        return ""
    choices = _BEFORE_AFTER.get(kind)
    if choices is not None and value in choices.values:
        return str(choices(str(value)).label)
    return parse_datetime(str(value)) or str(value)
