"""Forms that ask the customer whether it was made right, and write down the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from cases.actions import satisfaction
from cases.models import Case
from cases.rules.evidence import AnswerEvidence
from cases.rules.vocabulary import (
    Answer,
    Channel,
)
from cases.web.forms.base import Button, CaseForm, LetterForm
from cases.web.forms.fields import Choice, Line, Moment, Radio, Words

if TYPE_CHECKING:
    from datetime import datetime


class AnswerForm(CaseForm):
    """Somebody asked the customer in person, and writes down the answer."""

    is_contact = True
    heading = "Confirm satisfaction"
    lead = "Ask: are you satisfied, or would you like something more? Write down what they say, not what you hope."
    buttons = (Button("Record the answer", "mood-smile"),)
    folded = ("wants_contact", "at")
    SCORES: ClassVar[tuple[tuple[int, str], ...]] = (
        (5, "5 – very happy"),
        (4, "4 – happy"),
        (3, "3 – neither"),
        (2, "2 – unhappy"),
        (1, "1 – very unhappy"),
    )

    answer = Radio(Answer, label="The customer's answer")
    score = forms.TypedChoiceField(
        label="How do they feel about it now?",
        choices=(("", "–"), *SCORES),
        coerce=int,
        empty_value=None,
        required=False,
    )
    words = Words(label="In the customer's words", required=False, help_text="What they would like, if they want more.")
    channel = Choice(Channel, label="How you asked")
    wants_contact = forms.BooleanField(label="They would like a call from a manager", required=False)
    at = Moment(label="When, if not now", required=False)

    @property
    def said(self) -> str:
        answer = self.cleaned_data["answer"]
        if answer in {Answer.WANTS_MORE, Answer.NOT_SATISFIED}:
            return "Recorded. Another round has begun with fresh deadlines, and the manager knows."
        return "Recorded. Thank you for asking."

    @property
    def evidence(self) -> AnswerEvidence:
        names = ("channel", "answer", "score", "words", "wants_contact")
        return AnswerEvidence(**{name: self.cleaned_data[name] for name in names})

    def run(self, now: datetime) -> object:
        return satisfaction.record_answer(
            case=self.case, evidence=self.evidence, actor=self.staff, now=now, at=self.cleaned_data["at"]
        )


class LaterAnswerForm(AnswerForm):
    """What they say after their first answer, or after the case was closed."""

    heading = "They said something else later"
    lead = "Both answers are kept, and the last one counts. Write down what they say, not what you hope."

    @property
    def said(self) -> str:
        return "Recorded. Both answers are kept, and the last one counts."

    def run(self, now: datetime) -> object:
        return satisfaction.record_later_answer(
            case=self.case, evidence=self.evidence, actor=self.staff, now=now, at=self.cleaned_data["at"]
        )


class SettleLaterAnswerForm(CaseForm):
    heading = "Deal with what they said after closing"
    buttons = (Button("Dealt with", "check"),)
    done = "Recorded: it was dealt with."

    reason = Words(label="What came of it", required=False, rows=2)
    linked = Line(label="Another case of this customer that goes on with it, such as SR-1042", required=False)

    @property
    def lead(self) -> str:  # type: ignore[override]  # a duplicate is not reopened
        original = self.case.duplicate_of
        way = f"go on in {original.reference}" if original is not None else "reopen the case"
        return f"The same failure still stands? Then {way}. Otherwise say here what goes on, or why nothing does."

    def clean_linked(self) -> Case | None:
        reference = self.cleaned_data["linked"].strip()
        found = Case.objects.visible_to(self.staff).filter(reference__iexact=reference).first() if reference else None
        if reference and found is None:
            raise forms.ValidationError("There is no case with this reference. Look it up in the list of cases.")
        return found

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        return satisfaction.settle_later_answer(
            case=self.case, reason=typed["reason"], linked=typed["linked"], actor=self.staff, now=now
        )


class AskForm(LetterForm):
    is_contact = True
    heading = "Ask by mail"
    lead = "The mail has one button. It leads to a page that shows what was done and asks how they feel about it."
    buttons = (Button("Send the question", "send", "send"),)
    done = "The question is on its way."

    words = Words(label="The mail", rows=7)

    def __init__(self, *args: Any, case: Case, **options: Any) -> None:
        words = (
            f"Dear {case.customer.greeting},\n\nYou trusted us, and we let you down. On this page you see what we "
            f"have done since. Did we make it right? Your answer goes straight to me.\n\n{options['actor'].name}"
        )
        super().__init__(*args, case=case, initial={"words": words, **(options.pop("initial", None) or {})}, **options)

    def run(self, now: datetime) -> object:
        return satisfaction.ask_by_mail(case=self.case, words=self.cleaned_data["words"], actor=self.staff, now=now)


class NoAnswerForm(CaseForm):
    heading = "No answer"
    lead = "The customer was asked on two days or more and has not answered. Nobody is called satisfied by this."
    buttons = (Button("Record that there was no answer", "mood-empty"),)
    done = "Recorded: asked, no answer."

    def run(self, now: datetime) -> object:
        return satisfaction.record_no_answer(case=self.case, actor=self.staff, now=now)
