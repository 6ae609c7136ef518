"""Words that bind us."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from cases.models.commitments import Commitment, CommitmentQuerySet
from cases.models.fields import code, public_id
from cases.rules.vocabulary import Channel, PromiseStatus, StepKind

if TYPE_CHECKING:
    from datetime import datetime


class PromiseQuerySet(CommitmentQuerySet["Promise"]):
    def lapsed(self, now: datetime) -> Self:
        """Still called open although the moment has passed: broken, whether or not somebody has written it down yet."""
        return self.filter(status=PromiseStatus.OPEN, due_at__lt=now)


class Promise(Commitment):
    """What was promised, by whom, by when. Broken is still owed until ``settled_at``, when it was done after all, the
    customer released us, or we gave it up. It stays broken, unless the first two turn out to have been by its moment.

    Four people may be in it: ``made_by``, ``recorded_by``, ``owed_by`` when it lapsed, and ``settled_by``. ``step``
    names the step that the promise sets an earlier deadline for, if any.
    """

    public_id = public_id()
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="promises")
    words = models.CharField(max_length=300, help_text="What we said we would do.")
    step = code(StepKind, blank=True)
    status = code(PromiseStatus, default=PromiseStatus.OPEN)
    channel = code(Channel)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("cases.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recorded_by = models.ForeignKey(
        "cases.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who wrote it down. Empty in older rows, where it is whoever made it.",
    )
    is_appointment = models.BooleanField(default=False)
    was_done = models.BooleanField(
        null=True, blank=True, help_text="Of one that is broken and owed no more. Empty in older rows."
    )
    owed_by = models.ForeignKey(
        "cases.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who owes it, or owed it when its moment passed. Handing the case over moves only what is ahead.",
    )

    objects = models.Manager.from_queryset(PromiseQuerySet)()

    class Meta(Commitment.Meta):
        ordering = ("due_at", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(due_at__isnull=False), name="promise_has_a_moment"),
            models.CheckConstraint(condition=Q(due_at__gt=F("made_at")), name="promise_due_after_made"),
            models.CheckConstraint(
                condition=Q(status=PromiseStatus.OPEN, settled_at__isnull=True)
                | Q(status__in=(PromiseStatus.KEPT, PromiseStatus.CANCELLED), settled_at__isnull=False)
                | Q(status=PromiseStatus.BROKEN),
                name="promise_settled_unless_owed",
            ),
            models.CheckConstraint(
                condition=~Q(status=PromiseStatus.KEPT) | Q(settled_at__lte=F("due_at")),
                name="promise_kept_in_time",
            ),
            models.CheckConstraint(
                condition=Q(was_done__isnull=True) | Q(status=PromiseStatus.BROKEN, settled_at__isnull=False),
                name="promise_was_done_of_broken",
            ),
        )

    def __str__(self) -> str:
        return self.words

    def is_lapsed(self, now: datetime) -> bool:
        """As ``lapsed`` says of a whole question."""
        return self.status == PromiseStatus.OPEN and self.due_at is not None and self.due_at < now


class PromiseRevision(models.Model):
    """A new date that the customer agreed to before the old one had passed."""

    promise = models.ForeignKey(Promise, on_delete=models.PROTECT, related_name="revisions")
    at = models.DateTimeField()
    by = models.ForeignKey("cases.User", on_delete=models.PROTECT, related_name="+")
    old_due_at = models.DateTimeField()
    new_due_at = models.DateTimeField()
    reason = models.CharField(max_length=300)

    class Meta:
        ordering = ("at", "pk")
        constraints = (models.CheckConstraint(condition=Q(at__lte=F("old_due_at")), name="revision_before_due"),)

    def __str__(self) -> str:
        return f"{self.old_due_at:%Y-%m-%d} to {self.new_due_at:%Y-%m-%d}"
