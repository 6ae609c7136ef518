"""What is printed of deliveries, and whether each number is what was wanted."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

from bench.delivery.place import TAKES
from bench.delivery.rounds import MAILS, MANY
from bench.report import Cell, lines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WANTED_SHARE = 0.8
WANTED_WORTH = 1.6
WANTED_GROWTH = 30.0
_LOOPS = {"each": "bare loop that marks each mail", "all": "bare loop that marks all at its end"}


def report(found: Mapping[str, Any]) -> tuple[str, int]:
    """What is printed, and how many numbers are missed. ``found``: see ``bench.delivery.rounds``."""
    seconds, rows = found["seconds"], [tuple(map(Cell, ("delivered by", "mails/s", "ratio")))]
    rows.append((Cell("Amends"), _speed(seconds["product"]), Cell("")))
    for loop, name in _LOOPS.items():
        share = _ratio(seconds[loop], seconds["product"])
        rows.append((Cell(name), _speed(seconds[loop]), Cell(f"{share:.2f}", loop == "each" and share < WANTED_SHARE)))
    worth = _ratio(found["workers"]["1"], found["workers"]["2"])
    second = Cell(f"{worth:.2f} times", worth < WANTED_WORTH)
    few, many = found["sizes"]
    laid, written = found["written"]
    growth = Cell(f"{many - few:.0f} MB", many - few > WANTED_GROWTH)
    told = [
        f"Reminders: delivery, {MAILS:,} mails to {MAILS:,} owners",
        *lines(rows),
        "",
        f"Laying the ladders of a case: {laid / MAILS * 1000:.1f} ms; planning and writing a mail: "
        f"{written / MAILS * 1000:.1f} ms",
        f"Two workers deliver as fast as one, where the server takes {TAKES * 1000:.0f} ms a mail: {second}",
        f"A worker's memory after {MAILS:,} mails is {few:.0f} MB, after {MANY:,} {many:.0f} MB: growth {growth}",
        f"Wanted: at least {WANTED_SHARE} of the loop that marks each mail, two workers at least {WANTED_WORTH} times, "
        f"growth at most {WANTED_GROWTH:.0f} MB",
    ]
    return "\n".join(told), sum(cell.is_missed for cell in (rows[2][2], second, growth))


def _speed(seconds: Sequence[float]) -> Cell:
    return Cell(f"{MAILS / median(seconds):,.0f}")


def _ratio(theirs: Sequence[float], ours: Sequence[float]) -> float:
    """The median of what each round gave: whatever slowed one down slowed the other too."""
    return median(their / our for their, our in zip(theirs, ours, strict=True))
