"""What the customer can say on their page: how they feel, what else they would like, that they would rather talk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from cases.actions import satisfaction, talk
from cases.rules.evidence import AnswerEvidence
from cases.rules.vocabulary import Answer, Channel
from cases.web.forms.base import ActionForm, Button
from cases.web.forms.fields import Words, YesNo

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import CustomerLink

ANSWER, TALK = "answer", "talk"
_UNHAPPY = 2
_HAPPY = 4
_LONGEST_ANSWER = 5_000


class FeelForm(ActionForm):
    """How the customer feels about it now. Who would rather talk need not choose a face."""

    buttons = (Button("Send my answer", "send"), Button("I would rather talk to somebody", "phone", TALK))
    FACES: ClassVar[tuple[tuple[int, str, str], ...]] = (
        (1, "Very unhappy", "mood-angry"),
        (2, "Unhappy", "mood-sad"),
        (3, "Neither", "mood-empty"),
        (4, "Happy", "mood-smile"),
        (5, "Very happy", "mood-heart"),
    )
    SAID: ClassVar[dict[str, str]] = {
        ANSWER: "Thank you. Your answer has reached us.",
        TALK: "Thank you. Somebody of us will get in touch with you.",
    }

    score = forms.TypedChoiceField(
        label="How do you feel about it now?",
        choices=[(value, label) for value, label, _icon in FACES],
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose the face that fits best.",
            "invalid_choice": "Choose one of the five faces.",
        },
    )
    more = YesNo(label="Is there anything else you would like us to do?", required=False)
    words = Words(
        label="In your own words",
        required=False,
        max_length=_LONGEST_ANSWER,
        error_messages={
            "max_length": "That is more than fits here: please shorten it to 5,000 characters, or call us."
        },
    )

    def __init__(self, *args: Any, link: CustomerLink, may_answer: bool, **options: Any) -> None:
        super().__init__(*args, actor=None, **options)
        self.link = link
        self.may_answer = may_answer
        if self.wants_to_talk:
            self.fields["score"].required = False

    @property
    def about(self) -> str:
        return str(self.link.public_id)

    @property
    def sender_link(self) -> CustomerLink:
        return self.link

    @property
    def wants_to_talk(self) -> bool:
        return not self.may_answer or self.how == TALK

    @property
    def sent(self) -> str:
        """A key of ``SAID``."""
        return TALK if self.wants_to_talk else ANSWER

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if typed.get("more") and not typed.get("words", "").strip() and "words" not in self.errors:
            self.add_error("words", "Write what you would like us to do.")
        return typed

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        score: int | None = typed["score"] if self.may_answer else None
        if score is None:
            return talk.ask_to_talk(link=self.link, words=typed["words"], now=now)
        wants_more = typed["more"] if typed["more"] is not None else bool(typed["words"].strip())
        said = AnswerEvidence(
            channel=Channel.WEB,
            answer=answer_of(score, wants_more=wants_more),
            score=score,
            words=typed["words"],
            wants_contact=self.wants_to_talk,
        )
        return satisfaction.answer_by_customer(link=self.link, evidence=said, now=now)


def answer_of(score: int, *, wants_more: bool) -> Answer:
    """What a face and a wish stand for. Unhappy is not satisfied, whatever else is wished for."""
    if score <= _UNHAPPY:
        return Answer.NOT_SATISFIED
    if wants_more:
        return Answer.WANTS_MORE
    return Answer.SATISFIED if score >= _HAPPY else Answer.PARTLY
