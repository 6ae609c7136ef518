"""Every form of a case, filled in to the last field, for every button and every answer: each value stands on a page of
the case afterwards, or is asked back with everything kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django import forms
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.test import Client
from django.utils import timezone

from cases.models import Case, PreventionAction, User
from cases.rules.vocabulary import PreventionKind, StepKind
from cases.web.case_verbs import VERBS
from cases.web.forms.base import CaseForm
from cases.web.forms.fields import Moment
from tests.conftest import Log
from tests.web.answers import (
    ACKNOWLEDGED,
    ANSWERED,
    APOLOGIZED,
    CORRECTED,
    FOLLOWED_UP,
    GIVEN,
    RECOVERED,
    Play,
    case,
    play,
    text_of,
)

ZONE = User(time_zone="America/New_York").zone
pytestmark = pytest.mark.django_db
__all__ = ["case", "play"]


@dataclass(frozen=True, slots=True)
class Filled:
    """A form, what is typed into it, and how many steps of the recovery come before it. ``before``: forms after those.
    ``of``: the case's relation whose last row it is about."""

    name: str
    typed: Mapping[str, str]
    steps: int = 0
    before: tuple[tuple[str, Mapping[str, str]], ...] = ()
    of: str = ""
    is_for_managers: bool = False


PROMISED = ("promise", {"words": "I call at five", "due_at": "2199-01-01T10:00", "channel": "letter"})
OFFERED = ("propose", {**GIVEN, "so_far": "offered", "note": ""})
CLOSED = ("close", {"outcome": "withdrawn", "reason": "It was another firm"})
FILLED = (
    Filled("acknowledge", {**ACKNOWLEDGED, "at": "{earlier}"}),
    Filled("apologize", {**APOLOGIZED, "at": "{now}"}, 1),
    Filled(
        "correct",
        {
            **CORRECTED,
            "impossible_because": "The wedding is over",
            "alternative": "A second party",
            "agreed_for": "{tomorrow}",
            "at": "{now}",
        },
        2,
    ),
    Filled("propose", GIVEN, 3),
    Filled("no-compensation", {"reason": "They would take nothing"}, 3),
    Filled("answer", {**ANSWERED, "at": "{now}"}, 4),
    Filled("later-answer", {**ANSWERED, "words": "It broke again", "at": "{now}"}, 5),
    Filled("ask", {"words": "Did we make it right, Grace?"}, 4),
    Filled("follow-up", {**FOLLOWED_UP, "at": "{now}", "changes": "{change}"}, 5),
    Filled("waive", {"step": "acknowledge", "reason": "They asked for quiet"}),
    Filled(
        "contact",
        {
            "direction": "in",
            "channel": "phone",
            "reached": "reached",
            "summary": "Asked where it is",
            "reaction": "angry",
            "private_note": "The new baby",
            "at": "{earlier}",
        },
    ),
    Filled("note", {"text": "The depot is closed"}),
    Filled("concern", {"text": "Nobody called back"}),
    Filled("correct-concern", {"text": "Sent to the former address", "reason": "She said so"}, of="concerns"),
    Filled("settle-concern", {"status": "resolved", "outcome": "The box is here"}, of="concerns"),
    Filled(
        "promise",
        {
            "words": "I write to the depot",
            "due_at": "{tomorrow}",
            "channel": "letter",
            "owner": "{teammate}",
            "step": "correct",
            "is_appointment": "on",
            "made_at": "{earlier}",
            "made_by": "{teammate}",
            "kept_at": "{now}",
        },
    ),
    Filled("keep-promise", {"at": "{now}"}, before=(PROMISED,), of="promises"),
    Filled(
        "renegotiate",
        {"due_at": "{tomorrow}", "reason": "She is away", "at": "{now}"},
        before=(PROMISED,),
        of="promises",
    ),
    Filled("cancel-promise", {"reason": "Never mind, she said", "at": "{now}"}, before=(PROMISED,), of="promises"),
    Filled("compensation", {"to": "accepted", "note": "By mail 17", "at": "{now}"}, 3, (OFFERED,), "compensations"),
    Filled("payer", {"paid_by": "insurer", "note": "Their letter of June"}, 3, (OFFERED,), "compensations"),
    Filled("failed-fix", {"because": "It broke again"}, 3, of="corrections"),
    Filled("response", {"response": "replied"}, 6, of="follow_ups"),
    Filled("assign", {"to": "{teammate}", "note": "She likes tea"}),
    Filled("severity", {"severity": "critical", "critical_because": "health", "reason": "A wedding"}),
    Filled("pause", {"question": "Which day suits you?", "until": "{tomorrow}", "legal_hold": "no"}),
    Filled("quiet", {"until": "{tomorrow}", "reason": "The courier is out"}),
    Filled("escalate", {"reason": "She knows the mayor"}),
    Filled(
        "dealt-with",
        {"reason": "The mayor was told"},
        before=(("escalate", {"reason": "She knows him"}),),
        is_for_managers=True,
    ),
    Filled("made-safe", {"at": "{now}"}),
    Filled("close", {"outcome": "withdrawn", "reason": "It was another firm", "duplicate_of": "{other}"}),
    Filled("unreconciled", {"last_offer": "A year of tea", "reason": "Nothing will do"}, 2),
    Filled("reopen", {"reason": "It was ours after all"}, before=(CLOSED,)),
)
ELSEWHERE = {
    "facts": "every fact: test_facts",
    "settle-answer": "test_work",
    "approve": "somebody else: test_compensation",
    "decide": "somebody else: the second person's words in test_asked_is_shown",
    "review": "somebody else: test_asked_is_shown",
    "resume": "which pause ends: test_pauses",
    "give-up-promise": "of a broken promise: test_promises",
}
SAID_OTHERWISE = {
    ("propose", "was_asked_for", "on"): "the customer asked for it",
    ("propose", "so_far", "proposed"): "Approved",
    ("propose", "so_far", "offered"): "Offered",
    ("propose", "so_far", "accepted"): "Accepted",
    ("propose", "so_far", "issued"): "Issued",
    ("contact", "direction", "in"): "the customer came to us",
    ("contact", "direction", "out"): "spoke with the customer",
}
MOST_REFUSALS = 5


