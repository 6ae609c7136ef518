"""The beat that several processes share: one leads and starts what is due, the others stand by.

Who leads is a lease in the database. Redis could keep it as well (celery-redbeat), but the embedded run has none, and a
beat that reaches Redis and not the database would lead, and start what has nothing to look into. Two that lead for a
moment do no harm: every entry is safe to run twice, and beside itself.

What was started last is not remembered. Whoever begins to lead starts everything once: a site that was off over night
sweeps at once, and one that is never on at night still has its housekeeping.

Limit: while the broker is gone the leader waits for it, and may lose the lead to one that then waits as well.
"""

import logging
import os
import socket
from datetime import UTC, datetime
from typing import Any, override

from celery import beat
from django.db import Error, close_old_connections
from django.utils import timezone

from cases.models.sweeps import LEADERSHIP
from cases.reminders import lease

logger = logging.getLogger(__name__)

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class Scheduler(beat.Scheduler):
    """Celery's, which does nothing until the lease is its own. It asks at least every ``max_interval`` seconds."""

    holder = ""
    is_leading = False

    @override
    def tick(self, *internals: Any, **more: Any) -> float:
        """Says after how many seconds it wants to be called again."""
        led, self.is_leading = self.is_leading, self._hold()
        if not self.is_leading:
            return float(self.max_interval or 0)
        if not led:
            logger.info("%s leads from now on", self.holder)
            self._start_everything()
        return float(super().tick(*internals, **more))

    @override
    def close(self) -> None:
        super().close()
        if self.is_leading:
            self.is_leading = False
            self._release()

    def _hold(self) -> bool:
        self.holder = self.holder or f"{socket.gethostname()}:{os.getpid()}"
        close_old_connections()
        try:
            return lease.hold(LEADERSHIP, self.holder, timezone.now())
        except Error as error:
            logger.warning("The database cannot be reached, so nothing is started: %s", error)
            return False

    def _release(self) -> None:
        try:
            lease.release(LEADERSHIP, self.holder, timezone.now())
        except Error as error:
            logger.warning("The lead could not be given up, and ends by itself: %s", error)

    def _start_everything(self) -> None:
        for entry in self.schedule.values():
            entry.last_run_at = _LONG_AGO
        self._heap = None  # made anew by the next tick
