"""How much time each step gets at each severity.

Limit: amounts only; ``rules.deadlines`` turns them into moments.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cases.errors import RuleError
from cases.rules.vocabulary import ClockKind, Severity, StepKind

HOUR = 60
DAY = 24 * HOUR
BUSINESS_DAY = 8 * HOUR
"""Minutes that one "business day" of a policy stands for, whatever the length of the calendar's own days."""

LONGEST = 365 * DAY


@dataclass(frozen=True, slots=True)
class Target:
    """The minutes that a step may take, of the calendar's working time or around the clock.

    Around the clock means elapsed time: 14 days are 336 hours, also when the clocks change in between.
    """

    minutes: int
    clock: ClockKind

    def __post_init__(self) -> None:
        check_minutes(self.minutes, field="minutes")
        object.__setattr__(self, "clock", ClockKind(self.clock))


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of an organization's targets, complete: every step at every severity.

    ``raise_grace_minutes`` are left at least when a severity is raised late (domain.md E).
    """

    version: int
    targets: Mapping[tuple[Severity, StepKind], Target]
    raise_grace_minutes: int = HOUR

    def __post_init__(self) -> None:
        check_minutes(self.raise_grace_minutes, field="raise_grace_minutes")
        object.__setattr__(self, "targets", dict(self.targets))
        for severity in Severity:
            for kind in StepKind:
                if (severity, kind) not in self.targets:
                    raise RuleError(f"Say how much time “{kind.label}” gets when a case is {severity.label.lower()}.")

    def target(self, severity: Severity, kind: StepKind) -> Target:
        return self.targets[severity, kind]


DEFAULT_SILENCE: Mapping[Severity, int] = {
    Severity.MINOR: 5 * BUSINESS_DAY,
    Severity.MODERATE: 2 * BUSINESS_DAY,
    Severity.MAJOR: BUSINESS_DAY,
    Severity.CRITICAL: 4 * HOUR,
}
"""Minutes without a word to the customer: of working time, of the clock where it is critical (domain.md A3.5)."""


def silence_target(severity: Severity, minutes: int) -> Target:
    return Target(minutes, ClockKind.CLOCK if severity is Severity.CRITICAL else ClockKind.WORKING)


def check_minutes(minutes: int, *, field: str) -> None:
    """Refuses a time that is no time, or longer than a year."""
    if minutes <= 0:
        raise RuleError("Give it at least one minute.", field=field)
    if minutes > LONGEST:
        raise RuleError("A year is the most that can be given: choose a shorter time.", field=field)


def _working(minutes: int) -> Target:
    return Target(minutes, ClockKind.WORKING)


def _clock(minutes: int) -> Target:
    return Target(minutes, ClockKind.CLOCK)


_BY_STEP: Mapping[StepKind, tuple[Target, ...]] = {
    StepKind.ACKNOWLEDGE: (_working(BUSINESS_DAY), _working(4 * HOUR), _working(HOUR), _clock(30)),
    StepKind.APOLOGIZE: (
        _working(BUSINESS_DAY),
        _working(BUSINESS_DAY),
        _working(4 * HOUR),
        _clock(2 * HOUR),
    ),
    StepKind.CORRECT: (
        _working(5 * BUSINESS_DAY),
        _working(3 * BUSINESS_DAY),
        _working(2 * BUSINESS_DAY),
        _clock(DAY),
    ),
    StepKind.COMPENSATE: (
        _working(7 * BUSINESS_DAY),
        _working(5 * BUSINESS_DAY),
        _working(3 * BUSINESS_DAY),
        _working(2 * BUSINESS_DAY),
    ),
    StepKind.CONFIRM: (
        _working(3 * BUSINESS_DAY),
        _working(2 * BUSINESS_DAY),
        _working(BUSINESS_DAY),
        _clock(DAY),
    ),
    StepKind.FOLLOW_UP: (_clock(14 * DAY), _clock(14 * DAY), _clock(10 * DAY), _clock(7 * DAY)),
}

DEFAULT_TARGETS: Mapping[tuple[Severity, StepKind], Target] = {
    (severity, kind): target
    for kind, targets in _BY_STEP.items()
    for severity, target in zip(Severity, targets, strict=True)
}
"""What applies until an organization decides otherwise (domain.md B, "Default deadlines")."""
