"""Whatever a form of a case asks stands on a page of the case afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from cases.actions.compensations import Proposal, propose_compensation
from cases.models import Case, Category, PreventionAction, User
from cases.rules.vocabulary import CompensationForm, CompensationNature, PreventionKind
from cases.web.case_verbs import VERBS
from cases.web.forms.log import LogForm
from tests.conftest import Log
from tests.web.answers import ACKNOWLEDGED, ANSWERED, FOLLOWED_UP, NOT_SHOWN, OTHERS, RECOVERED, Play, case, play, shown

pytestmark = pytest.mark.django_db
__all__ = ["case", "play"]


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
    never_together = {"correct": {"impossible_because", "alternative", "agreed_for"}, "follow-up": {"changes"}}
    assert asked - set(dict(RECOVERED)[name]) == never_together.get(name, set())


def test_what_cannot_be_put_right_says_why_and_what_was_done_instead(play: Play) -> None:
    told = {"how": "impossible", "what": "The day", "impossible_because": "It is over", "alternative": "A free visit"}
    text = play(*RECOVERED[:2], ("correct", told))
    assert all(words in text for words in ("It is over", "A free visit"))


def test_the_moment_that_the_customer_chose_stands_with_the_plan_and_in_the_timeline(play: Play) -> None:
    plan = {"how": "plan", "what": "A courier on the day of your choice", "agreed_for": "2198-03-04T17:45"}
    text = play(*RECOVERED[:2], ("correct", plan))
    assert "2198-03-04 17:45" in text
    assert "The customer chose" in text
    assert "as the customer chose; otherwise due" in text


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
        field: teammate.name if field in {"to", "made_by"} else shown(name, field, value)
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
    for address in ("", *(f"do/{name}/" for name in ("contact", "promise", "later-answer", "pause", "concern"))):
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


LOGGED = {
    "customer": "new",
    "name": "Ada Lovelace",
    "email": "ada@example.org",
    "phone": "+1 212 555 0199",
    "title": "The engine came late",
    "description": "I waited all day",
    "severity": "critical",
    "origin": "third_party",
    "channel": "chat",
    "wants": "A call before it comes",
    "attempt": "2",
    "category": "Delivery › Late",
    "subject": "Your engine and its delivery",
    "critical_because": "health",
    "happened_at": "2026-03-02T10:20",
    "known_at": "2026-03-03T11:30",
    "needed_by": "2031-04-05T16:45",
}
NOT_ON_THE_PAGE = {
    "key": "the form's own",
    "q": "what was searched for",
    "searched": "what was searched for",
    "is_somebody_else": "asked where somebody may be known already",
    "incident": "it has a category of its own: test_log",
    "already": "test_log_already",
    "at": "test_log_already",
}
"""And the questions of the steps, which are those of their own forms."""


def test_what_the_log_form_asks_stands_on_the_page_of_the_case(client: Client, agent: User, case: Case) -> None:
    Category.objects.create(name=LOGGED["category"])
    client.force_login(agent)
    typed = {
        **LOGGED,
        "key": client.get("/log/").context["form"]["key"].value(),
        "team": str(agent.teams.get().public_id),
        "owner": str(agent.public_id),
    }
    answer = client.post("/log/", typed, follow=True)
    assert answer.redirect_chain, answer.context["form"].errors
    text = unescape(answer.content.decode())
    wanted = [
        typed[name] for name in ("name", "phone", "email", "title", "description", "wants", "category", "subject")
    ]
    moments = [
        f'datetime="{datetime.fromisoformat(typed[name]).replace(tzinfo=agent.zone).astimezone(UTC):%Y-%m-%dT%H:%M}'
        for name in ("happened_at", "known_at", "needed_by")
    ]
    assert [
        words
        for words in [*wanted, *moments, "Attempt 2", "Support", "Maya Osei", "chat", "Somebody else told us", "Health"]
        if words.lower() not in text.lower()
    ] == []


def test_no_question_of_the_log_form_is_left_out_of_these_tests() -> None:
    of_steps = {name for names in LogForm.asked.values() for name in names}
    assert set(LogForm.base_fields) - set(LOGGED) - of_steps - {"owner", "team"} == set(NOT_ON_THE_PAGE)


def test_the_approve_page_says_who_proposes_what_why_what_was_given_before_and_the_limit(
    client: Client, play: Play, log: Log, case: Case, agent: User, manager: User
) -> None:
    earlier = log(at=timezone.now() - timedelta(days=40))
    gift = {"nature": "goodwill", "form": "gift", "what": "A box of tea", "amount": "12.50", "so_far": "proposed"}
    nature, form = CompensationNature.GOODWILL, CompensationForm.GIFT
    earlier_gift = Proposal(nature=nature, form=form, what="Flowers", amount=Decimal(30), currency="USD")
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
