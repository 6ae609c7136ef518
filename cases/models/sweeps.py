"""What the reminders do when nobody looks: each sweep leaves a row, and whoever starts the sweeps holds a lease."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

if TYPE_CHECKING:
    from datetime import datetime


LEADERSHIP = "beat"
"""The lease of whoever starts the sweeps."""


class SweepQuerySet(models.QuerySet["Sweep"]):
    def ended(self, now: datetime) -> Self:
        """Newest first. What claims to end later was written before the clock was set back, and proves nothing."""
        return self.filter(ended_at__lte=now).order_by("-ended_at")


class Sweep(models.Model):
    """One look for what is overdue, and what came of it. One that died has no end, and is no sign of life."""

    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    planned = models.PositiveIntegerField(default=0, help_text="Reminders that became due.")
    mails = models.PositiveIntegerField(default=0, help_text="Reminder mails that were written.")
    sent = models.PositiveIntegerField(default=0, help_text="Mails of every kind that left.")
    failed = models.PositiveIntegerField(default=0)
    postponed = models.PositiveIntegerField(default=0)
    is_server_reached = models.BooleanField(
        default=True,
        help_text="Whether the mail server could be reached, as far as there was something to send.",
    )
    outbox = models.PositiveIntegerField(default=0, help_text="Mails that were still to be sent at its end.")
    oldest_at = models.DateTimeField(null=True, blank=True, help_text="When the oldest of them was written.")

    objects = models.Manager.from_queryset(SweepQuerySet)()

    class Meta:
        ordering = ("-pk",)
        indexes = (models.Index(fields=("-ended_at",), name="sweep_ended"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("begun_at")),
                name="sweep_ends_after_it_begins",
            ),
        )

    def __str__(self) -> str:
        return f"Sweep of {self.begun_at:%Y-%m-%d %H:%M:%S}"

    @property
    def seconds(self) -> float:
        """How long it took; nothing where it has not ended."""
        return (self.ended_at - self.begun_at).total_seconds() if self.ended_at else 0.0


class Lease(models.Model):
    """Who does what only one shall do, and until when unless they say so again."""

    name = models.CharField(max_length=40, unique=True)
    holder = models.CharField(max_length=200)
    since = models.DateTimeField()
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.holder}"
