"""That the customer is owed a word from us, whatever step the case is at."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cases.models.commitments import Commitment, CommitmentQuerySet, Heard
from cases.models.fields import code
from cases.rules.vocabulary import UpdateReason


class StatusUpdateQuerySet(CommitmentQuerySet["StatusUpdate"]):
    pass


class StatusUpdate(Heard, Commitment):
    """A word to the customer, owed by a moment: because they have heard nothing for long, had to ask, or their case
    was escalated (domain.md A3.5, A4.2). Settled when they were reached; one that is settled late was a silence too
    long. After a worse answer to a closed case, or a call of its customer, it is settled by reopening, a
    ``linked_case`` or a reason."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="status_updates")
    reason = code(UpdateReason)
    dealt_with = models.TextField(
        blank=True, help_text="What came of a later answer, in the words of who dealt with it."
    )
    linked_case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    begun_by = models.ForeignKey(
        "cases.Contact",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The exchange since which the customer has heard nothing.",
    )
    settled_in = models.ForeignKey(
        "cases.Contact",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The exchange in which they were told.",
    )

    objects = models.Manager.from_queryset(StatusUpdateQuerySet)()

    class Meta(Commitment.Meta):
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("case", "reason"), condition=Q(settled_at__isnull=True), name="update_owed_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id}: {self.get_reason_display()}"
