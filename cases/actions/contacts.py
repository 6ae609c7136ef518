"""Exchanges with the customer, and notes among ourselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db import transaction

from cases import permissions
from cases.actions import clocks, handling, turns, updates
from cases.actions.events import ConcernAdded, ConcernSettled, ContactLogged, NoteAdded
from cases.errors import NotAllowedError, RuleError
from cases.models import Case, Concern, Contact
from cases.permissions import Verb
from cases.rules import priority, sequence
from cases.rules.sequence import NotBefore
from cases.rules.vocabulary import (
    Channel,
    ConcernStatus,
    Direction,
    PauseKind,
    Reached,
    Reaction,
)

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import Event, Message, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One call, mail, visit or letter. ``is_chase``: None lets the open promises decide."""

    direction: Direction
    channel: Channel
    reached: Reached = Reached.REACHED
    summary: str
    at: datetime
    private_note: str = ""
    reaction: str = ""
    is_chase: bool | None = None


@transaction.atomic
def log_contact(*, case: Case, exchange: Exchange, actor: User, now: datetime) -> Contact:
    """Keep an exchange. A customer who comes to us ends the wait for them; while a promise is open, it is a chase
    (A4.2). One of a duplicate is kept in the case where it goes on."""
    case = _begin_where_it_goes_on(case, actor)
    if not exchange.summary.strip():
        raise RuleError("Write in a sentence what was said.", field="summary")
    first = case.known_at if case.happened_at is None else min(case.known_at, case.happened_at)
    at = sequence.possible(exchange.at, now, NotBefore(first, sequence.BEFORE_MISTAKE))
    exchange = replace(exchange, at=at)
    contact = keep_contact(case, exchange, by=actor, now=now)
    happened = ContactLogged(
        direction=exchange.direction,
        channel=exchange.channel,
        reached=exchange.reached,
        summary=contact.summary,
        is_chase=contact.is_chase,
        reaction=Reaction(contact.reaction) if contact.reaction else None,
    )
    turns.finish(case, happened, at=exchange.at, actor=actor, now=now)
    return contact


def keep_contact(case: Case, exchange: Exchange, *, by: User | None, now: datetime) -> Contact:
    """With what follows where the customer came to us. For actions that hold the case and record it themselves."""
    contact = add_contact(case, exchange, by=by, now=now)
    if exchange.direction is Direction.IN:
        _heed(case, contact, now)
    return contact


def add_contact(
    case: Case,
    exchange: Exchange,
    *,
    by: User | None,
    now: datetime,
    message: Message | None = None,
    is_logging: bool = False,
) -> Contact:
    """For actions that hold the case already and record an event of their own. ``now``: when it is recorded.
    ``message``: the mail that it was. ``is_logging``: the case is logged with it."""
    chase = exchange.is_chase
    if chase is None:
        owed = case.promises.filter(made_at__lt=exchange.at).exclude(settled_at__lt=exchange.at)
        chase = _came_to_us(exchange) and owed.exists()
    has_reached = exchange.reached is Reached.REACHED and exchange.direction is Direction.OUT
    contact = Contact.objects.create(
        case=case,
        at=exchange.at,
        working_time=clocks.working_time(case, case.known_at, exchange.at) if has_reached else None,
        direction=exchange.direction,
        channel=exchange.channel,
        reached=exchange.reached,
        by=by,
        summary=exchange.summary.strip(),
        private_note=exchange.private_note.strip(),
        reaction=exchange.reaction,
        is_chase=chase,
        message=message,
        logged_case=case if is_logging else None,
    )
    if case.is_open and has_reached:
        updates.note_word(case, contact, now=now)
    elif case.is_open and chase:
        updates.note_chase(case, at=exchange.at, now=now)
    return contact


def owe_after_closing(case: Case, contact: Contact, *, now: datetime) -> None:
    """For actions that hold a case: where the customer came to us after its closing, somebody has to deal with it. A
    call typed in the minute of closing counts as after it."""
    if case.closed_at is not None and contact.at >= case.closed_at.replace(second=0, microsecond=0):
        updates.note_after_closing(case, at=contact.at, now=now)


