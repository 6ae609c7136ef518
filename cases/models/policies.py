"""What an organization has decided: working time, deadlines, authority. Versions are kept: a running case keeps its
own."""

from __future__ import annotations

from django.db import models

from cases.models.fields import amount, code, currency
from cases.models.versions import Compared, Versioned
from cases.rules.money import Money
from cases.rules.policy import DEFAULT_SILENCE
from cases.rules.vocabulary import ClockKind, CommitmentKind, Holder, Role, Severity, StepKind


class WorkingCalendar(Versioned):
    """When a team works: a zone, windows a week, public holidays of a country, and days of its own."""

    name = models.CharField(max_length=80, unique=True)
    zone = models.CharField("time zone", max_length=64)
    country = models.CharField(
        max_length=2,
        blank=True,
        help_text="Public holidays of this country (ISO 3166) are closed.",
    )
    subdivision = models.CharField(max_length=8, blank=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class CalendarWindow(models.Model):
    """One stretch of working time on one weekday. 00:00 as the end means midnight."""

    calendar = models.ForeignKey(WorkingCalendar, on_delete=models.CASCADE, related_name="windows")
    weekday = models.PositiveSmallIntegerField(
        choices=list(
            enumerate(
                (
                    "Monday",
                    "Tuesday",
                    "Wednesday",
                    "Thursday",
                    "Friday",
                    "Saturday",
                    "Sunday",
                )
            )
        )
    )
    start = models.TimeField()
    end = models.TimeField()

    class Meta:
        ordering = ("weekday", "start")
        verbose_name_plural = "working hours"
        constraints = (
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="window_weekday"),
            models.UniqueConstraint(fields=("calendar", "weekday", "start"), name="window_unique"),
        )

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.start:%H:%M} to {self.end:%H:%M}"


class CalendarDay(models.Model):
    """A day of its own: closed, or open at other hours (``start`` and ``end`` given)."""

    calendar = models.ForeignKey(WorkingCalendar, on_delete=models.CASCADE, related_name="days")
    date = models.DateField()
    name = models.CharField(max_length=80)
    start = models.TimeField(null=True, blank=True)
    end = models.TimeField(null=True, blank=True)

    class Meta:
        ordering = ("date",)
        verbose_name_plural = "days of its own"
        constraints = (
            models.UniqueConstraint(fields=("calendar", "date"), name="day_unique"),
            models.CheckConstraint(
                condition=models.Q(start__isnull=True, end__isnull=True)
                | models.Q(start__isnull=False, end__isnull=False),
                name="day_hours_both_or_none",
            ),
        )

    def __str__(self) -> str:
        hours = f"{self.start:%H:%M} to {self.end:%H:%M}" if self.start and self.end else "closed"
        return f"{self.date}: {self.name}, {hours}"


def _silence(severity: Severity) -> models.PositiveIntegerField[int, int]:
    return models.PositiveIntegerField(
        f"silence, {severity.label.lower()}",
        default=DEFAULT_SILENCE[severity],
        help_text="Minutes after which a customer is owed a word; of the clock where it is critical.",
    )


class DeadlinePolicy(Compared):
    """One version of the deadlines. The highest version is in force for new cases; older ones run on with theirs."""

    version = models.PositiveIntegerField(unique=True)
    name = models.CharField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)
    raise_grace_minutes = models.PositiveIntegerField(
        default=60,
        help_text="After severity is raised, no step falls due sooner than this many working minutes.",
    )
    make_safe_minutes = models.PositiveIntegerField(
        default=240,
        help_text="Critical cases: made safe within this many minutes of the clock.",
    )
    promise_escalation_minutes = models.PositiveIntegerField(
        default=60,
        help_text="Working minutes after which the manager is told of a promise not kept.",
    )
    prevention_escalation_minutes = models.PositiveIntegerField(
        default=480,
        help_text="Working minutes after which the manager is told of a prevention action not done.",
    )

    silence_minor = _silence(Severity.MINOR)
    silence_moderate = _silence(Severity.MODERATE)
    silence_major = _silence(Severity.MAJOR)
    silence_critical = _silence(Severity.CRITICAL)

    class Meta:
        ordering = ("-version",)
        verbose_name_plural = "deadline policies"

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"


