"""What was asked at a step and what was answered, of every round, under the labels of the forms that asked it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.timezone import localtime

from cases.models import Acknowledgement
from cases.rules.vocabulary import Channel, Reached, Reaction, StepKind
from cases.web.forms.satisfaction import AnswerForm
from cases.web.forms.steps import AcknowledgeForm, ApologizeForm, CorrectForm, FollowUpForm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from cases.models import Apology, Case, Correction, FollowUp, SatisfactionCheck, User
    from cases.web.forms.base import CaseForm

type Answers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One thing that a step produced. ``answers``: each with the label of what was asked; what was left empty is left
    out."""

    round: int
    status: str
    at: datetime | None
    by: User | None
    answers: Answers


def said_at(case: Case, kind: StepKind) -> list[Said]:
    """The newest first. One query, and one more for the changes that follow-ups told of."""
    return _READ[kind](case) if kind in _READ else []


def _acknowledgements(case: Case) -> list[Said]:
    found = Acknowledgement.objects.filter(step__case=case).select_related("step__settled_by", "contact")
    return [_acknowledgement(one) for one in found.order_by("-step__round")]


def _acknowledgement(one: Acknowledgement) -> Said:
    return Said(
        round=one.step.round,
        status=str(Reached(one.contact.reached).label),
        at=one.step.settled_at,
        by=one.step.settled_by,
        answers=_answers(
            AcknowledgeForm,
            {
                "channel": Channel(one.contact.channel).label,
                "read_back": one.read_back,
                "read_back_answer": one.get_read_back_answer_display(),
                "was_only_concern": _yes_no(one.was_only_concern),
                "ownership": one.ownership,
                "reaction": Reaction(one.contact.reaction).label if one.contact.reaction else "",
                "not_live_because": one.not_live_because,
                "private_note": one.contact.private_note,
            },
        ),
    )


def _apologies(case: Case) -> list[Said]:
    return [_apology(one) for one in case.apologies.select_related("author", "reviewer").order_by("-pk")]


def _apology(one: Apology) -> Said:
    asked = {
        "body": one.body,
        "explanation_status": one.get_explanation_status_display(),
        "explanation": one.explanation,
        "channel": one.get_channel_display(),
    }
    reviewed = ((f"Read by {one.reviewer}", one.review_note or "Nothing to change"),) if one.reviewer else ()
    labels = {"channel": "How"}
    return Said(
        round=one.round,
        status=one.get_status_display(),
        at=one.sent_at or one.created_at,
        by=one.author,
        answers=(*_answers(ApologizeForm, asked, labels), *reviewed),
    )


def _corrections(case: Case) -> list[Said]:
    return [_correction(one) for one in case.corrections.select_related("by").order_by("-pk")]


def _correction(one: Correction) -> Said:
    asked = {
        "what": one.what,
        "options_considered": one.options_considered,
        "impossible_because": one.impossible_because,
        "alternative": one.alternative,
        "agreed_for": f"{localtime(one.agreed_for):%Y-%m-%d %H:%M}" if one.agreed_for else "",
    }
    labels = {"impossible_because": "Why it cannot be put right", "alternative": "What was done instead"}
    failed = (("What did not hold", one.failed_because),) if one.failed_because else ()
    return Said(
        round=one.round,
        status=one.get_status_display(),
        at=one.settled_at or one.planned_at,
        by=one.by,
        answers=(*_answers(CorrectForm, asked, labels), *failed),
    )


def _checks(case: Case) -> list[Said]:
    return [_check(one) for one in case.satisfaction_checks.select_related("asked_by").order_by("-pk")]


def _check(one: SatisfactionCheck) -> Said:
    asked = {
        "answer": one.get_answer_display() if one.answer else "",
        "score": f"{one.score} of 5" if one.score else "",
        "words": one.words,
        "channel": one.get_channel_display(),
        "wants_contact": _yes_no(one.wants_contact) if one.wants_contact else "",
    }
    return Said(
        round=one.round,
        status="The customer, on their page" if one.by_customer else one.get_status_display(),
        at=one.answered_at or one.asked_at,
        by=None if one.by_customer else one.asked_by,
        answers=_answers(AnswerForm, asked),
    )


def _follow_ups(case: Case) -> list[Said]:
    found = case.follow_ups.select_related("author").prefetch_related("changes").order_by("-pk")
    return [_follow_up(one) for one in found]


def _follow_up(one: FollowUp) -> Said:
    asked = {
        "examined": one.examined,
        "found": one.found,
        "changes": "\n".join(change.words for change in one.changes.all()),
        "nothing_changed_because": one.nothing_changed_because,
        "body": one.body,
        "channel": one.get_channel_display(),
    }
    labels = {"nothing_changed_because": "Why nothing has changed yet", "channel": "How"}
    came = (("What came of it", one.get_response_display()),) if one.response_at else ()
    return Said(
        round=one.round,
        status=one.get_status_display(),
        at=one.sent_at or one.created_at,
        by=one.author,
        answers=(*_answers(FollowUpForm, asked, labels), *came),
    )


_READ: Mapping[StepKind, Callable[[Case], list[Said]]] = {
    StepKind.ACKNOWLEDGE: _acknowledgements,
    StepKind.APOLOGIZE: _apologies,
    StepKind.CORRECT: _corrections,
    StepKind.CONFIRM: _checks,
    StepKind.FOLLOW_UP: _follow_ups,
}
"""Compensation stands in a list of its own beside the steps."""


def _answers(
    form: type[CaseForm], asked: Mapping[str, object], labels: Mapping[str, str] | None = None
) -> tuple[tuple[str, str], ...]:
    """``labels``: in place of the form's, where its own only makes sense while it is filled in."""
    named: Iterable[tuple[str, str]] = (
        ((labels or {}).get(name) or str(form.base_fields[name].label), str(value)) for name, value in asked.items()
    )
    return tuple((label, value) for label, value in named if value)


def _yes_no(value: bool) -> str:  # noqa: FBT001  # the answer itself
    return "Yes" if value else "No"