@pytest.mark.parametrize("row", FILLED, ids=lambda row: row.name)
def test_it_is_shown_or_asked_back(
    client: Client, play: Play, case: Case, row: Filled, known: dict[str, str], manager: User
) -> None:
    play(*RECOVERED[: row.steps], *row.before)
    if row.is_for_managers:
        client.force_login(manager)
    lost = {}
    for varied in variations(row, known):
        with transaction.atomic():
            lost[str(varied)] = swallowed(client, case, row, varied)
            transaction.set_rollback(True)
    assert {varied: names for varied, names in lost.items() if names} == {}


@pytest.mark.parametrize("how", ["draft", "review"])
def test_a_draft_comes_back_with_its_tick(client: Client, play: Play, case: Case, how: str) -> None:
    typed = {name: value for name, value in APOLOGIZED.items() if name != "channel"}
    play(RECOVERED[0], ("apologize", {**typed, "how": how}))
    form = form_of(client.get(f"/cases/{case.reference}/do/apologize/"))
    kept = {name: form[name].value() for name in ("body", "explanation", "owns_it")}
    assert kept == {"body": typed["body"], "explanation": typed["explanation"], "owns_it": True}


def test_no_form_of_a_case_is_left_out() -> None:
    asking = {name for name, verb in VERBS.items() if set(verb.form.base_fields) - {"key", "version", "of"}}
    assert asking - {row.name for row in FILLED} == set(ELSEWHERE)
    for row in FILLED:
        asked = set(VERBS[row.name].form.base_fields) - {"key", "version", "of", "currency"}
        assert asked - set(row.typed) == set(), row.name


