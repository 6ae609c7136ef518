"""Runs every fault in a database of its own and prints a tally for each; ends with an error if one is not kept."""

from __future__ import annotations

import argparse
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
    from typing import Any

SEED = 4_711
_HEAD = ("fault", "owed", "delivered", "failed", "lost", "kills", "in doubt", "twice", "seconds")
_LINE = "{:34}" + "{:>11}" * 8


def main() -> int:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="at random moments (default: %(default)s)")
    asked = parser.parse_args()
    with place.database():
        django.setup()
        call_command("migrate", verbosity=0)
        _say(_LINE.format(*_HEAD))
        kept = [_run(name, manner, fault) for name, manner, fault in _faults(asked.kills)]
    _say("Nothing was lost." if all(kept) else "A promise was broken: see the lines marked with !")
    return 0 if all(kept) else 1


def _faults(kills: int) -> list[tuple[str, str, Callable[[Any], int]]]:
    from tests.reminders.faults import scenarios

    chance = Random(SEED)  # noqa: S311 - chance that is the same in each run
    return [
        ("8 sweeps at once", "takes", scenarios.several_at_once),
        ("killed after planning", "takes", scenarios.killed_at("planned")),
        ("killed after claiming", "takes", scenarios.killed_at("claimed")),
        ("killed while talking", "takes", scenarios.killed_at("talking")),
        ("killed before recording a yes", "takes", scenarios.killed_at("taken")),
        ("killed at random moments", "takes", partial(scenarios.killed_at_random, kills=kills, chance=chance)),
        ("one address rejected", "rejects", scenarios.undisturbed),
        ("every third mail refused", "refuses", scenarios.undisturbed),
        ("every third mail left unanswered", "hangs", scenarios.undisturbed),
        ("every third mail cut off", "drops", scenarios.undisturbed),
    ]


def _run(name: str, manner: str, fault: Callable[[Any], int]) -> bool:
    """A fault from an empty database to its tally."""
    from django.conf import settings

    from tests.reminders.faults import scenarios
    from tests.reminders.faults.tally import tally

    call_command("flush", interactive=False, verbosity=0)
    begun, folder = time.monotonic(), Path(settings.VAR)
    with place.mail_server(manner, folder) as log:
        clock = scenarios.prepare()
        kills = fault(clock)
        scenarios.finish(clock)
        found = tally(log)
    is_kept = found.is_kept(kills=kills)
    numbers = (found.owed, found.delivered, found.failed, found.lost, kills, found.doubts, found.twice)
    _say(_LINE.format(name, *numbers, f"{time.monotonic() - begun:.0f}") + ("" if is_kept else " !"))
    return is_kept


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
