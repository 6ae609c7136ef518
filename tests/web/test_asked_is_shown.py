"""Whatever a form of a case asks stands on a page of the case afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django import forms
from django.test import Client
from django.utils import timezone

from cases.actions.compensations import Proposal, propose_compensation
from cases.models import Case, Category, PreventionAction, User
from cases.rules.vocabulary import CompensationForm, CompensationNature, PreventionKind, StepKind
from cases.web.case_verbs import VERBS
from cases.web.forms.base import CaseForm
from tests.conftest import Log

pytestmark = pytest.mark.django_db

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
        return " ".join(unescape(client.get(address + page).content.decode()) for page in PAGES)

    return send


def shown(name: str, field: str, value: str) -> str:
    """How a value stands on a page: in words where it is a code."""
    asked = VERBS[name].form.base_fields[field]
    if (name, field) in WORDS_FOR:
        return WORDS_FOR[name, field]
    choices: Any = asked.choices if isinstance(asked, forms.ChoiceField) else ()
    return str(dict(choices).get(value, value))


@pytest.mark.parametrize("row", RECOVERED, ids=lambda row: row[0])
def test_every_answer_at_a_step_stands_on_a_page_of_the_case(play: Play, row: tuple[str, Mapping[str, str]]) -> None:
    name, typed = row
    text = play(*RECOVERED[: RECOVERED.index(row) + 1])
    wanted = {field: shown(name, field, value) for field, value in typed.items() if field != "how"}
    missing = {field: words for field, words in wanted.items() if (name, field) not in NOT_SHOWN and words not in text}
    assert missing == {}


@pytest.mark.parametrize("name", [name for name, _typed in RECOVERED])
def test_no_question_of_a_step_is_left_out_of_these_tests(name: str) -> None:
    asked = {field for field in VERBS[name].form.base_fields if field not in {"key", "version", "at", "currency"}}
    never_together = {"correct": {"impossible_because", "alternative"}, "follow-up": {"changes"}}
    assert asked - set(dict(RECOVERED)[name]) == never_together.get(name, set())


def test_what_cannot_be_put_right_says_why_and_what_was_done_instead(play: Play) -> None:
    told = {"how": "impossible", "what": "The day", "impossible_because": "It is over", "alternative": "A free visit"}
    text = play(*RECOVERED[:2], ("correct", told))
    assert all(words in text for words in ("It is over", "A free visit"))


def test_a_change_that_a_follow_up_tells_of_is_shown_with_it(play: Play, case: Case, agent: User) -> None:
    PreventionAction.objects.create(
        incident=case.incident,
        kind=PreventionKind.values[0],
        change="Labels are printed once",
        owner=agent,
        starts_at=case.known_at,
        due_at=timezone.now() + timedelta(days=9),
        first_due_at=timezone.now() + timedelta(days=9),
        created_at=case.known_at,
    )
    action = case.incident.prevention_actions.get()
    text = play(*RECOVERED[:5], ("follow-up", {**FOLLOWED_UP, "changes": str(action.public_id)}))
    assert "Labels are printed once" in text


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


@pytest.mark.parametrize("row", OTHERS, ids=lambda row: row[0])
def test_every_answer_on_another_form_stands_on_a_page_of_the_case(
    play: Play, row: tuple[str, Mapping[str, str]], teammate: User
) -> None:
    name, asked = row
    tomorrow = timezone.localtime(timezone.now() + timedelta(days=1))
    known = {"tomorrow": f"{tomorrow:%Y-%m-%dT%H:%M}", "teammate": str(teammate.public_id)}
    typed = {field: value.format(**known) for field, value in asked.items()}
    text = play((name, typed))
    wanted = {
        field: teammate.name if field == "to" else shown(name, field, value)
        for field, value in typed.items()
        if field not in {"due_at", "until"} and (name, field) not in NOT_SHOWN
    }
    assert {field: words for field, words in wanted.items() if words not in text} == {}


def test_a_decision_that_nothing_is_due_shows_as_such_with_who_when_and_why(play: Play, agent: User) -> None:
    text = play(*RECOVERED[:3], ("no-compensation", {"reason": "They would take nothing"}))
    assert "Nothing is due.</strong> Decided" in text
    assert "“They would take nothing”" in text
    assert "nothing is due, decided" in text


def test_the_second_persons_words_are_shown(play: Play, case: Case, manager: User) -> None:
    play(("waive", {"step": "acknowledge", "reason": "They wrote to say that they know"}))
    of = str(case.approvals.get().public_id)
    text = play(("decide", {"of": of, "how": "grant", "note": "I read their letter"}), who=manager)
    assert all(words in text for words in ("They wrote to say that they know", "I read their letter", manager.name))


def test_what_to_ask_after_stands_above_the_next_contact_and_nowhere_else(
    client: Client, play: Play, case: Case, outsider: User
) -> None:
    play(("acknowledge", ACKNOWLEDGED))
    for address in ("", "do/contact/", "do/promise/"):
        page = unescape(client.get(f"/cases/{case.reference}/{address}").content.decode())
        assert "Ask after first:" in page
        assert "Her mother’s operation" in page
    assert "operation" not in client.get("/cases/export/").content.decode()
    client.force_login(outsider)
    assert client.get(f"/cases/{case.reference}/do/contact/").status_code == 404


def test_what_was_said_in_an_earlier_round_is_still_shown(play: Play) -> None:
    again = {**ANSWERED, "answer": "wants_more"}
    text = play(*RECOVERED[:4], ("answer", again))
    assert "You waited for a courier who never came" in text
    assert "Round 1" in text


def test_what_the_log_form_asks_stands_on_the_page_of_the_case(client: Client, agent: User, case: Case) -> None:
    Category.objects.create(name="Delivery › Late")
    client.force_login(agent)
    typed = {
        "key": client.get("/log/").context["form"]["key"].value(),
        "customer": "new",
        "name": "Ada Lovelace",
        "email": "ada@example.org",
        "phone": "+1 212 555 0199",
        "title": "The engine came late",
        "description": "I waited all day",
        "severity": "moderate",
        "origin": "third_party",
        "channel": "chat",
        "wants": "A call before it comes",
        "attempt": "2",
        "category": "Delivery › Late",
        "team": str(agent.teams.get().public_id),
        "owner": str(agent.public_id),
    }
    answer = client.post("/log/", typed, follow=True)
    assert answer.redirect_chain, answer.context["form"].errors
    text = unescape(answer.content.decode())
    wanted = [
        value for name, value in typed.items() if name in {"name", "phone", "title", "description", "wants", "category"}
    ]
    assert [
        words
        for words in [*wanted, "Attempt 2", "Support", "Maya Osei", "chat", "Somebody else told us"]
        if words.lower() not in text.lower()
    ] == []


def test_the_approve_page_says_who_proposes_what_why_what_was_given_before_and_the_limit(
    client: Client, play: Play, log: Log, case: Case, agent: User, manager: User
) -> None:
    earlier = log(at=timezone.now() - timedelta(days=40))
    gift = {"nature": "goodwill", "form": "gift", "what": "A box of tea", "amount": "12.50", "so_far": "proposed"}
    earlier_gift = Proposal(
        nature=CompensationNature.GOODWILL,
        form=CompensationForm.GIFT,
        what="Flowers",
        amount=Decimal(30),
        currency="USD",
    )
    propose_compensation(case=earlier, proposal=earlier_gift, actor=agent, now=timezone.now())
    play(("propose", gift), ("propose", {**gift, "what": "A weekend", "amount": "90", "reason": "It was a wedding"}))
    client.force_login(manager)
    of = str(case.compensations.get(what="A weekend").public_id)
    text = unescape(client.get(f"/cases/{case.reference}/do/approve/", {"of": of}).content.decode())
    for words in (
        "Maya Osei",
        "“A weekend” (90 USD)",
        "Grace Whitlock",
        "It was a wedding",
        "“A box of tea” (12.50 USD), approved",
        "30 USD of goodwill",
        "comes to 102.50 USD with it",
        "Maya Osei may give up to",
        "Priya Shah may approve up to",
    ):
        assert words in text


ISSUED = ("propose", {**GIVEN, "so_far": "proposed", "recipient": "", "recipient_reason": "", "note": ""})
PROMISED = ("promise", {"words": "I call at five", "due_at": "2199-01-01T10:00", "channel": "phone"})
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
    play(*before)
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
    alike = {"later-answer", "settle-answer"}
    nothing_asked = {name for name, verb in VERBS.items() if not _asks_words(verb.form)}
    assert set(VERBS) - tried - alike - nothing_asked == set()


def _asks_words(form: type[CaseForm]) -> bool:
    hidden_or_moment = {"key", "version", "of", "at"}
    return bool(set(form.base_fields) - hidden_or_moment)
