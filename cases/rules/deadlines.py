"""When each step of a recovery is due, derived from facts alone.

Nothing here is stored and nothing here reads the clock: the same facts, in any order, give the same moment.
Moments go out in UTC. Limit: it says when a step is due and whether it is late, not who is told
(``reminders``) nor how it is said (``rules.explain``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Self

from cases.errors import RuleError
from cases.rules.agreed import PlanFact, agreed_moment
from cases.rules.calendars import WorkingCalendar, in_utc
from cases.rules.due_reason import DueReason
from cases.rules.policy import Policy, Target
from cases.rules.vocabulary import ClockKind, PauseKind, Severity, StepKind

NEVER_PAUSED = frozenset({StepKind.ACKNOWLEDGE, StepKind.APOLOGIZE})
"""Owning up waits for nobody (domain.md, "Default deadlines")."""

COUNTS_FROM: Mapping[StepKind, tuple[StepKind, ...]] = {
    StepKind.CONFIRM: (StepKind.CORRECT, StepKind.COMPENSATE),
    StepKind.FOLLOW_UP: (StepKind.CONFIRM,),
}
"""What must be settled before a step's time begins; all other steps count from the first knowledge."""


@dataclass(frozen=True, slots=True)
class SeverityFact:
    """From this moment on the case was this severe."""

    at: datetime
    severity: Severity

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", in_utc(self.at))
        object.__setattr__(self, "severity", Severity(self.severity))


@dataclass(frozen=True, slots=True)
class PauseFact:
    """We waited from ``start``: until somebody ended it (``end``), or it woke by itself (``until``)."""

    start: datetime
    end: datetime | None = None
    until: datetime | None = None
    kind: PauseKind = PauseKind.CUSTOMER

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", in_utc(self.start))
        for name in ("end", "until"):
            moment: datetime | None = getattr(self, name)
            if moment is None:
                continue
            if in_utc(moment) < self.start:
                raise RuleError("A pause cannot be over before it begins: choose a later moment.", field=name)
            object.__setattr__(self, name, in_utc(moment))
        object.__setattr__(self, "kind", PauseKind(self.kind))

    @property
    def over(self) -> datetime | None:
        """When the clock ran again; ending a pause that had already woken by itself changes nothing."""
        return min((moment for moment in (self.end, self.until) if moment is not None), default=None)


