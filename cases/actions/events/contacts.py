"""Of exchanges with the customer, of what troubles them, of their data, and of notes among ourselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from cases.actions.events.base import Facts, Sentence, Setting, counted, labels, when, words
from cases.rules.vocabulary import (
    AddressBecause,
    Answer,
    Channel,
    ConcernStatus,
    Direction,
    EventKind,
    MergeSide,
    MessagePurpose,
    Outcome,
    Reached,
    Reaction,
    WithheldBecause,
)

_ANSWERED = {
    Answer.SATISFIED: "satisfied",
    Answer.PARTLY: "partly satisfied, wants nothing more",
    Answer.WANTS_MORE: "would like something more",
    Answer.NOT_SATISFIED: "not satisfied",
    Answer.WONT_SAY: "would rather not say",
}
_CAME_TO_US = {
    Reached.REACHED: "recorded that the customer came to us",
    Reached.VOICEMAIL: "recorded a voicemail from the customer",
    Reached.NO_ANSWER: "recorded that the customer tried to reach us",
}
_TRIED = {Reached.VOICEMAIL: "left the customer a voicemail", Reached.NO_ANSWER: "tried to reach the customer"}

FIELD_NAMES = {
    "name": "name",
    "salutation": "how a letter begins",
    "email": "e-mail",
    "phone": "phone",
    "preferred_channel": "how they prefer to be reached",
    "language": "language",
    "time_zone": "time zone",
    "answers_to": "whom they answer to",
    "needs": "what helps them",
    "note": "note",
    "reference": "their number elsewhere",
}
"""A customer's fields as people call them."""


@dataclass(frozen=True, kw_only=True)
class ContactLogged(Facts):
    kind: ClassVar[EventKind] = EventKind.CONTACT_LOGGED
    direction: Direction
    channel: Channel
    reached: Reached
    summary: str
    is_chase: bool = False
    reaction: Reaction | None = None

    def sentence(self, setting: Setting) -> Sentence:
        is_own = not setting.actor
        return Sentence(
            who=setting.customer if is_own else "",
            did="asked to be called" if is_own else self._did(),
            texts=words(self.summary),
            tags=labels(self.channel, self.reaction) + (("Chase",) if self.is_chase else ()),
        )

    def _did(self) -> str:
        if self.direction is Direction.IN:
            return _CAME_TO_US[self.reached]
        spoke = "spoke with the customer" if self.channel.is_live else "wrote to the customer"
        return _TRIED.get(self.reached, spoke)


@dataclass(frozen=True, kw_only=True)
class CallAsked(Facts):
    """By the customer, on their page. ``score``: a number that they chose without an answer."""

    kind: ClassVar[EventKind] = EventKind.CALL_ASKED
    words: str
    score: int | None = None
    is_chase: bool = False

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(
            who=setting.customer,
            did="asked to be called",
            texts=words(self.words),
            tags=words(f"{self.score} of 5" if self.score else "") + (("Chase",) if self.is_chase else ()),
        )


@dataclass(frozen=True, kw_only=True)
class NoteAdded(Facts):
    kind: ClassVar[EventKind] = EventKind.NOTE_ADDED
    text: str

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(did="added a note", texts=words(self.text), is_note=True)


@dataclass(frozen=True, kw_only=True)
class ConcernAdded(Facts):
    kind: ClassVar[EventKind] = EventKind.CONCERN_ADDED
    text: str

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(did="noted another concern", texts=words(self.text))


@dataclass(frozen=True, kw_only=True)
class ConcernSettled(Facts):
    """``outcome``: how it ended, in words."""

    kind: ClassVar[EventKind] = EventKind.CONCERN_SETTLED
    text: str
    after: ConcernStatus
    outcome: str

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(did="settled a concern", texts=words(self.text, self.outcome), tags=labels(self.after))


@dataclass(frozen=True, kw_only=True)
class QuestionQueued(Facts):
    """``words``: of the mail that is to ask whether we made it right; ``message``: its public key."""

    kind: ClassVar[EventKind] = EventKind.QUESTION_QUEUED
    words: str
    message: str = ""

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(did=str(self.kind.label), texts=words(self.words))


@dataclass(frozen=True, kw_only=True)
class CustomerAsked(Facts):
    """By a mail that left; ``message``: its public key. ``words``: of the mail, in rows from before it was said apart
    that the mail was queued."""

    kind: ClassVar[EventKind] = EventKind.CUSTOMER_ASKED
    channel: Channel
    words: str = ""
    message: str = ""

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(did="asked whether we made it right", texts=words(self.words), tags=labels(self.channel))


@dataclass(frozen=True, kw_only=True)
class CustomerAnswered(Facts):
    """No actor: the customer, on their page. ``again``: an answer was there already. ``before`` and ``after``: how a
    closed case had ended, and what it says of itself since."""

    kind: ClassVar[EventKind] = EventKind.CUSTOMER_ANSWERED
    answer: Answer
    score: int | None
    words: str
    again: bool = False
    before: Outcome | None = None
    after: Outcome | None = None

    def sentence(self, setting: Setting) -> Sentence:
        answer = _ANSWERED[self.answer]
        before, after = labels(self.before), labels(self.after)
        changed = bool(before and after and before != after)
        return Sentence(
            who="" if setting.actor else setting.customer,
            did=self._did(setting, answer),
            texts=words(self.words),
            tags=(f"{self.score} of 5",) if self.score else (),
            before=before[0] if changed else "",
            after=after[0] if changed else "",
        )

    def _did(self, setting: Setting, answer: str) -> str:
        if setting.actor:
            return f"recorded the customer’s {'later ' if self.again else ''}answer: {answer}"
        return f"answered again: {answer}" if self.again else f"answered: {answer}"


