"""The customer's answer: given once or again, kept as it was, and what follows from it."""

from datetime import datetime

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from cases.actions import satisfaction
from cases.actions.submissions import new_key
from cases.models import Case, Customer, CustomerLink, Message, SatisfactionCheck, Submission, User
from cases.reports.made_right import made_right
from cases.rules.evidence import AnswerEvidence
from cases.rules.vocabulary import (
    Answer,
    Channel,
    CheckStatus,
    StepKind,
    StepStatus,
)
from cases.web.views.made_right import MOST_POSTS
from tests.conftest import Log
from tests.web.hidden import hidden_of
from tests.web.made_right.deeds import Address, answers, feel

pytestmark = pytest.mark.django_db


def test_an_answer_is_recorded_as_the_customers_own_and_settles_the_step(
    client: Client, recovered: Case, address: Address
) -> None:
    url = address(recovered)
    assert feel(client, url, answer="satisfied", score="5", words="Thank you, Maya 🙂 شكرا") == 302
    check = SatisfactionCheck.objects.get(case=recovered)
    assert (check.answer, check.score, check.by_customer) == (Answer.SATISFIED, 5, True)
    assert recovered.steps.get(kind=StepKind.CONFIRM).status == StepStatus.DONE
    page = client.get(url).content.decode()
    assert "Thank you for telling us" in page
    assert "Something else has come up?" in page


def test_the_same_answer_sent_twice_is_recorded_once(client: Client, recovered: Case, address: Address) -> None:
    url, once = address(recovered), {"key": new_key(timezone.now()), "answer": "satisfied", "score": "4"}
    assert [client.post(url, once).status_code for _ in range(2)] == [302, 302]
    assert answers(recovered) == [(CheckStatus.ANSWERED, Answer.SATISFIED)]


def test_an_answer_that_was_sent_before_is_told_with_its_hour(
    client: Client, recovered: Case, address: Address
) -> None:
    url, once = address(recovered), {"key": new_key(timezone.now()), "answer": "satisfied", "score": "4"}
    client.post(url, once)
    page = client.post(url, once, follow=True).content.decode()
    assert "This was recorded at " in page
    assert "nothing was done twice" in page


def test_another_answer_in_the_same_form_is_kept_and_recorded_when_it_is_sent_as_new(
    client: Client, recovered: Case, address: Address
) -> None:
    url, once = address(recovered), {"key": new_key(timezone.now()), "answer": "satisfied", "score": "4"}
    client.post(url, once)
    other = {**once, "score": "5", "words": "It is even better now"}
    refused = client.post(url, other)
    assert refused.status_code == 409
    assert "It is even better now</textarea>" in refused.content.decode()
    assert "Send as new" in refused.content.decode()
    assert f'<a href="{url}">Look at what was recorded</a>' in refused.content.decode()
    assert not Submission.objects.exclude(address="").exists()
    assert len(answers(recovered)) == 1
    assert client.post(url, {**other, **hidden_of(refused)}).status_code == 302
    assert len(answers(recovered)) == 2


def test_the_key_of_another_customers_form_is_refused_and_tells_nothing(
    client: Client, recovered: Case, address: Address, log: Log, now: datetime
) -> None:
    theirs = log(whom=Customer.objects.create(name="Ada", email="ada@example.org", created_at=now))
    once = {"key": new_key(timezone.now()), "how": "talk", "words": "Please call"}
    assert client.post(address(recovered), once).status_code == 302
    refused = client.post(address(theirs), once)
    assert refused.status_code == 409
    assert "data-resent" not in refused.content.decode()


def test_a_further_answer_is_kept_beside_the_first(client: Client, recovered: Case, address: Address) -> None:
    url = address(recovered)
    feel(client, url, answer="satisfied", score="5")
    feel(client, url, answer="not_satisfied", score="2", more="on", words="It broke again")
    assert answers(recovered) == [
        (CheckStatus.SUPERSEDED, Answer.SATISFIED),
        (CheckStatus.ANSWERED, Answer.NOT_SATISFIED),
    ]
    assert Message.objects.filter(subject__contains="not satisfied").exists()


def test_not_satisfied_opens_another_round_and_the_page_says_thanks(
    client: Client, recovered: Case, address: Address
) -> None:
    url = address(recovered)
    feel(client, url, answer="not_satisfied", score="1")
    recovered.refresh_from_db()
    assert recovered.round == 2
    assert "Thank you for telling us" in client.get(url).content.decode()


def test_who_would_rather_talk_need_not_choose_a_face_and_nothing_is_settled_by_it(
    client: Client, recovered: Case, address: Address
) -> None:
    url = address(recovered)
    assert feel(client, url, how="talk", words="Please call after five") == 302
    assert answers(recovered) == []
    assert recovered.contacts.latest("pk").summary == "Please call after five"
    assert Message.objects.filter(subject__contains="would rather talk").exists()
    assert "Did we make it right?" in client.get(url).content.decode()


def test_a_face_and_the_wish_to_talk_are_recorded_together(client: Client, recovered: Case, address: Address) -> None:
    feel(client, address(recovered), how="talk", answer="satisfied", score="4")
    check = SatisfactionCheck.objects.get(case=recovered)
    assert (check.answer, check.wants_contact) == (Answer.SATISFIED, True)


