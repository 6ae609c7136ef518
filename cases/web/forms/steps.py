"""The forms that complete the six steps, with the questions good practice asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from cases.actions import apologies, corrections, follow_ups, steps
from cases.actions.deciding import asked_in_words
from cases.actions.follow_ups import Letter
from cases.errors import RuleError
from cases.models import Approval, PreventionAction
from cases.rules import evidence
from cases.rules.vocabulary import (
    Channel,
    CorrectionStatus,
    ExplanationStatus,
    Reached,
    Reaction,
    ReadBack,
    StepKind,
)
from cases.web.forms.base import Button, CaseForm, LetterForm
from cases.web.forms.compensation import ProposeForm
from cases.web.forms.fields import Choice, Line, Moment, Radio, Words, YesNo
from cases.web.forms.satisfaction import AnswerForm

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import Case


_NOT_DONE_YET = {"agreed_for": "This is the moment of a plan: press “Only plan it”, or set it back."}
_NOT_PLANNED = {
    "impossible_because": "You wrote this: press “It cannot be put right”, or take it out.",
    "alternative": "You wrote this: press “It cannot be put right”, or take it out.",
}

OWN_WORDS = "In your own words, as you said it to the customer."


def _first_name(name: str) -> str:
    return name.split(maxsplit=1)[0] if name.split() else name


class AcknowledgeForm(CaseForm):
    heading = "Acknowledge"
    done = "Acknowledged. The customer knows that you know."
    buttons = (Button("Record acknowledgement", "phone"),)
    folded = ("reaction", "not_live_because", "private_note", "at")

    channel = Choice(Channel, label="How did you reach them?")
    reached = Radio(Reached, label="Did you reach them?", initial=Reached.REACHED)
    read_back = Words(label="The concern, as you repeated it back", help_text=OWN_WORDS)
    read_back_answer = Radio(ReadBack, label="Did the customer agree that this is right?")
    was_only_concern = YesNo(label="“Is that the only concern?”")
    more_concerns = Words(label="What else troubles them", required=False, rows=2, help_text="One concern a line.")
    ownership = Line(label="Who owns it", help_text="In the first person, as the customer heard it.")
    reaction = Choice(Reaction, label="How did they take it?", required=False)
    not_live_because = Line(
        label="If you wrote instead of calling: why?",
        required=False,
        help_text="Needed where it is urgent and we have a number.",
    )
    private_note = Words(
        label="Anything personal to ask after?", required=False, rows=2, help_text="Private: left out of every export."
    )
    at = Moment(label="When, if not now", required=False)

    def __init__(self, *args: Any, case: Case, **options: Any) -> None:
        owner = options["actor"]
        initial = {
            "ownership": f"I am {_first_name(owner.name)}, and I own this until it is right.",
        }
        super().__init__(*args, case=case, initial={**initial, **(options.pop("initial", None) or {})}, **options)

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        said = evidence.AcknowledgementEvidence(
            channel=typed["channel"],
            reached=typed["reached"],
            read_back=typed["read_back"],
            read_back_answer=typed["read_back_answer"],
            was_only_concern=typed["was_only_concern"],
            more_concerns=tuple(typed["more_concerns"].splitlines()),
            ownership=typed["ownership"],
            not_live_because=typed["not_live_because"],
            reaction=typed["reaction"] or "",
            private_note=typed["private_note"],
        )
        return steps.acknowledge(case=self.case, evidence=said, actor=self.staff, now=now, at=typed["at"])


class ApologizeForm(LetterForm):
    """Written by mail, spoken, drafted, or shown to a colleague first."""

    heading = "Apologize and explain"
    buttons = (
        Button("Send apology", "send", "send"),
        Button("I apologized in person or by phone", "phone", "speak"),
        Button("Ask for a review", "eye", "review"),
        Button("Keep as draft", "note", "draft"),
    )
    folded = ("channel", "at")

    body = Words(
        label="The apology",
        rows=9,
        help_text="Say what went wrong, that it was us, and what you do about it. No “if”, no “but”.",
    )
    explanation_status = Radio(ExplanationStatus, label="Do we know why it happened?")
    explanation = Words(
        label="The explanation, as you gave it",
        rows=3,
        help_text="The true cause in a sentence; or why it cannot be told, or by when the customer will hear it.",
    )
    owns_it = forms.BooleanField(label="It says that the mistake was ours", required=False)
    channel = Choice(Channel, label="If spoken: how", required=False)
    at = Moment(label="When, if not now", required=False)

    def __init__(self, *args: Any, case: Case, **options: Any) -> None:
        draft = case.apologies.filter(round=case.round, sent_at__isnull=True).exclude(status="bounced").last()
        initial: dict[str, object] = {"body": f"Dear {case.customer.greeting},\n\n"}
        if draft is not None:
            initial = {
                "body": draft.body,
                "explanation": draft.explanation,
                "explanation_status": draft.explanation_status,
                "owns_it": draft.owns_it,
            }
        super().__init__(*args, case=case, initial={**initial, **(options.pop("initial", None) or {})}, **options)
        if self.is_bound and self.how == "draft":
            for name in ("body", "explanation_status", "explanation"):
                self.fields[name].required = False

    @property
    def said(self) -> str:
        return {
            "send": "The apology is on its way. The step is done as soon as it has left.",
            "speak": "Recorded: you apologized and explained.",
            "review": "A colleague can now read it on this page.",
            "draft": "The draft is kept.",
        }[self.how]

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        channel = (typed["channel"] or Channel.PHONE) if self.how == "speak" else Channel.EMAIL
        said = evidence.ApologyEvidence(
            channel=channel,
            body=typed["body"],
            owns_it=typed["owns_it"],
            explanation_status=typed["explanation_status"] or ExplanationStatus.UNKNOWN,
            explanation=typed["explanation"],
        )
        if self.how == "speak":
            return apologies.speak_apology(case=self.case, evidence=said, actor=self.staff, now=now, at=typed["at"])
        act = {"send": apologies.send_apology, "review": apologies.ask_review, "draft": apologies.draft_apology}[
            self.how
        ]
        return act(case=self.case, evidence=said, actor=self.staff, now=now)


class CorrectForm(CaseForm):
    heading = "Correct"
    buttons = (
        Button("Record fix", "tool", "done"),
        Button("It cannot be put right", "ban", "impossible"),
        Button("Only plan it", "clock", "plan"),
    )
    folded = ("options_considered", "agreed_for", "at")
    unused: ClassVar[dict[str, dict[str, str]]] = {
        **dict.fromkeys(("done", "impossible"), _NOT_DONE_YET),
        "plan": _NOT_PLANNED,
    }

    what = Words(label="What is put right", help_text="As you would tell the customer.")
    options_considered = Words(
        label="What else could be done?",
        required=False,
        rows=2,
        help_text="Two options or more; which one beats what they expect?",
    )
    impossible_because = Line(
        label="If it cannot be put right: why",
        required=False,
        help_text="Time has passed, it is gone, it cannot be replaced.",
    )
    alternative = Words(label="And what you did instead", required=False, rows=2)
    agreed_for = Moment(
        label="The customer chose this moment for it",
        required=False,
        help_text="With “Only plan it”: it is due then, unless it is late already.",
    )
    at = Moment(label="When, if not now", required=False)

    def __init__(self, *args: Any, case: Case, **options: Any) -> None:
        plan = case.corrections.filter(round=case.round, status=CorrectionStatus.PLANNED).last()
        names = ("what", "options_considered", "agreed_for")
        initial = {name: getattr(plan, name) for name in names} if plan else {}
        super().__init__(*args, case=case, initial={**initial, **(options.pop("initial", None) or {})}, **options)

    @property
    def said(self) -> str:
        return {
            "done": "Recorded: it is put right.",
            "impossible": "Recorded, with what you did instead. Now offer something for it.",
            "plan": "The plan is kept. Record the fix when it is done.",
        }[self.how]

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        if self.how == "plan":
            return corrections.plan_correction(
                case=self.case,
                what=typed["what"],
                options=typed["options_considered"],
                actor=self.staff,
                now=now,
                agreed_for=typed["agreed_for"],
            )
        said = evidence.CorrectionEvidence(
            status=CorrectionStatus(self.how),
            what=typed["what"],
            impossible_because=typed["impossible_because"],
            alternative=typed["alternative"],
            options_considered=typed["options_considered"],
        )
        return corrections.record_correction(case=self.case, evidence=said, actor=self.staff, now=now, at=typed["at"])


class FollowUpForm(LetterForm):
    heading = "Follow up"
    lead = "Tell the customer what you looked into, what you found, and what is different now, or why nothing is yet."
    buttons = (
        Button("Send follow-up", "send", "send"),
        Button("I told them in person or by phone", "phone", "speak"),
        Button("Keep as draft", "note", "draft"),
    )
    folded = ("channel", "at")

    examined = Words(label="What did we look into?", rows=2)
    found = Words(label="What did we find?", rows=2)
    changes: forms.ModelMultipleChoiceField[PreventionAction] = forms.ModelMultipleChoiceField(
        label="What is different now, or will be",
        queryset=None,
        required=False,
        to_field_name="public_id",
        widget=forms.CheckboxSelectMultiple,
        help_text="Each is told by its true status: a plan is never told as done.",
    )
    nothing_changed_because = Line(label="If nothing has changed yet: why", required=False)
    body = Words(
        label="The letter",
        rows=8,
        help_text="One renewed apology, thanks, your name. The changes, or why there are none, are put above it.",
    )
    channel = Choice(Channel, label="If spoken: how", required=False)
    at = Moment(label="When, if not now", required=False)

    def __init__(self, *args: Any, case: Case, **options: Any) -> None:
        draft = case.follow_ups.filter(round=case.round, status="draft").last()
        initial: dict[str, object] = {"body": f"Dear {case.customer.greeting},\n\n\n\n{options['actor'].name}"}
        if draft is not None:
            told = [change.prevention_action for change in draft.changes.select_related("prevention_action")]
            initial = {
                "examined": draft.examined,
                "found": draft.found,
                "body": draft.body,
                "nothing_changed_because": draft.nothing_changed_because,
                "changes": [action.public_id for action in told],
            }
        super().__init__(*args, case=case, initial={**initial, **(options.pop("initial", None) or {})}, **options)
        field = self.fields["changes"]
        if isinstance(field, forms.ModelMultipleChoiceField):
            field.queryset = case.incident.prevention_actions.exclude(status="dropped")
        if self.is_bound and self.how == "draft":
            for name in ("examined", "found", "body"):
                self.fields[name].required = False

    @property
    def said(self) -> str:
        return {
            "send": "The follow-up is on its way. The step is done as soon as it has left.",
            "speak": "Recorded: you told them what came of it.",
            "draft": "The draft is kept.",
        }[self.how]

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        letter = Letter(
            channel=(typed["channel"] or Channel.PHONE) if self.how == "speak" else Channel.EMAIL,
            examined=typed["examined"],
            found=typed["found"],
            body=typed["body"],
            changes=tuple(typed["changes"]),
            nothing_changed_because=typed["nothing_changed_because"],
        )
        if self.how == "speak":
            return follow_ups.speak_follow_up(case=self.case, letter=letter, actor=self.staff, now=now, at=typed["at"])
        act = follow_ups.send_follow_up if self.how == "send" else follow_ups.draft_follow_up
        return act(case=self.case, letter=letter, actor=self.staff, now=now)


class WaiveForm(CaseForm):
    heading = "Leave this step out"
    lead = "The reason stays with the case. Most steps need a second person for it."
    buttons = (Button("Waive this step", "minus"),)

    step = Choice(StepKind, widget=forms.HiddenInput, label="Step")
    reason = Words(label="Why it is not needed", rows=2)

    @property
    def said(self) -> str:
        if isinstance(self.result, Approval):
            return f"This needs a second person. {asked_in_words(self.result)} Until then the step stays open."
        return "The step is waived, and the reason is kept."

    def run(self, now: datetime) -> object:
        step = self.cleaned_data["step"]
        if step is None:
            raise RuleError("Choose the step first.")
        return steps.waive(case=self.case, kind=step, reason=self.cleaned_data["reason"], actor=self.staff, now=now)


STEP_FORMS: dict[StepKind, tuple[str, type[CaseForm]]] = {
    StepKind.ACKNOWLEDGE: ("acknowledge", AcknowledgeForm),
    StepKind.APOLOGIZE: ("apologize", ApologizeForm),
    StepKind.CORRECT: ("correct", CorrectForm),
    StepKind.COMPENSATE: ("propose", ProposeForm),
    StepKind.CONFIRM: ("answer", AnswerForm),
    StepKind.FOLLOW_UP: ("follow-up", FollowUpForm),
}
"""The form that completes each step, and the name of its address."""
