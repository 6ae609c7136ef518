"""Forms for the case as a whole: who owns it, how urgent it is, its clocks, its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone

from cases.actions import (
    closing,
    duplicates,
    handling,
    quiet,
    satisfaction,
)
from cases.actions.deciding import asked_in_words
from cases.mail import links
from cases.models import Approval, Case
from cases.reports.duplicates import others_of
from cases.rules.closing import CHOOSABLE
from cases.rules.vocabulary import (
    Outcome,
    PauseKind,
    Severity,
)
from cases.web.forms.base import Button, CaseForm
from cases.web.forms.fields import Colleague, Line, Moment, Radio, WhyCritical, Words, YesNo

if TYPE_CHECKING:
    from datetime import datetime


LONGEST_REFERENCE = 60
"""As it is pasted from a list, with some words behind it."""


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
    critical_because = WhyCritical()
    reason = Line(label="Why")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["severity"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(one.value, f"{one.label}: {one.meaning}") for one in Severity]

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        return handling.change_severity(
            case=self.case,
            severity=typed["severity"],
            reason=typed["reason"],
            actor=self.staff,
            now=now,
            critical_because=typed["critical_because"],
        )


class PauseForm(CaseForm):
    is_contact = True
    heading = "Wait for the customer"
    lead = (
        "The clock stands still until then, or until they answer; a legal hold, until somebody ends it. "
        "Acknowledging and apologizing never wait."
    )
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
    done = "It stops the clock no more."

    kind = Radio(PauseKind, label="Which one is over?")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        running = handling.open_pauses(self.case, timezone.now())
        field = self.fields["kind"]
        if isinstance(field, forms.ChoiceField) and running:
            field.choices = [(kind.value, f"{kind.label}: {pause.question}") for kind, pause in running.items()]
        field.initial, field.required = next(iter(running), None), len(running) > 1

    def run(self, now: datetime) -> object:
        return handling.resume(case=self.case, actor=self.staff, now=now, kind=self.cleaned_data["kind"] or None)


class QuietForm(CaseForm):
    heading = "Put off reminders"
    lead = (
        "What is due stays due, and whoever answers for the team hears of it as before. "
        "A promise is put off by agreeing on another date with the customer."
    )
    buttons = (Button("Put off reminders", "clock-pause"),)
    done = "No reminder of its steps comes before then."

    until = Moment(label="Until when?")
    reason = Line(label="What does it wait for?")

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        return quiet.put_off_reminders(
            case=self.case, until=typed["until"], reason=typed["reason"], actor=self.staff, now=now
        )


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
        address = links.customer_page(str(self.result))
        return f"Give this address to the customer only: {address} It stays below “Links for the customer”."

    def run(self, now: datetime) -> object:
        return satisfaction.make_link(case=self.case, actor=self.staff, now=now)


class CloseForm(CaseForm):
    heading = "Close the case"
    buttons = (Button("Close the case", "circle-check"),)
    done = "The case is closed."

    outcome = Radio(
        Outcome,
        label="How did it end?",
        among=tuple(one for one in CHOOSABLE if one is not Outcome.UNRECONCILED),
    )
    reason = Words(label="In a sentence", required=False, rows=2, help_text="Needed unless the customer is satisfied.")
    duplicate_of = Line(
        label="If it is a duplicate: of which case?",
        required=False,
        max_length=LONGEST_REFERENCE,
        widget=forms.TextInput(attrs={"list": "same"}),
        help_text="Its reference, such as SR-1007. Contacts, promises and the earlier first knowledge move there.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = others_of(self.case, self.staff)
        self.suggestions = {"same": [(case.reference, f"{case.title}, {case.customer}") for case in rows]}

    def clean_duplicate_of(self) -> Case | None:
        typed: str = self.cleaned_data["duplicate_of"].strip()
        if not typed:
            return None
        reference = typed.split(maxsplit=1)[0].upper()
        found = Case.objects.visible_to(self.staff).select_related("duplicate_of").filter(reference=reference).first()
        if found is None:
            raise forms.ValidationError(f"There is no case “{typed}” among yours. Check its reference.")
        return found

    def check_version(self) -> None:
        duplicates.lock_both(self.case, self.cleaned_data["duplicate_of"])
        super().check_version()

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        return closing.close(
            case=self.case,
            outcome=typed["outcome"],
            reason=typed["reason"],
            duplicate_of=typed["duplicate_of"],
            actor=self.staff,
            now=now,
        )


class UnreconciledForm(CaseForm):
    heading = "Could not be satisfied"
    lead = (
        "Nobody's failure: they have our apology and a last offer in writing, and somebody else agrees. "
        "Whatever this round still owes is settled by that decision."
    )
    buttons = (Button("Ask a second person", "users"),)

    last_offer = Words(label="The last offer, as the customer has it in writing")
    reason = Words(label="What was tried, and why it does not satisfy")

    @property
    def said(self) -> str:
        return asked_in_words(self.result) if isinstance(self.result, Approval) else self.done

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