def test_before_it_is_time_to_ask_a_forged_answer_is_taken_as_a_wish_to_talk(
    client: Client, case: Case, address: Address
) -> None:
    assert feel(client, address(case), answer="satisfied", score="5") == 302
    assert answers(case) == []
    assert case.contacts.count() == 2


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Please choose “Yes”, “Partly” or “No”"),
        ({"score": "5", "words": "Thank you so much"}, "Please choose “Yes”, “Partly” or “No”"),
        ({"answer": "wont_say"}, "Select a valid choice."),
        ({"answer": "satisfied", "score": "2"}, "You chose “Yes” and “Unhappy”. Which of the two do you mean?"),
        ({"answer": "not_satisfied", "score": "5"}, "You chose “No” and “Very happy”. Which of the two do you mean?"),
        ({"answer": "satisfied", "score": "6"}, "Choose one of the five faces."),
        ({"answer": "satisfied", "score": "5' OR 1=1"}, "Choose one of the five faces."),
        ({"answer": "satisfied", "score": "4", "more": "on"}, "Write what you would like us to do."),
        ({"answer": "satisfied", "words": "a\x00b"}, "Null characters are not allowed."),
        ({"answer": "satisfied", "words": "x" * 5001}, "please shorten it"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_still_there(
    client: Client, recovered: Case, address: Address, typed: dict[str, str], sentence: str
) -> None:
    answer = client.post(address(recovered), {"key": new_key(timezone.now()), **typed})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert typed.get("words", "")[:50].replace("\x00", "\ufffd")[:1] in answer.content.decode()
    assert answers(recovered) == []


def test_html_in_an_answer_stays_text(client: Client, recovered: Case, address: Address) -> None:
    url = address(recovered)
    feel(client, url, answer="satisfied", score="5", words="<script>alert(1)</script>")
    page = client.get(url).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_words_that_a_colleague_wrote_down_are_not_shown_as_the_customers(
    recovered: Case, agent: User, today: datetime
) -> None:
    said = AnswerEvidence(channel=Channel.PHONE, answer=Answer.SATISFIED, score=5, words="Quite a difficult person")
    satisfaction.record_answer(case=recovered, evidence=said, actor=agent, now=today)
    given = made_right(recovered, now=today).given
    assert given is not None
    assert (given.words, given.by_customer) == ("", False)


def test_a_browser_that_keeps_no_cookies_may_answer(recovered: Case, address: Address) -> None:
    url, strict = address(recovered), Client(enforce_csrf_checks=True)
    assert feel(strict, url, answer="satisfied", score="5") == 302
    assert answers(recovered) == [(CheckStatus.ANSWERED, Answer.SATISFIED)]
    assert "Your answer has reached us." in Client().get(f"{url}?sent=answer").content.decode()


@pytest.mark.parametrize("sent", ["", "gift", "<b>"])
def test_only_what_was_sent_is_thanked_for(sent: str, client: Client, recovered: Case, address: Address) -> None:
    assert "Thank you. " not in client.get(address(recovered), {"sent": sent}).content.decode()


def test_a_script_that_has_a_link_does_not_fill_the_timeline(client: Client, case: Case, address: Address) -> None:
    url = address(case)
    cache.set(f"made-right:{CustomerLink.objects.get().public_id}", MOST_POSTS, 60)
    assert feel(client, url, how="talk") == 429
    assert case.contacts.count() == 1


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ({"answer": "satisfied"}, Answer.SATISFIED),
        ({"answer": "satisfied", "score": "5", "words": "thank you so much"}, Answer.SATISFIED),
        ({"answer": "satisfied", "score": "3", "words": "it was all right in the end"}, Answer.PARTLY),
        ({"answer": "satisfied", "score": "4", "more": "on", "words": "a letter"}, Answer.WANTS_MORE),
        ({"answer": "partly", "score": "5", "words": "no, nothing is right"}, Answer.PARTLY),
        ({"answer": "not_satisfied", "words": "yes yes yes"}, Answer.NOT_SATISFIED),
    ],
)
def test_what_counts_is_what_was_chosen_and_never_what_was_written(
    client: Client, recovered: Case, address: Address, typed: dict[str, str], answer: Answer
) -> None:
    assert feel(client, address(recovered), **typed) == 302
    assert answers(recovered) == [(CheckStatus.ANSWERED, answer)]


def test_an_ambiguous_answer_is_asked_back_with_everything_kept(
    client: Client, recovered: Case, address: Address
) -> None:
    typed = {"key": new_key(timezone.now()), "answer": "satisfied", "score": "1", "words": "Hm, well"}
    page = client.post(address(recovered), typed)
    form = page.context["form"]
    assert page.status_code == 422
    assert [str(form[name].value()) for name in ("answer", "score", "words")] == ["satisfied", "1", "Hm, well"]
    assert page.content.decode().count("checked") == 2


def test_a_face_without_an_answer_is_kept_with_the_wish_to_talk(
    client: Client, recovered: Case, address: Address
) -> None:
    assert feel(client, address(recovered), how="talk", score="2", words="Call me") == 302
    assert answers(recovered) == []
    assert recovered.contacts.latest("pk").summary == "Call me\nThey chose 2 of 5, and gave no answer yet."
