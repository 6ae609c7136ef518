"""What was done in the same call is logged in the same post, each step by its own rules."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cases.models import Case, User
from cases.rules.vocabulary import StepKind, StepStatus
from tests.web.mistakes import ACKNOWLEDGED, APOLOGIZED, CORRECTED, Send, said, send, sentence_at, wall

pytestmark = pytest.mark.django_db
__all__ = ["send"]


def test_what_was_done_in_the_same_call_is_settled_in_the_same_post(send: Send) -> None:
    answer = send(**{**ACKNOWLEDGED, **APOLOGIZED, **CORRECTED, "already": ["acknowledge", "apologize", "correct"]})
    case = Case.objects.get()
    done = {StepKind(step.kind) for step in case.steps.all() if step.status == StepStatus.DONE}
    assert done == {StepKind.ACKNOWLEDGE, StepKind.APOLOGIZE, StepKind.CORRECT}
    assert case.current_step == StepKind.COMPENSATE
    assert said(answer)[0].endswith("It is recorded as acknowledged and apologized for and put right.")


def test_what_was_done_earlier_is_settled_at_that_moment(send: Send) -> None:
    knew = (timezone.now() - timedelta(hours=3)).replace(second=0, microsecond=0)
    send(**ACKNOWLEDGED, known_at=wall(knew), at=wall(knew + timedelta(minutes=5)))
    step = Case.objects.get().steps.get(kind=StepKind.ACKNOWLEDGE)
    assert step.settled_at == knew + timedelta(minutes=5)


def test_it_cannot_have_been_done_before_we_knew(send: Send) -> None:
    knew = timezone.now() - timedelta(hours=1)
    answer = send(**ACKNOWLEDGED, known_at=wall(knew), at=wall(knew - timedelta(minutes=5)))
    assert "before anyone here knew" in sentence_at(answer, "at")


def test_an_apology_without_an_acknowledgement_is_refused(send: Send) -> None:
    answer = send(**APOLOGIZED, already=["apologize"])
    assert "“Apologize” waits for it" in sentence_at(answer, "already")


def test_every_question_of_a_ticked_step_is_asked_at_once_and_of_no_other(send: Send) -> None:
    answer = send(already=["acknowledge", "apologize"], reached_by="phone", apologized_by="phone")
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {  # type: ignore[attr-defined]
        "read_back",
        "read_back_answer",
        "was_only_concern",
        "ownership",
        "body",
        "explanation_status",
        "explanation",
    }


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"was_only_concern": "no"}, "more_concerns", "Write down what else troubles the customer"),
        ({"severity": "major", "reached_by": "email"}, "not_live_because", "call, or say why you did not"),
        ({"already": ["acknowledge", "apologize"], **APOLOGIZED, "owns_it": ""}, "owns_it", "our mistake"),
        (
            {"already": ["acknowledge", "correct"], "status": "impossible", "what": "The evening"},
            "impossible_because",
            "why it cannot be put right",
        ),
    ],
)
def test_the_rules_of_each_step_are_said_at_their_field(
    send: Send, typed: dict[str, Any], field: str, sentence: str
) -> None:
    assert sentence in sentence_at(send(**{**ACKNOWLEDGED, **typed}), field)


def test_more_concerns_become_concerns_of_their_own(send: Send) -> None:
    send(**{**ACKNOWLEDGED, "was_only_concern": "no", "more_concerns": "The invoice\n\nThe tone of the letter"})
    texts = [concern.text for concern in Case.objects.get().concerns.all()]
    assert texts == ["Parcel sent to the old address", "The invoice", "The tone of the letter"]


@pytest.mark.parametrize(
    ("ticked", "typed", "field"),
    [
        ([], {"read_back": "You were sent the wrong size"}, "read_back"),
        ([], {"private_note": "Her father is ill"}, "private_note"),
        (["acknowledge"], {"body": "I mixed up two orders, and I am sorry."}, "body"),
        (["acknowledge"], {"alternative": "A voucher for the next one"}, "alternative"),
        ([], {"ownership": "I am Maya, and my team owns this."}, "ownership"),
    ],
)
def test_what_stands_in_a_step_that_is_not_ticked_is_asked_back(
    send: Send, ticked: list[str], typed: dict[str, str], field: str
) -> None:
    answer = send(**{**(ACKNOWLEDGED if ticked else {}), **typed, "already": ticked})
    assert "tick" in sentence_at(answer, field)
    assert typed[field] in answer.content.decode()


def test_what_the_form_began_with_is_not_asked_back(send: Send, client: Client, agent: User) -> None:
    client.force_login(agent)
    form = client.get("/log/").context["form"]
    drawn = {name: str(form[name].value() or "") for name in ("ownership", "reached_by", "apologized_by", "at")}
    assert send(**drawn).status_code == 302
    assert (drawn["reached_by"], drawn["apologized_by"]) == ("", "")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"channel": "in_person"}, ("in_person", "in_person")),
        ({"channel": "in_person", "reached_by": "phone"}, ("phone", "phone")),
        ({"channel": "email", "reached_by": "phone", "apologized_by": "in_person"}, ("phone", "in_person")),
    ],
)
def test_who_chooses_no_channel_answered_as_the_customer_came(
    send: Send, typed: dict[str, str], expected: tuple[str, str]
) -> None:
    said = {
        **ACKNOWLEDGED,
        **APOLOGIZED,
        "already": ["acknowledge", "apologize"],
        "reached_by": "",
        "apologized_by": "",
    }
    send(**{**said, **typed})
    case = Case.objects.get()
    reached = case.steps.get(kind=StepKind.ACKNOWLEDGE).acknowledgement.contact
    assert reached is not None
    assert (reached.channel, case.apologies.get().channel) == expected


def test_another_concern_and_that_it_is_the_only_one_is_asked_back(send: Send) -> None:
    answer = send(**{**ACKNOWLEDGED, "more_concerns": "The driver was rude"})
    assert "You wrote another concern" in sentence_at(answer, "more_concerns")


def test_a_fix_that_holds_and_why_there_is_none_is_asked_back(send: Send) -> None:
    typed = {**ACKNOWLEDGED, **CORRECTED, "already": ["acknowledge", "correct"], "impossible_because": "It is gone"}
    assert "cannot be put right" in sentence_at(send(**typed), "impossible_because")