@dataclass(frozen=True, slots=True)
class Standstill:
    """A stretch in which the clock stood, overlapping pauses made one; no ``end`` means nobody knows yet."""

    start: datetime
    end: datetime | None
    kinds: frozenset[PauseKind]

    def covers(self, moment: datetime) -> bool:
        return self.start <= moment and (self.end is None or moment < self.end)


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """All that the clocks of one round of one case depend on, in whatever order it was learned.

    ``known_at`` is T0, or the opening of a later round. ``settled`` says when each step of the round was done
    or waived, ``promised`` the earliest moment that a promise binds us to. ``needed_by``: when the customer needs
    the correction. ``not_before``: what is left of a step where an earlier T0 was learned late; it does not hold back
    promises and needs. ``plans``: of the correction. Of two severities noted for one moment the higher counts.
    """

    known_at: datetime
    severities: tuple[SeverityFact, ...]
    pauses: tuple[PauseFact, ...] = ()
    settled: Mapping[StepKind, datetime] = field(default_factory=dict)
    promised: Mapping[StepKind, datetime] = field(default_factory=dict)
    round: int = 1
    needed_by: datetime | None = None
    not_before: Mapping[StepKind, datetime] = field(default_factory=dict)
    plans: tuple[PlanFact, ...] = ()

    def __post_init__(self) -> None:
        if not self.severities:
            raise RuleError("Say how badly the customer was hurt: without a severity nothing has a due moment.")
        ranked = sorted(self.severities, key=lambda fact: (fact.at, fact.severity.rank))
        object.__setattr__(self, "known_at", in_utc(self.known_at))
        object.__setattr__(self, "severities", tuple({fact.at: fact for fact in ranked}.values()))
        object.__setattr__(self, "pauses", tuple(sorted(set(self.pauses), key=_order)))
        object.__setattr__(self, "settled", _by_step(self.settled))
        object.__setattr__(self, "promised", _by_step(self.promised))
        if self.needed_by is not None:
            object.__setattr__(self, "needed_by", in_utc(self.needed_by))
        object.__setattr__(self, "not_before", _by_step(self.not_before))
        object.__setattr__(self, "plans", tuple(sorted(self.plans, key=lambda plan: plan.at)))

    def standstills(self) -> tuple[Standstill, ...]:
        """The pauses in order, with those that overlap or touch made one."""
        merged: list[Standstill] = []
        for pause in self.pauses:
            last = merged[-1] if merged else None
            if pause.over == pause.start:
                continue
            if last is not None and (last.end is None or pause.start <= last.end):
                merged[-1] = Standstill(last.start, _later(last.end, pause.over), last.kinds | {pause.kind})
            else:
                merged.append(Standstill(pause.start, pause.over, frozenset({pause.kind})))
        return tuple(merged)

    def caps(self, kind: StepKind) -> dict[DueReason, datetime]:
        """What makes a step due earlier than the policy does. A need of the customer caps the correction only."""
        found: dict[DueReason, datetime] = {}
        if kind in self.promised:
            found[DueReason.PROMISE] = self.promised[kind]
        if kind is StepKind.CORRECT and self.needed_by is not None:
            found[DueReason.NEED] = self.needed_by
        return found

    def is_paused(self, kind: StepKind, now: datetime) -> bool:
        """Whether the clock of this step stands at ``now``."""
        now = in_utc(now)
        running = kind in NEVER_PAUSED or kind in self.settled
        return not running and any(pause.covers(now) for pause in self.standstills())


@dataclass(frozen=True, slots=True)
class Due:
    """A due moment and everything that is needed to explain it.

    ``policy_at`` is what the policy alone gives, for ``policy_reason``. ``agreed_for``: what the customer chose in its
    place. A promise or a need only makes ``at`` earlier.
    ``starts_at`` is what the step counts from; ``start_is_planned`` while that has not happened yet.
    ``severity`` and ``target`` are those that decided; ``change`` is the change of severity that ``reason``
    speaks of.
    """

    kind: StepKind
    at: datetime | None
    reason: DueReason
    policy_at: datetime | None
    policy_reason: DueReason
    starts_at: datetime | None
    start_is_planned: bool
    severity: Severity
    target: Target
    change: SeverityFact | None
    standstills: tuple[Standstill, ...]
    round: int
    policy: Policy
    agreed_for: datetime | None = None

    @property
    def projected(self) -> bool:
        """Whether ``at`` is only what the plan says; a promise is no plan, it binds."""
        return self.start_is_planned and self.reason is not DueReason.PROMISE

    @property
    def open_pause(self) -> bool:
        """Whether this step's clock stands, or will stand, with no end in sight."""
        return any(pause.end is None for pause in self.standstills)

    def is_overdue(self, now: datetime) -> bool:
        """Late by any second is late (domain.md C.3). A projected step is not owed yet, so never late."""
        return self.at is not None and not self.projected and self.at < now


def due(kind: StepKind, facts: ClockFacts, policy: Policy, calendar: WorkingCalendar) -> Due:
    """When a step of this round is due.

    acknowledge, apologize, correct and compensate count from ``known_at``, confirm from the later of correct
    and compensate, follow-up from confirm (domain.md, "Default deadlines"). What happened after the step was
    settled moves its due moment no more.
    """
    return _due(kind, facts, policy, calendar, {})


