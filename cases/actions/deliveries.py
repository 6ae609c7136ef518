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
from datetime import timedelta
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
    from collections.abc import Sequence
    from datetime import datetime

    from cases.mail.outbox import Carrier, Claim, Handover

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
    _conclude(list(Message.objects.unconcluded().only("audience", "status")[:MOST_CONCLUDED]), now=now)
    run = _Run(now, limit)
    with by or outbox.Carrier() as carrier:
        try:
            while run.goes_on and Message.objects.owed(now).exists():
                carrier.reach()
                if not run.deliver(carrier):
                    break
        except outbox.UnreachableError as error:
            outbox.note_unreachable(error, now=now)
            logger.warning("%s. Mail waits until it can.", error)
            run.reached = False
    return run.tally(is_more=run.reached and not run.goes_on and Message.objects.owed(now).exists())


class _Run:
    """One run through the outbox, and how far it has come. ``now`` is when it began."""

    def __init__(self, now: datetime, limit: int) -> None:
        self._now, self._limit = now, limit
        self._begun = time.monotonic()
        self._counted: Counter[MessageStatus] = Counter()
        self.reached = True

    @property
    def goes_on(self) -> bool:
        return self._left > 0 and time.monotonic() - self._begun < LONGEST_RUN

    @property
    def _moment(self) -> datetime:
        return self._now + timedelta(seconds=time.monotonic() - self._begun)

    @property
    def _left(self) -> int:
        return self._limit - self._counted.total()

    def deliver(self, carrier: Carrier) -> bool:
        """One claim's mails. False: there was nothing to claim."""
        ours = outbox.claim(self._moment, most=min(outbox.BATCH, self._left))
        done = []
        found = bool(ours.mails)
        try:
            while ours.mails and self.goes_on and self._holds(ours):
                mail = ours.mails[0]
                carrier.reach()
                del ours.mails[0]
                if self._hand_over(carrier, mail, ours):
                    done.append(mail)
        finally:
            if ours.mails:
                outbox.give_back(ours, now=self._now)
            _conclude(done, now=self._now)
        return found

    def _holds(self, ours: Claim) -> bool:
        """Whether there is still something to begin, now that the claim holds for long enough."""
        if ours.until - self._moment < outbox.LEAST_LEFT:
            outbox.prolong(ours, now=self._moment)
        return bool(ours.mails)

    def _hand_over(self, carrier: Carrier, mail: Message, ours: Claim) -> bool:
        """Says whether something follows from it now."""
        handover = carrier.hand_over(mail) if mail.attempts <= outbox.MOST_ATTEMPTS else outbox.ALWAYS_CUT_OFF
        if not _record(mail, handover, ours, self._now):
            return False
        status = MessageStatus(mail.status)
        self._counted[status] += 1
        return status is not MessageStatus.QUEUED

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


def _conclude(mails: Sequence[Message], *, now: datetime) -> None:
    """What follows from each. Together where nothing but reminders follows; one that breaks delays no other, and the
    next run tries it again."""
    plain = [mail for mail in mails if _is_plain(mail)]
    alone = [mail for mail in mails if not _is_plain(mail)]
    if plain and not _try_to_conclude(plain, now):
        alone = list(mails)
    for mail in alone:
        _try_to_conclude([mail], now)


def _is_plain(mail: Message) -> bool:
    """Nothing follows from it but that somebody was reminded."""
    return mail.audience == Audience.STAFF and mail.status == MessageStatus.SENT


def _try_to_conclude(mails: Sequence[Message], now: datetime) -> bool:
    try:
        _write_what_follows(mails, now)
    except Exception:
        logger.exception("What follows from mail could not be written down; it is tried again")
        return False
    return True


@transaction.atomic
def _write_what_follows(mails: Sequence[Message], now: datetime) -> None:
    rows = Message.objects.unconcluded().filter(pk__in=[mail.pk for mail in mails])
    found = list(rows.select_for_update(of=("self",)).select_related("case", "to_user").defer("raw", "text", "html"))
    told = [mail for mail in found if mail.purpose in reminded.PURPOSES and mail.status == MessageStatus.SENT]
    reminded.note_reminded(told)
    for mail in found:
        if mail.status == MessageStatus.FAILED:
            _note_failed(mail, at=now)
        elif mail.purpose in _WRITTEN_TO_CUSTOMERS:
            _note_left(mail, at=mail.sent_at or now)
    Message.objects.filter(pk__in=[mail.pk for mail in found]).update(concluded_at=now, raw=b"")


_WRITTEN_TO_CUSTOMERS = (MessagePurpose.APOLOGY, MessagePurpose.FOLLOW_UP)


def _note_left(message: Message, *, at: datetime) -> None:
    for apology in message.apologies.filter(status=ApologyStatus.SENT).select_related("case", "author"):
        apologies.apology_left(apology, at=at)
    for follow_up in message.follow_ups.filter(status=FollowUpStatus.SENT).select_related("case", "author"):
        follow_ups.follow_up_left(follow_up, at=at)


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
