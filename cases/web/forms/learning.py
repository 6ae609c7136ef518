"""Forms of the outer loop: why it happened, and what is changed so that it will not happen again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from cases.actions import learning
from cases.actions.learning import Finding, Plan
from cases.errors import RuleError
from cases.models import Cause
from cases.rules.vocabulary import CauseStatus, FaultParty, PreventionKind
from cases.web.forms.base import ActionForm, Button, RecordForm
from cases.web.forms.fields import Choice, Colleague, Line, Moment, Radio, Words

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import Incident, PreventionAction

LONGEST_CAUSE = 120


class IncidentForm(ActionForm):
    """A form on an incident. ``action``: the prevention action that it is about, if it is about one."""

    about_an_action: ClassVar[bool] = False

    def __init__(self, *args: Any, incident: Incident, action: PreventionAction | None = None, **options: Any) -> None:
        self.incident = incident
        self.action = action
        super().__init__(*args, **options)

    @property
    def about(self) -> str:
        return self.incident.reference

    @property
    def subject(self) -> str:
        """What the form is about, below its heading."""
        return self.action.change if self.action else ""


class ActionOfForm(IncidentForm, RecordForm):
    """A form on one prevention action of an incident. ``of`` is its public key; the view has found it by then."""

    about_an_action = True

    of = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, action: PreventionAction, **options: Any) -> None:
        super().__init__(*args, action=action, record=action, **options)

    @property
    def change(self) -> PreventionAction:
        if self.action is None:
            raise RuleError("Choose a prevention action on the page of the incident.")
        return self.action


class CauseForm(IncidentForm, RecordForm):
    heading = "Why it happened"
    lead = "A process, a tool, information or capacity. Never a person: people err, and processes let them."
    buttons = (Button("Set cause", "bulb"),)
    done = "The cause is noted. Every case of this incident shows it."

    cause = forms.ModelChoiceField(
        Cause.objects.offered(),
        to_field_name="public_id",
        label="Cause",
        required=False,
        empty_label="Not known yet",
        error_messages={"invalid_choice": "This cause is not in the list any more. Choose another."},
    )
    new_cause = Line(
        label="Or a cause that is not in the list",
        required=False,
        max_length=LONGEST_CAUSE,
        help_text="Short, so that the next one with the same cause is found: “Address typed wrong at order entry”.",
    )
    cause_status = Radio(CauseStatus, label="How sure are we?")
    fault_party = Choice(
        FaultParty, label="Whose error was it?", help_text="Internal. The promise is ours whoever erred."
    )
    note = Words(label="What we had wrong, in plain words", required=False, max_length=2000)

    def __init__(self, *args: Any, incident: Incident, **options: Any) -> None:
        known = {
            "cause": incident.cause.public_id if incident.cause else None,
            "cause_status": incident.cause_status,
            "fault_party": incident.fault_party,
            "note": incident.cause_note,
        }
        initial = {**known, **(options.pop("initial", None) or {})}
        super().__init__(*args, incident=incident, record=incident, initial=initial, **options)

    def clean_new_cause(self) -> str:
        name = str(self.cleaned_data["new_cause"])
        if name and self.cleaned_data.get("cause"):
            raise forms.ValidationError("Choose a cause from the list or name a new one. Both is one too many.")
        return name

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        cause = learning.add_cause(name=typed["new_cause"], actor=self.staff) if typed["new_cause"] else typed["cause"]
        finding = Finding(
            cause=cause, status=typed["cause_status"], fault_party=typed["fault_party"], note=typed["note"]
        )
        return learning.set_cause(incident=self.incident, finding=finding, actor=self.staff, now=now)


class PlanForm(IncidentForm):
    heading = "Plan a prevention action"
    lead = "Something that will be different, somebody who sees to it, and a day. It is reminded of like every promise."
    buttons = (Button("Plan prevention", "plus"),)
    done = "Planned. Its owner finds it in My work."

    change = Line(label="What will be different", help_text="As you would tell the customer: the follow-up names it.")
    kind = Radio(PreventionKind, label="What kind of change is it?")
    owner = Colleague(label="Who sees to it")
    due_at = Moment(label="By when")

    def __init__(self, *args: Any, **options: Any) -> None:
        actor = options["actor"]
        initial = {"owner": actor.public_id if actor else None, **(options.pop("initial", None) or {})}
        super().__init__(*args, initial=initial, **options)

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        plan = Plan(kind=typed["kind"], change=typed["change"], owner=typed["owner"], due_at=typed["due_at"])
        return learning.plan_prevention(incident=self.incident, plan=plan, actor=self.staff, now=now)


class DoneForm(ActionOfForm):
    heading = "It is different now"
    lead = "From now on letters to customers may say so."
    buttons = (Button("Record change", "check"),)
    done = "Done. Somebody else can now look whether it works."

    at = Moment(label="Since when, if not now", required=False)

    def run(self, now: datetime) -> object:
        return learning.finish_prevention(action=self.change, actor=self.staff, now=now, at=self.cleaned_data["at"])


class MoveForm(ActionOfForm):
    heading = "A new date"
    lead = "Once, and with a reason. The first date is kept beside it."
    buttons = (Button("Move the date", "calendar"),)
    done = "The date is moved, once."

    due_at = Moment(label="The new date")
    reason = Line(label="Why it moves")

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        return learning.move_prevention(
            action=self.change, due_at=typed["due_at"], reason=typed["reason"], actor=self.staff, now=now
        )


class DropForm(ActionOfForm):
    heading = "Drop it"
    lead = "It will not be done. Letters that are already written must not promise it."
    buttons = (Button("Drop it", "x"),)
    done = "Dropped, and the reason is kept."

    reason = Line(label="Why it is not done")

    def run(self, now: datetime) -> object:
        reason = self.cleaned_data["reason"]
        return learning.drop_prevention(action=self.change, reason=reason, actor=self.staff, now=now)


class VerifyForm(ActionOfForm):
    heading = "Does it work?"
    lead = "Somebody else than its owner, and than whoever did it, has looked and says how we know."
    buttons = (Button("Verify", "circle-check"),)
    done = "Verified: it works."

    proof = Line(label="How we know that it works", help_text="What was looked at, how many, since when.")

    def run(self, now: datetime) -> object:
        proof = self.cleaned_data["proof"]
        return learning.verify_prevention(action=self.change, proof=proof, actor=self.staff, now=now)


FORMS: dict[str, type[IncidentForm]] = {
    "cause": CauseForm,
    "plan": PlanForm,
    "done": DoneForm,
    "move": MoveForm,
    "drop": DropForm,
    "verify": VerifyForm,
}
"""What can be done on the page of an incident: the name in the address, and its form."""
