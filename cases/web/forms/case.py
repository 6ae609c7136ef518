"""Forms for everything else that can be done with a case: contacts, promises, ownership, clocks, ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from cases.actions import (
    apologies,
    approvals,
    closing,
    compensations,
    contacts,
    corrections,
    follow_ups,
    handling,
    promises,
    satisfaction,
)
from cases.actions.contacts import Exchange
from cases.actions.promises import Pledge
from cases.rules.vocabulary import (
    Channel,
    CompensationStatus,
    ConcernStatus,
    Direction,
    FollowUpResponse,
    Outcome,
    PauseKind,
    Reached,
    Reaction,
    Severity,
    StepKind,
)
from cases.web.forms.base import Button, CaseForm
from cases.web.forms.fields import Choice, Colleague, Line, Moment, Radio, Words, YesNo

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import Model, QuerySet


class ThingForm(CaseForm):
    """A form about one thing of a case: ``of`` is its public key, ``things`` names the case's relation."""

    things: ClassVar[str] = ""

    of = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": "Choose it on the page of the case."})

    def clean_of(self) -> Model:
        rows: QuerySet[Model] = getattr(self.case, self.things)
        thing = rows.filter(public_id=self.cleaned_data["of"]).first()
        if thing is None:
            raise forms.ValidationError("This is not part of this case any more. Go back and look again.")
        return thing

    @property
    def subject(self) -> Model | None:
        """What the form is about, for its heading; none while the key is unknown."""
        key: UUID | str | None = self.data.get("of") if self.is_bound else self.initial.get("of")
        try:
            rows: QuerySet[Model] = getattr(self.case, self.things)
            return rows.filter(public_id=key).first() if key else None
        except (ValueError, forms.ValidationError):
            return None


class ContactForm(CaseForm):
    heading = "Log a contact"
    lead = "Every call, mail or visit. When the customer came to us while we owed an answer, it counts as a chase."
    buttons = (Button("Log contact", "phone-call"),)
    folded = ("reaction", "private_note", "at")
    done = "The contact is in the timeline."

    direction = Radio(Direction, label="Who started it?")
    channel = Choice(Channel, label="How", initial=Channel.PHONE)
    reached = Choice(Reached, label="What came of it", initial=Reached.REACHED)
    summary = Words(label="What was said")
    reaction = Choice(Reaction, label="How the customer took it", required=False)
    private_note = Words(label="Anything personal to ask after?", required=False, rows=2, help_text="Private.")
    at = Moment(label="When, if not now", required=False)

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        exchange = Exchange(
            direction=typed["direction"],
            channel=typed["channel"],
            reached=typed["reached"],
            summary=typed["summary"],
            at=typed["at"] or now,
            private_note=typed["private_note"],
            reaction=typed["reaction"] or "",
        )
        return contacts.log_contact(case=self.case, exchange=exchange, actor=self.staff, now=now)


class NoteForm(CaseForm):
    heading = "Add a note"
    lead = "Among ourselves: it never reaches the customer."
    buttons = (Button("Add note", "note"),)
    done = "The note is in the timeline."

    text = Words(label="Note", rows=4)

    def run(self, now: datetime) -> object:
        return contacts.add_note(case=self.case, text=self.cleaned_data["text"], actor=self.staff, now=now)


class ConcernForm(CaseForm):
    heading = "Another concern"
    buttons = (Button("Add concern", "plus"),)
    done = "The concern is added. It needs an outcome of its own."

    text = Words(label="What else troubles the customer", rows=2)

    def run(self, now: datetime) -> object:
        return contacts.add_concern(case=self.case, text=self.cleaned_data["text"], actor=self.staff, now=now)


class SettleConcernForm(ThingForm):
    heading = "How did this concern end?"
    things = "concerns"
    buttons = (Button("Settle concern", "check"),)
    done = "The concern is settled."

    status = Radio(ConcernStatus, label="Outcome", among=(ConcernStatus.RESOLVED, ConcernStatus.REFUSED))
    outcome = Words(label="How it ended, or why it was refused", rows=2)

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        return contacts.settle_concern(
            concern=typed["of"], status=typed["status"], outcome=typed["outcome"], actor=self.staff, now=now
        )


