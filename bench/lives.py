"""How long recoveries take: when each step of a case fell due and was settled, in one round or two.

Pure. Limit: working days are reckoned without a calendar, five of seven; pages derive their moments by the rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cases.rules import workflow
from cases.rules.policy import BUSINESS_DAY, DEFAULT_TARGETS
from cases.rules.vocabulary import Answer, ClockKind, Severity, StepKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from random import Random

UNSATISFIED = 0.04
NEGLECTED = 0.005
"""Shares of cases that need a second round, and that somebody stopped working on."""
PACE, PACE_SPREAD = -0.8, 0.7
"""Of the time that a step is given, the middle one takes 45 %; one of eight takes more than all of it."""
UNTIL_CLOSED = 30.0
"""Hours from the last step to the closing, in the mean."""
_SEVERITIES = (Severity.MINOR, Severity.MODERATE, Severity.MAJOR, Severity.CRITICAL)
_OF_EACH = (42, 38, 16, 4)
_OPENS, _CLOSES = 13, 21  # o'clock in UTC: working hours in New York, summer or winter
_WEEKEND = 5


@dataclass(frozen=True, slots=True)
class Turn:
    """One step. No due moment: it cannot be known yet. Not settled: still owed."""

    kind: StepKind
    due_at: datetime | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Round:
    """``ended_at``: when the customer's answer opened the next one."""

    started_at: datetime
    turns: tuple[Turn, ...]
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Life:
    severity: Severity
    rounds: tuple[Round, ...]
    closed_at: datetime | None


def known_moments(count: int, *, since: datetime, now: datetime, chance: Random) -> list[datetime]:
    """When anybody first knew of ``count`` mistakes: evenly over the working hours between two moments."""
    moments: list[datetime] = []
    while len(moments) < count:
        moment = since + (now - since) * chance.random()
        if moment.weekday() < _WEEKEND and _OPENS <= moment.hour < _CLOSES:
            moments.append(moment.replace(microsecond=0))
    return sorted(moments)


def lead(known_at: datetime, *, now: datetime, chance: Random) -> Life:
    """The life of one case up to ``now``."""
    severity = chance.choices(_SEVERITIES, _OF_EACH)[0]
    stops = chance.choice(list(StepKind)) if chance.random() < NEGLECTED else None
    first = _moments(StepKind, known_at, severity, stops, chance)
    answered_at = first[StepKind.CONFIRM][1]
    if chance.random() < UNSATISFIED and answered_at <= now:
        again = _moments(workflow.steps_of_round(Answer.WANTS_MORE), answered_at, severity, stops, chance)
        rounds = [_round(known_at, first, now, answered_at), _round(answered_at, again, now)]
    else:
        again, rounds = first, [_round(known_at, first, now)]
    closed_at = again[StepKind.FOLLOW_UP][1] + timedelta(hours=chance.expovariate(1 / UNTIL_CLOSED))
    return Life(severity, tuple(rounds), closed_at if closed_at <= now else None)


type _Moments = dict[StepKind, tuple[datetime, datetime, datetime]]
"""For each step: when its time begins, when it will be settled, and when it is due."""


def _moments(
    kinds: Iterable[StepKind], start: datetime, severity: Severity, stops: StepKind | None, chance: Random
) -> _Moments:
    found: _Moments = {}
    for kind in kinds:
        before = [found[other][1] for other in workflow.STEPS[kind].waits_for if other in found]
        begins = max(before, default=start) if kind in {StepKind.CONFIRM, StepKind.FOLLOW_UP} else start
        given = _given(severity, kind)
        takes = given * min(chance.lognormvariate(PACE, PACE_SPREAD), 8)
        if stops is not None and kind.number >= stops.number:
            takes += timedelta(days=20_000)
        settled = max([begins + takes, *(moment + timedelta(minutes=1) for moment in before)])
        found[kind] = (begins, settled, begins + given)
    return found


def _given(severity: Severity, kind: StepKind) -> timedelta:
    target = DEFAULT_TARGETS[severity, kind]
    if target.clock is ClockKind.CLOCK or target.minutes < BUSINESS_DAY:
        return timedelta(minutes=target.minutes)
    return timedelta(days=target.minutes / BUSINESS_DAY * 7 / 5)


def _round(started_at: datetime, moments: _Moments, now: datetime, ended_at: datetime | None = None) -> Round:
    turns = tuple(
        Turn(kind, due_at if begins <= now else None, settled_at if settled_at <= (ended_at or now) else None)
        for kind, (begins, settled_at, due_at) in moments.items()
    )
    return Round(started_at, turns, ended_at)
