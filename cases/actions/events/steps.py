"""Of the six steps: settled or left out, and what the second person said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cases.actions.events.base import Facts, Sentence, Setting, labels, words
from cases.rules.vocabulary import (
    ApprovalKind,
    ApprovalStatus,
    Channel,
    EventKind,
    NotNeededBecause,
    Reaction,
    ReadBack,
    StepKind,
)


@dataclass(frozen=True, kw_only=True)
class StepSettled(Facts):
    """``none_because``: why no compensation is due. ``second_person``: a name."""

    kind: ClassVar[EventKind] = EventKind.STEP_SETTLED
    step: StepKind
    channel: Channel | None = None
    read_back: str = ""
    read_back_answer: ReadBack | None = None
    more_concerns: tuple[str, ...] = ()
    ownership: str = ""
    reaction: Reaction | None = None
    none_because: str = ""
    no_answer: bool = False
    reason: str = ""
    second_person: str = ""

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(
            did=self._did(),
            texts=words(self.read_back, self.ownership, *self.more_concerns, self.none_because, self.reason),
            tags=labels(self.channel, self.read_back_answer, self.reaction)
            + words(self.second_person and f"with {self.second_person}"),
        )

    def _did(self) -> str:
        if self.no_answer:
            return "recorded that the customer did not answer"
        if self.step is StepKind.COMPENSATE and (self.none_because or self.reason):
            return "decided that nothing is due"
        return f"completed “{self.step.heading}”"


@dataclass(frozen=True, kw_only=True)
class StepWaived(Facts):
    kind: ClassVar[EventKind] = EventKind.STEP_WAIVED
    step: StepKind
    reason: str
    second_person: str = ""

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(
            did=f"left out “{self.step.heading}”",
            texts=words(self.reason),
            tags=words(self.second_person and f"with {self.second_person}"),
        )


@dataclass(frozen=True, kw_only=True)
class ApprovalAsked(Facts):
    kind: ClassVar[EventKind] = EventKind.APPROVAL_ASKED
    approval: ApprovalKind
    step: StepKind | None
    reason: str
    last_offer: str = ""
    asked_to: str = ""

    def sentence(self, setting: Setting) -> Sentence:
        offer = self.last_offer and f"Last offer: {self.last_offer}"
        return Sentence(
            did="asked for a second person",
            texts=words(self.reason, offer),
            tags=(*_about(self.approval, self.step), *words(self.asked_to and f"asked {self.asked_to}")),
        )


@dataclass(frozen=True, kw_only=True)
class ApprovalDecided(Facts):
    kind: ClassVar[EventKind] = EventKind.APPROVAL_DECIDED
    approval: ApprovalKind
    step: StepKind | None
    after: ApprovalStatus
    note: str = ""

    def sentence(self, setting: Setting) -> Sentence:
        agreed = self.after is ApprovalStatus.APPROVED
        return Sentence(
            did="agreed, as the second person" if agreed else "did not agree, as the second person",
            texts=words(self.note),
            tags=_about(self.approval, self.step),
        )


@dataclass(frozen=True, kw_only=True)
class ApprovalWithdrawn(Facts):
    kind: ClassVar[EventKind] = EventKind.APPROVAL_WITHDRAWN
    approval: ApprovalKind
    step: StepKind | None
    because: NotNeededBecause

    def sentence(self, setting: Setting) -> Sentence:
        tags = (*_about(self.approval, self.step), *labels(self.because))
        return Sentence(did=str(self.kind.label), tags=tags)


def _about(approval: ApprovalKind, step: StepKind | None) -> tuple[str, ...]:
    return (str(approval.label), *((f"“{step.heading}”",) if step else ()))
