"""What a step, a promise, a prevention action and a word owed to a customer share: somebody owes it by a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import F, Q

if TYPE_CHECKING:
    from datetime import datetime


# Owed by a moment for which no reminders are foreseen yet (``cases.reminders.lay``).
_WITHOUT_LADDER = Q(settled_at__isnull=True, due_at__isnull=False) & (
    Q(ladder_for__isnull=True) | Q(ladder_for__lt=F("due_at")) | Q(ladder_for__gt=F("due_at"))
)


class CommitmentQuerySet[M: "Commitment"](models.QuerySet[M]):
    def unsettled(self) -> Self:
        return self.filter(settled_at__isnull=True)

    def overdue(self, now: datetime) -> Self:
        """Owed and late. Overdue is always asked of the clock, never stored."""
        return self.filter(settled_at__isnull=True, due_at__lt=now)

    def ahead(self, now: datetime) -> Self:
        """Owed, and not late: its moment is still to come, or not known yet."""
        return self.filter(Q(due_at__isnull=True) | Q(due_at__gte=now), settled_at__isnull=True)


class InWorkingTime(models.Model):
    """How long something took in working time, since the moment its clock counts from.

    Reckoned when it happened, by the calendar of that moment, because calendars change later. ``is_reconstructed``:
    reckoned afterwards, by a later calendar. Null where no clock ran.
    """

    working_time = models.DurationField(null=True, blank=True)
    is_reconstructed = models.BooleanField(default=False)

    class Meta:
        abstract = True


class Heard(models.Model):
    """Since when somebody can be reminded that it is late, where something that was written down late made it so.

    Its ladder counts from then. Null: since the case was logged or reopened.
    """

    heard_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Commitment(models.Model):
    """Owner, due moment, settled moment.

    ``due_at`` is derived from facts by ``cases.actions.clocks`` whenever a fact changes; null while it cannot be known.
    ``starts_at`` is what its time counts from, and ``escalate_at`` when the manager is told, if it is still not settled
    then. ``ladder_for`` is the due moment for which its reminders are foreseen; null: they are to be foreseen anew.
    ``quiet_until``: until then its owner asked not to be reminded, with a reason that the timeline keeps.
    """

    owner = models.ForeignKey(
        "cases.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss_owned",
    )
    due_at = models.DateTimeField(null=True, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    escalate_at = models.DateTimeField(null=True, blank=True)
    ladder_for = models.DateTimeField(null=True, blank=True)
    quiet_until = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey("cases.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    WITHOUT_LADDER: ClassVar[Q] = _WITHOUT_LADDER

    class Meta:
        abstract = True
        indexes = (
            models.Index(
                fields=("due_at",),
                condition=Q(settled_at__isnull=True),
                name="%(class)s_due",
            ),
            models.Index(
                fields=("id",),
                condition=_WITHOUT_LADDER,
                name="%(class)s_no_ladder",
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
