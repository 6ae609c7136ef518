"""What is printed of sweeps, and whether each number is what was wanted."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

from bench.report import Cell, lines
from bench.sweeping.rounds import DUE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WANTED = {"idle": 3.0, "planning": 2.0}
WANTED_GROWTH = 1.3
_NAMES = {"idle": "a sweep that finds nothing", "planning": f"planning {DUE:,} reminders"}
_HEAD = ("", "open commitments", "ms", "bare ms", "ratio", "growth")


def report(found: Mapping[int, Any]) -> tuple[str, int]:
    """What is printed, and how many numbers are missed. ``found``: see ``bench.sweeping.place``."""
    fewest = found[min(found)]
    rows = [tuple(map(Cell, _HEAD))]
    for what, name in _NAMES.items():
        rows += [(Cell(name), Cell(f"{size:,}"), *_figures(what, found[size], fewest)) for size in sorted(found)]
    wanted = (
        f"Wanted: a sweep at most {WANTED['idle']:.0f} times the bare query, and {WANTED_GROWTH} times itself among "
        f"the fewest; planning at most {WANTED['planning']:.0f} times the bare statement"
    )
    text = "\n".join(["Reminders: sweeping", *lines(rows), "", wanted])
    return text, sum(cell.is_missed for row in rows for cell in row)


def _figures(what: str, one: Mapping[str, Any], fewest: Mapping[str, Any]) -> tuple[Cell, ...]:
    """Ratios are the median of what each round gave: whatever slowed one down slowed the other too."""
    ours, theirs = one[what]["product"], one[what]["bare"]
    ratio = median(our / their for our, their in zip(ours, theirs, strict=True))
    growth = median(ours) / median(fewest[what]["product"])
    is_growth = what == "idle" and one is not fewest
    return (
        _milliseconds(ours),
        _milliseconds(theirs),
        Cell(f"{ratio:.2f}", ratio > WANTED[what]),
        Cell(f"{growth:.2f}" if is_growth else "", is_growth and growth > WANTED_GROWTH),
    )


def _milliseconds(seconds: Sequence[float]) -> Cell:
    return Cell(f"{median(seconds) * 1000:.2f}")
