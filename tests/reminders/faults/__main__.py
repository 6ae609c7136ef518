"""Runs every fault from an empty database and prints a tally for each; ends with an error if one is not kept."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import django
from django.core.management import call_command

from tests.reminders.faults import place

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any

    from tests.reminders.faults.place import Place

SEED = 4_711
_HEAD = ("fault", "owed", "delivered", "failed", "lost", "kills", "in doubt", "twice", "seconds")
_LINE = "{:38}" + "{:>11}" * 8


def main() -> int:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="at random moments (default: %(default)s)")
    parser.add_argument("--only", default="", metavar="WORD", help="faults whose names have it in them")
    asked = parser.parse_args()
    for told in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(told, _end)
    with place.made() as here:
        django.setup()
        call_command("migrate", verbosity=0)
        _say(_LINE.format(*_HEAD))
        wanted = [fault for fault in _faults(asked.kills, here) if asked.only in fault[0]]
        kept = [_run(name, manner, fault) for name, manner, fault in wanted]
    _say("Nothing was lost." if all(kept) else "A promise was broken: see the lines marked with !")
    return 0 if all(kept) else 1


def _end(told: int, _: FrameType | None) -> None:
    """In the ordinary way, so that the servers end as well; also in CI, where Ctrl-C is ignored in the background."""
    sys.exit(128 + told)


def _faults(kills: int, here: Place) -> list[tuple[str, str, Callable[[Any], int]]]:
    from tests.reminders.faults import clocks, scenarios, site

    chance = Random(SEED)  # noqa: S311 - chance that is the same in each run
    restarted = partial(scenarios.database_restarted, database=here.database, chance=chance)
    return [
        ("8 sweeps at once", "takes", scenarios.several_at_once),
        ("killed after planning", "takes", scenarios.killed_at("planned")),
        ("killed after claiming", "takes", scenarios.killed_at("claimed")),
        ("killed while talking", "takes", scenarios.killed_at("talking")),
        ("killed before recording a yes", "takes", scenarios.killed_at("taken")),
        ("killed after recording all", "takes", scenarios.killed_at("recorded")),
        ("killed while settling", "takes", scenarios.killed_at("settling")),
        ("killed at random moments", "takes", partial(scenarios.killed_at_random, kills=kills, chance=chance)),
        ("one address rejected", "rejects", scenarios.undisturbed),
        ("every third mail refused", "refuses", scenarios.undisturbed),
        ("every third mail left unanswered", "hangs", scenarios.undisturbed),
        ("every third mail cut off", "drops", scenarios.undisturbed),
        ("PostgreSQL restarted", "takes", partial(restarted, manner="fast")),
        ("PostgreSQL crashed", "takes", partial(restarted, manner="immediate")),
        ("2 beats, Redis flushed and restarted", "takes", partial(site.redis_lost, here=here, chance=chance)),
        ("2 beats, worker and PostgreSQL too", "takes", partial(site.worker_lost, here=here, chance=chance)),
        ("daylight saving time", "takes", clocks.daylight_saving),
        ("an hour back, mail refused", "refuses", clocks.an_hour_back),
    ]


def _empty() -> None:
    """Events too, which the database would keep."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_event DISABLE TRIGGER cases_event_no_truncate")
        call_command("flush", interactive=False, verbosity=0)
        cursor.execute("ALTER TABLE cases_event ENABLE TRIGGER cases_event_no_truncate")


def _run(name: str, manner: str, fault: Callable[[Any], int]) -> bool:
    """A fault from an empty database to its tally."""
    from django.conf import settings

    from tests.reminders.faults import scenarios
    from tests.reminders.faults.site import NotServedError
    from tests.reminders.faults.tally import tally

    _empty()
    begun, folder = time.monotonic(), Path(settings.VAR)
    with place.mail_server(manner, folder) as log:
        clock = scenarios.prepare()
        try:
            kills = fault(clock)
        except NotServedError as error:
            _say(f"{name}: {error} !")
            return False
        at = clock.now
        scenarios.finish(clock)
        found = tally(log, now=at)
    is_kept = found.is_kept(kills=kills)
    numbers = (found.owed, found.delivered, found.failed, found.lost, kills, found.doubts, found.twice)
    _say(_LINE.format(name, *numbers, f"{time.monotonic() - begun:.0f}") + ("" if is_kept else " !"))
    return is_kept


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
