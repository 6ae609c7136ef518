"""Of promises: who made one, who owed it when it lapsed, and who kept it late are three facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from cases.actions.events.base import Facts, Sentence, Setting, other_than, when, words
from cases.rules.vocabulary import EventKind

_HAD_COUNTED = "it had counted as broken"
_DOER_UNKNOWN = "who did it is not recorded"


@dataclass(frozen=True, kw_only=True)
class PromiseMade(Facts):
    """``owner``: the name of whoever is to keep it; empty: nobody. ``made_by``: a name, where that is not the actor."""

    kind: ClassVar[EventKind] = EventKind.PROMISE_MADE
    words: str
    due: datetime | None
    owner: str = ""
    made_by: str = ""
    is_own: bool | None = None
    """Whether that is the actor. None: recorded before that was kept."""

    def sentence(self, setting: Setting) -> Sentence:
        other = other_than(setting.actor, self.owner, is_same=self.is_own)
        return Sentence(
            did=f"recorded a promise that {self.made_by} had made" if self.made_by else "made a promise",
            texts=words(self.words),
            tags=words(other and f"{other} is to keep it"),
            moments=when(by=self.due),
        )


@dataclass(frozen=True, kw_only=True)
class PromiseKept(Facts):
    kind: ClassVar[EventKind] = EventKind.PROMISE_KEPT
    words: str
    due: datetime | None
    is_doer_unknown: bool = False
    """Somebody else was to keep it when it was done, and the actor wrote it down later."""

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(
            did="recorded that a promise had been kept" if self.is_doer_unknown else "kept a promise",
            texts=words(self.words),
            tags=words(_DOER_UNKNOWN if self.is_doer_unknown else ""),
            moments=when(by=self.due),
        )


@dataclass(frozen=True, kw_only=True)
class PromiseBroken(Facts):
    """Its moment has passed. ``owner``: who owed it then; empty: nobody did; none: not recorded."""

    kind: ClassVar[EventKind] = EventKind.PROMISE_BROKEN
    words: str
    due: datetime | None
    owner: str | None = None
    made_by: str = ""
    is_maker: bool | None = None
    """Whether who owed it had made it. None: recorded before that was kept."""

    def sentence(self, setting: Setting) -> Sentence:
        made_by = other_than(self.owner or "", self.made_by, is_same=self.is_maker)
        return Sentence(
            who=self.owner or "We",
            did=self._did(),
            texts=words(self.words),
            tags=words(made_by and f"made by {made_by}"),
            moments=when(by=self.due),
        )

    def _did(self) -> str:
        if self.owner:
            return "did not keep a promise in time"
        why = "who owed it is not recorded" if self.owner is None else "nobody was to keep it"
        return f"did not keep a promise in time; {why}"


@dataclass(frozen=True, kw_only=True)
class PromiseKeptLate(Facts):
    """Done after all, by the actor unless ``is_doer_unknown``. ``owner``: who had owed it when it lapsed; none: not
    recorded. Where it turns out to have been done in time, it is kept, and had only counted as broken."""

    kind: ClassVar[EventKind] = EventKind.PROMISE_KEPT_LATE
    words: str
    due: datetime | None
    done_late_at: datetime | None = None
    owner: str | None = None
    is_own: bool | None = None
    """Whether that is the actor. None: recorded before that was kept."""
    is_doer_unknown: bool = False
    """As in ``PromiseKept``."""

    def sentence(self, setting: Setting) -> Sentence:
        other = other_than(setting.actor, self.owner, is_same=self.is_own)
        in_time = self.due is not None and self.done_late_at is not None and self.done_late_at <= self.due
        late = other and f"{other} owed it when it lapsed"
        return Sentence(
            did=self._did(in_time=in_time),
            texts=words(self.words),
            tags=words(_HAD_COUNTED if in_time else late, _DOER_UNKNOWN if self.is_doer_unknown else ""),
            moments=when(by=self.due, done=self.done_late_at),
        )

    def _did(self, *, in_time: bool) -> str:
        if in_time:
            return "recorded that a promise had been kept in time"
        return "recorded that a promise had been kept late" if self.is_doer_unknown else "kept a promise late"


@dataclass(frozen=True, kw_only=True)
class PromiseRenegotiated(Facts):
    kind: ClassVar[EventKind] = EventKind.PROMISE_RENEGOTIATED
    words: str
    before: datetime
    after: datetime
    reason: str
    was_broken: bool = False
    """Until it was written down that the customer had agreed in time."""

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(
            did="agreed a new date for a promise",
            texts=words(self.words, self.reason),
            tags=words(_HAD_COUNTED if self.was_broken else ""),
            before=self.before,
            after=self.after,
        )


@dataclass(frozen=True, kw_only=True)
class PromiseCancelled(Facts):
    kind: ClassVar[EventKind] = EventKind.PROMISE_CANCELLED
    words: str
    reason: str
    was_broken: bool = False
    """Until it was written down that the customer had released us in time."""

    def sentence(self, setting: Setting) -> Sentence:
        tags = words(_HAD_COUNTED if self.was_broken else "")
        return Sentence(did=str(self.kind.label), texts=words(self.words, self.reason), tags=tags)


@dataclass(frozen=True, kw_only=True)
class PromiseGivenUp(Facts):
    """Broken, and never to be done. ``instead``: what was done, or why not. ``owner``: as in ``PromiseBroken``."""

    kind: ClassVar[EventKind] = EventKind.PROMISE_GIVEN_UP
    words: str
    due: datetime | None
    instead: str
    owner: str | None = None
    is_own: bool = False
    """Whether that is the actor."""

    def sentence(self, setting: Setting) -> Sentence:
        other = other_than(setting.actor, self.owner, is_same=self.is_own)
        return Sentence(
            did=str(self.kind.label),
            texts=words(self.words, self.instead),
            tags=words(other and f"{other} owed it when it lapsed"),
            moments=when(by=self.due),
        )
