"""Where the lines and bars of a picture go, in the units of its own drawing. Pure geometry; templates draw it.

Limit: one line and plain bars. A picture always has the table behind it, so that nothing is told by it alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

HUNDRED = 100
_STEPS = (1, 2, 5, 10, 20, 25, 50)
_MOST_LINES = 5


@dataclass(frozen=True, slots=True)
class Point:
    """``place`` is the position of the value in its series."""

    x: float
    y: float
    value: float
    place: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal line at a round value."""

    y: float
    value: int


@dataclass(frozen=True, slots=True)
class Line:
    """``strokes`` are the ``points`` attributes of polylines: one for each stretch without a gap. A value that stands
    alone has a point and no stroke."""

    width: float
    height: float
    points: tuple[Point, ...]
    strokes: tuple[str, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """``width`` in hundredths of the largest bar; anything above nothing is wide enough to be seen."""

    width: float
    value: float


def line(values: Sequence[float | None], *, width: float, height: float) -> Line:
    """A series of percentages from left to right; None is a gap, and is never drawn as zero.

    The scale begins at a round number below the least value: the question is which way it goes, and the rules say so.
    """
    known = [value for value in values if value is not None]
    low, high, step = scale(known)
    across = width / max(len(values) - 1, 1)

    def down(value: float) -> float:
        return round(height * (high - value) / (high - low), 1)

    points = tuple(
        Point(round(place * across, 1), down(value), value, place)
        for place, value in enumerate(values)
        if value is not None
    )
    return Line(
        width=width,
        height=height,
        points=points,
        strokes=tuple(_stroke(stretch) for stretch in _stretches(points) if len(stretch) > 1),
        rules=tuple(Rule(down(value), value) for value in range(low, high + 1, step)),
    )


def scale(values: Sequence[float]) -> tuple[int, int, int]:
    """The least and greatest percentage of a scale, and the distance of its rules: round, and around all values."""
    if not values:
        return 0, HUNDRED, 25
    for step in _STEPS:
        low, high = math.floor(min(values) / step) * step, math.ceil(max(values) / step) * step
        high = high if high > low else low + step
        if (high - low) // step < _MOST_LINES:
            break
    if high > HUNDRED:
        low, high = HUNDRED - (high - low), HUNDRED
    return max(low, 0), high, step


def bars(values: Sequence[float]) -> tuple[Bar, ...]:
    """Bars as long as their values, the largest of full width."""
    largest = max(values, default=0)
    return tuple(Bar(round(max(HUNDRED * value / largest, 1), 1) if value > 0 else 0, value) for value in values)


def _stretches(points: Sequence[Point]) -> list[list[Point]]:
    """Points whose places follow each other."""
    found: list[list[Point]] = []
    for point in points:
        if found and found[-1][-1].place == point.place - 1:
            found[-1].append(point)
        else:
            found.append([point])
    return found


def _stroke(points: Sequence[Point]) -> str:
    return " ".join(f"{point.x:g},{point.y:g}" for point in points)
