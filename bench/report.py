"""The table, and whether each number is what was wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.measure import Figures
    from bench.place import Served

WANTED_RATIO = 2.5
WANTED_GROWTH = 1.3
WANTED_STATEMENTS = 15
WANTED_MEMORY = 150.0
_HEAD = ("page", "cases", "rows", "ms", "twin ms", "ratio", "growth", "SQL")


@dataclass(frozen=True, slots=True)
class Cell:
    """``is_missed``: the number is not what was wanted."""

    text: str
    is_missed: bool = False

    def __str__(self) -> str:
        return f"{self.text} !" if self.is_missed else self.text


def report(
    figures: Sequence[Figures], sites: Sequence[Served], memory: Mapping[int, Sequence[float]]
) -> tuple[str, int]:
    """What is printed, and how many numbers are missed. ``memory``: MB of each worker, by number of cases."""
    smallest = {one.name: one for one in sorted(figures, key=lambda one: -one.cases)}
    names = list(dict.fromkeys(one.name for one in figures))
    ordered = sorted(figures, key=lambda one: (names.index(one.name), one.cases))
    rows = [_row(one, smallest[one.name]) for one in ordered]
    told = [*lines([tuple(Cell(text) for text in _HEAD), *rows]), ""]
    largest = {cases: Cell(f"{max(sizes):.0f} MB", max(sizes) >= WANTED_MEMORY) for cases, sizes in memory.items()}
    told += [f"The larger of the web workers with {cases:,} cases: {size}" for cases, size in largest.items()]
    told += [
        f"Reckoning the dashboard's figures anew, once a minute, with {site.cases:,} cases: "
        f"{site.told['figures_ms']:.0f} ms"
        for site in sites
    ]
    told += [
        f"Wanted: ratio at most {WANTED_RATIO}, growth at most {WANTED_GROWTH}, at most {WANTED_STATEMENTS} SQL "
        f"statements a page, a web worker under {WANTED_MEMORY:.0f} MB. Missed numbers are marked with !"
    ]
    missed = sum(cell.is_missed for row in [*rows, tuple(largest.values())] for cell in row)
    return "\n".join(told), missed


def _row(one: Figures, smallest: Figures) -> tuple[Cell, ...]:
    growth = one.median / smallest.median
    return (
        Cell(one.name),
        Cell(f"{one.cases:,}"),
        Cell(str(one.rows)),
        Cell(f"{one.median:.1f}"),
        Cell(f"{one.twin_median:.1f}"),
        Cell(f"{one.ratio:.2f}", one.ratio > WANTED_RATIO),
        Cell("" if one is smallest else f"{growth:.2f}", growth > WANTED_GROWTH),
        Cell(str(one.statements), one.statements > WANTED_STATEMENTS),
    )


def lines(rows: Sequence[tuple[Cell, ...]]) -> list[str]:
    """Of a table, whose first column is words and whose others are numbers."""
    widths = [max(len(str(cell)) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            str(cell).ljust(width) if place == 0 else str(cell).rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
