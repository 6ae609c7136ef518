"""Sending what the outbox owes, and what follows from it: an apology that left is a step done, one that was refused is
a step still open.

That a mail left is written down first and alone; what follows is a second transaction. If that breaks, the mail is not
sent again, and the next run tries what follows again.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import OperationalError, transaction

from cases.actions import apologies, follow_ups, reminded
from cases.mail import outbox
from cases.models import Event, Message
from cases.rules.vocabulary import (
    ApologyStatus,
    Audience,
    EventKind,
    FollowUpStatus,
    MessagePurpose,
    MessageStatus,
)

if TYPE_CHECKING:
    from datetime import datetime

    from cases.mail.outbox import Carrier, Handover

logger = logging.getLogger(__name__)

MOST_A_RUN = 500
LONGEST_RUN = 240
"""Seconds after which no further mail is begun. Well below ``outbox.LEASE`` and Celery's time limit."""
_TRIES = 3


@dataclass(frozen=True, slots=True)
class DeliveryTally:
    """What one run did. ``postponed`` mails are tried again later."""

    sent: int = 0
    failed: int = 0
    postponed: int = 0
    reached: bool = True


def deliver_owed(*, now: datetime, limit: int = MOST_A_RUN, by: Carrier | None = None) -> DeliveryTally:
    """Send every mail whose next attempt is due. Safe to run beside itself. ``by``: another carrier than the site's."""
    for left in Message.objects.unconcluded():
        _conclude(left, now=now)
    begun, counted = time.monotonic(), Counter[MessageStatus]()
    reached = True
    with by or outbox.Carrier() as carrier:
        while counted.total() < limit and time.monotonic() - begun < LONGEST_RUN:
            try:
                status = _deliver_one(carrier, now)
            except outbox.UnreachableError as error:
                outbox.note_unreachable(error, now=now)
                logger.warning("%s. Mail waits until it can.", error)
                reached = False
                break
            if status is None:
                break
            counted[status] += 1
    return DeliveryTally(
        sent=counted[MessageStatus.SENT],
        failed=counted[MessageStatus.FAILED],
        postponed=counted[MessageStatus.QUEUED],
        reached=reached,
    )


def _deliver_one(carrier: Carrier, now: datetime) -> MessageStatus | None:
    """What became of the mail that has waited longest; ``None``: nothing is owed."""
    if not Message.objects.owed(now).exists():
        return None
    carrier.reach()
    claimed = outbox.claim(now)
    if claimed is None:
        return None
    handover = carrier.hand_over(claimed) if outbox.begin(claimed, now=now) else outbox.CUT_OFF
    message = _record(claimed, handover, now)
    if message is None:
        return handover.status
    status = MessageStatus(message.status)
    if status is not MessageStatus.QUEUED:
        _conclude(message, now=now)
    return status


def _record(claimed: Message, handover: Handover, now: datetime) -> Message | None:
    """What is not written down would be sent again, so a database that is busy for a moment is asked again."""
    for _ in range(_TRIES - 1):
        try:
            return outbox.record(claimed, handover, now=now)
        except OperationalError:
            logger.warning("The database was busy while a mail was recorded; trying again", exc_info=True)
    return outbox.record(claimed, handover, now=now)


def _conclude(message: Message, *, now: datetime) -> None:
    try:
        _write_what_follows(message, now)
    except Exception:
        logger.exception("What follows from a mail could not be written down; the next run tries again")


@transaction.atomic
def _write_what_follows(message: Message, now: datetime) -> None:
    message = Message.objects.select_for_update(of=("self",)).select_related("case", "to_user").get(pk=message.pk)
    if message.concluded_at is not None:
        return
    if message.status == MessageStatus.SENT:
        _note_sent(message, at=message.sent_at or now)
    else:
        _note_failed(message, at=now)
    message.concluded_at = now
    message.save(update_fields=("concluded_at",))


def _note_sent(message: Message, *, at: datetime) -> None:
    for apology in message.apologies.filter(status=ApologyStatus.SENT).select_related("case", "author"):
        apologies.apology_left(apology, at=at)
    for follow_up in message.follow_ups.filter(status=FollowUpStatus.SENT).select_related("case", "author"):
        follow_ups.follow_up_left(follow_up, at=at)
    if message.purpose in {MessagePurpose.REMINDER, MessagePurpose.ESCALATION}:
        reminded.note_reminded(message, at=at)


def _note_failed(message: Message, *, at: datetime) -> None:
    """The timeline of the case says so, because somebody has to reach this customer another way."""
    words = False
    for apology in message.apologies.filter(status=ApologyStatus.SENT).select_related("case"):
        apologies.apology_failed(apology, at=at, error=message.last_error)
        words = True
    for follow_up in message.follow_ups.filter(status=FollowUpStatus.SENT).select_related("case"):
        follow_ups.follow_up_failed(follow_up, at=at, error=message.last_error)
        words = True
    if not words and message.audience == Audience.CUSTOMER and message.case is not None:
        Event.objects.record(
            message.case,
            EventKind.MESSAGE_FAILED,
            at=at,
            actor=None,
            purpose=message.purpose,
            error=message.last_error,
        )
