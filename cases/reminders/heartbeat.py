"""A sweep that leaves a trace: that it took place, what it did, and what it left in the outbox.

The row is begun before the sweep and ended after it, so that one that dies is seen to have died. Limit: what the rows
mean, and whom to alarm, is ``cases.reports.health``.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

from cases.models import Message, Sweep
from cases.reminders.sweep import sweep

if TYPE_CHECKING:
    from datetime import datetime

    from cases.mail.outbox import Carrier
    from cases.reminders.sweep import SweepTally

KEPT = timedelta(days=30)


def sweep_and_tell(now: datetime, *, by: Carrier | None = None) -> SweepTally:
    """``sweep``, and a row that says so, also where there was nothing to do. One that found another at work says
    nothing: whether that one ends, its own row tells."""
    begun = time.monotonic()
    row = Sweep.objects.create(begun_at=now)
    tally = sweep(now, by=by)
    if not tally.is_whole:
        row.delete()
        return tally
    _end(row, tally, at=now + timedelta(seconds=time.monotonic() - begun))
    return tally


def prune_sweeps(*, now: datetime) -> int:
    """Forget what was long ago. Says how many."""
    return Sweep.objects.filter(begun_at__lt=now - KEPT).delete()[0]


def _end(row: Sweep, tally: SweepTally, *, at: datetime) -> None:
    waiting = Message.objects.waiting()
    row.ended_at, row.planned, row.mails = at, tally.planned, tally.mails
    if (sent := tally.deliveries) is not None:
        row.sent, row.failed, row.postponed = sent.sent, sent.failed, sent.postponed
        row.is_server_reached = sent.reached
    row.outbox, row.oldest_at = waiting.count(), waiting.values_list("created_at", flat=True).first()
    row.save()