class PromiseForm(CaseForm):
    heading = "Make a promise"
    lead = "Every sentence that binds us. Under-promise: choose a moment that you will certainly make."
    buttons = (Button("Record promise", "clock"),)
    folded = ("owner", "step", "is_appointment")
    done = "The promise is recorded. You will be reminded of it."

    words = Line(label="What did you promise?", help_text="In the words you used.")
    due_at = Moment(label="By when?")
    channel = Choice(Channel, label="How you said it", initial=Channel.PHONE)
    owner = Colleague(label="Who keeps it, if not the owner", required=False)
    step = Choice(StepKind, label="It sets an earlier deadline for", required=False)
    is_appointment = forms.BooleanField(label="It is an appointment", required=False)

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        pledge = Pledge(
            words=typed["words"],
            due_at=typed["due_at"],
            channel=typed["channel"],
            step=typed["step"] or "",
            is_appointment=typed["is_appointment"],
        )
        return promises.make_promise(case=self.case, pledge=pledge, actor=self.staff, now=now, owner=typed["owner"])


class KeepPromiseForm(ThingForm):
    heading = "The promise was kept"
    things = "promises"
    buttons = (Button("Record that it was done", "check"),)
    done = "Recorded."

    at = Moment(label="When, if not now", required=False)

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        return promises.keep_promise(promise=typed["of"], actor=self.staff, now=now, at=typed["at"])


class RenegotiateForm(ThingForm):
    heading = "Agree on a new date"
    lead = "Only before the old one has passed, and only with the customer's word."
    things = "promises"
    buttons = (Button("Record the new date", "calendar"),)
    done = "The new date is recorded, and the old one is kept in the timeline."

    due_at = Moment(label="The new date and time")
    reason = Line(label="What the customer was told and said")

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        return promises.renegotiate_promise(
            promise=typed["of"], due_at=typed["due_at"], reason=typed["reason"], actor=self.staff, now=now
        )


class CancelPromiseForm(ThingForm):
    heading = "The customer released us"
    things = "promises"
    buttons = (Button("Record that it is no longer owed", "x"),)
    done = "Recorded."

    reason = Line(label="Why, in the customer's words")

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        return promises.cancel_promise(promise=typed["of"], reason=typed["reason"], actor=self.staff, now=now)


class MoveCompensationForm(ThingForm):
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


class DecideCompensationForm(ThingForm):
    heading = "Approve this compensation?"
    things = "compensations"
    buttons = (Button("Approve", "check", "approve"), Button("Do not approve", "x", "decline"))

    note = Line(label="Note; needed when you do not approve", required=False)

    @property
    def said(self) -> str:
        return (
            "Approved. It can be offered now." if self.how == "approve" else "Not approved. The proposer can see why."
        )

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        act = compensations.approve_compensation if self.how == "approve" else compensations.decline_compensation
        return act(compensation=typed["of"], note=typed["note"], actor=self.staff, now=now)


class DecideForm(ThingForm):
    """The second person."""

    heading = "Decide as the second person"
    things = "approvals"
    buttons = (Button("Agree", "check", "grant"), Button("Do not agree", "x", "refuse"))

    note = Line(label="Note; needed when you do not agree", required=False)

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


class AssignForm(CaseForm):
    heading = "Hand it over"
    lead = "The customer should not have to repeat anything: everything is in the timeline."
    buttons = (Button("Hand over", "user"),)
    done = "Handed over."

    to = Colleague(label="To whom", required=False, empty_label="Nobody: the team's manager is reminded")
    note = Words(label="What they should know", required=False, rows=2)

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        return handling.assign(case=self.case, to=typed["to"], actor=self.staff, now=now, note=typed["note"])


class TakeOverForm(CaseForm):
    heading = "Take over"
    buttons = (Button("Take over", "user-check"),)
    done = "This case is yours now."

    def run(self, now: datetime) -> object:
        return handling.take_over(case=self.case, actor=self.staff, now=now)


class SeverityForm(CaseForm):
    heading = "Change the severity"
    lead = "Open steps get new deadlines. What has fallen due stays due."
    buttons = (Button("Change severity", "flag"),)
    done = "The severity is changed, and the deadlines with it."

    severity = Radio(Severity, label="How badly was the customer hurt?")
    reason = Line(label="Why")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["severity"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(one.value, f"{one.label}: {one.meaning}") for one in Severity]

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        return handling.change_severity(
            case=self.case, severity=typed["severity"], reason=typed["reason"], actor=self.staff, now=now
        )


