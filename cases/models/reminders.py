"""What is owed by mail because time has passed: the moments at which it comes due, and what came of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from cases.models.fields import code
from cases.models.messages import Message
from cases.rules.vocabulary import CommitmentKind, DroppedBecause, HeldBecause, Rung

if TYPE_CHECKING:
    from datetime import datetime

_KEY = ("kind", "commitment_id", "rung", "due_at", "nth")


class Alarm(models.Model):
    """One rung of a commitment's ladder that is still to come: unless it is settled by ``at``, somebody is owed a
    reminder then.

    Laid by ``cases.reminders.lay`` for the due moment that the commitment has; planning turns those whose moment has
    come into reminders and removes them. One that was laid for another due moment, or for what is settled by then, is
    removed and nothing else.
    """

    kind = code(CommitmentKind)
    commitment_id = models.PositiveBigIntegerField()
    rung = code(Rung)
    nth = models.PositiveIntegerField(default=0, help_text="Of the rungs that come again and again: which one.")
    due_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")
        indexes = (models.Index(fields=("at",), name="alarm_at"),)
        constraints = (models.UniqueConstraint(fields=_KEY, name="alarm_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.commitment_id} {self.rung}"


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def unsent(self) -> Self:
        """Planned, in no mail yet, and not dropped."""
        return self.filter(message__isnull=True, dropped_because="")

    def ripe(self, now: datetime) -> Self:
        """Unsent, and held no longer."""
        return self.unsent().filter(hold_until__lte=now)


class Reminder(models.Model):
    """One commitment that one person is owed a mail about. The unique key is what keeps two schedulers from mailing
    twice; several reminders of one sweep share one message.

    ``recipient`` is decided when the mail is written, because owners change. ``hold_until``: not before; it is the
    moment of planning where nothing holds it.
    """

    kind = code(CommitmentKind)
    commitment_id = models.PositiveBigIntegerField()
    rung = code(Rung)
    nth = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(help_text="The due moment that it is about: a new one is owed a new reminder.")
    planned_at = models.DateTimeField()
    case = models.ForeignKey(
        "cases.Case",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reminders",
    )
    recipient = models.ForeignKey(
        "cases.User", on_delete=models.PROTECT, null=True, blank=True, related_name="reminders"
    )
    hold_until = models.DateTimeField()
    held_because = code(HeldBecause, blank=True)
    message = models.ForeignKey(
        Message,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reminders",
    )
    dropped_because = code(DroppedBecause, blank=True, help_text="Why no mail was owed after all.")

    objects = models.Manager.from_queryset(ReminderQuerySet)()

    class Meta:
        ordering = ("-pk",)
        indexes = (
            models.Index(
                fields=("hold_until",),
                condition=Q(message__isnull=True, dropped_because=""),
                name="reminder_unsent",
            ),
        )
        constraints = (models.UniqueConstraint(fields=_KEY, name="reminder_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.commitment_id} {self.rung}"
