"""Everything that can be done with a case from its page: the name in the address, and the form that it opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cases.rules.vocabulary import StepKind
from cases.web.forms import addresses, case, compensation, contacts, facts, produced, satisfaction, steps

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
    "ask": CaseVerb(satisfaction.AskForm),
    "no-answer": CaseVerb(satisfaction.NoAnswerForm),
    "no-compensation": CaseVerb(compensation.NoCompensationForm),
    "later-answer": CaseVerb(satisfaction.LaterAnswerForm),
    "settle-answer": CaseVerb(satisfaction.SettleLaterAnswerForm),
    "waive": CaseVerb(steps.WaiveForm),
    "contact": CaseVerb(contacts.ContactForm, anchor="#timeline"),
    "facts": CaseVerb(facts.FactsForm, anchor="#timeline"),
    "note": CaseVerb(contacts.NoteForm, anchor="#timeline"),
    "concern": CaseVerb(contacts.ConcernForm, anchor="#concerns"),
    "correct-concern": CaseVerb(facts.CorrectConcernForm, anchor="#concerns"),
    "settle-concern": CaseVerb(contacts.SettleConcernForm, anchor="#concerns"),
    "promise": CaseVerb(contacts.PromiseForm, anchor="#promises"),
    "keep-promise": CaseVerb(contacts.KeepPromiseForm, anchor="#promises"),
    "renegotiate": CaseVerb(contacts.RenegotiateForm, anchor="#promises"),
    "cancel-promise": CaseVerb(contacts.CancelPromiseForm, anchor="#promises"),
    "give-up-promise": CaseVerb(contacts.GiveUpPromiseForm, anchor="#promises"),
    "compensation": CaseVerb(compensation.MoveCompensationForm, anchor="#compensation"),
    "approve": CaseVerb(compensation.DecideCompensationForm, anchor="#compensation"),
    "payer": CaseVerb(compensation.PayerForm, anchor="#compensation"),
    "decide": CaseVerb(produced.DecideForm),
    "review": CaseVerb(produced.ReviewForm),
    "failed-fix": CaseVerb(produced.FailedCorrectionForm),
    "response": CaseVerb(produced.ResponseForm),
    "assign": CaseVerb(case.AssignForm),
    "take-over": CaseVerb(case.TakeOverForm),
    "severity": CaseVerb(case.SeverityForm),
    "pause": CaseVerb(case.PauseForm),
    "quiet": CaseVerb(case.QuietForm),
    "resume": CaseVerb(case.ResumeForm),
    "escalate": CaseVerb(case.EscalateForm),
    "dealt-with": CaseVerb(case.CalmForm),
    "made-safe": CaseVerb(case.MadeSafeForm),
    "start-clocks": CaseVerb(case.StartClocksForm),
    "link": CaseVerb(case.LinkForm, anchor="#links"),
    "revoke-links": CaseVerb(addresses.RevokeLinksForm),
    "confirm-address": CaseVerb(addresses.ConfirmAddressForm),
    "take-mail-back": CaseVerb(addresses.TakeMailBackForm),
    "close": CaseVerb(case.CloseForm),
    "unreconciled": CaseVerb(case.UnreconciledForm),
    "reopen": CaseVerb(case.ReopenForm),
}
