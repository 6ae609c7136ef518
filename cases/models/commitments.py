"""What a step, a promise and a prevention action share: somebody owes it by a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models.people import User


class CommitmentQuerySet[M: "Commitment"](models.QuerySet[M]):
    def unsettled(self) -> Self:
        return self.filter(settled_at__isnull=True)

    def overdue(self, now: datetime) -> Self:
        """Owed and late. Overdue is always asked of the clock, never stored."""
        return self.filter(settled_at__isnull=True, due_at__lt=now)

    def owned_by(self, user: User) -> Self:
        return self.filter(owner=user)


class Commitment(models.Model):
    """Owner, due moment, settled moment.

    ``due_at`` is derived from facts by ``cases.actions.clocks`` whenever a fact changes; null while it cannot be known.
    ``escalate_at`` is when the manager is told, if it is still not settled then.
    """

    owner = models.ForeignKey(
        "cases.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss_owned",
    )
    due_at = models.DateTimeField(null=True, blank=True)
    escalate_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey("cases.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True
        indexes = (
            models.Index(
                fields=("due_at",),
                condition=Q(settled_at__isnull=True),
                name="%(class)s_due",
            ),
            models.Index(
                fields=("escalate_at",),
                condition=Q(settled_at__isnull=True),
                name="%(class)s_escalate",
            ),
            models.Index(
                fields=("owner", "due_at"),
                condition=Q(settled_at__isnull=True),
                name="%(class)s_owner_due",
            ),
        )

    def is_late(self, now: datetime) -> bool:
        """Whether it was, or is, settled after its due moment. Late by any second is late (domain.md, C3)."""
        return self.due_at is not None and (self.settled_at or now) > self.due_at
