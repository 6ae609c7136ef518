"""What was done in the same call is logged in the same post, each step by its own rules."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from cases.models import Case
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