def due_moments(facts: ClockFacts, policy: Policy, calendar: WorkingCalendar) -> dict[StepKind, Due]:
    """When each of the six steps is due; quicker than six questions, as later steps build on earlier ones."""
    found: dict[StepKind, Due] = {}
    for kind in StepKind:
        found[kind] = _due(kind, facts, policy, calendar, found)
    return found


def working_late(due_at: datetime, now: datetime, calendar: WorkingCalendar) -> timedelta:
    """How much working time has passed since the due moment; nothing before it."""
    return calendar.working_between(due_at, now)


def _due(
    kind: StepKind,
    facts: ClockFacts,
    policy: Policy,
    calendar: WorkingCalendar,
    found: Mapping[StepKind, Due],
) -> Due:
    starts_at, planned = _base(kind, facts, policy, calendar, found)
    reckoning = Reckoning(kind, policy, calendar, starts_at, _standstills_of(kind, facts))
    standing = reckoning.walk(*_timeline(facts, starts_at, facts.settled.get(kind)))
    policy_at, policy_reason = standing.at, standing.reason if standing.at else DueReason.WAITING
    floor = facts.not_before.get(kind)
    if policy_at is not None and floor is not None and policy_at < floor:
        policy_at, policy_reason = floor, DueReason.LEARNED_LATE
    plans = facts.plans if kind is StepKind.CORRECT else ()
    agreed_for = agreed_moment(plans, policy_at, facts.settled.get(kind))
    at, reason = (agreed_for, DueReason.AGREED) if agreed_for else (policy_at, policy_reason)
    caps = facts.caps(kind)
    cap = min(caps, key=caps.__getitem__, default=None)
    if cap is not None and (at is None or caps[cap] < at):
        at, reason = caps[cap], cap
    return Due(
        kind=kind,
        at=at,
        reason=reason,
        policy_at=policy_at,
        policy_reason=policy_reason,
        starts_at=starts_at,
        start_is_planned=planned,
        severity=standing.severity,
        target=policy.target(standing.severity, kind),
        change=standing.change,
        standstills=reckoning.standstills,
        round=facts.round,
        policy=policy,
        agreed_for=agreed_for,
    )


@dataclass(frozen=True, slots=True)
class _Standing:
    """The due moment in force between two changes of severity. ``at`` is None while it cannot be known."""

    at: datetime | None
    severity: Severity
    reason: DueReason = DueReason.TARGET
    change: SeverityFact | None = None

    def unmoved_by(self, change: SeverityFact) -> Self:
        if self.reason is not DueReason.TARGET:
            return self
        return replace(self, reason=DueReason.EARLIER_SEVERITY, change=change)


