"""The timeline of a case as lines to lay out, newest first. The sentences stand in ``cases.actions.events``."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q, prefetch_related_objects

from cases.actions.events import FIELD_NAMES, CustomerChanged, CustomersMerged, Sentence, facts_of, told
from cases.models import Event, Message
from cases.rules.vocabulary import Channel, EventKind, MessageStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from cases.models import Case, Customer

MOST = 10_000
"""Lines of the whole history. No case has as many."""
MOST_CHANGES = 100
"""Of a customer's record."""
_RECORDED_LATER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Sentence):
    """One event as people read it. ``recorded_at``: only where it was recorded later than it happened. ``mailed``: of a
    mail to the customer, to which address it went, or why it has not. ``source``: the reference of the duplicate that
    it happened to, if any."""

    at: datetime
    recorded_at: datetime | None
    mailed: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Mended:
    """One field of a customer's record that was changed. Without ``is_kept`` its values have been erased."""

    name: str
    before: str
    after: str
    is_kept: bool


@dataclass(frozen=True, slots=True)
class CustomerLine:
    line: Line
    fields: tuple[Mended, ...]


def lines_of(case: Case, events: Iterable[Event], duplicates: Iterable[Case] = ()) -> list[Line]:
    """``events`` of a case, its incident and its duplicates as people read them, in the same order."""
    events = list(events)
    corrected = [event for event in events if event.kind == EventKind.FACTS_CORRECTED]
    prefetch_related_objects(corrected, "personal_changes")
    mails, others = _mails_of(events), {one.pk: one for one in duplicates}
    return [_line_in(case, event, others.get(event.case_id or 0), mails.get(_mail_key(event))) for event in events]


def _line_in(case: Case, event: Event, duplicate: Case | None, mail: Message | None) -> Line:
    if duplicate is None:
        return line_of(event, customer=case.customer.name, mail=mail)
    return line_of(event, customer=duplicate.customer.name, mail=mail, source=duplicate.reference)


def line_of(event: Event, *, customer: str, mail: Message | None = None, source: str = "") -> Line:
    recorded_at = event.recorded_at
    is_later = recorded_at is not None and abs(recorded_at - event.at) >= _RECORDED_LATER
    sentence = told(event, customer=customer)
    words = {field.name: getattr(sentence, field.name) for field in fields(Sentence)}
    recorded_at = recorded_at if is_later else None
    return Line(**words, at=event.at, recorded_at=recorded_at, mailed=_mailed(mail), source=source)


def _mail_key(event: Event) -> str:
    return str(event.facts.get("message") or "") if isinstance(event.facts, dict) else ""


def _mails_of(events: Iterable[Event]) -> dict[str, Message]:
    """By public key. Where a mail goes stands on its row alone: an address can be erased, and an event cannot."""
    keys = {key for key in map(_mail_key, events) if key}
    found = Message.objects.filter(public_id__in=keys).defer("text", "html", "raw") if keys else ()
    return {str(mail.public_id): mail for mail in found}


def _mailed(mail: Message | None) -> str:
    if mail is None:
        return ""
    if mail.status == MessageStatus.HELD:
        return f"Held back: {mail.get_held_because_display().lower()}"
    return f"To {mail.to_address}" if mail.to_address else ""


def whole_history(case: Case) -> list[Line]:
    """Everything that happened, the newest first."""
    duplicates = list(case.duplicates.select_related("customer"))
    of_this = Q(case__in=[case, *duplicates]) | Q(incident_id=case.incident_id)
    events = Event.objects.filter(of_this).select_related("actor").order_by("-at", "-pk")
    return lines_of(case, events[:MOST], duplicates)


def customer_history(customer: Customer) -> list[CustomerLine]:
    """What was changed of the customer's record, the newest first, by whichever of its records. Three
    queries."""
    events = Event.objects.filter(customer__in=customer.all_keys()).select_related("actor").order_by("-at", "-pk")
    events = events.prefetch_related("personal_changes")
    return [
        CustomerLine(line_of(event, customer=customer.name), tuple(_mended(event))) for event in events[:MOST_CHANGES]
    ]


def _mended(event: Event) -> Iterator[Mended]:
    kept = {change.field: change for change in event.personal_changes.all()}
    facts = facts_of(event)
    for field in facts.fields if isinstance(facts, CustomerChanged | CustomersMerged) else ():
        name, change = FIELD_NAMES.get(field, "something else"), kept.get(field)
        if change is None:
            yield Mended(name, "", "", is_kept=False)
        else:
            yield Mended(name, _value(field, change.before), _value(field, change.after), is_kept=True)


def _value(field: str, stored: str) -> str:
    """Codes in words; all else is somebody's own."""
    return str(Channel(stored).label) if field == "preferred_channel" and stored in Channel.values else stored
