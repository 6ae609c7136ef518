"""Of the facts of a mistake that were corrected after they were logged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from django.utils.dateparse import parse_datetime

from cases.actions.events.base import Change, Facts, Sentence, Setting, words
from cases.rules.facts import BY_NAME, Kind
from cases.rules.vocabulary import EventKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cases.models import PersonalChange

CONCERN = "concern"
"""The words of a concern; no fact of the case itself."""


@dataclass(frozen=True, kw_only=True)
class Correction:
    """``fact``: its name. ``before`` and ``after``: codes, moments in ISO 8601, names and references."""

    fact: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, kw_only=True)
class FactsCorrected(Facts):
    """``personal``: names of facts whose values stand in ``PersonalChange``, which can be erased."""

    kind: ClassVar[EventKind] = EventKind.FACTS_CORRECTED
    reason: str
    corrections: tuple[Correction, ...] = ()
    personal: tuple[str, ...] = ()

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(
            did=str(self.kind.label),
            texts=words(self.reason),
            changes=tuple(_change(one.fact, one.before, one.after) for one in self.corrections),
        )

    def with_personal(self, sentence: Sentence, kept: Iterable[PersonalChange]) -> Sentence:
        """The sentence with the values that are still kept beside the event."""
        found = {change.field: change for change in kept}
        return replace(sentence, changes=(*(_kept(name, found.get(name)) for name in self.personal), *sentence.changes))


@dataclass(frozen=True, kw_only=True)
class CaseMoved(Facts):
    """In the history of a customer. ``reference``: of the case. ``is_here``: it is theirs since; else somebody
    else's."""

    kind: ClassVar[EventKind] = EventKind.CASE_MOVED
    reference: str
    is_here: bool

    def sentence(self, setting: Setting) -> Sentence:
        whom = "this customer" if self.is_here else "somebody else"
        return Sentence(did=f"corrected that {self.reference} happened to {whom}")


def _kept(name: str, change: PersonalChange | None) -> Change:
    return _change(name, change.before, change.after) if change else replace(_change(name, "", ""), is_kept=False)


def _change(name: str, before: str, after: str) -> Change:
    fact = BY_NAME.get(name)
    if fact is None:
        return Change(name="A concern" if name == CONCERN else "Something else", before=before, after=after)
    noun = f"{fact.noun[0].upper()}{fact.noun[1:]}"
    if fact.kind is Kind.MOMENT:
        return Change(name=noun, before=_moment(before), after=_moment(after))
    return Change(name=noun, before=_in_words(name, before), after=_in_words(name, after))


def _moment(stored: str) -> str | datetime:
    return (parse_datetime(stored) if stored else None) or stored


def _in_words(name: str, stored: str) -> str:
    """A code that is no longer known stays as it is."""
    codes = BY_NAME[name].codes
    return str(codes(stored).label) if codes is not None and stored in codes.values else stored
