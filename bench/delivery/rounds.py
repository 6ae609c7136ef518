"""Delivers the same mails by the product and by the bare loops in turn, then many, then by two workers:
``python -m bench.delivery.rounds``.

A process of its own, because Django knows one database a process. Its settings come from the environment; what it
found goes out as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import django
from django.core.management import call_command

from bench.delivery.worker import deliver_all, worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.delivery.worker import Worker

MAILS = 1_000
ROUNDS = 6
"""The first warms up and does not count."""
MANY = 100_000
AT_ONCE = 9_000
"""Of the many, so that they do not fill the disk."""
SHARED = 1_000
"""What one worker or two deliver to the slow server: as many batches for each of two."""


def main() -> None:
    django.setup()
    call_command("migrate", verbosity=0)
    from bench.delivery import mails

    found = {"written": mails.write_first(MAILS), "seconds": _speed(), "sizes": _sizes(), "workers": _workers()}
    json.dump(found, sys.stdout)


def _speed() -> dict[str, list[float]]:
    """Seconds of each round, of whoever delivers. Who begins changes from round to round."""
    from bench.delivery import bare

    port = int(os.environ["SMTP_PORT"])
    loops: list[tuple[str, Callable[[], int]]] = [
        ("product", deliver_all),
        ("each", lambda: bare.marks_each(port)),
        ("all", lambda: bare.marks_all(port)),
    ]
    seconds: dict[str, list[float]] = {name: [] for name, _ in loops}
    for turn in range(ROUNDS):
        for name, loop in (*loops[turn % 3 :], *loops[: turn % 3]):
            seconds[name].append(_timed(loop))
    return {name: took[1:] for name, took in seconds.items()}


def _timed(loop: Callable[[], int]) -> float:
    from bench.delivery import mails

    mails.owe_again(MAILS)
    begun = time.perf_counter()
    sent = loop()
    took = time.perf_counter() - begun
    _check(sent, MAILS)
    return took


def _sizes() -> tuple[float, float]:
    """A worker's size after a thousand mails, and after a hundred thousand."""
    from bench.delivery import mails

    sizes: list[float] = []
    left = MANY
    with worker(port=int(os.environ["SMTP_PORT"])) as one:
        while left:
            number = min(left, AT_ONCE if sizes else MAILS)
            mails.owe_again(number, reminds=False)
            one.start()
            delivered = one.wait()
            _check(delivered.sent, number)
            sizes.append(delivered.size)
            left -= number
    return sizes[0], sizes[-1]


def _workers() -> dict[int, list[float]]:
    """Seconds of each round of one worker and of two, by turns."""
    seconds: dict[int, list[float]] = {1: [], 2: []}
    with ExitStack() as stack:
        both = [stack.enter_context(worker(port=int(os.environ["SLOW_SMTP_PORT"]))) for _ in range(2)]
        for turn in range(ROUNDS):
            for number in (1, 2) if turn % 2 else (2, 1):
                seconds[number].append(_together(both[:number]))
    return {number: took[1:] for number, took in seconds.items()}


def _together(workers: list[Worker]) -> float:
    """Seconds until the last of them has nothing left to do."""
    from bench.delivery import mails

    mails.owe_again(SHARED)
    begun = time.perf_counter()
    for each in workers:
        each.start()
    delivered = [each.wait() for each in workers]
    took = time.perf_counter() - begun
    _check(sum(each.sent for each in delivered), SHARED)
    return took


def _check(sent: int, owed: int) -> None:
    if sent != owed:
        raise RuntimeError(f"{sent} mails were sent, not {owed}.")


if __name__ == "__main__":
    main()
