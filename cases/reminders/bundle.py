"""One mail for each person and sweep about everything that they are owed a mail about, the most urgent first.

Everything is looked at again before it is written: what is settled by now is dropped, what has another owner goes to
them, and a mail that has not left yet is taken back when it no longer tells the truth or there is more to tell.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from cases.actions.reminded import PURPOSES
from cases.mail import compose, links
from cases.models import Message, Reminder, User
from cases.reminders.ladder import Ladder
from cases.reminders.owed import behind
from cases.reminders.words import Item, tell
from cases.rules.vocabulary import MessagePurpose, MessageStatus, Rung

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from cases.reminders.owed import Owed

logger = logging.getLogger(__name__)

MOST_ITEMS = 25
"""Of each kind in one mail; after an outage there may be more, and the mail says how many."""


@dataclass(frozen=True, slots=True)
class Bundled:
    mails: int
    dropped: int


def bundle(*, now: datetime) -> Bundled:
    """Look again at what waits, then write the mails. One that cannot be written delays no other."""
    ladder = Ladder.load()
    dropped = _review(ladder, now)
    people = User.objects.filter(reminders__in=Reminder.objects.unsent()).distinct()
    return Bundled(mails=sum(_try_to_write(person, ladder, now) for person in people), dropped=dropped)


@transaction.atomic
def _review(ladder: Ladder, now: datetime) -> int:
    """Drop, redirect and take back. Says how many were dropped."""
    unsent = Message.objects.owed(now).filter(purpose__in=PURPOSES, claimed_by__isnull=True)
    mails = {mail.pk: mail for mail in unsent.select_for_update(skip_locked=True)}
    waiting = list(Reminder.objects.unsent().select_for_update(skip_locked=True))
    rows = [*waiting, *Reminder.objects.filter(message__in=mails)]
    found = behind(rows, now)
    news = {row.recipient_id for row in waiting if _is_told(row, found.get(row.pk), ladder)}
    untrue = {row.message_id for row in rows if row.message_id and not _is_told(row, found.get(row.pk), ladder)}
    stale = {
        key: mail for key, mail in mails.items() if key in untrue or (mail.to_user_id in news and not mail.attempts)
    }
    _take_back(list(stale.values()))
    changed = [row for row in rows if row.message_id is None or row.message_id in stale]
    for row in changed:
        _bring_up_to_date(row, found.get(row.pk), ladder)
    Reminder.objects.bulk_update(changed, ("message", "recipient", "dropped_because"))
    return sum(bool(row.dropped_because) for row in changed)


def _is_told(row: Reminder, owed: Owed | None, ladder: Ladder) -> bool:
    """Whether this reminder, to this person, is what they should read now."""
    if owed is None or owed.waits or owed.due_at != row.due_at:
        return False
    return ladder.recipient(Rung(row.rung), owed) == row.recipient_id


def _take_back(mails: Sequence[Message]) -> None:
    """They wait in the outbox, and their rows are ours: nobody is handing them over."""
    for mail in mails:
        mail.status, mail.next_attempt_at = MessageStatus.CANCELLED, None
    Message.objects.bulk_update(mails, ("status", "next_attempt_at"))


def _bring_up_to_date(row: Reminder, owed: Owed | None, ladder: Ladder) -> None:
    row.message = None
    if owed is None:
        row.dropped_because = "no longer owed"
    elif owed.due_at != row.due_at:
        row.dropped_because = "due at another moment by now"
    elif (recipient := ladder.recipient(Rung(row.rung), owed)) is not None:
        row.recipient_id = recipient


def _try_to_write(person: User, ladder: Ladder, now: datetime) -> bool:
    try:
        return _write(person, ladder, now)
    except Exception:
        logger.exception("A reminder mail could not be written; the next sweep tries again")
        return False


@transaction.atomic
def _write(person: User, ladder: Ladder, now: datetime) -> bool:
    """One mail, and its reminders tied to it. Says whether there was anything to tell."""
    rows = list(Reminder.objects.unsent().filter(recipient=person).select_for_update(skip_locked=True))
    found = behind(rows, now)
    told = {row: found[row.pk] for row in rows if _is_told(row, found.get(row.pk), ladder)}
    if not told:
        return False
    mail = _mail(person, told, now)
    Reminder.objects.filter(pk__in=[row.pk for row in told]).update(message=mail)
    return True


def _mail(person: User, told: Mapping[Reminder, Owed], now: datetime) -> Message:
    items: dict[str, list[Item]] = {rung: [] for rung in Rung}
    for row, owed in told.items():
        items[row.rung].append(tell(owed, Rung(row.rung), due_at=row.due_at, now=now))
    ordered = {rung: sorted(each, key=_urgency)[:MOST_ITEMS] for rung, each in items.items()}
    shown = [*ordered[Rung.MANAGER], *ordered[Rung.OVERDUE]]
    cases = {row.case_id: owed.case for row, owed in told.items()}
    escalates = bool(ordered[Rung.MANAGER])
    return compose.to_staff(
        person,
        MessagePurpose.ESCALATION if escalates else MessagePurpose.REMINDER,
        name="escalation" if escalates else "reminder",
        context={
            "count": len(told),
            "count_team": len(items[Rung.MANAGER]),
            "count_mine": len(items[Rung.OVERDUE]),
            "first": min(shown, key=_urgency),
            "team": ordered[Rung.MANAGER],
            "mine": ordered[Rung.OVERDUE],
            "more": len(told) - len(shown),
            "my_work": links.my_work(),
        },
        now=now,
        case=next(iter(cases.values())) if len(cases) == 1 and None not in cases else None,
    )


def _urgency(item: Item) -> tuple[int, datetime]:
    return item.urgency
