"""Forms for what is given: proposed and as far as it has come, decided by somebody else, moved on, and who pays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings

from cases.actions import compensations, deciding
from cases.actions.compensations import Proposal
from cases.models import Approval, Compensation, Step
from cases.rules.money import MOST_DECIMALS, MOST_DIGITS
from cases.rules.vocabulary import (
    CompensationForm,
    CompensationNature,
    CompensationStatus,
    GivenSoFar,
    Payer,
    StepStatus,
)
from cases.web.forms.base import Button, CaseForm, ThingForm
from cases.web.forms.fields import Choice, Line, Moment, Name, Radio, Words
from cases.web.forms.produced import DecisionForm

if TYPE_CHECKING:
    from datetime import datetime

    from cases.actions.questions import Asked

MOST_NAMED = 8
"""Currencies that a form lists; of more, people know the code."""


class ProposeForm(CaseForm):
    """One thing to give, as far as it has come; the step is done when it is issued."""

    heading = "Compensate"
    buttons = (Button("Propose compensation", "gift"),)
    folded = ("currency", "paid_by", "recipient", "recipient_reason", "was_asked_for")

    nature = Radio(CompensationNature, label="What is it for?", initial=CompensationNature.GOODWILL)
    form = Choice(CompensationForm, label="What is given")
    what = Line(label="In words", max_length=200, help_text="“A restaurant gift card”, as the customer will read it.")
    amount = forms.DecimalField(
        label="Its cost to us",
        max_digits=MOST_DIGITS,
        decimal_places=MOST_DECIMALS,
        widget=forms.NumberInput(attrs={"step": "any"}),
        help_text="Or to whoever pays for it.",
        error_messages={"invalid": "Write an amount such as 50 or 49.90."},
    )
    currency = Line(label="Currency", max_length=3, required=False)
    paid_by = Choice(
        Payer,
        label="Who pays for it",
        initial=Payer.US,
        required=False,
        help_text="What others reimburse is not counted as our cost.",
    )
    recipient = Name(label="For whom, if not the customer", required=False, max_length=160)
    recipient_reason = Line(label="Why it goes to them", required=False)
    was_asked_for = forms.BooleanField(label="The customer asked for it", required=False)
    reason = Words(label="Why this much; for a loss: how it was proven", required=False, rows=2)
    so_far = Radio(
        GivenSoFar,
        label="How far is it?",
        initial=GivenSoFar.PROPOSED,
        required=False,
        help_text="More than an offer only where the customer was asked and said yes.",
    )
    note = Line(label="If it is on its way: a receipt or number", required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        own, others = settings.AMENDS_CURRENCY, sorted(settings.AMENDS_CURRENCIES - {settings.AMENDS_CURRENCY})
        known = f"{own}, {', '.join(others)}" if 0 < len(others) <= MOST_NAMED else f"Three letters, such as {own}"
        self.fields["currency"].help_text = f"{known}. {own} where nothing is written."
        if not others:
            del self.fields["currency"]

    @property
    def said(self) -> str:
        given = self.result
        if not isinstance(given, Compensation):
            return self.done
        if given.status == CompensationStatus.PROPOSED:
            who = deciding.asked_in_words(given)
            return f"This is above what you may grant alone. {who} Do not tell the customer yet."
        return _SAID_OF_GIFT[CompensationStatus(given.status)]

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        names = ("nature", "form", "what", "amount", "recipient", "recipient_reason", "was_asked_for", "reason")
        proposal = Proposal(
            **{name: typed[name] for name in names},
            currency=typed.get("currency", ""),
            paid_by=typed["paid_by"] or Payer.US,
        )
        return compensations.give_compensation(
            case=self.case,
            proposal=proposal,
            so_far=typed["so_far"] or GivenSoFar.PROPOSED,
            note=typed["note"],
            actor=self.staff,
            now=now,
        )


_SAID_OF_GIFT = {
    CompensationStatus.APPROVED: "Approved, within your own authority. Offer it to the customer.",
    CompensationStatus.OFFERED: "Recorded: offered. Come back when the customer has answered.",
    CompensationStatus.ACCEPTED: "Recorded: the customer accepted it. It is issued next.",
    CompensationStatus.ISSUED: "Recorded: offered, accepted and issued.",
}


class NoCompensationForm(CaseForm):
    heading = "Nothing is due"
    lead = "This decides on goodwill. A proven loss is returned all the same. After great harm a second person decides."
    buttons = (Button("Decide that nothing is due", "ban"),)

    reason = Words(label="Why", rows=2)

    @property
    def said(self) -> str:
        if isinstance(self.result, Approval):
            return f"This needs a second person. {deciding.asked_in_words(self.result)}"
        if isinstance(self.result, Step) and self.result.status == StepStatus.PENDING:
            return "Decided: nothing is due. The step is done once somebody has decided on the restitution."
        return "Decided: nothing is due, and the reason is kept."

    def run(self, now: datetime) -> object:
        return compensations.decide_none(case=self.case, reason=self.cleaned_data["reason"], actor=self.staff, now=now)


class MoveCompensationForm(ThingForm):
    is_contact = True
    heading = "Move it on"
    things = "compensations"
    buttons = (Button("Record", "gift"),)
    done = "Recorded."

    to = Radio(
        CompensationStatus,
        label="What happened?",
        among=(
            CompensationStatus.OFFERED,
            CompensationStatus.ACCEPTED,
            CompensationStatus.REFUSED,
            CompensationStatus.ISSUED,
            CompensationStatus.RECEIVED,
            CompensationStatus.WITHDRAWN,
        ),
    )
    note = Line(label="Note, receipt or number", required=False)
    at = Moment(label="When, if not now", required=False)

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        return compensations.move_compensation(
            compensation=typed["of"], to=typed["to"], actor=self.staff, now=now, note=typed["note"], at=typed["at"]
        )


class DecideCompensationForm(DecisionForm):
    heading = "Approve this compensation?"
    things = "compensations"
    buttons = (Button("Approve", "check", "approve"), Button("Do not approve", "x", "decline"))

    note = Line(label="Note; needed when you do not approve", required=False)

    @property
    def asked(self) -> Asked | None:
        """What exactly is decided."""
        subject = self.subject
        return deciding.question_of(subject, self.staff) if isinstance(subject, Compensation) else None

    @property
    def said(self) -> str:
        return (
            "Approved. It can be offered now." if self.how == "approve" else "Not approved. The proposer can see why."
        )

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        act = compensations.approve_compensation if self.how == "approve" else compensations.decline_compensation
        return act(compensation=typed["of"], note=typed["note"], actor=self.staff, now=now)


class PayerForm(ThingForm):
    heading = "Who pays for it?"
    things = "compensations"
    buttons = (Button("Record", "check"),)
    done = "Recorded. What others pay is not counted as our cost."

    paid_by = Radio(Payer, label="In the end")
    note = Line(label="How we know")

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        return compensations.record_payer(
            compensation=typed["of"], paid_by=typed["paid_by"], note=typed["note"], actor=self.staff, now=now
        )
