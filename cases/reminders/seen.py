"""What the reader of a reminder may do from the mail itself, without signing in: say that they have seen it, or that
they want no more mail about what is not late yet.

Limit: neither settles anything. Who is above hears of it all the same, and when.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cases.actions import reminded
from cases.errors import LapsedLinkError, RuleError
from cases.mail import tokens
from cases.models import Alarm, Message, Reminder, User
from cases.reminders.owed import behind
from cases.reminders.recipients import Recipients
from cases.rules.vocabulary import Audience, Rung

if TYPE_CHECKING:
    from datetime import datetime

    from cases.reminders.owed import Owed


def reminder_of(token: str, purpose: str) -> Message:
    """The mail that this link was in. Raises ``RuleError`` where the link is not ours, or its reader left, and
    ``LapsedLinkError`` where its time is over."""
    try:
        key = tokens.public_id(token, purpose)
    except tokens.LapsedError as error:
        raise LapsedLinkError(
            f"Links in mails open for {tokens.LASTING.days} days. Sign in instead: your work shows what is open, and "
            "your profile which mails you get."
        ) from error
    mails = Message.objects.filter(audience=Audience.STAFF).select_related("to_user").defer("raw", "html")
    mail = mails.filter(public_id=key).first() if key is not None else None
    if mail is None or mail.to_user is None:
        raise RuleError("This link is not complete. Open it from the mail once more.")
    if not mail.to_user.is_active:
        raise RuleError("This mail went to somebody who does not work here any more.")
    return mail


@transaction.atomic
def note_seen(*, mail: Message, now: datetime) -> bool:
    """Kept in the timelines of what the mail told of; what comes again comes once less, as far as it would come to them
    again. ``False``: it was said before."""
    locked = Message.objects.select_for_update(of=("self",)).select_related("to_user").defer("raw", "html")
    mail = locked.get(pk=mail.pk)
    if mail.seen_at is not None:
        return False
    mail.seen_at = now
    mail.save(update_fields=("seen_at",))
    rows = list(mail.reminders.order_by("pk"))
    found, recipients = behind(rows, now), Recipients.load(now)
    for row in rows:
        if row.pk in found and recipients.recipient(Rung(row.rung), found[row.pk]) == mail.to_user:
            _put_off(row, found[row.pk], now)
    reminded.note_seen(mail, at=now)
    return True


@transaction.atomic
def stop_early(*, mail: Message) -> User:
    """They hear of nothing any more that is not late yet; their profile switches it on again."""
    if mail.to_user is None:
        raise RuleError("This mail went to nobody who works here.")
    person = User.objects.select_for_update().get(pk=mail.to_user.pk)
    person.wants_early = False
    person.save(update_fields=("wants_early",))
    return person


def _put_off(row: Reminder, owed: Owed, now: datetime) -> None:
    again = Rung.MANAGER_AGAIN if Rung(row.rung).is_above_owner else Rung.AGAIN
    if owed.ladder.again_minutes and row.rung != Rung.EXECUTIVE:  # what comes again is the manager's
        at = owed.ladder.after(now, owed.ladder.again_minutes, owed.calendar)
        alarms = Alarm.objects.filter(kind=row.kind, commitment_id=row.commitment_id, due_at=row.due_at)
        alarms.filter(rung=again, at__lt=at).update(at=at)
