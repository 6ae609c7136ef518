"""For the clock: Celery's entry points. Each is a nudge that looks into the database; running one twice does nothing
twice, and one that is lost costs a delay."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from celery import shared_task
from celery.exceptions import OperationalError
from django.utils import timezone

from cases.actions import bounces, housekeeping
from cases.reminders.heartbeat import prune_sweeps, sweep_and_tell
from cases.reminders.sweep import deliver

if TYPE_CHECKING:
    from cases.actions.deliveries import DeliveryTally

logger = logging.getLogger(__name__)

_SWEPT_ANYWAY = 55
"""Seconds after which a nudge is worth nothing, because the next sweep delivers as well."""
_BRIEFLY = {"max_retries": 0, "socket_connect_timeout": 0.25, "socket_timeout": 0.25}
_RESTS_FOR = 15


class Broker:
    """What a process remembers of it: until when it is not asked again, because it did not answer."""

    rests_until = 0.0


@shared_task(name="cases.tasks.sweep_reminders")
def sweep_reminders() -> None:
    tally = sweep_and_tell(timezone.now())
    logger.info("%s", tally)
    _go_on(tally.deliveries)


@shared_task(name="cases.tasks.deliver_mail")
def deliver_mail() -> None:
    tally = deliver(timezone.now())
    logger.info("%s", tally)
    _go_on(tally)


@shared_task(name="cases.tasks.read_bounces")
def read_bounces() -> None:
    logger.info("%s", bounces.read_mailbox(now=timezone.now()))


@shared_task(name="cases.tasks.forget_what_is_old")
def forget_what_is_old() -> None:
    now = timezone.now()
    forms, sweeps = housekeeping.prune_submissions(now=now), prune_sweeps(now=now)
    strays = bounces.prune_strays(now=now)
    logger.info("%d forms, %d sweeps and %d notices forgotten", forms, sweeps, strays)


def _go_on(tally: DeliveryTally | None) -> None:
    """A run is short, and a long outbox takes several: one after the other, so that a worker can stop between them."""
    if tally is not None and tally.is_more:
        deliver_soon()


def deliver_soon(**_: object) -> None:
    """Connected by the site to ``cases.mail.outbox.queued``. Never raises and never waits long: a broker that is down
    or does not answer must not break, nor hold up, the page that has just been saved. So it asks once, where Celery
    would insist; briefly, where Celery would wait; and not again at once."""
    if time.monotonic() < Broker.rests_until:
        return
    app = deliver_mail.app
    patient = app.connection_for_write()
    options = {**(patient.transport_options or {}), **_BRIEFLY}
    try:
        with patient.clone(transport_options=options) as once:
            app.send_task(deliver_mail.name, connection=once, expires=_SWEPT_ANYWAY, retry=False)
    except OperationalError as error:
        Broker.rests_until = time.monotonic() + _RESTS_FOR
        logger.warning("The broker cannot be reached, so mail leaves with the next sweep: %s", error)
