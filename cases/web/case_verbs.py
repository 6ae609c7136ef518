"""Everything that can be done with a case from its page: the name in the address, and the form that it opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cases.rules.vocabulary import StepKind
from cases.web.forms import case as forms
from cases.web.forms import steps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cases.web.forms.base import CaseForm


@dataclass(frozen=True, slots=True)
class CaseVerb:
    """``step``: the form stands on the case page, under this step. ``anchor``: where the person is led afterwards."""

    form: type[CaseForm]
    step: StepKind | None = None
    anchor: str = ""


VERBS: Mapping[str, CaseVerb] = {
    **{name: CaseVerb(form, kind) for kind, (name, form) in steps.STEP_FORMS.items()},
    "ask": CaseVerb(steps.AskForm),
    "no-answer": CaseVerb(steps.NoAnswerForm),
    "no-compensation": CaseVerb(steps.NoCompensationForm),
    "waive": CaseVerb(steps.WaiveForm),
    "contact": CaseVerb(forms.ContactForm, anchor="#timeline"),
    "note": CaseVerb(forms.NoteForm, anchor="#timeline"),
    "concern": CaseVerb(forms.ConcernForm, anchor="#concerns"),
    "settle-concern": CaseVerb(forms.SettleConcernForm, anchor="#concerns"),
    "promise": CaseVerb(forms.PromiseForm, anchor="#promises"),
    "keep-promise": CaseVerb(forms.KeepPromiseForm, anchor="#promises"),
    "renegotiate": CaseVerb(forms.RenegotiateForm, anchor="#promises"),
    "cancel-promise": CaseVerb(forms.CancelPromiseForm, anchor="#promises"),
    "compensation": CaseVerb(forms.MoveCompensationForm, anchor="#compensation"),
    "approve": CaseVerb(forms.DecideCompensationForm, anchor="#compensation"),
    "decide": CaseVerb(forms.DecideForm),
    "review": CaseVerb(forms.ReviewForm),
    "failed-fix": CaseVerb(forms.FailedCorrectionForm),
    "response": CaseVerb(forms.ResponseForm),
    "assign": CaseVerb(forms.AssignForm),
    "take-over": CaseVerb(forms.TakeOverForm),
    "severity": CaseVerb(forms.SeverityForm),
    "pause": CaseVerb(forms.PauseForm),
    "resume": CaseVerb(forms.ResumeForm),
    "escalate": CaseVerb(forms.EscalateForm),
    "dealt-with": CaseVerb(forms.CalmForm),
    "made-safe": CaseVerb(forms.MadeSafeForm),
    "start-clocks": CaseVerb(forms.StartClocksForm),
    "link": CaseVerb(forms.LinkForm),
    "close": CaseVerb(forms.CloseForm),
    "unreconciled": CaseVerb(forms.UnreconciledForm),
    "reopen": CaseVerb(forms.ReopenForm),
}
