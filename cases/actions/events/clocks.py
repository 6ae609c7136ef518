"""Of the clocks of a case, and of reminders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from cases.actions.events.base import Facts, Sentence, Setting, labels, when, words
from cases.rules.vocabulary import CommitmentKind, EventKind, PauseKind, Rung


@dataclass(frozen=True, kw_only=True)
class ClockPaused(Facts):
    """``question``: what the customer was asked, or why the case is held."""

    kind: ClassVar[EventKind] = EventKind.CLOCK_PAUSED
    pause: PauseKind
    question: str
    until: datetime | None

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(
            did="paused the clock", texts=words(self.question), tags=labels(self.pause), moments=when(until=self.until)
        )


@dataclass(frozen=True, kw_only=True)
class ClockResumed(Facts):
    """``pause``: which one ended; none: not recorded."""

    kind: ClassVar[EventKind] = EventKind.CLOCK_RESUMED
    pause: PauseKind | None = None

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(did=str(self.kind.label), tags=labels(self.pause))


@dataclass(frozen=True, kw_only=True)
class ClocksStarted(Facts):
    """An imported case was taken up."""

    kind: ClassVar[EventKind] = EventKind.CLOCKS_STARTED


@dataclass(frozen=True, kw_only=True)
class HoursChanged(Facts):
    """``before`` and ``after``: when the next step is due. ``calendar``: the name of the working hours."""

    kind: ClassVar[EventKind] = EventKind.HOURS_CHANGED
    before: datetime | None
    after: datetime | None
    calendar: str = ""
    reason: str = ""
    """Of rows from before the calendar was a fact: a sentence."""

    def sentence(self, setting: Setting) -> Sentence:
        calendar = self.calendar and f"The working hours of “{self.calendar}” were changed"
        return Sentence(
            did=str(self.kind.label),
            texts=words(calendar, self.reason),
            before=self.before or "",
            after=self.after or "",
        )


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a reminder was about. ``name``: the code of a step or a reason, or somebody's words."""

    kind: CommitmentKind
    name: str

    @property
    def said(self) -> str:
        try:
            return self.kind.in_words(self.name)
        except ValueError:
            return str(self.kind.label)


@dataclass(frozen=True, kw_only=True)
class _Reminded(Facts):
    """Written by SQL in ``cases.actions.reminded``, under these names."""

    kind: ClassVar[EventKind] = EventKind.REMINDER_SENT
    what: tuple[Told, ...]
    who: str = ""

    @property
    def _what(self) -> str:
        return ", ".join(told.said for told in self.what)


@dataclass(frozen=True, kw_only=True)
class ReminderSent(_Reminded):
    kind: ClassVar[EventKind] = EventKind.REMINDER_SENT
    rung: Rung | None = None

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(who=self.who, did="was reminded", texts=words(self._what), tags=labels(self.rung))


@dataclass(frozen=True, kw_only=True)
class ReminderSeen(_Reminded):
    kind: ClassVar[EventKind] = EventKind.REMINDER_SEEN

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(who=self.who, did="has seen the reminder", texts=words(self._what))


@dataclass(frozen=True, kw_only=True)
class RemindersQuiet(Facts):
    kind: ClassVar[EventKind] = EventKind.REMINDERS_QUIET
    until: datetime
    reason: str

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(did="put off reminders", texts=words(self.reason), moments=when(until=self.until))
