"""The figures of a period, each by its definition in domain.md, section C; and the dashboard that shows them.

Figures over months are kept for a minute, and say as of when they are true; what is open is always asked live.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from cases.reports.board import Board, OwnerStanding, board
from cases.reports.causes import Pareto, pareto
from cases.reports.filters import NOBODY, CaseFilter, History, Number
from cases.reports.frames import Frame
from cases.reports.kept import kept
from cases.reports.outcomes import Endings, Satisfied, endings, open_at, satisfied
from cases.reports.periods import DEFAULT_DAYS, Period
from cases.reports.rates import Rate
from cases.reports.spending import Spending, spending
from cases.reports.timing import (
    Intake,
    OnTime,
    PromisesKept,
    SecondFailures,
    intake,
    on_time,
    promises_kept,
    second_failures,
)

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from cases.models import Team, User

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What happened in a period: intake and timing by T0, endings and cost by the day of closing."""

    period: Period
    intake: Intake
    on_time: OnTime
    promises: PromisesKept
    second_failures: SecondFailures
    satisfied: Satisfied
    endings: Endings
    spending: Spending
    open_a_week_ago: int

    @property
    def response(self) -> Rate:
        """How many of the customers that were asked have given an answer of one to five (C5)."""
        return Rate(self.satisfied.answered.value, self.endings.asked.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerFigures:
    """One line of the table of owners, which stands in the order of their names and is never ranked."""

    standing: OwnerStanding
    on_time: OwnerTiming | None
    satisfied: Rate


@dataclass(frozen=True, slots=True)
class OwnerTiming:
    """Steps on time that this person owed, and the cases of the period with one that they owed and that was late."""

    rate: Rate
    late: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """``figures`` and ``causes`` are true as of ``as_of``; the board is live. ``base``: all cases, or a team's."""

    base: CaseFilter
    board: Board
    figures: Figures
    causes: Pareto
    as_of: datetime

    @property
    def change_in_a_week(self) -> int:
        """How many more cases are open than seven days ago."""
        return self.board.standing.open.value - self.figures.open_a_week_ago

    @property
    def owners(self) -> tuple[OwnerFigures, ...]:
        """Who has open cases now, with how it went for them in the period."""
        return tuple(
            OwnerFigures(
                standing=row,
                on_time=self._timing_of(row),
                satisfied=self.figures.satisfied.owners.get(row.key, Rate(0, 0)),
            )
            for row in self.board.owners
        )

    def _timing_of(self, owner: OwnerStanding) -> OwnerTiming | None:
        found = self.figures.on_time.owners.get(owner.key)
        if found is None:
            return None
        late = replace(self.base, late_by=owner.public_id or NOBODY).known_in(self.figures.period)
        return OwnerTiming(found.rate, Number(found.late_cases, late))


def dashboard(
    user: User,
    *,
    now: datetime,
    zone: ZoneInfo,
    days: int = DEFAULT_DAYS,
    team: Team | None = None,
    history: History | None = None,
) -> Dashboard:
    """Where things stand, and the last ``days`` days, of the cases that this person may see. Twelve queries at most,
    three while the figures are kept."""
    frame = Frame.of(user, Period.ending_today(days, now, zone), now=now, team=team, history=history)
    whose = "all" if user.is_manager else str(user.public_id)
    key = f"dashboard:{whose}:{zone.key}:{frame.closed().address}:{frame.base.address}"
    found = kept(key, lambda: (figures(frame), pareto(frame)), now=now)
    answers, causes = found.answer
    return Dashboard(
        base=frame.base,
        board=board(user, now=now, zone=zone, team=team, history=history),
        figures=answers,
        causes=causes,
        as_of=found.as_of,
    )


def figures(frame: Frame) -> Figures:
    """Eight queries, whatever the period holds."""
    came_in = intake(frame)
    ended = endings(frame)
    return Figures(
        period=frame.period,
        intake=came_in,
        on_time=on_time(frame),
        promises=promises_kept(frame),
        second_failures=second_failures(frame, came_in.known.value),
        satisfied=satisfied(frame),
        endings=ended,
        spending=spending(frame, ended.timed),
        open_a_week_ago=open_at(frame, frame.now - _WEEK),
    )
