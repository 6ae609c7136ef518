"""One look at the clock: what lapsed is written down, what is owed is planned, bundled and sent. Running it twice, or
twice at once, sends nothing twice."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from cases.actions.deliveries import deliver_owed
from cases.actions.promises import break_lapsed
from cases.actions.reminded import PURPOSES
from cases.models import Message, Promise
from cases.reminders.bundle import bundle
from cases.reminders.plan import plan

if TYPE_CHECKING:
    from datetime import datetime

    from cases.actions.deliveries import DeliveryTally
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
    """Break lapsed promises first, because that may move deadlines; then plan, bundle and deliver."""
    broken, planned = _break_lapsed(now), plan(now=now)
    bundled = bundle(now=now)
    return SweepTally(broken, planned, bundled.dropped, bundled.mails, deliver_owed(now=now, by=by))


def rehearse(now: datetime) -> tuple[SweepTally, list[tuple[str, str]]]:
    """What a sweep at this moment would do, and to whom it would write with which subject. Nothing is kept or sent."""
    with transaction.atomic():
        last = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        broken, planned = _break_lapsed(now), plan(now=now)
        bundled = bundle(now=now)
        mails = Message.objects.filter(pk__gt=last, purpose__in=PURPOSES).order_by("pk")
        letters = list(mails.values_list("to_address", "subject"))
        transaction.set_rollback(True)
    return SweepTally(broken, planned, bundled.dropped, bundled.mails, None), letters


def _break_lapsed(now: datetime) -> int:
    return sum(_try_to_break(promise, now) for promise in Promise.objects.lapsed(now).select_related("case"))


def _try_to_break(promise: Promise, now: datetime) -> bool:
    try:
        return break_lapsed(promise=promise, now=now)
    except Exception:
        logger.exception("A lapsed promise could not be written down as broken; the next sweep tries again")
        return False
