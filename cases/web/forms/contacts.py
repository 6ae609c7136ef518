"""Forms for what is said with the customer: exchanges, notes, concerns and promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.urls import reverse

from cases.actions import (
    contacts,
    promises,
)
from cases.actions.contacts import Exchange
from cases.actions.promises import Pledge
from cases.models import Contact
from cases.rules.vocabulary import (
    Channel,
    ConcernStatus,
    Direction,
    Reached,
    Reaction,
    StepKind,
)
from cases.web.forms.base import Button, CaseForm, ThingForm
from cases.web.forms.fields import Choice, Colleague, Line, Moment, Radio, Words

if TYPE_CHECKING:
    from datetime import datetime


class ContactForm(CaseForm):
    is_contact = True
    heading = "Log a contact"
    lead = "Every call, mail or visit. When the customer came to us while we owed an answer, it counts as a chase."
    buttons = (Button("Log contact", "phone-call"),)
    folded = ("reaction", "private_note", "at")
    done = "The contact is in the timeline."

    direction = Radio(Direction, label="Who started it?")
    channel = Choice(Channel, label="How")
    reached = Choice(Reached, label="What came of it", initial=Reached.REACHED)
    summary = Words(label="What was said")
    reaction = Choice(Reaction, label="How the customer took it", required=False)
    private_note = Words(label="Anything personal to ask after?", required=False, rows=2, help_text="Private.")
    at = Moment(label="When, if not now", required=False)

    @property
    def said(self) -> str:
        kept = self.result
        if isinstance(kept, Contact) and kept.case_id != self.case.pk:
            return f"The contact is in the timeline of {kept.case.reference}, where this goes on."
        return self.done

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
        contact = contacts.log_contact(case=self.case, exchange=exchange, actor=self.staff, now=now)
        if contact.case_id != self.case.pk:
            self.address = f"{reverse('cases:case', args=(contact.case.reference,))}#timeline"
        return contact


class NoteForm(CaseForm):
    heading = "Add a note"
    lead = "Among ourselves: it never reaches the customer."
    buttons = (Button("Add note", "note"),)
    done = "The note is in the timeline."

    text = Words(label="Note", rows=4)

    def run(self, now: datetime) -> object:
        return contacts.add_note(case=self.case, text=self.cleaned_data["text"], actor=self.staff, now=now)


class ConcernForm(CaseForm):
    is_contact = True
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
    is_contact = True
    heading = "Make a promise"
    lead = "Every sentence that binds us. Under-promise: choose a moment that you will certainly make."
    buttons = (Button("Record promise", "clock"),)
    folded = ("owner", "step", "is_appointment", "made_at", "made_by", "kept_at")
    done = "The promise is recorded. You will be reminded of it as long as it is owed."

    words = Line(label="What did you promise?", help_text="In the words you used.")
    due_at = Moment(label="By when?")
    channel = Choice(Channel, label="How you said it")
    owner = Colleague(label="Who keeps it, if not the owner", required=False)
    step = Choice(StepKind, label="It sets an earlier deadline for", required=False)
    is_appointment = forms.BooleanField(label="It is an appointment", required=False)
    made_at = Moment(label="When was it made, if not now", required=False)
    made_by = Colleague(label="Who made it, if not you", required=False)
    kept_at = Moment(
        label="When was it done, if it is done already",
        required=False,
        help_text="A promise that is past its moment and was not done is recorded as broken.",
    )

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        pledge = Pledge(
            words=typed["words"],
            due_at=typed["due_at"],
            channel=typed["channel"],
            step=typed["step"] or "",
            is_appointment=typed["is_appointment"],
            made_at=typed["made_at"],
            made_by=typed["made_by"],
            kept_at=typed["kept_at"],
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
    is_contact = True
    heading = "Agree on a new date"
    lead = "Agreed on before the old one had passed, and only with the customer's word."
    things = "promises"
    buttons = (Button("Record the new date", "calendar"),)
    done = "The new date is recorded, and the old one is kept in the timeline."

    due_at = Moment(label="The new date and time")
    reason = Line(label="What the customer was told and said")
    at = Moment(label="When, if not now", required=False)

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        return promises.renegotiate_promise(
            promise=typed["of"],
            due_at=typed["due_at"],
            reason=typed["reason"],
            actor=self.staff,
            now=now,
            at=typed["at"],
        )


class CancelPromiseForm(ThingForm):
    is_contact = True
    heading = "The customer released us"
    things = "promises"
    buttons = (Button("Record that it is no longer owed", "x"),)
    done = "Recorded."

    reason = Line(label="Why, in the customer's words")
    at = Moment(label="When, if not now", required=False)

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        return promises.cancel_promise(
            promise=typed["of"], reason=typed["reason"], actor=self.staff, now=now, at=typed["at"]
        )


class GiveUpPromiseForm(ThingForm):
    heading = "It was never done"
    lead = "The promise stays broken, and nobody is reminded of it any more."
    things = "promises"
    buttons = (Button("Record that it was never done", "x"),)
    done = "Recorded."

    instead = Line(label="What was done instead, or why not")

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        return promises.give_up_promise(promise=typed["of"], instead=typed["instead"], actor=self.staff, now=now)
