"""Values that figures are made of: a share with its n, a spread, a mean. No n, no figure: then they say "–".

Pure; nothing here knows what is counted.
"""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

NOTHING = "–"
_NINETIETH = 0.9


@dataclass(frozen=True, slots=True)
class Rate:
    """``part`` of ``whole``."""

    part: int
    whole: int

    @property
    def share(self) -> float | None:
        return self.part / self.whole if self.whole else None

    @property
    def percent(self) -> int | None:
        """Whole percent. All and nothing are said only when it is all or nothing: 199 of 200 are 99 %, not 100."""
        if not self.whole:
            return None
        half_up = (200 * self.part + self.whole) // (2 * self.whole)
        return min(max(half_up, 1), 99) if 0 < self.part < self.whole else half_up

    def __str__(self) -> str:
        return NOTHING if self.percent is None else f"{self.percent}%"

    def __add__(self, other: Rate) -> Rate:
        return Rate(self.part + other.part, self.whole + other.whole)

    def __reduce__(self) -> tuple[type[Rate], tuple[int, int]]:
        """Figures are kept and read back by the hundred; so they are several times as fast as field by field."""
        return Rate, (self.part, self.whole)

    def change_since(self, earlier: Rate) -> str:
        """How it moved, in words: "up 4 points". Empty where one of the two has no n."""
        if self.percent is None or earlier.percent is None:
            return ""
        points = self.percent - earlier.percent
        if points == 0:
            return "as before"
        return f"{'up' if points > 0 else 'down'} {abs(points)} {'point' if abs(points) == 1 else 'points'}"


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and 90th percentile (nearest rank: a value that occurred) of ``n`` values, in the unit of its field."""

    n: int
    median: float | None = None
    p90: float | None = None

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        if not values:
            return cls(0)
        ordered = sorted(values)
        return cls(len(ordered), statistics.median(ordered), ordered[math.ceil(_NINETIETH * len(ordered)) - 1])


@dataclass(frozen=True, slots=True)
class Mean:
    """The arithmetic mean of ``n`` values."""

    n: int
    value: float | None = None

    @classmethod
    def of(cls, values: Sequence[float]) -> Mean:
        return cls(len(values), statistics.fmean(values)) if values else cls(0)

    def __str__(self) -> str:
        return NOTHING if self.value is None else f"{self.value:.1f}"
