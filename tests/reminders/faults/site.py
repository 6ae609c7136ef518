"""What happens to a site that runs: one worker and two beats as real processes, while its servers are broken or it is.

After each blow something more is owed, and nobody helps: the site itself has to send it within ``SERVED_WITHIN``.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connections
from django.utils import timezone

from cases.models import Message, Reminder
from recovery.serve import COMMANDS
from tests.reminders.faults.place import ROOT
from tests.reminders.faults.scenarios import MORE, owe
from tests.reminders.faults.tally import unplanned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from random import Random

    from tests.reminders.faults.place import Place
    from tests.reminders.faults.scenarios import Clock

SERVED_WITHIN = 40
"""Seconds; Celery waits longer each time before it looks for its broker again."""
_IN_THE_MIDDLE = 1.2
"""Seconds after something is owed, at most: the sweep that sends it has begun, is on, or has just ended."""
_ENDS_WITHIN = 10


class NotServedError(Exception):
    """What was owed has not left, though the site had time."""


@dataclass(slots=True)
class Site:
    """Its processes, each the leader of a group of its own, so that a kill leaves none of them."""

    log: Path
    _processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict, init=False)

    def start(self, name: str) -> None:
        with self.log.open("ab") as log:
            self._processes[name] = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", *_commands()[name]],
                cwd=ROOT,
                env={**os.environ, **_mail()},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """And start another in its place."""
        process = self._processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.start(name)

    def end(self) -> None:
        """As a supervisor does it: told to stop, so that the worker ends its sweep, and killed where they do not."""
        for process in self._processes.values():
            process.terminate()
        until = time.monotonic() + _ENDS_WITHIN
        for process in self._processes.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(until - time.monotonic(), 0))
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def await_served(self) -> None:
        """All that is owed and that no dead run holds has left, or is leaving."""
        until = time.monotonic() + SERVED_WITHIN
        while unplanned(timezone.now()) or Reminder.objects.unsent().exists() or _is_something_free():
            if time.monotonic() > until:
                raise NotServedError(f"{self.log.read_text()[-3000:]}\nNot sent within {SERVED_WITHIN} seconds.")
            time.sleep(0.1)


def redis_lost(clock: Clock, here: Place, chance: Random) -> int:
    """Emptied, so that queues, bindings and nudges are gone and nobody is told; and ended, with more becoming owed
    while it is away. No sweep dies of it."""

    def restart() -> None:
        here.broker.end()
        owe(clock, MORE)
        here.broker.start()

    with _running() as site:
        _struck(site, clock, chance, [here.broker.flush, restart] * 2)
    return 0


def worker_lost(clock: Clock, here: Place, chance: Random) -> int:
    """Killed and started again; and PostgreSQL restarted under it, politely and not, so that it has to go on with
    broken connections."""

    def restart(manner: str) -> None:
        connections.close_all()
        here.database.restart(manner)

    with _running() as site:
        kill = partial(site.kill, "worker")
        blows = [kill, partial(restart, "fast"), kill, partial(restart, "immediate")]
        _struck(site, clock, chance, blows)
    return len(blows)


def _struck(site: Site, clock: Clock, chance: Random, blows: Sequence[Callable[[], None]]) -> None:
    """Each in the middle of sending."""
    site.await_served()
    for strike in blows:
        owe(clock, MORE)
        time.sleep(chance.uniform(0, _IN_THE_MIDDLE))
        strike()
        site.await_served()
        owe(clock, 1)
        site.await_served()


@contextmanager
def _running() -> Iterator[Site]:
    site = Site(settings.VAR / "site.log")
    try:
        for name in _commands():
            site.start(name)
        yield site
    finally:
        site.end()


def _commands() -> dict[str, list[str]]:
    """Those of the embedded run, but that the beats nudge more often and do not share a file."""
    often = ["tests.reminders.faults.often" if word == "recovery" else word for word in COMMANDS["beat"]]
    beats = {f"beat{number}": [*often, f"--schedule={settings.VAR / f'beat{number}'}"] for number in (1, 2)}
    return {"worker": COMMANDS["worker"], **beats}


def _mail() -> dict[str, str]:
    """The mail server of this fault, in the words of the environment."""
    options: Any = settings.MAILERS["default"]["OPTIONS"]
    return {"SMTP_HOST": options["host"], "SMTP_PORT": str(options["port"]), "SMTP_SECURITY": "none"}


def _is_something_free() -> bool:
    return Message.objects.owed(timezone.now()).exists()
