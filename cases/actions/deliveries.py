"""Sending what the outbox owes, and what follows from it: an apology that left is a step done, one that was refused is
a step still open.

That a mail left is written down first and alone; what follows is another transaction. If that breaks, the mail is not
sent again, and the next run tries what follows again.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING

from django.db import OperationalError, transaction

from cases.actions import apologies, follow_ups, reminded, satisfaction, undelivered
from cases.mail import moving, outbox
from cases.models import Message
from cases.rules.vocabulary import (
    ApologyStatus,
    FollowUpStatus,
    MailFailure,
    MessagePurpose,
    MessageStatus,
)

if TYPE_CHECKING:
    from datetime import datetime

    from cases.mail.outbox import Carrier, Claim, Handover
    from cases.models.messages import MessageQuerySet

logger = logging.getLogger(__name__)

MOST_A_RUN = 500
MOST_CONCLUDED = 1000
LONGEST_RUN = 20
"""Seconds after which no further mail is begun. Shorter than the time that a container is given to stop
(docker-compose.yml), so that a worker that is told to stop ends its run and leaves nothing in doubt."""
_TRIES = 3


@dataclass(frozen=True, slots=True)
class DeliveryTally:
    """What one run did. ``postponed`` mails are tried again later. ``is_more``: it ended before all was sent."""

    sent: int = 0
    failed: int = 0
    postponed: int = 0
    reached: bool = True
    is_more: bool = False


def deliver_owed(*, now: datetime, limit: int = MOST_A_RUN, by: Carrier | None = None) -> DeliveryTally:
    """Send every mail whose next attempt is due. Safe to run beside itself. ``by``: another carrier than the site's."""
    _settle(now=now)
    outbox.drop_stale(now)
    _conclude(Message.objects.unconcluded(), now=now)
    moving.move_outdated(now)
    run = _Run(now, limit)
    with by or outbox.Carrier() as carrier:
        try:
            if Message.objects.owed(now).exists():
                carrier.reach()
            while run.goes_on and run.deliver(carrier):
                pass
        except outbox.UnreachableError as error:
            outbox.note_unreachable(error, now=now)
            logger.warning("%s. Mail waits until it can.", error)
            run.reached = False
    return run.tally(is_more=run.reached and not run.goes_on and Message.objects.owed(now).exists())


class _Run:
    """One run through the outbox, and how far it has come. ``now`` is when it began."""

    def __init__(self, now: datetime, limit: int) -> None:
        self._now, self._limit = now, limit
        self._begun = monotonic()
        self._counted: Counter[MessageStatus] = Counter()
        self.reached = True

    @property
    def goes_on(self) -> bool:
        return self._left > 0 and monotonic() - self._begun < LONGEST_RUN

    @property
    def _moment(self) -> datetime:
        return self._now + timedelta(seconds=monotonic() - self._begun)

    @property
    def _left(self) -> int:
        return self._limit - self._counted.total()

    def deliver(self, carrier: Carrier) -> bool:
        """One claim's mails. False: there was nothing to claim."""
        ours = outbox.claim(self._moment, most=min(outbox.BATCH, self._left))
        begun = []
        found = bool(ours.mails)
        try:
            while ours.mails and self.goes_on and self._holds(ours):
                mail = ours.mails[0]
                carrier.reach()
                del ours.mails[0]
                begun.append(mail.pk)
                self._hand_over(carrier, mail, ours)
        finally:
            if ours.mails:
                outbox.give_back(ours, now=self._now)
            _settle(now=self._moment)
            _conclude(Message.objects.unconcluded().filter(pk__in=begun), now=self._moment)
        return found

    def _holds(self, ours: Claim) -> bool:
        """Whether there is still something to begin, now that the claim holds for long enough."""
        if ours.until - self._moment < outbox.LEAST_LEFT:
            outbox.prolong(ours, now=self._moment)
        return bool(ours.mails)

    def _hand_over(self, carrier: Carrier, mail: Message, ours: Claim) -> None:
        following = next(iter(ours.mails), None)
        is_given_up = mail.attempts > outbox.MOST_ATTEMPTS
        handover = outbox.ALWAYS_CUT_OFF if is_given_up else carrier.hand_over(mail, following=following)
        if _record(mail, handover, ours, self._moment):
            self._counted[MessageStatus(mail.status)] += 1

    def tally(self, *, is_more: bool) -> DeliveryTally:
        return DeliveryTally(
            sent=self._counted[MessageStatus.SENT],
            failed=self._counted[MessageStatus.FAILED],
            postponed=self._counted[MessageStatus.QUEUED],
            reached=self.reached,
            is_more=is_more,
        )


def _record(mail: Message, handover: Handover, ours: Claim, now: datetime) -> bool:
    """What is not written down would be sent again, so a database that is busy for a moment is asked again."""
    for _ in range(_TRIES - 1):
        try:
            return outbox.record(mail, handover, held_by=ours.name, now=now)
        except OperationalError:
            logger.warning("The database was busy while a mail was recorded; trying again", exc_info=True)
    return outbox.record(mail, handover, held_by=ours.name, now=now)


def _settle(*, now: datetime) -> None:
    """Write on each mail that left that it is sent and, together, what nearly always follows: that a colleague was
    reminded. Where that breaks, only that they are sent: what follows is made up for one by one."""
    try:
        with transaction.atomic():
            reminded.note_reminded(outbox.settle(concluded_at=now))
    except Exception:
        logger.exception("What follows from mails could not be written down together; it is tried one by one")
        outbox.settle()


def _conclude(mails: MessageQuerySet, *, now: datetime) -> None:
    """What follows from each. One that breaks delays no other, and the next run tries it again."""
    for key in mails.values_list("pk", flat=True)[:MOST_CONCLUDED]:
        try:
            _write_what_follows(key, now)
        except Exception:
            logger.exception("What follows from a mail could not be written down; the next run tries it again")


@transaction.atomic
def _write_what_follows(key: int, now: datetime) -> None:
    mail = Message.objects.unconcluded().select_for_update().defer("raw", "text", "html").filter(pk=key).first()
    if mail is None:
        return
    if mail.status == MessageStatus.FAILED:
        undelivered.follow(mail, at=now, for_good=mail.failure == MailFailure.ADDRESS)
    elif mail.purpose in reminded.PURPOSES:
        reminded.note_reminded([mail.pk])
    elif mail.purpose in _WRITTEN_TO_CUSTOMERS:
        _note_left(mail, at=mail.sent_at or now, now=now)
    Message.objects.filter(pk=mail.pk).update(concluded_at=now, raw=b"")


_WRITTEN_TO_CUSTOMERS = (MessagePurpose.APOLOGY, MessagePurpose.FOLLOW_UP, MessagePurpose.SATISFACTION)


def _note_left(message: Message, *, at: datetime, now: datetime) -> None:
    for apology in message.apologies.filter(status=ApologyStatus.SENT).select_related("case", "author"):
        apologies.apology_left(apology, at=at, now=now)
    for follow_up in message.follow_ups.filter(status=FollowUpStatus.SENT).select_related("case", "author"):
        follow_ups.follow_up_left(follow_up, at=at, now=now)
    for check in message.checks.select_related("case", "asked_by", "message"):
        satisfaction.question_left(check, at=at, now=now)
