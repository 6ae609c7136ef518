"""What somebody did in the same call in which they learned of a mistake: acknowledged, apologized, put it right.

Part of the form of a new case. A step that is not ticked asks for nothing; what was typed in it is asked back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from cases.rules import workflow
from cases.rules.evidence import AcknowledgementEvidence, ApologyEvidence, CorrectionEvidence
from cases.rules.vocabulary import Channel, CorrectionStatus, ExplanationStatus, Reaction, ReadBack, StepKind
from cases.web.forms.fields import Choice, Line, Moment, Words, YesNo
from cases.web.forms.unused import ask_back

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import TextChoices

    from cases.rules.evidence import Evidence

_LABELS = {
    StepKind.ACKNOWLEDGE: "acknowledged it: I reached the customer and repeated it back",
    StepKind.APOLOGIZE: "apologized and explained",
    StepKind.CORRECT: "put it right, or said what we do instead",
}

_ENDS = (
    (CorrectionStatus.DONE.value, "It is put right"),
    (CorrectionStatus.IMPOSSIBLE.value, "It cannot be put right, and I did something else"),
)


@dataclass(frozen=True, slots=True)
class Question:
    """One step as the form asks about it: its choice, and what is asked when it is ticked."""

    kind: StepKind
    label: str
    is_ticked: bool
    fields: tuple[forms.BoundField, ...]


class Dots(forms.TypedChoiceField):
    """Dots to pick from, none of them picked at first; whether one is needed depends on what was ticked."""

    def __init__(self, kind: type[TextChoices], **options: Any) -> None:
        options.setdefault("choices", kind.choices)
        super().__init__(coerce=kind, empty_value=None, required=False, widget=forms.RadioSelect, **options)


class AlreadyForm(forms.Form):
    """The questions of three steps. ``evidence`` is what was ticked, ready for the one action that records it."""

    needed: ClassVar[dict[StepKind, dict[str, str]]] = {
        StepKind.ACKNOWLEDGE: {
            "read_back": "Write the concern as you repeated it back to the customer.",
            "read_back_answer": "Choose what the customer said to it.",
            "was_only_concern": "Ask the customer: is that the only concern? Then choose yes or no.",
            "ownership": "Say who takes it on, with a name.",
        },
        StepKind.APOLOGIZE: {
            "body": "Write what you said.",
            "explanation_status": "Choose whether we know why it happened.",
            "explanation": "Write the explanation as you gave it, or when the customer will hear it.",
        },
        StepKind.CORRECT: {
            "status": "Choose whether it was put right, or cannot be.",
            "what": "Write what was put right, as you would tell the customer.",
        },
    }

    asked: ClassVar[dict[StepKind, tuple[str, ...]]] = {
        StepKind.ACKNOWLEDGE: (
            "reached_by",
            "not_live_because",
            "read_back",
            "read_back_answer",
            "was_only_concern",
            "more_concerns",
            "ownership",
            "reaction",
            "private_note",
        ),
        StepKind.APOLOGIZE: ("apologized_by", "body", "owns_it", "explanation_status", "explanation"),
        StepKind.CORRECT: ("status", "what", "impossible_because", "alternative"),
    }

    already = forms.TypedMultipleChoiceField(
        label="I have already…",
        choices=[(kind.value, label) for kind, label in _LABELS.items()],
        coerce=StepKind,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    at = Moment(label="When was that, if not just now?", required=False)

    reached_by = Choice(Channel, label="How did you reach them?", required=False, empty="As it reached us")
    read_back = Words(
        label="The concern, as you repeated it back",
        required=False,
        rows=2,
        help_text="In your own words, as the customer heard them. A voicemail is an attempt, and acknowledges nothing.",
    )
    read_back_answer = Dots(ReadBack, label="Did the customer agree that this is right?")
    was_only_concern = YesNo(label="“Is that the only concern?”", required=False)
    more_concerns = Words(label="What else troubles them", required=False, rows=2, help_text="One concern a line.")
    ownership = Line(label="Who owns it", required=False, help_text="In the first person, as the customer heard it.")
    reaction = Choice(Reaction, label="How did they take it?", required=False)
    not_live_because = Line(label="You wrote instead of calling: why?", required=False)
    private_note = Line(
        label="Anything personal to ask after?", required=False, help_text="Private: left out of every export."
    )

    apologized_by = Choice(Channel, label="How did you say it?", required=False, empty="As you reached them")
    body = Words(label="What did you say?", required=False, help_text="No “if”, no “but”.")
    owns_it = forms.BooleanField(label="I said that the mistake was ours", required=False)
    explanation_status = Dots(ExplanationStatus, label="Do we know why it happened?")
    explanation = Words(label="The explanation, as you gave it", required=False, rows=2)

    status = Dots(CorrectionStatus, choices=_ENDS, label="How did it end?")
    what = Words(label="What was put right", required=False, rows=2, help_text="As you would tell the customer.")
    impossible_because = Line(label="Why it cannot be put right", required=False)
    alternative = Words(label="What you did instead", required=False, rows=2)

    @property
    def questions(self) -> list[Question]:
        ticked = self["already"].value() or ()
        return [
            Question(kind, label, kind.value in ticked, tuple(self[name] for name in self.asked[kind]))
            for kind, label in _LABELS.items()
        ]

    @property
    def ticked(self) -> tuple[StepKind, ...]:
        """In the order of the six."""
        return tuple(kind for kind in _LABELS if kind in self.cleaned_data.get("already", ()))

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        for kind in self.ticked:
            self._check_order(kind)
            for name, sentence in self.needed[kind].items():
                if typed.get(name) in (None, "") and name not in self.errors:
                    self.add_error(name, sentence)
        self._ask_back()
        return typed

    def evidence(self) -> list[Evidence]:
        """What was ticked, as the rules read it."""
        made: dict[StepKind, Callable[[], Evidence]] = {
            StepKind.ACKNOWLEDGE: self._acknowledgement,
            StepKind.APOLOGIZE: self._apology,
            StepKind.CORRECT: self._correction,
        }
        return [made[kind]() for kind in self.ticked]

    def _ask_back(self) -> None:
        """What stands in a step that is not ticked."""
        for kind, label in _LABELS.items():
            if kind not in self.ticked:
                sentence = f"You filled this in: tick “{label.split(':')[0]}”, or take it out."
                ask_back(self, self.asked[kind], sentence)

    def _check_order(self, kind: StepKind) -> None:
        for other in workflow.STEPS[kind].waits_for:
            if other not in self.ticked:
                self.add_error("already", f"Tick “{_LABELS[other].split(':')[0]}” too: “{kind.label}” waits for it.")

    def _reached_by(self) -> Channel:
        """Where nothing is chosen, the way by which the customer came to us."""
        return Channel(self.cleaned_data["reached_by"] or self.cleaned_data["channel"])

    def _acknowledgement(self) -> AcknowledgementEvidence:
        typed = self.cleaned_data
        return AcknowledgementEvidence(
            channel=self._reached_by(),
            read_back=typed["read_back"],
            read_back_answer=typed["read_back_answer"],
            was_only_concern=typed["was_only_concern"],
            more_concerns=tuple(typed["more_concerns"].splitlines()),
            ownership=typed["ownership"],
            not_live_because=typed["not_live_because"],
            reaction=typed["reaction"] or "",
            private_note=typed["private_note"],
        )

    def _apology(self) -> ApologyEvidence:
        typed = self.cleaned_data
        return ApologyEvidence(
            channel=typed["apologized_by"] or self._reached_by(),
            body=typed["body"],
            owns_it=typed["owns_it"],
            explanation_status=typed["explanation_status"],
            explanation=typed["explanation"],
        )

    def _correction(self) -> CorrectionEvidence:
        typed = self.cleaned_data
        return CorrectionEvidence(
            status=typed["status"],
            what=typed["what"],
            impossible_because=typed["impossible_because"],
            alternative=typed["alternative"],
        )