class PauseForm(CaseForm):
    heading = "Wait for the customer"
    lead = "The clock stands still until then, or until they answer. Acknowledging and apologizing never wait."
    buttons = (Button("Pause the clock", "player-pause"),)
    done = "The clock stands still."

    question = Line(label="What did you ask the customer?")
    until = Moment(label="Until when, at the latest?")
    legal_hold = YesNo(label="Is it a legal hold?", initial="no")

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        kind = PauseKind.LEGAL_HOLD if typed["legal_hold"] else PauseKind.CUSTOMER
        return handling.pause(
            case=self.case, question=typed["question"], until=typed["until"], actor=self.staff, now=now, kind=kind
        )


class ResumeForm(CaseForm):
    heading = "Let the clock run again"
    buttons = (Button("Let the clock run", "player-play"),)
    done = "The clock is running."

    def run(self, now: datetime) -> object:
        return handling.resume(case=self.case, actor=self.staff, now=now)


class EscalateForm(CaseForm):
    heading = "Ask the manager in"
    buttons = (Button("Escalate", "stairs-up"),)
    done = "The manager sees this case at the top now."

    reason = Line(label="What should the manager know?", max_length=200)

    def run(self, now: datetime) -> object:
        return handling.escalate(case=self.case, reason=self.cleaned_data["reason"], actor=self.staff, now=now)


class CalmForm(CaseForm):
    heading = "Escalation dealt with"
    buttons = (Button("Dealt with", "check"),)
    done = "The case no longer waits for a manager."

    reason = Line(label="What was done about it")

    def run(self, now: datetime) -> object:
        return handling.calm(case=self.case, reason=self.cleaned_data["reason"], actor=self.staff, now=now)


class MadeSafeForm(CaseForm):
    heading = "Made safe"
    lead = "Before anything is put right, nobody may come to harm."
    buttons = (Button("Record", "shield"),)
    done = "Recorded."

    at = Moment(label="When, if not now", required=False)

    def run(self, now: datetime) -> object:
        at = self.cleaned_data["at"] or now
        return handling.record_made_safe(case=self.case, at=at, actor=self.staff, now=now)


class StartClocksForm(CaseForm):
    heading = "Take up this imported case"
    lead = "Its clocks count from now, because nobody knows what was owed before."
    buttons = (Button("Start the clocks", "player-play"),)
    done = "The clocks are running."

    def run(self, now: datetime) -> object:
        return handling.start_clocks(case=self.case, actor=self.staff, now=now)


class LinkForm(CaseForm):
    heading = "A link for the customer"
    lead = "The customer's own page, without an account: what happened, what was done, what comes next."
    buttons = (Button("Make a link", "link"),)

    @property
    def said(self) -> str:
        return f"Give this address to the customer only: /made-right/{self.result}/"

    def run(self, now: datetime) -> object:
        return satisfaction.make_link(case=self.case, actor=self.staff, now=now)


class CloseForm(CaseForm):
    heading = "Close the case"
    buttons = (Button("Close the case", "circle-check"),)
    done = "The case is closed."

    outcome = Radio(
        Outcome,
        label="How did it end?",
        among=tuple(one for one in Outcome if one not in {Outcome.UNRECONCILED, Outcome.NOT_RECORDED}),
    )
    reason = Words(label="In a sentence", required=False, rows=2, help_text="Needed unless the customer is satisfied.")

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        return closing.close(
            case=self.case, outcome=typed["outcome"], reason=typed["reason"], actor=self.staff, now=now
        )


class UnreconciledForm(CaseForm):
    heading = "Could not be satisfied"
    lead = "Nobody's failure: when everything was done, a last offer was made in writing, and somebody agrees."
    buttons = (Button("Ask a second person", "users"),)
    done = "A second person has been asked."

    last_offer = Words(label="The last offer, as the customer has it in writing")
    reason = Words(label="What was tried, and why it does not satisfy")

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        return closing.ask_unreconciled(
            case=self.case, last_offer=typed["last_offer"], reason=typed["reason"], actor=self.staff, now=now
        )


class ReopenForm(CaseForm):
    heading = "Reopen the case"
    lead = "The same failure still stands. Another round begins with fresh deadlines."
    buttons = (Button("Reopen the case", "refresh"),)
    done = "The case is open again."

    reason = Line(label="Why")

    def run(self, now: datetime) -> object:
        return closing.reopen(case=self.case, reason=self.cleaned_data["reason"], actor=self.staff, now=now)
