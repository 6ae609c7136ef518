"""Of an incident: why it happened, and what is changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from cases.actions.events.base import Facts, Sentence, Setting, other_than, when, words
from cases.rules.vocabulary import CauseStatus, EventKind, FaultParty, PreventionStatus


@dataclass(frozen=True, kw_only=True)
class CategoryChanged(Facts):
    """Categories by their names; empty: none."""

    kind: ClassVar[EventKind] = EventKind.CATEGORY_CHANGED
    before: str
    after: str

    def sentence(self, setting: Setting) -> Sentence:
        before, after = (name or "none" for name in (self.before, self.after))
        return Sentence(did=str(self.kind.label), before=before, after=after)


@dataclass(frozen=True, kw_only=True)
class CauseChanged(Facts):
    """Causes by their names; empty: none."""

    kind: ClassVar[EventKind] = EventKind.CAUSE_CHANGED
    cause_before: str
    status_before: CauseStatus
    cause: str
    status: CauseStatus
    fault_party: FaultParty
    note: str = ""

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(
            did="changed the cause",
            texts=words(self.note),
            tags=(f"Caused by: {self.fault_party.label.lower()}",),
            before=_cause(self.cause_before, self.status_before),
            after=_cause(self.cause, self.status),
        )

    @classmethod
    def from_older(cls, stored: Mapping[str, Any], version: int) -> Mapping[str, Any]:
        """Before 1, ``before`` and ``after`` were pairs."""
        before, after = stored.get("before") or {}, stored.get("after") or {}
        return {
            "cause_before": before.get("cause", ""),
            "status_before": before.get("status"),
            "cause": after.get("cause", ""),
            "status": after.get("status"),
            "fault_party": stored.get("fault_party"),
        }


@dataclass(frozen=True, kw_only=True)
class PreventionAdded(Facts):
    """``owner``: the name of whoever sees to it."""

    kind: ClassVar[EventKind] = EventKind.PREVENTION_ADDED
    change: str
    owner: str
    due: datetime | None
    is_own: bool | None = None
    """Whether that is the actor. None: recorded before that was kept."""

    def sentence(self, setting: Setting) -> Sentence:
        other = other_than(setting.actor, self.owner, is_same=self.is_own)
        return Sentence(
            did="added a prevention action",
            texts=words(self.change),
            tags=words(other and f"{other} sees to it"),
            moments=when(by=self.due),
        )


@dataclass(frozen=True, kw_only=True)
class PreventionMoved(Facts):
    """To another date."""

    kind: ClassVar[EventKind] = EventKind.PREVENTION_MOVED
    change: str
    before: datetime
    after: datetime
    reason: str = ""

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(
            did=str(self.kind.label), texts=words(self.change, self.reason), before=self.before, after=self.after
        )


_DID = {
    PreventionStatus.DONE: "recorded that a prevention action is done",
    PreventionStatus.VERIFIED: "verified a prevention action",
    PreventionStatus.DROPPED: "dropped a prevention action",
}


@dataclass(frozen=True, kw_only=True)
class PreventionChanged(Facts):
    """``reason``: why it was dropped, or how we know that it works."""

    kind: ClassVar[EventKind] = EventKind.PREVENTION_CHANGED
    change: str
    before: PreventionStatus
    after: PreventionStatus
    reason: str = ""

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(
            did=_DID.get(self.after, str(self.kind.label)),
            texts=words(self.change, self.reason),
            before=str(self.before.label),
            after=str(self.after.label),
        )


def _cause(name: str, status: CauseStatus) -> str:
    return f"{name} ({status.label.lower()})" if name else str(status.label)
