"""Forms for what the steps produced: a second person's word, a fix that failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.functional import cached_property

from cases.actions import (
    apologies,
    approvals,
    corrections,
    deciding,
    follow_ups,
    questions,
)
from cases.models import Approval, Compensation
from cases.rules.vocabulary import (
    FollowUpResponse,
)
from cases.web.forms.base import Button, ThingForm
from cases.web.forms.fields import Line, Radio, Words

if TYPE_CHECKING:
    from datetime import datetime

    from django import forms

    from cases.actions.questions import Asked


class DecisionForm(ThingForm):
    """Somebody else decides. Whoever may not reads why, and who was asked; they get nothing to fill in or to press."""

    @cached_property
    def refusal(self) -> str:
        asked = self.subject
        return deciding.why_not(self.staff, asked) if isinstance(asked, Compensation | Approval) else ""

    @property
    def lead(self) -> str:  # type: ignore[override]
        return self.refusal

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return [] if self.refusal else super().main_fields

    @property
    def shown_buttons(self) -> tuple[Button, ...]:
        return () if self.refusal else super().shown_buttons


class DecideForm(DecisionForm):
    """The second person."""

    heading = "Decide as the second person"
    things = "approvals"
    buttons = (Button("Agree", "check", "grant"), Button("Do not agree", "x", "refuse"))

    note = Line(label="Note; needed when you do not agree", required=False)

    @property
    def asked(self) -> Asked | None:
        """What exactly is decided."""
        subject = self.subject
        return questions.of_approval(subject, now=timezone.now()) if isinstance(subject, Approval) else None

    @property
    def said(self) -> str:
        return "Done as asked." if self.how == "grant" else "Not agreed. They can see why."

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        return approvals.decide(
            approval=typed["of"], grant=self.how == "grant", note=typed["note"], actor=self.staff, now=now
        )


class ReviewForm(ThingForm):
    heading = "Review the apology"
    things = "apologies"
    buttons = (Button("I have read it", "eye"),)
    done = "The author sees that you have read it."

    note = Words(label="What would you change?", required=False)

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        return apologies.review_apology(apology=typed["of"], note=typed["note"], actor=self.staff, now=now)


class FailedCorrectionForm(ThingForm):
    heading = "The fix did not hold"
    things = "corrections"
    buttons = (Button("Record that it failed", "alert-triangle"),)
    done = "Recorded. Ask the customer what they would like now."

    because = Line(label="What did not hold?")

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        return corrections.record_failed_correction(
            correction=typed["of"], because=typed["because"], actor=self.staff, now=now
        )


class ResponseForm(ThingForm):
    heading = "What came of the follow-up?"
    things = "follow_ups"
    buttons = (Button("Record", "check"),)
    done = "Recorded."

    response = Radio(FollowUpResponse, label="The customer")

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        return follow_ups.record_response(follow_up=typed["of"], response=typed["response"], actor=self.staff, now=now)
