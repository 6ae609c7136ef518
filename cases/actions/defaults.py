"""What an organization starts with: a working week, the default deadlines, the default authority. Running it again
adds nothing."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import time
from typing import TYPE_CHECKING

from django.db import transaction

from cases import permissions
from cases.actions import clocks
from cases.errors import RuleError
from cases.models import (
    AuthorityLimit,
    CalendarWindow,
    DeadlinePolicy,
    DeadlineTarget,
    ReminderLadder,
    RestitutionLimit,
    WorkingCalendar,
)
from cases.permissions import Verb
from cases.rules.authority import DEFAULT_CEILINGS, DEFAULT_LIMITS
from cases.rules.ladder import DEFAULT_LADDERS, Ladder
from cases.rules.policy import DEFAULT_SILENCE, DEFAULT_TARGETS, Policy, Target, check_minutes
from cases.rules.vocabulary import ClockKind, CommitmentKind, Severity, StepKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cases.models import User

WORKING_WEEK = {weekday: (time(9), time(17)) for weekday in range(5)}
ESCALATION_MINUTES = {Severity.MINOR: 480, Severity.MODERATE: 480, Severity.MAJOR: 240, Severity.CRITICAL: 30}
"""Working minutes after which the manager is told: one business day (domain.md, "Reminders"), sooner where it is
worse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a version of the deadlines says. ``escalations``: working minutes after a due moment until the manager is
    told; a pair that is missing gets the default of its severity."""

    name: str
    targets: Mapping[tuple[Severity, StepKind], Target]
    escalations: Mapping[tuple[Severity, StepKind], int] = field(default_factory=dict)
    raise_grace_minutes: int = 60
    make_safe_minutes: int = 240
    promise_escalation_minutes: int = 60
    prevention_escalation_minutes: int = 480
    silence: Mapping[Severity, int] = field(default_factory=lambda: DEFAULT_SILENCE)
    ladders: Mapping[tuple[CommitmentKind, str], Ladder] = field(default_factory=lambda: DEFAULT_LADDERS)


@transaction.atomic
def install_defaults(*, zone: str, country: str, currency: str) -> None:
    """Idempotent. ``country``: ISO 3166, whose public holidays are closed; empty for none."""
    if not WorkingCalendar.objects.exists():
        add_calendar(name="Working week", zone=zone, country=country)
    if not DeadlinePolicy.objects.exists():
        _write_policy(Terms(name="Default deadlines", targets=DEFAULT_TARGETS))
    if not AuthorityLimit.objects.exists():
        AuthorityLimit.objects.bulk_create(
            AuthorityLimit(role=role, severity=severity, amount=amount, currency=currency)
            for (role, severity), amount in DEFAULT_LIMITS.items()
        )
    if not RestitutionLimit.objects.exists():
        RestitutionLimit.objects.bulk_create(
            RestitutionLimit(holder=holder, amount=amount, currency=currency)
            for holder, amount in DEFAULT_CEILINGS.items()
        )


@transaction.atomic
def add_calendar(
    *,
    name: str,
    zone: str,
    country: str = "",
    week: Mapping[int, tuple[time, time]] = WORKING_WEEK,
) -> WorkingCalendar:
    """A calendar with one window a day. Raises ``RuleError`` where it makes no sense; nothing is kept then."""
    calendar = WorkingCalendar.objects.create(name=name, zone=zone, country=country)
    CalendarWindow.objects.bulk_create(
        CalendarWindow(calendar=calendar, weekday=weekday, start=start, end=end)
        for weekday, (start, end) in week.items()
    )
    clocks.load_calendar(calendar)
    return calendar


@transaction.atomic
def add_policy(*, terms: Terms, actor: User) -> DeadlinePolicy:
    """The next version of the deadlines, in force for cases logged from now on. Running cases keep theirs."""
    permissions.require(actor, Verb.ADMINISTER)
    return _write_policy(terms)


def _write_policy(terms: Terms) -> DeadlinePolicy:
    if not terms.name.strip():
        raise RuleError("Give this version a name, such as what changes with it.", field="name")
    check_minutes(terms.make_safe_minutes, field="make_safe_minutes")
    for severity, minutes in terms.silence.items():
        check_minutes(minutes, field=f"silence_{severity}")
    last = DeadlinePolicy.objects.order_by("-version").values_list("version", flat=True).first() or 0
    Policy(version=last + 1, targets=terms.targets, raise_grace_minutes=terms.raise_grace_minutes)
    policy = DeadlinePolicy.objects.create(
        version=last + 1,
        name=terms.name.strip(),
        raise_grace_minutes=terms.raise_grace_minutes,
        make_safe_minutes=terms.make_safe_minutes,
        promise_escalation_minutes=terms.promise_escalation_minutes,
        prevention_escalation_minutes=terms.prevention_escalation_minutes,
        **{f"silence_{severity}": minutes for severity, minutes in terms.silence.items()},
    )
    DeadlineTarget.objects.bulk_create(
        DeadlineTarget(
            policy=policy,
            severity=severity,
            step=kind,
            minutes=target.minutes,
            clock=ClockKind(target.clock),
            escalation_minutes=terms.escalations.get((severity, kind), ESCALATION_MINUTES[severity]),
        )
        for (severity, kind), target in terms.targets.items()
    )
    ladders = {**DEFAULT_LADDERS, **terms.ladders}
    ReminderLadder.objects.bulk_create(
        ReminderLadder(policy=policy, kind=kind, severity=severity, **asdict(ladder))
        for (kind, severity), ladder in ladders.items()
    )
    clocks.forget_newest_policy()
    return policy
