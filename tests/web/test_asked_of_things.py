"""Whatever is asked about one thing of a case, or of the case as a whole, is shown as well."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from cases.models import Case, User
from cases.web.case_verbs import VERBS
from cases.web.forms.base import CaseForm
from tests.web.answers import APOLOGIZED, GIVEN, OTHERS, RECOVERED, Play, case, play, shown
from tests.web.mistakes import wall

pytestmark = pytest.mark.django_db
__all__ = ["case", "play"]


ISSUED = ("propose", {**GIVEN, "so_far": "proposed", "recipient": "", "recipient_reason": "", "note": ""})
PROMISED = ("promise", {"words": "I call at five", "due_at": "2199-01-01T10:00", "channel": "phone"})
LAPSED = ("promise", {**PROMISED[1], "made_at": "{ago_10}", "due_at": "{ago_5}"})
REVIEWED = ("apologize", {**APOLOGIZED, "how": "review"})
THINGS: tuple[tuple[str, tuple[tuple[str, Mapping[str, str]], ...], str, Mapping[str, str]], ...] = (
    (
        "settle-concern",
        (("concern", {"text": "Nobody called"}),),
        "concerns",
        {"status": "refused", "outcome": "We did"},
    ),
    ("keep-promise", (PROMISED,), "promises", {}),
    ("renegotiate", (PROMISED,), "promises", {"reason": "She said that six is fine"}),
    ("cancel-promise", (PROMISED,), "promises", {"reason": "No need to call any more"}),
    ("give-up-promise", (LAPSED,), "promises", {"instead": "She rang us before"}),
    ("compensation", (*RECOVERED[:3], ISSUED), "compensations", {"to": "issued", "note": "Receipt 4712"}),
    ("payer", (*RECOVERED[:3], ISSUED), "compensations", {"paid_by": "insurer", "note": "Policy 99"}),
    ("failed-fix", RECOVERED[:3], "corrections", {"because": "The courier lost it"}),
    ("response", RECOVERED, "follow_ups", {"response": "will_stay"}),
)


@pytest.mark.parametrize("row", THINGS, ids=lambda row: row[0])
def test_every_answer_about_one_thing_stands_on_a_page_of_the_case(
    play: Play, case: Case, row: tuple[str, tuple[tuple[str, Mapping[str, str]], ...], str, Mapping[str, str]]
) -> None:
    name, before, things, asked = row
    ago = {f"ago_{minutes}": wall(timezone.now() - timedelta(minutes=minutes)) for minutes in (5, 10)}
    play(*((verb, {field: value.format(**ago) for field, value in typed.items()}) for verb, typed in before))
    thing = getattr(case, things).last()
    later = {"due_at": "2199-02-02T10:00"} if name == "renegotiate" else {}
    text = play((name, {"of": str(thing.public_id), **asked, **later}))
    assert [words for field, value in asked.items() if (words := shown(name, field, value)) not in text] == []


def test_what_a_colleague_would_change_in_an_apology_is_shown(play: Play, case: Case, teammate: User) -> None:
    play(RECOVERED[0], REVIEWED)
    of = str(case.apologies.get().public_id)
    text = play(("review", {"of": of, "note": "Say it was us"}), who=teammate)
    assert "Say it was us" in text
    assert "Tom Reyes" in text


def test_what_is_written_of_a_customer_stands_on_their_page(client: Client, case: Case, agent: User) -> None:
    client.force_login(agent)
    address = f"/customers/{case.customer.public_id}/"
    form = client.get(f"{address}change/").context["form"]
    typed = {
        "name": "Grace Whitlock-Moss",
        "salutation": "Ms Moss",
        "email": "moss@example.org",
        "phone": "+1 212 555 0142",
        "preferred_channel": "letter",
        "language": "cy",
        "needs": "A slow call",
        "answers_to": "The parents of her class",
        "reference": "K-77",
        "note": "Rings twice",
    }
    hidden = {name: form[name].value() for name in ("key", "version")}
    assert client.post(f"{address}change/", {**hidden, **typed}).status_code == 302
    text = unescape(client.get(address).content.decode())
    assert set(typed) == set(form.fields) - set(hidden) - {"is_somebody_else"}
    assert [words for words in {**typed, "preferred_channel": "Letter"}.values() if words not in text] == []


def test_what_is_asked_of_a_case_as_a_whole_is_shown(play: Play, manager: User) -> None:
    text = play(
        ("escalate", {"reason": "She knows the mayor"}), ("dealt-with", {"reason": "I called the mayor"}), who=manager
    )
    assert "I called the mayor" in text
    text = play(("close", {"outcome": "withdrawn", "reason": "Another firm"}), who=manager)
    assert "Another firm" in text
    assert "It was us after all" in play(("reopen", {"reason": "It was us after all"}), who=manager)


def test_the_last_offer_and_why_it_does_not_satisfy_are_shown(play: Play) -> None:
    given_up = {"last_offer": "A year without fees", "reason": "They want the day back"}
    text = play(*RECOVERED[:3], ("unreconciled", given_up))
    assert all(words in text for words in given_up.values())


def test_the_mail_that_asked_the_customer_is_shown(play: Play) -> None:
    text = play(
        *RECOVERED[:3], ("no-compensation", {"reason": "No"}), ("ask", {"words": "Did the courier come, Grace?"})
    )
    assert "Did the courier come, Grace?" in text


def test_no_form_of_a_case_is_left_out_of_these_tests() -> None:
    tried = {name for name, *_row in (*RECOVERED, *OTHERS, *THINGS)} | {
        "no-compensation",
        "decide",
        "approve",
        "review",
    }
    tried |= {"ask", "reopen", "dealt-with", "unreconciled"}
    alike = {"later-answer", "settle-answer", "resume", "facts", "correct-concern"}
    nothing_asked = {name for name, verb in VERBS.items() if not _asks_words(verb.form)}
    assert set(VERBS) - tried - alike - nothing_asked == set()


def _asks_words(form: type[CaseForm]) -> bool:
    hidden_or_moment = {"key", "version", "of", "at"}
    return bool(set(form.base_fields) - hidden_or_moment)
