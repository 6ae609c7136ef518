"""How loudly a case asks, reckoned anew where a promise turns out not to be broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases.actions import updates
from cases.actions.events import CaseEscalated, PriorityLowered, facts_of
from cases.models import Event
from cases.rules import priority as rules
from cases.rules.priority import Pressure
from cases.rules.vocabulary import Direction, EventKind, Priority, PromiseStatus, Reached

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from cases.models import Case


def reckon(case: Case, because: str, *, now: datetime) -> None:
    """For actions that hold the case and finish the turn: lower its priority to what still stands. An escalation that
    stands for another reason keeps that one."""
    dealt_with = case.events.filter(kind=EventKind.ESCALATION_DEALT_WITH).order_by("-at").values_list("at", flat=True)
    pressures = _pressures(case)
    stands = rules.standing(pressures, dealt_with.first())
    _follow_with_word(case, pressures, now=now)
    before, after = Priority(case.priority), stands.priority if stands else Priority.NORMAL
    if stands and before is after is Priority.ESCALATED and stands.because[:200] != case.escalated_because:
        case.escalated_at, case.escalated_because = stands.at, stands.because[:200]
    if not rules.is_louder(before, after):
        return
    if before is Priority.ESCALATED:
        case.escalated_at, case.escalated_because = None, ""
    case.priority = after
    case.version += 1
    happened = PriorityLowered(before=before, after=after, reason=because)
    Event.objects.record(case, happened, at=now, actor=None)


def _follow_with_word(case: Case, pressures: Iterable[Pressure], *, now: datetime) -> None:
    """A manager who deals with an escalation does not speak to the customer: only the word itself answers it."""
    answered = updates.last_after_escalation(case)
    stands = rules.standing((one for one in pressures if answered is None or one.at > answered), None)
    is_owed = stands is not None and stands.priority is Priority.ESCALATED
    updates.follow_escalation(case, stands.at if stands and is_owed else None, now=now)


def _pressures(case: Case) -> list[Pressure]:
    """Since the case was logged, or opened again."""
    found = (*_of_promises(case), *_of_contacts(case), *_of_people(case))
    return [one for one in found if case.reopened_at is None or one.at > case.reopened_at]


def _of_promises(case: Case) -> Iterator[Pressure]:
    """One that was written down after its moment was heard of then."""
    rows = case.promises.filter(status=PromiseStatus.BROKEN).values_list("due_at", "starts_at")
    for number, at in enumerate(sorted(max(filter(None, moments)) for moments in rows), start=1):
        yield rules.of_broken(number, at)


def _of_contacts(case: Case) -> Iterator[Pressure]:
    incoming = case.contacts.filter(direction=Direction.IN, reached=Reached.REACHED).order_by("at", "pk")
    chases = 0
    for number, (at, is_chase) in enumerate(incoming.values_list("at", "is_chase"), start=1):
        chases += is_chase
        if pressure := rules.of_contact(number, chases, max(at, case.known_at), is_chase=is_chase):
            yield pressure


def _of_people(case: Case) -> Iterator[Pressure]:
    for event in case.events.filter(kind=EventKind.CASE_ESCALATED, actor__isnull=False):
        facts = facts_of(event)
        yield Pressure(Priority.ESCALATED, facts.reason if isinstance(facts, CaseEscalated) else "", event.at)
