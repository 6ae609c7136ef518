"""Mail: the outbox, and the reminders that are owed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from cases.models.fields import code, public_id
from cases.rules.vocabulary import (
    Audience,
    CommitmentKind,
    MessagePurpose,
    MessageStatus,
    Rung,
)

if TYPE_CHECKING:
    from datetime import datetime


class MessageQuerySet(models.QuerySet["Message"]):
    def owed(self, now: datetime) -> Self:
        """Waiting, and its next attempt is due."""
        return self.filter(status=MessageStatus.QUEUED, next_attempt_at__lte=now)

    def unconcluded(self) -> Self:
        """Left, or given up, and what follows from that is not written down yet."""
        return self.filter(status__in=(MessageStatus.SENT, MessageStatus.FAILED), concluded_at__isnull=True)


class Message(models.Model):
    """One mail. It is written in the transaction that decided on it, and leaves from here: a mail server that is down
    loses nothing. Mail to staff and mail to a customer never share a thread.

    ``claimed_by`` is whoever is handing it over just now, and ``next_attempt_at`` until when nobody else may
    (``cases.mail.outbox``).
    """

    public_id = public_id()
    case = models.ForeignKey(
        "cases.Case",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="messages",
    )
    purpose = code(MessagePurpose)
    audience = code(Audience)
    status = code(MessageStatus, default=MessageStatus.QUEUED)
    to_user = models.ForeignKey("cases.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    to_address = models.EmailField(max_length=254)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    created_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_by = models.UUIDField(null=True, blank=True, help_text="The run that holds it.")
    doubts = models.PositiveSmallIntegerField(
        default=0,
        help_text="How many runs ended while handing it over: it may have arrived as often.",
    )
    raw = models.BinaryField(blank=True, default=b"", help_text="As it leaves; emptied when its fate is known.")
    reply = models.CharField(max_length=500, blank=True, help_text="What the mail server said when it took it.")
    sent_at = models.DateTimeField(null=True, blank=True)
    concluded_at = models.DateTimeField(
        null=True, blank=True, help_text="When what followed from its fate was written down."
    )
    last_error = models.TextField(blank=True)

    objects = models.Manager.from_queryset(MessageQuerySet)()

    class Meta:
        ordering = ("-pk",)
        indexes = (
            models.Index(
                fields=("next_attempt_at",),
                condition=Q(status=MessageStatus.QUEUED),
                name="message_owed",
            ),
            models.Index(
                fields=("id",),
                condition=Q(status__in=(MessageStatus.SENT, MessageStatus.FAILED), concluded_at__isnull=True),
                name="message_unconcluded",
            ),
            models.Index(fields=("case", "-id"), name="message_case"),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(status=MessageStatus.SENT) | Q(sent_at__isnull=False),
                name="message_sent_when",
            ),
            models.CheckConstraint(
                condition=~Q(status=MessageStatus.QUEUED) | Q(next_attempt_at__isnull=False),
                name="message_queued_until",
            ),
        )

    def __str__(self) -> str:
        return self.subject


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def unsent(self) -> Self:
        """Planned, in no mail yet, and not dropped."""
        return self.filter(message__isnull=True, dropped_because="")


class Reminder(models.Model):
    """One commitment that one person is owed a mail about. The unique key is what keeps two schedulers from mailing
    twice; several reminders of one sweep share one message."""

    kind = code(CommitmentKind)
    commitment_id = models.PositiveBigIntegerField()
    rung = code(Rung)
    due_at = models.DateTimeField(help_text="The due moment that was missed: a new one is owed a new reminder.")
    recipient = models.ForeignKey("cases.User", on_delete=models.PROTECT, related_name="reminders")
    case = models.ForeignKey(
        "cases.Case",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reminders",
    )
    planned_at = models.DateTimeField()
    message = models.ForeignKey(
        Message,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reminders",
    )
    dropped_because = models.CharField(max_length=120, blank=True, help_text="Why no mail was owed after all.")

    objects = models.Manager.from_queryset(ReminderQuerySet)()

    class Meta:
        ordering = ("-pk",)
        indexes = (
            models.Index(
                fields=("recipient",),
                condition=Q(message__isnull=True, dropped_because=""),
                name="reminder_unsent",
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=("kind", "commitment_id", "rung", "due_at"), name="reminder_once"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.commitment_id} {self.rung}"
