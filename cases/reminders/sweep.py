"""One look at the clock: what lapsed is written down, what is owed is planned, bundled and sent. Running it twice, or
twice at once, sends nothing twice."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from cases.actions.deliveries import DeliveryTally, deliver_owed
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

    from cases.mail.outbox import Carrier

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SweepTally:
    """What one sweep did. ``planned`` counts reminders, ``mails`` what they were bundled into; ``deliveries`` is about
    all mail, customers' included, and ``None`` in a rehearsal."""

    promises_broken: int
    planned: int
    dropped: int
    mails: int
    deliveries: DeliveryTally | None


def sweep(now: datetime, *, by: Carrier | None = None) -> SweepTally:
    """Break lapsed promises first, because that may move deadlines; then plan, bundle and deliver. While another sweep
    writes mails, this one only delivers."""
    waits, nothing = waiting(now), (0, 0, Bundled())
    if any(waits):
        with alone() as is_ours:
            broken, planned, bundled = _remind(waits, now) if is_ours else nothing
    else:
        broken, planned, bundled = nothing
    delivered = deliver_owed(now=now, by=by) if waits.mail or bundled.mails else DeliveryTally()
    return SweepTally(broken, planned, bundled.dropped, bundled.mails, delivered)


def rehearse(now: datetime) -> tuple[SweepTally, list[tuple[str, str]]]:
    """What a sweep at this moment would do, and to whom it would write with which subject. Nothing is kept or sent."""
    with transaction.atomic():
        last = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        broken, planned, bundled = _remind(waiting(now), now)
        mails = Message.objects.filter(pk__gt=last, purpose__in=PURPOSES).order_by("pk")
        letters = list(mails.values_list("to_address", "subject"))
        transaction.set_rollback(True)
    return SweepTally(broken, planned, bundled.dropped, bundled.mails, None), letters


def deliver(now: datetime) -> DeliveryTally:
    """What was just written, between two sweeps. What reminds is looked at once more: nobody is told of what was
    settled while the mail waited."""
    if Message.objects.owed(now).filter(purpose__in=PURPOSES).exists():
        with alone() as is_ours:
            if is_ours:
                bundle(now=now)
    return deliver_owed(now=now)


def _remind(waits: Waiting, now: datetime) -> tuple[int, int, Bundled]:
    """How many promises were found broken, how many reminders planned, and what was bundled. A ladder may begin in the
    past, so what was laid is planned in the same sweep."""
    broken = _break_lapsed(now) if waits.promises else 0
    laid = lay(now=now) if waits.ladders or broken else 0
    planned = plan(now=now) if waits.alarms or laid else 0
    bundled = bundle(now=now) if waits.reminders or planned else Bundled()
    return broken, planned, bundled


def _break_lapsed(now: datetime) -> int:
    return sum(_try_to_break(promise, now) for promise in Promise.objects.lapsed(now).select_related("case"))


def _try_to_break(promise: Promise, now: datetime) -> bool:
    try:
        return break_lapsed(promise=promise, now=now)
    except Exception:
        logger.exception("A lapsed promise could not be written down as broken; the next sweep tries again")
        return False