class DeadlineTarget(models.Model):
    """How long one step may take at one severity, and when the manager is told."""

    policy = models.ForeignKey(DeadlinePolicy, on_delete=models.CASCADE, related_name="targets")
    severity = code(Severity)
    step = code(StepKind)
    minutes = models.PositiveIntegerField()
    clock = code(ClockKind, default=ClockKind.WORKING)
    escalation_minutes = models.PositiveIntegerField(
        default=480,
        help_text="Working minutes after the due moment until the manager is told.",
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("policy", "severity", "step"), name="target_unique"),
            models.CheckConstraint(
                condition=models.Q(minutes__gt=0, minutes__lte=527_040),
                name="target_minutes",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_severity_display()} · {self.get_step_display()}: {self.minutes} min"


class ReminderLadder(models.Model):
    """When whom is reminded of one kind of commitment at one severity; of prevention actions, which have none, at any.
    Minutes are counted as ``clock`` says. An empty rung is switched off (``cases.rules.ladder`` says what each means).
    """

    policy = models.ForeignKey(DeadlinePolicy, on_delete=models.CASCADE, related_name="ladders")
    kind = code(CommitmentKind)
    severity = code(Severity, blank=True)
    early_percent = models.PositiveSmallIntegerField("early, at % of the time", null=True, blank=True)
    soon_percent = models.PositiveSmallIntegerField("soon, at % of the time", null=True, blank=True)
    at_due = models.BooleanField("when due", default=True)
    overdue_minutes = models.PositiveIntegerField("overdue, minutes after it was due", null=True, blank=True)
    again_minutes = models.PositiveIntegerField("again, every … minutes", null=True, blank=True)
    to_manager = models.BooleanField("manager", default=True)
    executive_minutes = models.PositiveIntegerField(
        "manager's manager, minutes after the manager", null=True, blank=True
    )
    clock = code(ClockKind, default=ClockKind.WORKING)
    at_night = models.BooleanField("also outside working hours", default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("policy", "kind", "severity"), name="ladder_unique"),)

    def __str__(self) -> str:
        rungs = (
            ("early", self.early_percent and f"{self.early_percent} %"),
            ("soon", self.soon_percent and f"{self.soon_percent} %"),
            ("when due", self.at_due),
            ("overdue", self.overdue_minutes),
            ("again", self.again_minutes),
            ("manager", self.to_manager),
            ("manager's manager", self.executive_minutes),
            (f"{self.get_clock_display()}", True),
            ("also at night", self.at_night),
        )
        told = ", ".join(name if value is True else f"{name} {value}" for name, value in rungs if value)
        return f"{self.get_kind_display()} · {self.get_severity_display() or 'any severity'}: {told}"


class AuthorityLimit(Versioned):
    """Up to which total of goodwill in one case a role may approve at one severity. No row: no limit is set, nothing
    may."""

    role = code(Role)
    severity = code(Severity)
    amount = amount()
    currency = currency()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("role", "severity", "currency"), name="authority_unique"),)

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.get_severity_display()}: {Money(self.amount, self.currency)}"


class RestitutionLimit(Versioned):
    """Up to which total of losses returned in one case somebody may decide alone. No row: nothing alone."""

    holder = code(Holder)
    amount = amount()
    currency = currency()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("holder", "currency"), name="restitution_limit_unique"),)

    def __str__(self) -> str:
        return f"{self.get_holder_display()}: {Money(self.amount, self.currency)}"


class ReferenceCounter(models.Model):
    """The last number given out for a kind of reference, so that SR-1042 is given once."""

    prefix = models.CharField(max_length=8, unique=True)
    last = models.PositiveIntegerField(default=1000)

    def __str__(self) -> str:
        return f"{self.prefix}-{self.last}"


class Submission(models.Model):
    """A form that was acted on. A repeated post or a double click finds its key here and does nothing.

    The sender is ``actor`` or, on the customer's page, ``link``. Rows of earlier releases have no digest.
    """

    key = models.UUIDField(unique=True)
    at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey("cases.User", on_delete=models.CASCADE, null=True, related_name="+")
    link = models.ForeignKey("cases.CustomerLink", on_delete=models.CASCADE, null=True, related_name="+")
    digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of what was posted.")
    address = models.CharField(max_length=300, blank=True, help_text="The page that shows what was made.")

    def __str__(self) -> str:
        return str(self.key)
