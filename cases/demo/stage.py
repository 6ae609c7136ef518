"""The stage: who plays, by whose clock, and a director who plays many scripts on one clock.

A script is a generator: it yields the moment of its next deed, and does it when the director sends that moment back. So
several recoveries happen at once as in life, references and events are given out in the order of time, and a test may
stop anywhere and try what is not allowed.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cases.actions import clocks
from cases.reminders.sweep import sweep

if TYPE_CHECKING:
    from cases.demo.cast import Cast
    from cases.mail.outbox import Carrier
    from cases.models import Case, Team
    from cases.rules.calendars import WorkingCalendar

YEAR = 2025
"""In which the five stories happened."""

type Script = Generator[datetime, datetime]
type Scene = Generator[datetime, datetime, datetime]
"""A part of a script. It ends with the moment of its last deed."""


@dataclass(frozen=True, slots=True)
class Stage:
    """``shift`` moves the stories; whole weeks keep their weekdays."""

    cast: Cast
    shift: timedelta = timedelta(0)

    def calendar(self, team: Team) -> WorkingCalendar:
        return clocks.calendar_of(team)

    def at(self, team: Team, day: tuple[int, int], time: str) -> datetime:
        """A month and a day of ``YEAR`` and a time such as "18:30" on the clock of the team, shifted."""
        hour, minute = (int(part) for part in time.split(":"))
        shown = datetime(YEAR, *day, tzinfo=UTC) + self.shift
        zone = ZoneInfo(self.calendar(team).zone)
        return shown.replace(hour=hour, minute=minute, tzinfo=zone).astimezone(UTC)


class Story:
    """One recovery with its dates. Subclasses say in ``script`` what happens; what came of it is in ``case``."""

    case: Case
    team: Team

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.cast = stage.cast
        self.team = self.cast.team

    def at(self, day: tuple[int, int], time: str) -> datetime:
        return self.stage.at(self.team, day, time)

    def script(self) -> Script:
        raise NotImplementedError


def ignore(_now: datetime) -> None:
    """Nothing happens between the deeds."""


@dataclass(slots=True)
class Director:
    """Plays scripts side by side, each deed at its moment. ``after_each`` runs after every deed."""

    after_each: Callable[[datetime], object] = ignore
    _next: list[tuple[datetime, int, Script]] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=count)

    def take(self, *scripts: Script) -> None:
        for script in scripts:
            self._push(script, next(script, None))

    def play(self, until: datetime) -> None:
        """Everything up to and including that moment; the rest may follow later."""
        while self._next and self._next[0][0] <= until:
            now, _number, script = heapq.heappop(self._next)
            try:
                then = script.send(now)
            except StopIteration:
                then = None
            self.after_each(now)
            self._push(script, then if then is None else max(then, now))

    def _push(self, script: Script, moment: datetime | None) -> None:
        if moment is not None:
            heapq.heappush(self._next, (moment, next(self._numbers), script))


def sweeps(moments: Iterable[datetime], *, by: Carrier | None = None) -> Script:
    """The sweep at these moments, as one more script."""
    for moment in moments:
        now = yield moment
        sweep(now, by=by)
