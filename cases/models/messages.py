"""Mail: the outbox, and what mail servers send back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from cases.models.fields import code, public_id
from cases.rules.vocabulary import (
    Audience,
    MailFailure,
    MessagePurpose,
    MessageStatus,
    NoticeDoor,
    NoticeReason,
    WithheldBecause,
)

if TYPE_CHECKING:
    from datetime import datetime


class MessageQuerySet(models.QuerySet["Message"]):
    def owed(self, now: datetime) -> Self:
        """Waiting, and its next attempt is due. One with an outdated address gets another first (``mail.moving``)."""
        return self.filter(status=MessageStatus.QUEUED, next_attempt_at__lte=now, is_outdated=False)

    def waiting(self) -> Self:
        """Not left yet, whenever the next attempt is due; the oldest first."""
        return self.filter(status=MessageStatus.QUEUED).order_by("created_at")

    def unsent(self) -> Self:
        """Waiting or held back: it has not left, and may leave yet."""
        return self.filter(status__in=(MessageStatus.QUEUED, MessageStatus.HELD))

    def to_be_moved(self) -> Self:
        """Nobody hands it over just now."""
        return self.unsent().filter(claimed_by__isnull=True)

    def held(self) -> Self:
        return self.filter(status=MessageStatus.HELD)

    def unconcluded(self) -> Self:
        """Left, or given up, and what follows from that is not written down yet."""
        return self.filter(status__in=(MessageStatus.SENT, MessageStatus.FAILED), concluded_at__isnull=True)


class Message(models.Model):
    """One mail. It is written in the transaction that decided on it, and leaves from here: a mail server that is down
    loses nothing. Mail to staff and mail to a customer never share a thread. What was sent may bounce days later.

    ``claimed_by`` is whoever is handing it over just now, and ``next_attempt_at`` until when nobody else may
    (``cases.mail.outbox``). Until then it says that it is queued, though the server may have taken it (``Taken``).
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
    to_user = models.ForeignKey(
        "cases.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    to_address = models.EmailField(max_length=254)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    created_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    held_because = code(WithheldBecause, blank=True)
    is_outdated = models.BooleanField(
        default=False,
        help_text="Its reader's address changed while it was being handed over; if it waits again, it is moved first.",
    )
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
    is_put_off = models.BooleanField(
        default=False,
        help_text="The mail server was reached, and put off this mail alone: greylisting, a full mailbox.",
    )
    failure = code(MailFailure, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True, help_text="When a colleague said that they know.")

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
                fields=("next_attempt_at",),
                condition=Q(status=MessageStatus.QUEUED, purpose=MessagePurpose.SIGN_IN),
                name="message_sign_in",
            ),
            models.Index(
                fields=("id",),
                condition=Q(status__in=(MessageStatus.SENT, MessageStatus.FAILED), concluded_at__isnull=True),
                name="message_unconcluded",
            ),
            models.Index(
                fields=("status", "created_at"),
                condition=Q(status__in=(MessageStatus.QUEUED, MessageStatus.FAILED, MessageStatus.CANCELLED)),
                name="message_not_sent",
            ),
            models.Index(
                fields=("id",),
                condition=Q(status__in=(MessageStatus.FAILED, MessageStatus.BOUNCED)),
                name="message_undelivered",
            ),
            models.Index(fields=("id",), condition=Q(status=MessageStatus.HELD), name="message_held"),
            models.Index(
                fields=("id",), condition=Q(status=MessageStatus.QUEUED, is_outdated=True), name="message_outdated"
            ),
            models.Index(fields=("case", "-id"), name="message_case"),
            # How many mails somebody had today. It serves the foreign key as well.
            models.Index(fields=("to_user", "created_at"), name="message_to_user"),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(status__in=(MessageStatus.SENT, MessageStatus.BOUNCED)) | Q(sent_at__isnull=False),
                name="message_sent_when",
            ),
            models.CheckConstraint(
                condition=~Q(status=MessageStatus.QUEUED) | Q(next_attempt_at__isnull=False),
                name="message_queued_until",
            ),
            models.CheckConstraint(
                condition=Q(status=MessageStatus.HELD) & ~Q(held_because="")
                | ~Q(status=MessageStatus.HELD) & Q(held_because=""),
                name="message_held_because",
            ),
        )

    def __str__(self) -> str:
        return self.subject


class Taken(models.Model):
    """The mail server's yes to one mail, until it is written on the mail itself (``cases.mail.outbox``). As narrow as
    it can be, because it is written between two mails: no key but the mail's, and no check of it."""

    message = models.OneToOneField(
        Message, on_delete=models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="+"
    )
    at = models.DateTimeField()
    reply = models.CharField(max_length=500)

    objects = models.Manager["Taken"]()

    def __str__(self) -> str:
        return self.reply


class StrayNotice(models.Model):
    """A mail that a mail server, or somebody else, sent to where bounces go, and from which nothing followed. Links in
    its words are left out, because a mail that came back may hold one that signs somebody in."""

    at = models.DateTimeField()
    door = code(NoticeDoor)
    reason = code(NoticeReason)
    sender = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    words = models.TextField(blank=True, help_text="How it begins.")

    objects = models.Manager["StrayNotice"]()

    class Meta:
        verbose_name = "notice not understood"
        verbose_name_plural = "notices not understood"
        ordering = ("-pk",)
        indexes = (models.Index(fields=("at",), name="stray_notice_at"),)

    def __str__(self) -> str:
        return self.subject or str(NoticeReason(self.reason).label)


class MailboxTrouble(models.Model):
    """The mailbox for bounces could not be read, since when and why. At most one row: none while all is well."""

    is_only_one = models.BooleanField(default=True, unique=True, editable=False)
    since = models.DateTimeField()
    because = models.CharField(max_length=500)

    objects = models.Manager["MailboxTrouble"]()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(is_only_one=True), name="mailbox_trouble_only_one"),)

    def __str__(self) -> str:
        return self.because
