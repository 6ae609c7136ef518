"""What we said to the customer in our name: the apology and the follow-up."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from cases.models.fields import code, public_id
from cases.rules.vocabulary import (
    ApologyStatus,
    Channel,
    ExplanationStatus,
    FollowUpResponse,
    FollowUpStatus,
    PreventionStatus,
)


class Apology(models.Model):
    """An apology with its explanation. Sent ones are never edited."""

    public_id = public_id()
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="apologies")
    round = models.PositiveSmallIntegerField(default=1)
    status = code(ApologyStatus, default=ApologyStatus.DRAFT)
    channel = code(Channel)
    body = models.TextField(help_text="What we wrote or said.")
    owns_it = models.BooleanField(
        default=False,
        help_text="Its author has ticked that it says whose mistake it was. Sent ones from before this column say no.",
    )
    explanation_status = code(ExplanationStatus)
    explanation = models.TextField(help_text="The cause as told to the customer; or why it cannot be told.")
    author = models.ForeignKey("cases.User", on_delete=models.PROTECT, related_name="+")
    reviewer = models.ForeignKey("cases.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    review_note = models.TextField(blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True, help_text="Spoken, or taken by the mail server.")
    message = models.ForeignKey(
        "cases.Message",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="apologies",
    )

    class Meta:
        ordering = ("pk",)
        verbose_name_plural = "apologies"
        constraints = (
            models.CheckConstraint(
                condition=Q(reviewer__isnull=True) | ~Q(reviewer=F("author")),
                name="apology_reviewed_by_somebody_else",
            ),
            models.UniqueConstraint(
                fields=("case", "round"),
                condition=Q(status__in=(ApologyStatus.DRAFT, ApologyStatus.IN_REVIEW)),
                name="apology_one_draft",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_status_display()}: {self.body[:60]}"


class FollowUp(models.Model):
    """The letter or call that tells the customer what was examined, found and changed."""

    public_id = public_id()
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="follow_ups")
    round = models.PositiveSmallIntegerField(default=1)
    status = code(FollowUpStatus, default=FollowUpStatus.DRAFT)
    channel = code(Channel)
    examined = models.TextField(help_text="What we looked into.")
    found = models.TextField(help_text="What we found.")
    nothing_changed_because = models.TextField(blank=True)
    body = models.TextField()
    author = models.ForeignKey("cases.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    message = models.ForeignKey(
        "cases.Message",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="follow_ups",
    )
    response = code(FollowUpResponse, default=FollowUpResponse.NONE)
    response_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("case", "round"),
                condition=Q(status=FollowUpStatus.DRAFT),
                name="follow_up_one_draft",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_status_display()}: {self.body[:60]}"


class FollowUpChange(models.Model):
    """One change told in a follow-up: which prevention action, how far it was then, and the words used."""

    follow_up = models.ForeignKey(FollowUp, on_delete=models.PROTECT, related_name="changes")
    prevention_action = models.ForeignKey("cases.PreventionAction", on_delete=models.PROTECT, related_name="told_in")
    status_then = code(PreventionStatus)
    words = models.TextField()

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("follow_up", "prevention_action"), name="follow_up_change_once"),
        )

    def __str__(self) -> str:
        return self.words
