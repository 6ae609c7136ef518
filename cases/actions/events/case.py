"""Of the case as a whole: logged, handed on, how bad it is, closed and opened again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from cases.actions.events.base import Facts, Sentence, Setting, counted, labels, other_than, when, words
from cases.rules.vocabulary import (
    Answer,
    Channel,
    CriticalGround,
    EventKind,
    MergeSide,
    Origin,
    Outcome,
    Priority,
    RaiseReason,
    Severity,
    StepKind,
)


def sentences(reasons: tuple[RaiseReason, ...], *, before: str = "") -> tuple[str, ...]:
    """One for each reason for which Amends raises a severity."""
    return tuple(f"{before}{reason.label}." for reason in reasons)


@dataclass(frozen=True, kw_only=True)
class CaseLogged(Facts):
    """``chosen``: by a person, and the ground where that is critical; ``reasons``: why Amends raises it. ``owner``: a
    name. ``raised_because``: of rows from before reasons were codes, a sentence."""

    kind: ClassVar[EventKind] = EventKind.CASE_LOGGED
    severity: Severity
    origin: Origin
    channel: Channel
    chosen: Severity | None = None
    ground: CriticalGround | None = None
    reasons: tuple[RaiseReason, ...] = ()
    raised_because: str = ""
    known_at: datetime | None = None
    owner: str = ""
    is_own: bool | None = None
    """Whether that is the actor. None: recorded before that was kept."""

    def sentence(self, setting: Setting) -> Sentence:
        other = other_than(setting.actor, self.owner, is_same=self.is_own)
        return Sentence(
            did="logged the mistake",
            texts=words(self.raised_because) + sentences(self.reasons),
            tags=labels(self.severity, self.ground, self.channel, self.origin) + words(other and f"Owner: {other}"),
            moments=when(known_since=self.known_at),
        )


@dataclass(frozen=True, kw_only=True)
class CaseImported(Facts):
    """``told``: what the source says, by the names of its columns. ``key``: of the case where it was
    worked, if it is known."""

    kind: ClassVar[EventKind] = EventKind.CASE_IMPORTED
    source: str
    reference: str
    told: dict[str, str]
    key: str = ""

    def sentence(self, setting: Setting) -> Sentence:
        told = tuple(f"{name}: {value}" for name, value in self.told.items() if value.strip())
        return Sentence(did="imported the case", texts=told, tags=words(self.reference and f"No. {self.reference}"))


@dataclass(frozen=True, kw_only=True)
class ImportUndone(Facts):
    """The case is hidden since."""

    kind: ClassVar[EventKind] = EventKind.IMPORT_UNDONE


@dataclass(frozen=True, kw_only=True)
class CaseAssigned(Facts):
    """``before`` and ``after`` are names; empty: nobody. ``only_owed``: what is owed in a closed case, and not the
    case."""

    kind: ClassVar[EventKind] = EventKind.CASE_ASSIGNED
    before: str
    after: str
    is_taken: bool | None = None
    """Whether the new owner did it. None: recorded before that was kept."""
    is_own: bool | None = None
    """Whether the former owner did it. None: recorded before that was kept."""
    note: str = ""
    before_key: str | None = None
    """The public key of ``before``; empty: nobody. None: recorded before that was kept."""
    only_owed: bool = False

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(did=self._did(setting), texts=words(self.note))

    def _did(self, setting: Setting) -> str:
        if self.only_owed:
            return self._did_with_what_is_owed(setting)
        if not self.after and not self.before:
            return "left it without an owner"
        if not self.after:
            is_own = self.before == setting.actor if self.is_own is None else self.is_own
            return f"{'gave the case up' if is_own else f'took the case from {self.before}'}; nobody owns it now"
        if self._is_taken_by(setting.actor):
            return f"took the case over from {self.before}" if self.before else "took the case over"
        return f"gave the case to {self.after}"

    def _did_with_what_is_owed(self, setting: Setting) -> str:
        if self._is_taken_by(setting.actor):
            return "took over what is owed after closing"
        return f"gave what is owed after closing to {self.after or 'nobody'}"

    def _is_taken_by(self, actor: str) -> bool:
        return self.after == actor if self.is_taken is None else self.is_taken


@dataclass(frozen=True, kw_only=True)
class SeverityChanged(Facts):
    """``reasons`` and ``void``: of a change by the rule. Older ones name an actor all the same."""

    kind: ClassVar[EventKind] = EventKind.SEVERITY_CHANGED
    before: Severity
    after: Severity
    reason: str = ""
    ground: CriticalGround | None = None
    reasons: tuple[RaiseReason, ...] = ()
    void: tuple[RaiseReason, ...] = ()

    def sentence(self, setting: Setting) -> Sentence:
        verb = "raised" if self.after.rank > self.before.rank else "lowered"
        return Sentence(
            did=f"{verb} the severity",
            who="Amends" if self.reasons or self.void else "",
            texts=words(self.reason) + sentences(self.reasons) + sentences(self.void, before="No longer so: "),
            tags=labels(self.ground),
            before=str(self.before.label),
            after=str(self.after.label),
        )


@dataclass(frozen=True, kw_only=True)
class _Pressed(Facts):
    """How loudly a case asks for attention has changed."""

    kind: ClassVar[EventKind] = EventKind.PRIORITY_RAISED
    before: Priority
    after: Priority
    reason: str = ""

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(
            did=str(self.kind.label),
            texts=words(self.reason),
            before=str(self.before.label),
            after=str(self.after.label),
        )


@dataclass(frozen=True, kw_only=True)
class PriorityRaised(_Pressed):
    kind: ClassVar[EventKind] = EventKind.PRIORITY_RAISED


@dataclass(frozen=True, kw_only=True)
class PriorityLowered(_Pressed):
    """What had raised it turned out not to be so."""

    kind: ClassVar[EventKind] = EventKind.PRIORITY_LOWERED


@dataclass(frozen=True, kw_only=True)
class CaseEscalated(_Pressed):
    kind: ClassVar[EventKind] = EventKind.CASE_ESCALATED


@dataclass(frozen=True, kw_only=True)
class EscalationDealtWith(_Pressed):
    kind: ClassVar[EventKind] = EventKind.ESCALATION_DEALT_WITH


@dataclass(frozen=True, kw_only=True)
class MadeSafe(Facts):
    """``after``: when it was, for rows whose own moment is that of recording."""

    kind: ClassVar[EventKind] = EventKind.CASE_MADE_SAFE
    after: datetime | None = None

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(did=str(self.kind.label), moments=when(safe_since=self.after))


@dataclass(frozen=True, kw_only=True)
class CaseClosed(Facts):
    """``second_person``: a name, where somebody else had to agree. ``waived``: the steps that it settled."""

    kind: ClassVar[EventKind] = EventKind.CASE_CLOSED
    outcome: Outcome
    reason: str = ""
    second_person: str = ""
    last_offer: str = ""
    waived: tuple[StepKind, ...] = ()

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(
            did="closed the case",
            texts=words(self.reason, self.last_offer and f"Last offer: {self.last_offer}"),
            tags=labels(self.outcome) + words(self.second_person and f"with {self.second_person}"),
        )


@dataclass(frozen=True, kw_only=True)
class CaseJoined(Facts):
    """On a duplicate and on the case where it goes on. ``other``: the reference of the other one.

    ``contacts`` to ``compensations``: how many moved. ``known_before``: T0 until then, where it changed.
    """

    kind: ClassVar[EventKind] = EventKind.CASE_JOINED
    side: MergeSide
    other: str
    contacts: int
    promises: int
    concerns: int
    compensations: int
    known_before: datetime | None = None
    known_after: datetime | None = None

    def sentence(self, setting: Setting) -> Sentence:
        moved = {
            "contact": self.contacts,
            "promise": self.promises,
            "concern": self.concerns,
            "compensation": self.compensations,
        }
        is_kept = self.side is MergeSide.KEPT
        return Sentence(
            did=f"took in {self.other}, which is about the same"
            if is_kept
            else f"found that {self.other} is about the same, and moved what goes on to it",
            tags=tuple(counted(number, noun) for noun, number in moved.items() if number),
            moments=when(known_since=self.known_after, instead_of=self.known_before) if self.known_after else (),
        )


@dataclass(frozen=True, kw_only=True)
class CaseReopened(Facts):
    """``before``: how it had been closed."""

    kind: ClassVar[EventKind] = EventKind.CASE_REOPENED
    before: Outcome | None
    reason: str = ""

    def sentence(self, setting: Setting) -> Sentence:
        before = str(self.before.label) if self.before else ""
        return Sentence(did="reopened the case", texts=words(self.reason), before=before, after=before and "Open")


@dataclass(frozen=True, kw_only=True)
class RoundOpened(Facts):
    """``answer``: the customer's, if it opened the round. ``reason``: somebody's words."""

    kind: ClassVar[EventKind] = EventKind.ROUND_OPENED
    round: int
    answer: Answer | None = None
    reason: str = ""

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(
            did=f"opened round {self.round} of the recovery", texts=words(self.reason), tags=labels(self.answer)
        )


@dataclass(frozen=True, kw_only=True)
class CaseChanged(Facts):
    """What was recorded before its kinds had names of their own, and fits none of them. Nothing records it any more."""

    kind: ClassVar[EventKind] = EventKind.CASE_CHANGED
    reason: str = ""

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(did=str(self.kind.label), texts=words(self.reason))

    @classmethod
    def from_older(cls, stored: Mapping[str, Any], version: int) -> Mapping[str, Any]:
        return {"reason": stored.get("reason", "")}
