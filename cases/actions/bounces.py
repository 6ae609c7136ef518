"""Bounces: a mail that was sent and came back is no longer sent, and what it had completed is owed again.

Both doors, the webhook and the mailbox, come through ``take_notice``. Whatever arrives there is answered by nothing and
nobody (RFC 3834): a notice changes a mail of ours once, or is understood as no failure, or is listed (``StrayNotice``).
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import OperationalError, transaction

from cases.actions import undelivered
from cases.mail import bounces, outbox
from cases.mail.mailbox import Mailbox, UnreadableError
from cases.models import MailboxTrouble, Message, StrayNotice
from cases.rules import addresses
from cases.rules.vocabulary import MessageStatus, NoticeDoor, NoticeReason

if TYPE_CHECKING:
    from datetime import datetime

    from cases.mail.bounces import Bounce, Stray

logger = logging.getLogger(__name__)

STRAYS_KEPT = timedelta(days=90)
MOST_A_RUN = 100
LONGEST_RUN = 20
"""Seconds after which no further notice is begun, for the reason that ``deliveries`` gives."""


class Notice(StrEnum):
    """What a notice turned out to be."""

    BOUNCE = "bounce"
    UNKNOWN = "unknown"
    """Of no mail of ours that is known as sent: somebody else's, one noted before, one that was given up."""
    NO_BOUNCE = "no bounce"


@dataclass(frozen=True, slots=True)
class MailboxTally:
    """What one run found. ``set_aside``: flagged in the mailbox, because they broke something."""

    bounces: int = 0
    unknown: int = 0
    others: int = 0
    set_aside: int = 0
    readable: bool = True


def take_notice(*, raw: bytes, now: datetime, door: NoticeDoor = NoticeDoor.HOOK) -> Notice:
    """Read what a mail server sent, and do what follows. What is not understood is listed."""
    bounce = bounces.read(raw)
    if bounce is None:
        _list_stray(bounces.read_stray(raw), door, now)
        return Notice.NO_BOUNCE
    if note_bounce(bounce=bounce, now=now):
        return Notice.BOUNCE
    if not Message.objects.filter(public_id__in=bounce.mails, status__in=_KNOWN_AS_FAILED).exists():
        _list_stray(replace(bounces.read_stray(raw), reason=NoticeReason.NOT_OURS), door, now)
    return Notice.UNKNOWN


_KNOWN_AS_FAILED = (MessageStatus.BOUNCED, MessageStatus.FAILED)
"""A second notice says nothing new."""


def _list_stray(stray: Stray, door: NoticeDoor, now: datetime) -> None:
    if stray.reason is None:
        return
    StrayNotice.objects.create(
        at=now,
        door=door,
        reason=stray.reason,
        sender=stray.sender[:254],
        subject=stray.subject[:200],
        words=stray.words,
    )


def prune_strays(*, now: datetime) -> int:
    """Forget what was listed long ago. Says how many."""
    return StrayNotice.objects.filter(at__lt=now - STRAYS_KEPT).delete()[0]


@transaction.atomic
def note_bounce(*, bounce: Bounce, now: datetime) -> Message | None:
    """The mail did not arrive. Only what is known as sent can bounce, so that a second notice finds nothing to do; one
    that comes before what follows from sending was written down takes its place. A server may say no while the run that
    it said yes to is still going on: what is noted of that run is written on the mails first."""
    outbox.settle()
    sent = Message.objects.filter(public_id__in=bounce.mails, status=MessageStatus.SENT).order_by("pk")
    message = sent.select_for_update(of=("self",)).select_related("case", "to_user").first()
    if message is None:
        return None
    message.status, message.concluded_at, message.raw = MessageStatus.BOUNCED, now, b""
    message.last_error = _in_words(bounce, message.to_address)
    message.save(update_fields=("status", "concluded_at", "raw", "last_error"))
    undelivered.follow(message, at=now, for_good=bounce.is_permanent)
    return message


def read_mailbox(*, now: datetime) -> MailboxTally:
    """Take notice of what is unread in ``AMENDS_BOUNCE_MAILBOX``. A mail is marked as read when what follows from it is
    committed, and stays there. Safe to run beside itself."""
    if settings.AMENDS_BOUNCE_MAILBOX is None:
        return MailboxTally()
    counted, readable, because = Counter[str](), True, ""
    try:
        with Mailbox(settings.AMENDS_BOUNCE_MAILBOX) as mailbox:
            _take_all(mailbox, counted, now)
    except UnreadableError as error:
        logger.warning("The mailbox for bounces cannot be read: %s", error)
        readable, because = False, str(error)
    _note_readable(readable, because=because, now=now)
    return MailboxTally(
        bounces=counted[Notice.BOUNCE],
        unknown=counted[Notice.UNKNOWN],
        others=counted[Notice.NO_BOUNCE],
        set_aside=counted[_SET_ASIDE],
        readable=readable,
    )


def _note_readable(readable: bool, *, because: str, now: datetime) -> None:  # noqa: FBT001  (an answer, no option)
    if readable:
        MailboxTrouble.objects.all().delete()
        return
    why = because[:500]
    MailboxTrouble.objects.update_or_create(defaults={"because": why}, create_defaults={"because": why, "since": now})


_SET_ASIDE = "set aside"


def _take_all(mailbox: Mailbox, counted: Counter[str], now: datetime) -> None:
    begun = time.monotonic()
    for key in mailbox.unread()[:MOST_A_RUN]:
        if time.monotonic() - begun > LONGEST_RUN:
            return
        raw = b""
        try:
            raw = mailbox.fetch(key, most=bounces.MOST_BYTES)
            found: str = take_notice(raw=raw, now=now, door=NoticeDoor.MAILBOX)
        except OperationalError:
            logger.warning("The database was busy; the notice is read again with the next run", exc_info=True)
            return
        except UnreadableError:
            raise
        except Exception:
            logger.exception("A notice in the mailbox for bounces could not be worked on; it is flagged there")
            found = _SET_ASIDE
            _list_stray(replace(bounces.read_stray(raw), reason=NoticeReason.BROKE), NoticeDoor.MAILBOX, now)
        mailbox.mark_read(key, flagged=found == _SET_ASIDE)
        counted[found] += 1


def _in_words(bounce: Bounce, address: str) -> str:
    """What the server said; and of whom, where our mail was sent on to somebody else."""
    is_ours = addresses.folded(bounce.recipient) in {"", addresses.folded(address)}
    sent_on = "" if is_ours else f" for {bounce.recipient}"
    return f"It came back{sent_on}: {bounce.diagnostic or bounce.status}"