@pytest.fixture
def known(case: Case, agent: User, teammate: User, manager: User, log: Log) -> dict[str, str]:
    other = log(at=case.known_at - timedelta(hours=1))
    change = PreventionAction.objects.create(
        incident=case.incident,
        kind=PreventionKind.values[0],
        change="Labels are printed once",
        owner=agent,
        starts_at=case.known_at,
        due_at=timezone.now() + timedelta(days=9),
        first_due_at=timezone.now() + timedelta(days=9),
        created_at=case.known_at,
    )
    return {
        "earlier": wall(timezone.now() - timedelta(minutes=5)),
        "now": wall(timezone.now()),
        "tomorrow": wall(timezone.now() + timedelta(days=1)),
        "teammate": str(teammate.public_id),
        "change": str(change.public_id),
        "other": other.reference,
    }


def wall(moment: datetime) -> str:
    return moment.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")


def variations(row: Filled, known: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """With every button as it stands, and with each other answer that is picked from dots."""
    form = VERBS[row.name].form
    typed = {name: value.format(**known) for name, value in row.typed.items()}
    for button in form.buttons:
        yield {**typed, "how": button.value}
        for name, asked in form.base_fields.items():
            if type(asked.widget) is forms.RadioSelect and isinstance(asked, forms.ChoiceField):
                others = {str(value) for value, _label in asked.choices} - {typed[name]}  # type: ignore[misc,union-attr]
                yield from ({**typed, "how": button.value, name: value} for value in sorted(others))


def swallowed(client: Client, case: Case, row: Filled, typed: Mapping[str, str]) -> dict[str, str]:
    """What stands nowhere after it was sent. Where something is asked back, it is taken out, as the page says."""
    for _ in range(MOST_REFUSALS):
        answer = post(client, case, row, typed)
        if answer.status_code == 302:
            step = VERBS[row.name].step or StepKind.CONFIRM
            return missing(row, typed, text_of(client, case, ("", f"?step={step}", "timeline/")))
        assert answer.status_code == 422, typed
        page = unescape(answer.content.decode())
        lost = {name: value for name, value in typed.items() if name != "how" and value not in page}
        asked_back = {name for name in form_of(answer).errors if typed.get(name)}
        if lost or not asked_back:
            return lost
        typed = {name: value for name, value in typed.items() if name not in asked_back}
    return dict(typed)


def missing(row: Filled, typed: Mapping[str, str], text: str) -> dict[str, str]:
    asked, left = VERBS[row.name].form.base_fields, unneeded(row, typed)
    fields = {name: field for name, field in asked.items() if typed.get(name) and name not in left}
    words = {name: words_for(row.name, name, field, typed[name]) for name, field in fields.items()}
    return {name: one for name, one in words.items() if one.lower() not in text.lower()}


def unneeded(row: Filled, typed: Mapping[str, str]) -> set[str]:
    """Picked, and asked only "if": a letter needs no channel and no moment, and what is not critical no ground."""
    if row.name in {"apologize", "follow-up"} and typed["how"] != "speak":
        return {"channel", "at"}
    return {"critical_because"} if row.name == "severity" and typed["severity"] != "critical" else set()


def words_for(form: str, name: str, asked: forms.Field, value: str) -> str:
    if name == "changes":
        return PreventionAction.objects.get(public_id=value).change
    if isinstance(asked, forms.ModelChoiceField):
        return User.objects.get(public_id=value).name
    if isinstance(asked, Moment):
        moment = datetime.fromisoformat(value).replace(tzinfo=ZONE).astimezone(UTC)
        return f'datetime="{moment:%Y-%m-%dT%H:%M}' if moment < timezone.now() - timedelta(minutes=2) else ""
    choices: Any = asked.choices if isinstance(asked, forms.ChoiceField) else ()
    return SAID_OTHERWISE.get((form, name, value)) or str(dict(choices).get(value, value))


def post(client: Client, case: Case, row: Filled, typed: Mapping[str, str]) -> HttpResponse:
    case.refresh_from_db()
    of = str(getattr(case, row.of).last().public_id) if row.of else ""
    address = f"/cases/{case.reference}/do/{row.name}/"
    key = form_of(client.get(address, {"of": of}))["key"].value()
    return client.post(address, {"key": key, "version": str(case.version), "of": of, **typed})  # type: ignore[return-value]


def form_of(page: HttpResponseBase) -> CaseForm:
    context = page.context  # type: ignore[attr-defined]
    form: CaseForm = context["page"].form if "page" in context else context["form"]
    return form
