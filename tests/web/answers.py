"""Answers to every question about a case, and the pages on which they must stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django import forms
from django.test import Client
from django.utils import timezone

from cases.models import Case, User
from cases.rules.vocabulary import StepKind
from cases.web.case_verbs import VERBS
from tests.conftest import Log

ACKNOWLEDGED = {
    "channel": "email",
    "reached": "reached",
    "read_back": "You waited for a courier who never came",
    "read_back_answer": "agreed",
    "was_only_concern": "no",
    "more_concerns": "The box was wet as well",
    "ownership": "I am Maya, and I own this",
    "reaction": "calm",
    "not_live_because": "They asked us to write",
    "private_note": "Her mother’s operation",
}
APOLOGIZED = {
    "how": "speak",
    "body": "We forgot your parcel, and I am sorry",
    "explanation_status": "verified",
    "explanation": "The label was printed twice",
    "owns_it": "on",
    "channel": "in_person",
}
CORRECTED = {"how": "done", "what": "A courier brings it today", "options_considered": "Post, or a taxi"}
GIVEN = {
    "nature": "goodwill",
    "form": "gift",
    "what": "A box of tea",
    "amount": "12.50",
    "paid_by": "supplier",
    "recipient": "Edith Whitlock",
    "recipient_reason": "She had waited at the door",
    "was_asked_for": "on",
    "reason": "An afternoon was lost",
    "so_far": "issued",
    "note": "Receipt 4711",
}
ANSWERED = {
    "answer": "partly",
    "score": "3",
    "words": "It took too long",
    "channel": "letter",
    "wants_contact": "on",
}
FOLLOWED_UP = {
    "how": "speak",
    "examined": "All labels of that week",
    "found": "Six were printed twice",
    "nothing_changed_because": "The printer comes in June",
    "body": "Dear Grace, we looked at every label",
    "channel": "phone",
}
RECOVERED: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("acknowledge", ACKNOWLEDGED),
    ("apologize", APOLOGIZED),
    ("correct", CORRECTED),
    ("propose", GIVEN),
    ("answer", ANSWERED),
    ("follow-up", FOLLOWED_UP),
)
PAGES = ("", *(f"?step={kind}" for kind in StepKind), "timeline/")
NOT_SHOWN = {
    ("apologize", "owns_it"): "nobody can say that they apologized without it",
    ("acknowledge", "reached"): "whoever was not reached is not acknowledged",
    ("pause", "legal_hold"): "shown as the kind of the pause",
}
WORDS_FOR = {
    ("propose", "was_asked_for"): "the customer asked for it",
    ("propose", "amount"): "12.50",
    ("answer", "score"): "3 of 5",
    ("promise", "is_appointment"): "an appointment",
    ("propose", "so_far"): "Issued",
    ("contact", "direction"): "the customer came to us",
    ("answer", "wants_contact"): "They would like a call from a manager",
}

Play = Callable[..., str]


@pytest.fixture
def case(log: Log) -> Case:
    return log(at=timezone.now() - timedelta(minutes=15))


@pytest.fixture
def play(client: Client, case: Case, agent: User) -> Play:
    """Send forms of the case one after the other; answers with the words of all its pages."""

    def send(*forms: tuple[str, Mapping[str, str]], who: User = agent) -> str:
        client.force_login(who)
        address = f"/cases/{case.reference}/"
        for name, typed in forms:
            case.refresh_from_db()
            page = client.get(f"{address}do/{name}/", {"of": typed.get("of", "")})
            form = page.context["page"].form if "page" in page.context else page.context["form"]
            hidden = {"key": form["key"].value(), "version": str(case.version)}
            answer = client.post(f"{address}do/{name}/", {**hidden, **typed})
            assert answer.status_code == 302, answer.context["form"].errors if "form" in answer.context else name
        return text_of(client, case)

    return send


def text_of(client: Client, case: Case, pages: Iterable[str] = PAGES) -> str:
    """The words of these pages of the case."""
    address = f"/cases/{case.reference}/"
    return " ".join(unescape(client.get(address + page).content.decode()) for page in pages)


def shown(name: str, field: str, value: str) -> str:
    """How a value stands on a page: in words where it is a code."""
    asked = VERBS[name].form.base_fields[field]
    if (name, field) in WORDS_FOR:
        return WORDS_FOR[name, field]
    choices: Any = asked.choices if isinstance(asked, forms.ChoiceField) else ()
    return str(dict(choices).get(value, value))


OTHERS: tuple[tuple[str, Mapping[str, str]], ...] = (
    (
        "contact",
        {
            "direction": "in",
            "channel": "phone",
            "reached": "reached",
            "summary": "Asked where it is",
            "reaction": "angry",
            "private_note": "The new baby",
        },
    ),
    ("note", {"text": "The depot is closed"}),
    ("concern", {"text": "Nobody called back"}),
    (
        "promise",
        {
            "words": "I call at five",
            "due_at": "2199-01-01T10:00",
            "channel": "letter",
            "step": "correct",
            "is_appointment": "on",
            "made_by": "{teammate}",
        },
    ),
    ("severity", {"severity": "major", "reason": "A wedding"}),
    ("pause", {"question": "Which day suits you?", "until": "{tomorrow}", "legal_hold": "no"}),
    ("quiet", {"until": "{tomorrow}", "reason": "The courier is out"}),
    ("assign", {"to": "{teammate}", "note": "She likes tea"}),
    ("escalate", {"reason": "She knows the mayor"}),
    ("waive", {"step": "acknowledge", "reason": "They asked for quiet"}),
    ("close", {"outcome": "withdrawn", "reason": "It was another firm"}),
)
