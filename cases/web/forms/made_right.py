"""What the customer can say on their page: how they feel, what else they would like, that they would rather talk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from cases.actions import satisfaction, talk
from cases.errors import RuleError
from cases.rules.evidence import AnswerEvidence
from cases.rules.verdict import answer_of
from cases.rules.vocabulary import Answer, Channel
from cases.web.forms.base import ActionForm, Button
from cases.web.forms.fields import Radio, Words

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import CustomerLink

ANSWER, TALK = "answer", "talk"
_LONGEST_ANSWER = 5_000


class FeelForm(ActionForm):
    """Whether we made it right, and how the customer feels about it now. Who would rather talk need not answer."""

    buttons = (Button("Send my answer", "send"), Button("I would rather talk to somebody", "phone", TALK))
    FACES: ClassVar[tuple[tuple[int, str, str], ...]] = (
        (1, "Very unhappy", "mood-angry"),
        (2, "Unhappy", "mood-sad"),
        (3, "Neither", "mood-empty"),
        (4, "Happy", "mood-smile"),
        (5, "Very happy", "mood-heart"),
    )
    VERDICTS: ClassVar[dict[Answer, str]] = {
        Answer.SATISFIED: "Yes",
        Answer.PARTLY: "Partly",
        Answer.NOT_SATISFIED: "No",
    }
    SAID: ClassVar[dict[str, str]] = {
        ANSWER: "Thank you. Your answer has reached us.",
        TALK: "Thank you. Somebody of us will get in touch with you.",
    }

    answer = Radio(
        Answer,
        label="Did we make it right?",
        among=tuple(VERDICTS),
        error_messages={"required": "Please choose “Yes”, “Partly” or “No”: we would rather ask than guess."},
    )
    score = forms.TypedChoiceField(
        label="How do you feel about it now?",
        choices=[(value, label) for value, label, _icon in FACES],
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": "Choose one of the five faces."},
    )
    more = forms.BooleanField(label="There is something more that I would like you to do", required=False)
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
        self.fields["answer"].required = not self.wants_to_talk
        field = self.fields["answer"]
        if isinstance(field, Radio):
            field.choices = list(self.VERDICTS.items())

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
        said, score = typed.get("answer"), typed.get("score")
        if said is not None:
            self._ask_back(said, score)
        return typed

    def _ask_back(self, said: Answer, score: int | None) -> None:
        try:
            answer_of(said, score)
        except RuleError:
            face = next(label for value, label, _icon in self.FACES if value == score)
            sentence = (
                f"You chose “{self.VERDICTS[said]}” and “{face}”. Which of the two do you mean? Please change one."
            )
            self.add_error("answer", sentence)

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        if not self.may_answer or typed["answer"] is None:
            score = typed["score"] if self.may_answer else None
            return talk.ask_to_talk(link=self.link, words=typed["words"], now=now, score=score)
        said = AnswerEvidence(
            channel=Channel.WEB,
            answer=answer_of(typed["answer"], typed["score"], wants_more=typed["more"]),
            score=typed["score"],
            words=typed["words"],
            wants_contact=self.wants_to_talk,
        )
        return satisfaction.answer_by_customer(link=self.link, evidence=said, now=now)