@dataclass(frozen=True, kw_only=True)
class LaterAnswerSettled(Facts):
    """``linked``: the reference of the case that goes on with it."""

    kind: ClassVar[EventKind] = EventKind.LATER_ANSWER_SETTLED
    reason: str = ""
    linked: str = ""

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(did=str(self.kind.label), texts=words(self.reason), tags=words(self.linked))


@dataclass(frozen=True, kw_only=True)
class LinkMade(Facts):
    kind: ClassVar[EventKind] = EventKind.LINK_MADE
    until: datetime | None

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(did="made a link for the customer", moments=when(until=self.until))


@dataclass(frozen=True, kw_only=True)
class CustomerChanged(Facts):
    """``fields``: names of model fields. Their values stand in ``PersonalChange``, which can be erased."""

    kind: ClassVar[EventKind] = EventKind.CUSTOMER_CHANGED
    fields: tuple[str, ...]

    def sentence(self, setting: Setting) -> Sentence:
        named = (FIELD_NAMES.get(name, "something else") for name in self.fields)
        return Sentence(did="changed the customer’s data", tags=tuple(dict.fromkeys(named)))


@dataclass(frozen=True, kw_only=True)
class CustomersMerged(Facts):
    """Two records of one customer became one, on both records and in each case that is told.

    ``dropped`` and ``kept``: public keys. ``mistakes_before`` and ``mistakes_after``: of the record that stays.
    ``fields``: as in ``CustomerChanged``.
    """

    kind: ClassVar[EventKind] = EventKind.CUSTOMERS_MERGED
    side: MergeSide
    dropped: str
    kept: str
    cases: int
    mails: int
    links: int
    mistakes_before: int
    mistakes_after: int
    fields: tuple[str, ...] = ()

    def sentence(self, setting: Setting) -> Sentence:
        is_kept = self.side is MergeSide.KEPT
        return Sentence(
            did="merged another record of the customer into this one"
            if is_kept
            else "merged this record of the customer into their other one",
            before=counted(self.mistakes_before, "mistake") if is_kept else "",
            after=counted(self.mistakes_after, "mistake") if is_kept else "",
            tags=(
                counted(self.cases, "case"),
                counted(self.mails, "mail"),
                counted(self.links, "link"),
            ),
        )


@dataclass(frozen=True, kw_only=True)
class LinksRevoked(Facts):
    """``by_change``: because the customer's mail address changed."""

    kind: ClassVar[EventKind] = EventKind.LINKS_REVOKED
    count: int
    by_change: bool = False

    def sentence(self, setting: Setting) -> Sentence:
        number = "the link" if self.count == 1 else f"{self.count} links"
        because = ", because their mail address changed" if self.by_change else ""
        return Sentence(did=f"took back {number} of the customer{because}")


@dataclass(frozen=True, kw_only=True)
class MailMoved(Facts):
    """``messages``: public keys of mails that wait. ``held``: why they may not leave; none: they go to the present
    address."""

    kind: ClassVar[EventKind] = EventKind.MAIL_MOVED
    messages: tuple[str, ...]
    held: WithheldBecause | None = None

    def sentence(self, setting: Setting) -> Sentence:
        number = "a mail that waited" if len(self.messages) == 1 else f"{len(self.messages)} mails that waited"
        if self.held is None:
            return Sentence(did=f"let {number} leave for the customer’s present address")
        return Sentence(did=f"held back {number}", tags=labels(self.held))


@dataclass(frozen=True, kw_only=True)
class MailTakenBack(Facts):
    kind: ClassVar[EventKind] = EventKind.MAIL_TAKEN_BACK
    purpose: MessagePurpose | None
    message: str = ""

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(did="took back a mail before it left", tags=labels(self.purpose))


@dataclass(frozen=True, kw_only=True)
class AddressAsked(Facts):
    """``to``: who was asked. ``after_hours``: so long nobody had answered; then it is the manager's. ``because``: what
    the question follows from."""

    kind: ClassVar[EventKind] = EventKind.ADDRESS_ASKED
    to: str
    after_hours: int = 0
    because: AddressBecause = AddressBecause.CHANGED

    def sentence(self, setting: Setting) -> Sentence:
        whom = self.to or "whoever works on this case"
        if self.after_hours:
            did = f"asked {whom} whether the new mail address is right: nobody had said so in {self.after_hours} hours"
            return Sentence(did=did)
        if self.because is AddressBecause.CHANGED:
            return Sentence(did=f"gave the customer another mail address; {whom} has to say that it is right")
        return Sentence(did=f"{self.because.label}; {whom} has to say that the mail address is right")


@dataclass(frozen=True, kw_only=True)
class AddressConfirmed(Facts):
    kind: ClassVar[EventKind] = EventKind.ADDRESS_CONFIRMED
