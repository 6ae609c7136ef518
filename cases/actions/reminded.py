"""That somebody was reminded, in the timeline of each case that the mail told of, once it has left; and that they have
seen it.

Limit: who is reminded, and when, is decided by ``cases.reminders``.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from cases.models import Event, PreventionAction, Promise, Reminder, StatusUpdate, Step, User
from cases.rules.vocabulary import CommitmentKind, EventKind, MessagePurpose

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from cases.models import Case, Message


PURPOSES = (MessagePurpose.EARLY, MessagePurpose.REMINDER, MessagePurpose.ESCALATION)
"""Of the mails that remind."""

_NAMES: dict[CommitmentKind, QuerySet[Any, tuple[int, str]]] = {
    CommitmentKind.STEP: Step.objects.values_list("pk", "kind"),
    CommitmentKind.PROMISE: Promise.objects.values_list("pk", "words"),
    CommitmentKind.PREVENTION: PreventionAction.objects.values_list("pk", "change"),
    CommitmentKind.UPDATE: StatusUpdate.objects.values_list("pk", "reason"),
}

_ROW = ("message", "message__sent_at", "message__to_user", "kind", "commitment_id", "rung", "case", "case__version")


class _Row(NamedTuple):
    """One reminder: narrow, because there may be thousands."""

    message: int
    sent_at: datetime
    to_user: int
    kind: str
    commitment: int
    rung: str
    case: int | None
    version: int | None


def release(case: Case, *, now: datetime) -> None:
    """What is held about this case is looked at again by the next sweep: it may be somebody else's by now, or worse."""
    Reminder.objects.unsent().filter(case=case, hold_until__gt=now).update(hold_until=now, held_because="")


def note_reminded(messages: Sequence[int]) -> None:
    """For the keys of mails that have left, of any kind: one event for each mail, case, or incident, and rung, at the
    moment at which the mail left. The case's version stays as it is: being reminded must not get in the way of somebody
    who is typing."""
    rows = _rows(messages)
    incidents = _incidents(rows)
    told: dict[tuple[int, int | None, int | None, str], list[_Row]] = defaultdict(list)
    for row in rows:
        told[row.message, row.case, None if row.case else incidents[row.commitment], row.rung].append(row)
    _write(
        rows,
        [
            (_event(EventKind.REMINDER_SENT, same[0], incident, same[0].sent_at, rung=rung), same)
            for (_, _, incident, rung), same in told.items()
        ],
    )


def note_seen(message: Message, *, at: datetime) -> None:
    """Its reader says that they know: one event for each case, or incident, that the mail told of."""
    rows = _rows([message.pk])
    incidents = _incidents(rows)
    told: dict[tuple[int | None, int | None], list[_Row]] = defaultdict(list)
    for row in rows:
        told[row.case, None if row.case else incidents[row.commitment]].append(row)
    _write(
        rows, [(_event(EventKind.REMINDER_SEEN, same[0], incident, at), same) for (_, incident), same in told.items()]
    )


def names_of(behind: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """Of commitments by kind and key: a step's or a reason's code, a promise's or a prevention action's words."""
    keys: dict[str, list[int]] = defaultdict(list)
    for kind, key in behind:
        keys[kind].append(key)
    questions = {kind: question.filter(pk__in=keys[kind]) for kind, question in _NAMES.items() if keys[kind]}
    return {(kind, key): name for kind, question in questions.items() for key, name in question}


def _rows(messages: Sequence[int]) -> list[_Row]:
    found = Reminder.objects.filter(message__in=messages, message__purpose__in=PURPOSES).order_by("pk")
    return [_Row(*row) for row in found.values_list(*_ROW)]


def _event(kind: EventKind, row: _Row, incident: int | None, at: datetime, **facts: object) -> Event:
    return Event(
        kind=kind,
        at=at,
        actor_id=row.to_user,
        case_id=row.case,
        incident_id=incident,
        version=row.version or 0,
        facts=facts,
    )


def _write(rows: Sequence[_Row], events: Sequence[tuple[Event, Sequence[_Row]]]) -> None:
    """With who was told, and what of."""
    names = names_of((row.kind, row.commitment) for row in rows)
    people = User.objects.only("name", "email").in_bulk({row.to_user for row in rows})
    for event, same in events:
        event.facts["who"] = str(people[same[0].to_user])
        event.facts["what"] = [{"kind": row.kind, "name": names[row.kind, row.commitment]} for row in same]
    Event.objects.bulk_create(event for event, _ in events)


def _incidents(rows: Iterable[_Row]) -> dict[int, int]:
    """The incident of each prevention action."""
    keys = [row.commitment for row in rows if row.kind == CommitmentKind.PREVENTION]
    return dict(PreventionAction.objects.filter(pk__in=keys).values_list("pk", "incident"))