def take_back_mail(message: Message, *, at: datetime) -> None:
    """This mail reached nobody: it stays as a try, wherever a duplicate has moved it."""
    for contact in message.contacts.select_related("case"):
        contact.reached = Reached.NO_ANSWER
        contact.save(update_fields=("reached",))
        updates.take_back_word(contact.case, contact, at=at)


@transaction.atomic
def add_note(*, case: Case, text: str, actor: User, now: datetime) -> Event:
    """An internal note. It never reaches the customer."""
    case = turns.begin(case, actor, Verb.WORK_CASE, may_be_closed=True)
    if not text.strip():
        raise RuleError("Write the note first.", field="text")
    return turns.finish(case, NoteAdded(text=text.strip()), at=now, actor=actor)


@transaction.atomic
def add_concern(*, case: Case, text: str, actor: User, now: datetime) -> Concern:
    case = turns.begin(case, actor, Verb.WORK_CASE)
    if not text.strip():
        raise RuleError("Write what troubles the customer.", field="text")
    concern = Concern.objects.create(case=case, text=text.strip())
    turns.finish(case, ConcernAdded(text=concern.text), at=now, actor=actor)
    return concern


@transaction.atomic
def settle_concern(*, concern: Concern, status: ConcernStatus, outcome: str, actor: User, now: datetime) -> Concern:
    """Say how one concern ended. Refusing one needs a reason as much as resolving it."""
    case = turns.begin(concern.case, actor, Verb.WORK_CASE)
    concern = Concern.objects.get(pk=concern.pk)
    if concern.status != ConcernStatus.OPEN:
        raise RuleError("This concern is settled already.")
    if status is ConcernStatus.OPEN:
        raise RuleError("Choose whether it is resolved or refused.", field="status")
    if not outcome.strip():
        raise RuleError("Say how it ended.", field="outcome")
    _settle(concern, case, status, outcome.strip(), actor=actor, now=now)
    return concern


def refuse_open_concerns(case: Case, reason: str, *, actor: User, now: datetime) -> None:
    """Each with this reason. For actions that hold the case."""
    for concern in case.concerns.filter(status=ConcernStatus.OPEN):
        _settle(concern, case, ConcernStatus.REFUSED, reason, actor=actor, now=now)


def _begin_where_it_goes_on(case: Case, actor: User) -> Case:
    """Of a duplicate, the case that it duplicates. Only who may work on both may do it."""
    original = Case.objects.filter(duplicates=case.pk).first()
    if original is not None:
        permissions.require(actor, Verb.WORK_CASE, case)
        if not Case.objects.visible_to(actor).filter(pk=original.pk).exists():
            raise NotAllowedError(
                f"This goes on in {original.reference}, which belongs to another team. Ask a manager to log it there."
            )
        return _begin_where_it_goes_on(original, actor)
    held = turns.begin(case, actor, Verb.WORK_CASE, may_be_closed=True)
    return held if held.duplicate_of_id is None else _begin_where_it_goes_on(held, actor)


def _settle(concern: Concern, case: Case, status: ConcernStatus, outcome: str, *, actor: User, now: datetime) -> None:
    concern.status, concern.outcome, concern.settled_at, concern.settled_by = status, outcome, now, actor
    concern.save()
    happened = ConcernSettled(text=concern.text, after=status, outcome=concern.outcome)
    turns.finish(case, happened, at=now, actor=actor)


def _came_to_us(exchange: Exchange) -> bool:
    """A voicemail is an attempt, theirs as much as ours (A4.3)."""
    return exchange.direction is Direction.IN and exchange.reached is Reached.REACHED


def _heed(case: Case, contact: Contact, now: datetime) -> None:
    """The customer came to us: we wait for them no more, and who has to ask again and again is heard louder. After
    closing somebody has to deal with it."""
    if not case.is_open:
        owe_after_closing(case, contact, now=now)
        return
    at = max(contact.at, case.known_at)
    handling.end_pause(case, PauseKind.CUSTOMER, at=at)
    incoming = case.contacts.filter(direction=Direction.IN, reached=Reached.REACHED)
    chases = incoming.filter(is_chase=True).count()
    if pressure := priority.of_contact(incoming.count(), chases, at, is_chase=contact.is_chase):
        handling.raise_priority(case, pressure, actor=None, now=now)
