"""Two cases about the same: one is closed as a duplicate, and what goes on moves to the other.

Steps, letters, links and events stay where they were; the other case shows the events, read-only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cases.actions import clocks, contacts, deciding, handling, nothing_due, promises, turns, updates
from cases.actions.events import CaseJoined
from cases.errors import RuleError
from cases.models import Case, Event
from cases.permissions import Verb
from cases.rules.priority import Pressure
from cases.rules.vocabulary import (
    CompensationNature,
    ConcernStatus,
    Direction,
    EventKind,
    MergeSide,
    Priority,
    PromiseStatus,
    UpdateReason,
)

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import Concern, Customer, Promise, User


def lock_both(case: Case, other: Case | None) -> None:
    """In the order of their keys, so that two people who name each other's case wait instead of failing."""
    keys = [case.pk] if other is None else [case.pk, other.duplicate_of_id or other.pk]
    list(Case.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk").values_list("pk", flat=True))


def join(case: Case, other: Case | None, *, actor: User, now: datetime) -> None:
    """For the closing of a held case as a duplicate of ``other``: move what goes on there.

    Of a duplicate, the case that it duplicates is meant. Only who may work on both may do it.
    """
    original = _original(case, other, actor)
    owed = list(case.promises.unsettled())
    broken = list(case.promises.filter(status=PromiseStatus.BROKEN))
    concerns = _new_concerns(case, original)
    if not original.is_open and (owed or concerns):
        raise RuleError(
            f"{original.reference} is closed, and something still open would move to it. Reopen it first.",
            field="duplicate_of",
        )
    came = list(case.contacts.filter(direction=Direction.IN))
    known_before = original.known_at if case.known_at < original.known_at else None
    here = CaseJoined(
        side=MergeSide.KEPT,
        other=case.reference,
        contacts=case.contacts.update(case=original),
        promises=_move_promises(case, original, owed, now=now),
        concerns=len(concerns),
        compensations=_move_money(case, original, actor=actor, now=now),
        known_before=known_before,
        known_after=case.known_at if known_before else None,
    )
    for concern in concerns:
        concern.case = original
        concern.save(update_fields=("case",))
    if known_before is not None:
        clocks.know_earlier(original, case.known_at, now=now)
    if original.is_open:
        _owe_what_they_asked(case, original, now=now)
        _press(case, original, broken, now=now)
    for contact in came:
        contacts.owe_after_closing(original, contact, now=now)
    Case.everything.filter(duplicate_of=case).update(duplicate_of=original)
    case.duplicate_of = original
    case.version += 1
    there = replace(here, side=MergeSide.DROPPED, other=original.reference)
    Event.objects.record(case, there, at=now, actor=actor)
    turns.finish(original, here, at=now, actor=actor)
    deciding.ask_again(case, original, now=now)


def _move_money(case: Case, original: Case, *, actor: User, now: datetime) -> int:
    """What was given. Goodwill takes back that none is due there. Says how many."""
    given = case.compensations.delivered()
    if given.filter(nature=CompensationNature.GOODWILL).exists():
        nothing_due.forget(original, actor=actor, now=now)
    return given.update(case=original)


def are_of_one_household(customer: Customer, other: Customer) -> bool:
    """The same customer, or two who share a mail address or a number."""
    return customer.pk == other.pk or bool(other.likeness(email=customer.email, phone=customer.phone))


def _original(case: Case, other: Case | None, actor: User) -> Case:
    if other is None:
        raise RuleError("Name the case that it duplicates.", field="duplicate_of")
    original = turns.begin(other.duplicate_of or other, actor, Verb.WORK_CASE, may_be_closed=True)
    if original.pk == case.pk:
        raise RuleError("A case is no duplicate of itself. Name the other one.", field="duplicate_of")
    if not are_of_one_household(case.customer, original.customer):
        raise RuleError(
            f"{original.reference} is another customer's. If both are one person, merge their records first.",
            field="duplicate_of",
        )
    return original


def _new_concerns(case: Case, original: Case) -> list[Concern]:
    known = {_folded(text) for text in original.concerns.values_list("text", flat=True)}
    still_open = case.concerns.filter(status=ConcernStatus.OPEN).order_by("pk")
    return [concern for concern in still_open if _folded(concern.text) not in known]


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _move_promises(case: Case, original: Case, unsettled: list[Promise], *, now: datetime) -> int:
    """All of them, with their owners. One that has lapsed makes no step of the other case late."""
    for promise in unsettled:
        promise.case = original
        promise.escalate_at, promise.ladder_for = clocks.escalation_of_promise(promise, original), None
        if promise.status != PromiseStatus.OPEN or promise.is_lapsed(now):
            promise.step = ""
        promise.save()
    return len(unsettled) + case.promises.update(case=original, step="")


def _owe_what_they_asked(case: Case, original: Case, *, now: datetime) -> None:
    """A customer who asked in the duplicate waits for the same answer still."""
    asked = case.status_updates.unsettled().filter(reason=UpdateReason.ASKED, starts_at__isnull=False).first()
    if asked is not None and asked.starts_at is not None:
        updates.note_chase(original, at=asked.starts_at, now=now)


def _press(case: Case, original: Case, broken: list[Promise], *, now: datetime) -> None:
    """What made the duplicate ask louder makes the other case, which is open, do so. The caller finishes the turn."""
    if case.priority == Priority.ESCALATED and case.escalated_at is not None:
        _carry_escalation(case, original, case.escalated_at, now=now)
    if broken:
        promises.press_for_moved(original, broken, now=now)


def _carry_escalation(case: Case, original: Case, at: datetime, *, now: datetime) -> None:
    """By whoever escalated it. The executive owes a word still, unless they have given it."""
    was_escalated = original.priority == Priority.ESCALATED
    called = case.events.filter(kind=EventKind.CASE_ESCALATED).order_by("at", "pk").last()
    pressure = Pressure(Priority.ESCALATED, case.escalated_because, at)
    handling.raise_priority(original, pressure, actor=called.actor if called else None, now=now)
    owed = case.status_updates.unsettled().filter(reason=UpdateReason.ESCALATED).exists()
    if owed:
        updates.note_escalation(original, at=at, now=now)
    elif not was_escalated:
        updates.follow_escalation(original, None, now=now)
