"""That somebody was reminded, in the timeline of each case that the mail told of, once it has left.

Limit: who is reminded, and when, is decided by ``cases.reminders``.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from cases.models import Event, Incident, PreventionAction, Promise, Reminder, StatusUpdate, Step
from cases.rules.vocabulary import CommitmentKind, EventKind, MessagePurpose, UpdateReason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from cases.models import Case, Message


PURPOSES = (MessagePurpose.EARLY, MessagePurpose.REMINDER, MessagePurpose.ESCALATION)
"""Of the mails that remind."""


def release(case: Case, *, now: datetime) -> None:
    """What is held about this case is looked at again by the next sweep: it may be somebody else's by now, or worse."""
    Reminder.objects.unsent().filter(case=case, hold_until__gt=now).update(hold_until=now, held_because="")


def note_reminded(messages: Sequence[Message]) -> None:
    """One event for each mail, case, or incident, and rung, at the moment at which the mail left. The case's version
    stays as it is: being reminded must not get in the way of somebody who is typing."""
    by_key = {message.pk: message for message in messages}
    Event.objects.bulk_create(
        _event(EventKind.REMINDER_SENT, mail, about, {"rung": rung, "what": what}, mail.sent_at or mail.created_at)
        for (key, about, rung), what in _told(by_key).items()
        for mail in (by_key[key],)
    )


def note_seen(message: Message, *, at: datetime) -> None:
    """Its reader says that they know: one event for each case, or incident, that the mail told of."""
    told: dict[Case | Incident, list[dict[str, str]]] = defaultdict(list)
    for (_, about, _), what in _told({message.pk: message}).items():
        told[about] += what
    Event.objects.bulk_create(
        _event(EventKind.REMINDER_SEEN, message, about, {"what": what}, at) for about, what in told.items()
    )


def _told(by_key: Mapping[int, Message]) -> dict[tuple[int, Case | Incident, str], list[dict[str, str]]]:
    """What these mails told, by mail, case or incident, and rung."""
    rows = list(Reminder.objects.filter(message__in=by_key).select_related("case").order_by("pk"))
    names, incidents = _names(rows), _incidents(rows)
    told: dict[tuple[int, Case | Incident, str], list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        about = row.case if row.case is not None else incidents[row.commitment_id]
        what = {"kind": row.kind, "name": names[row.kind, row.commitment_id]}
        told[row.message_id or 0, about, row.rung].append(what)
    return told


def _event(kind: EventKind, message: Message, about: Case | Incident, facts: dict[str, object], at: datetime) -> Event:
    event = Event(kind=kind, at=at, actor=message.to_user, facts={"who": str(message.to_user), **facts})
    if isinstance(about, Incident):
        event.incident = about
    else:
        event.case, event.version = about, about.version
    return event


def _names(rows: Iterable[Reminder]) -> dict[tuple[str, int], str]:
    """A step's code, a promise's or a prevention action's words."""
    keys: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        keys[row.kind].append(row.commitment_id)
    steps = Step.objects.filter(pk__in=keys[CommitmentKind.STEP]).values_list("pk", "kind")
    promises = Promise.objects.filter(pk__in=keys[CommitmentKind.PROMISE]).values_list("pk", "words")
    actions = PreventionAction.objects.filter(pk__in=keys[CommitmentKind.PREVENTION])
    updates = StatusUpdate.objects.filter(pk__in=keys[CommitmentKind.UPDATE])
    return {
        **{(CommitmentKind.STEP, pk): name for pk, name in steps},
        **{(CommitmentKind.PROMISE, pk): name for pk, name in promises},
        **{(CommitmentKind.PREVENTION, pk): name for pk, name in actions.values_list("pk", "change")},
        **{(CommitmentKind.UPDATE, pk): UpdateReason(why).label for pk, why in updates.values_list("pk", "reason")},
    }


def _incidents(rows: Iterable[Reminder]) -> dict[int, Incident]:
    keys = [row.commitment_id for row in rows if row.kind == CommitmentKind.PREVENTION]
    actions = PreventionAction.objects.filter(pk__in=keys).select_related("incident")
    return {action.pk: action.incident for action in actions}
