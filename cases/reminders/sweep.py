"""One look at the clock: what lapsed is written down, what is owed is planned, bundled and sent. Running it twice, or
twice at once, sends nothing twice."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from itertools import takewhile
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.db.models import Q

from cases.actions.addresses import pass_on_unanswered
from cases.actions.deliveries import DeliveryTally, deliver_owed
from cases.actions.notices import together
from cases.actions.promises import break_lapsed
from cases.actions.reminded import PURPOSES
from cases.models import Message, Promise
from cases.reminders.alone import alone
from cases.reminders.bundle import Bundled, bundle
from cases.reminders.lay import lay
from cases.reminders.plan import plan
from cases.reminders.waiting import Waiting, waiting

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from cases.mail.outbox import Carrier

logger = logging.getLogger(__name__)

_LONGEST_BREAKING = 20
"""Seconds."""
_JUST_WRITTEN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SweepTally:
    """What one sweep did. ``planned`` counts reminders, ``mails`` what they were bundled into; ``deliveries`` is about
    all mail, customers' included, and ``None`` in a rehearsal. ``is_whole``: it looked for what is owed itself, and did
    not find another sweep at it."""

    promises_broken: int
    planned: int
    dropped: int
    mails: int
    deliveries: DeliveryTally | None
    is_whole: bool = True


def sweep(now: datetime, *, by: Carrier | None = None) -> SweepTally:
    """Break lapsed promises first, because that may move deadlines; then plan, bundle and deliver. While another sweep
    writes mails, this one only delivers what that one has just written."""
    waits, reminded, is_whole = waiting(now), _Reminded(), True
    if any(waits):
        with alone() as is_whole:
            reminded = _remind(waits, now) if is_whole else reminded
    is_mail = (waits.mail or reminded.bundled.mails) and (is_whole or not _is_any_old(now))
    delivered = deliver_owed(now=now, by=by) if is_mail else DeliveryTally()
    return reminded.tally(delivered, is_whole=is_whole)


def rehearse(now: datetime) -> tuple[SweepTally, list[tuple[str, str]]]:
    """What a sweep at this moment would do, and to whom it would write with which subject; reminders that wait in the
    outbox leave with it. Nothing is kept or sent."""
    with transaction.atomic():
        last = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        reminded = _remind(waiting(now), now)
        mails = Message.objects.owed(now).filter(Q(pk__gt=last) | Q(purpose__in=PURPOSES)).order_by("pk")
        letters = list(mails.values_list("to_address", "subject"))
        transaction.set_rollback(True)
    return reminded.tally(None), letters


def deliver(now: datetime) -> DeliveryTally:
    """What was just written, between two sweeps."""
    if _may_be_untrue(now):
        with alone() as is_ours:
            if is_ours:
                bundle(now=now)
        if not is_ours and _is_any_old(now):
            return DeliveryTally()
    return deliver_owed(now=now)


class _Reminded(NamedTuple):
    """How many promises were found broken, how many reminders planned, and what was bundled."""

    broken: int = 0
    planned: int = 0
    bundled: Bundled = Bundled()

    def tally(self, deliveries: DeliveryTally | None, *, is_whole: bool = True) -> SweepTally:
        dropped, mails = self.bundled.dropped, self.bundled.mails
        return SweepTally(self.broken, self.planned, dropped, mails, deliveries, is_whole)


def _remind(waits: Waiting, now: datetime) -> _Reminded:
    """A ladder may begin in the past, so what was laid is planned in the same sweep."""
    broken = _break_lapsed(now) if waits.promises else 0
    if waits.addresses:
        pass_on_unanswered(now)
    laid = lay(now=now) if waits.ladders or broken else 0
    planned = plan(now=now) if waits.alarms or laid else 0
    is_news = waits.reminders or planned or (waits.mail and _may_be_untrue(now))
    return _Reminded(broken, planned, bundle(now=now) if is_news else Bundled())


def _may_be_untrue(now: datetime) -> bool:
    """Whether mail that reminds is about to leave: nobody is told of what was settled while it waited."""
    return _reminding(now).exists()


def _is_any_old(now: datetime) -> bool:
    """Whether any of it was written longer ago than the sweep that is at it just now."""
    return _reminding(now).filter(created_at__lt=now - _JUST_WRITTEN).exists()


def _reminding(now: datetime) -> QuerySet[Message]:
    return Message.objects.owed(now).filter(purpose__in=PURPOSES)


def _break_lapsed(now: datetime) -> int:
    """For no longer than mail may wait meanwhile; the next sweep goes on."""
    begun = monotonic()
    promises = Promise.objects.lapsed(now).select_related("case")
    lapsed = takewhile(lambda _: monotonic() - begun < _LONGEST_BREAKING, promises)
    with together(now):
        return sum(_try_to_break(promise, now) for promise in lapsed)


def _try_to_break(promise: Promise, now: datetime) -> bool:
    try:
        return break_lapsed(promise=promise, now=now)
    except Exception:
        logger.exception("A lapsed promise could not be written down as broken; the next sweep tries again")
        return False
