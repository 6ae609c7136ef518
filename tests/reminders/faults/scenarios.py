"""The faults themselves. Each begins with overdue steps of as many owners and ends with a sweep that nothing disturbs.

Moments are values: a sweep that comes after a dead one is told a later time, so nobody waits for a claim to lapse.
"""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from django.db import connections
from django.utils import timezone

from cases.actions import customers, intake, reminded
from cases.actions.customers import CustomerDetails
from cases.actions.defaults import install_defaults
from cases.actions.intake import Mistake
from cases.mail import outbox, smtp
from cases.mail.outbox import LEASE
from cases.models import Alarm, Customer, Message, Reminder, ReminderLadder, Team, User, WorkingCalendar
from cases.reminders import sweep as sweeping
from cases.reminders.sweep import sweep
from cases.rules.vocabulary import Channel, CriticalGround, MessageStatus, Role, Severity
from tests.reminders.faults.sink import REJECTED

if TYPE_CHECKING:
    from tests.reminders.faults.servers import Database

OWNERS = 30
MORE = 4
AFTER = LEASE + timedelta(minutes=1)
"""By then a dead sweep's claim has lapsed."""
LATEST = 1.0
"""Seconds from the beginning of a sweep to a fault in it."""
RESTARTS = 6
MOST_SWEEPS = 2000
"""More than a week: long enough for the last attempt at a mail that is refused each time."""


@dataclass(slots=True)
class Clock:
    """What time it is for the sweeps."""

    now: datetime

    def on(self) -> datetime:
        self.now += AFTER
        return self.now


def prepare(owners: int = OWNERS) -> Clock:
    """A team with so many agents, and for each a step that has been overdue for a minute."""
    clock = Clock(timezone.now())
    install_defaults(zone="UTC", country="", currency="USD")
    # What comes again and again would never end, and early words are not what is counted.
    ReminderLadder.objects.update(again_minutes=None, early_percent=None, soon_percent=None)
    calendar = WorkingCalendar.objects.order_by("pk")[0]
    boss = User.objects.create_user(email="boss@example.com", name="Boss", role=Role.ADMINISTRATOR)
    team = Team.objects.create(name="Client care", calendar=calendar, manager=boss)
    customers.add_customer(details=CustomerDetails(name="Grace Hall"), actor=boss, now=clock.now)
    for number in range(owners):
        name = REJECTED if number == 0 else f"agent{number}"
        owner = User.objects.create_user(email=f"{name}@example.com", name=f"Agent {number}", role=Role.AGENT)
        owner.teams.add(team)
    owe(clock, owners)
    return clock


def owe(clock: Clock, owners: int) -> None:
    """One overdue step more for so many agents."""
    boss, customer = User.objects.get(role=Role.ADMINISTRATOR), Customer.objects.get()
    for owner in User.objects.filter(role=Role.AGENT).order_by("pk")[:owners]:
        mistake = Mistake(
            title=f"Mistake of {owner}",
            severity=Severity.CRITICAL,
            critical_because=CriticalGround.SAFETY,
            channel=Channel.PHONE,
            known_at=clock.now - timedelta(minutes=31),
            team=Team.objects.get(),
            owner=owner,
        )
        intake.log_case(mistake=mistake, customer=customer, actor=boss, now=clock.now)


def finish(clock: Clock) -> None:
    """Sweep on until nothing is on its way any more. What comes due only now is no matter of the fault."""
    Alarm.objects.filter(at__gt=clock.now).delete()
    for _ in range(MOST_SWEEPS):
        sweep(clock.on())
        if not _is_anything_to_tell():
            return


def several_at_once(clock: Clock, sweepers: int = 8) -> int:
    """Nobody dies; they only get in each other's way."""
    at = clock.on()
    for child in [_begin(lambda: sweep(at)) for _ in range(sweepers)]:
        os.waitpid(child, 0)
    return 0


def killed_at_random(clock: Clock, kills: int, chance: Random) -> int:
    """At any moment: while planning, writing, claiming, talking or recording. There is always something to tell. Those
    that outran their kill are not counted, and the next kill comes sooner: how long a sweep takes is the machine's
    matter."""
    latest, killed = LATEST, 0
    while killed < kills:
        child = _sweep_on(clock)
        time.sleep(chance.uniform(0, latest))
        os.kill(child, signal.SIGKILL)
        is_killed = os.WIFSIGNALED(os.waitpid(child, 0)[1])
        latest *= 1.05 if is_killed else 0.8
        killed += is_killed
    return kills


def database_restarted(clock: Clock, database: Database, manner: str, chance: Random) -> int:
    """At any moment of a sweep. What it was about to do or to write down is left to the next."""
    for _ in range(RESTARTS):
        child = _sweep_on(clock)
        time.sleep(chance.uniform(0, LATEST))
        database.restart(manner)
        os.waitpid(child, 0)
    return RESTARTS


def killed_at(phase: str) -> Callable[[Clock], int]:
    """Just after planning or claiming, on either side of the server's yes, or while what was recorded is written on the
    mails; three times in a row."""

    def fault(clock: Clock) -> int:
        for _ in range(3):
            at = clock.on()
            os.waitpid(_begin(lambda at=at: _dying(phase, at)), 0)  # type: ignore[misc]
        return 3

    return fault


def undisturbed(clock: Clock) -> int:
    """What is wrong is the mail server."""
    sweep(clock.on())
    return 0


def _sweep_on(clock: Clock) -> int:
    """In a process of its own, with something to tell beside what the one before it left."""
    owe(clock, MORE)
    at = clock.on()
    return _begin(lambda: sweep(at))


def _is_anything_to_tell() -> bool:
    return Message.objects.filter(status=MessageStatus.QUEUED).exists() or Reminder.objects.unsent().exists()


def _dying(phase: str, at: datetime) -> None:
    """Only ever in a process that is about to die: nothing is put back."""
    module, name, calls = _PHASES[phase]
    real, left = getattr(module, name), iter(range(calls))

    def dies(*args: object, **options: object) -> object:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **options)

    setattr(module, name, dies)
    sweep(at)


_PHASES: Mapping[str, tuple[Any, str, int]] = {
    "planned": (sweeping, "bundle", 0),
    "claimed": (outbox.Carrier, "hand_over", 0),
    "talking": (smtp.EmailBackend, "prep_address", 5),
    "taken": (outbox, "record", 3),
    "recorded": (outbox, "settle", 1),
    "settling": (reminded, "note_reminded", 1),
}
"""The call before which a sweep dies, and how many of them it survives."""


def _begin(work: Callable[[], object]) -> int:
    """In a process of its own, with a database connection of its own."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        logging.disable()  # it is meant to be in trouble; what came of it is in the tally
        try:
            work()
        finally:
            os._exit(0)
    return child
