"""What an organization starts with: a working week, the default deadlines, the default authority. Running it again
adds nothing."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

from django.db import transaction

from cases.actions import clocks
from cases.errors import RuleError
from cases.models import AuthorityLimit, CalendarWindow, DeadlinePolicy, DeadlineTarget, WorkingCalendar
from cases.rules.authority import DEFAULT_LIMITS
from cases.rules.policy import DEFAULT_TARGETS, Policy, Target
from cases.rules.vocabulary import ClockKind, Severity, StepKind

if TYPE_CHECKING:
    from collections.abc import Mapping

WORKING_WEEK = {weekday: (time(9), time(17)) for weekday in range(5)}
ESCALATION_MINUTES = {Severity.MINOR: 480, Severity.MODERATE: 480, Severity.MAJOR: 240, Severity.CRITICAL: 30}
"""Working minutes after which the manager is told: one business day (domain.md, "Reminders"), sooner where it is
worse."""


@transaction.atomic
def install_defaults(*, zone: str, country: str, currency: str) -> None:
    """Idempotent. ``country``: ISO 3166, whose public holidays are closed; empty for none."""
    if not WorkingCalendar.objects.exists():
        add_calendar(name="Working week", zone=zone, country=country)
    if not DeadlinePolicy.objects.exists():
        add_policy(name="Default deadlines", targets=DEFAULT_TARGETS)
    if not AuthorityLimit.objects.exists():
        AuthorityLimit.objects.bulk_create(
            AuthorityLimit(role=role, severity=severity, amount=amount, currency=currency)
            for (role, severity), amount in DEFAULT_LIMITS.items()
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
def add_policy(*, name: str, targets: Mapping[tuple[Severity, StepKind], Target]) -> DeadlinePolicy:
    """The next version of the deadlines, in force for cases logged from now on."""
    last = DeadlinePolicy.objects.order_by("-version").values_list("version", flat=True).first() or 0
    Policy(version=last + 1, targets=targets)
    policy = DeadlinePolicy.objects.create(version=last + 1, name=name)
    DeadlineTarget.objects.bulk_create(
        DeadlineTarget(
            policy=policy,
            severity=severity,
            step=kind,
            minutes=target.minutes,
            clock=ClockKind(target.clock),
            escalation_minutes=ESCALATION_MINUTES[severity],
        )
        for (severity, kind), target in targets.items()
    )
    return policy


def check_policy(policy: DeadlinePolicy) -> None:
    """Refuse a stored policy that makes no sense: a target missing, no time at all."""
    rows = {(Severity(row.severity), StepKind(row.step)): row for row in policy.targets.all()}
    try:
        targets = {key: Target(row.minutes, ClockKind(row.clock)) for key, row in rows.items()}
        Policy(version=policy.version, targets=targets, raise_grace_minutes=policy.raise_grace_minutes)
    except RuleError as error:
        raise RuleError(f"These deadlines do not work yet. {error}", field=error.field) from error