@dataclass(frozen=True, slots=True)
class Reckoning:
    """How the time of one step runs, with its pauses."""

    kind: StepKind
    policy: Policy
    calendar: WorkingCalendar
    starts_at: datetime | None
    standstills: tuple[Standstill, ...]

    def walk(self, first: Severity, changes: Iterable[SeverityFact]) -> _Standing:
        """The changes of severity one by one; what fell due before a change stays."""
        standing, current = _Standing(self.from_start(first), first), first
        for change in changes:
            if change.severity == current:
                continue
            if standing.at is not None and standing.at <= change.at:
                return standing.unmoved_by(change)
            raised, current = change.severity.rank > current.rank, change.severity
            standing = self.raised(standing, change) if raised else self.lowered(standing, change)
        return standing

    def raised(self, standing: _Standing, change: SeverityFact) -> _Standing:
        """Counted from the start, but some time is left after the change; never later than it was."""
        fresh = self.from_start(change.severity)
        clock = self.policy.target(change.severity, self.kind).clock
        grace = self.run(change.at, Target(self.policy.raise_grace_minutes, clock))
        new = _later(fresh, grace)
        if _later(new, standing.at) != standing.at:
            return standing.unmoved_by(change)
        if new == fresh:
            return _Standing(new, change.severity)
        return _Standing(new, change.severity, DueReason.RAISE_GRACE, change)

    def lowered(self, standing: _Standing, change: SeverityFact) -> _Standing:
        """Counted from the start, but never earlier than it was: one working day can be under 24 h."""
        fresh = self.from_start(change.severity)
        if _later(fresh, standing.at) != fresh:
            return standing.unmoved_by(change)
        return _Standing(fresh, change.severity)

    def from_start(self, severity: Severity) -> datetime | None:
        return self.run(self.starts_at, self.policy.target(severity, self.kind))

    def run(self, at: datetime | None, target: Target) -> datetime | None:
        """The moment at which the target is used up; None when the clock stops before, with no end in sight.

        Standing still is measured by the target's own clock: a weekend of waiting gives no working hour away.
        """
        if at is None:
            return None
        left = timedelta(minutes=target.minutes)
        for pause in self.standstills:
            if pause.end is not None and pause.end <= at:
                continue
            if pause.start > at:
                if self.add(at, left, target.clock) <= pause.start:
                    break
                left -= self.passed(at, pause.start, target.clock)
            if pause.end is None:
                return None
            at = pause.end
        return self.add(at, left, target.clock)

    def add(self, at: datetime, duration: timedelta, clock: ClockKind) -> datetime:
        return self.calendar.add_working(at, duration) if clock == ClockKind.WORKING else at + duration

    def passed(self, start: datetime, end: datetime, clock: ClockKind) -> timedelta:
        return self.calendar.working_between(start, end) if clock == ClockKind.WORKING else end - start


def _base(
    kind: StepKind,
    facts: ClockFacts,
    policy: Policy,
    calendar: WorkingCalendar,
    found: Mapping[StepKind, Due],
) -> tuple[datetime | None, bool]:
    """What the step counts from, and whether that is only planned, by the due moments before it."""
    if kind not in COUNTS_FROM:
        return facts.known_at, False
    moments: list[datetime | None] = []
    for before in COUNTS_FROM[kind]:
        settled = facts.settled.get(before)
        moments.append(settled or (found.get(before) or _due(before, facts, policy, calendar, found)).at)
    known = [moment for moment in moments if moment is not None]
    unsettled = any(before not in facts.settled for before in COUNTS_FROM[kind])
    return max(known) if len(known) == len(moments) else None, unsettled


def _timeline(
    facts: ClockFacts, starts_at: datetime | None, settled: datetime | None
) -> tuple[Severity, list[SeverityFact]]:
    """The severity at the start (or the first one noted), and the changes that could still move the step."""
    if starts_at is None:
        return facts.severities[-1].severity, []
    first = next((fact for fact in reversed(facts.severities) if fact.at <= starts_at), facts.severities[0])
    changes = [fact for fact in facts.severities if fact.at > first.at]
    return first.severity, [change for change in changes if settled is None or change.at <= settled]


def _standstills_of(kind: StepKind, facts: ClockFacts) -> tuple[Standstill, ...]:
    """The pauses that this step's clock stands still in; none after the step was settled."""
    if kind in NEVER_PAUSED:
        return ()
    settled = facts.settled.get(kind)
    if settled is None:
        return facts.standstills()
    return tuple(
        replace(pause, end=_earlier(pause.end, settled)) for pause in facts.standstills() if pause.start < settled
    )


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    """The later of two moments, None being later than any."""
    return None if one is None or other is None else max(one, other)


def _earlier(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else min(one, other)


def _order(pause: PauseFact) -> tuple[datetime, bool, datetime, bool, datetime, str]:
    """A total order, so that equal facts make equal ``ClockFacts``."""
    end, until = pause.end or pause.start, pause.until or pause.start
    return pause.start, pause.end is None, end, pause.until is None, until, pause.kind


def _by_step(moments: Mapping[StepKind, datetime]) -> dict[StepKind, datetime]:
    return {StepKind(kind): in_utc(moments[kind]) for kind in sorted(moments)}
