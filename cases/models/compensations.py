"""What is given to the customer. Restitution returns a proven loss, goodwill is for the trouble; sums are never
mixed."""

from __future__ import annotations

from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q

from cases.models.fields import LARGEST_AMOUNT, amount, code, currency, public_id
from cases.rules.money import Money
from cases.rules.vocabulary import (
    CompensationForm,
    CompensationNature,
    CompensationStatus,
    Payer,
)

LIVE = (
    CompensationStatus.PROPOSED,
    CompensationStatus.APPROVED,
    CompensationStatus.OFFERED,
    CompensationStatus.ACCEPTED,
    CompensationStatus.ISSUED,
    CompensationStatus.RECEIVED,
)
"""Statuses that count against the authority of a case: not declined, refused or withdrawn."""
DELIVERED = (CompensationStatus.ISSUED, CompensationStatus.RECEIVED)
"""Statuses that cost us something (domain.md, C8)."""


class CompensationQuerySet(models.QuerySet["Compensation"]):
    def live(self) -> Self:
        return self.filter(status__in=LIVE)

    def delivered(self) -> Self:
        return self.filter(status__in=DELIVERED)

    def our_cost(self) -> Self:
        """Without what others reimburse (domain.md, C8)."""
        return self.filter(paid_by=Payer.US)

    def goodwill(self) -> Self:
        return self.filter(nature=CompensationNature.GOODWILL)


class Compensation(models.Model):
    """One thing given. Several per case, each with its recipient, who may be a relative of the customer."""

    public_id = public_id()
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="compensations")
    round = models.PositiveSmallIntegerField(default=1)
    nature = code(CompensationNature)
    form = code(CompensationForm)
    status = code(CompensationStatus, default=CompensationStatus.PROPOSED)
    what = models.CharField(max_length=200)
    amount = amount(help_text="What it costs, whoever pays.")
    currency = currency()
    paid_by = code(Payer, default=Payer.US)
    recipient = models.CharField(max_length=160)
    is_third_party = models.BooleanField(default=False, help_text="The recipient is somebody else than the customer.")
    recipient_reason = models.CharField(max_length=300, blank=True, help_text="Why it goes to somebody else.")
    was_asked_for = models.BooleanField(default=False)
    reason = models.TextField(
        blank=True,
        help_text="Why this much. For a restitution: how the loss was proven.",
    )
    proposed_by = models.ForeignKey("cases.User", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    asked_to = models.ForeignKey(
        "cases.User",
        verbose_name="asked to decide",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty where nobody had to be asked, or nobody may decide it.",
    )
    approved_by = models.ForeignKey(
        "cases.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty where it was within the proposer's own authority.",
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.TextField(blank=True)
    moved_at = models.DateTimeField(null=True, blank=True, help_text="When it became what it is. Unknown of old rows.")
    delivered_at = models.DateTimeField(null=True, blank=True)
    proof = models.CharField(
        max_length=300,
        blank=True,
        help_text="How we know it arrived: a receipt, a number, their word.",
    )

    objects = models.Manager.from_queryset(CompensationQuerySet)()

    class Meta:
        ordering = ("pk",)
        indexes = (
            models.Index(
                fields=("proposed_at",),
                condition=Q(status=CompensationStatus.PROPOSED),
                name="compensation_waiting",
            ),
            models.Index(fields=("delivered_at",), name="compensation_delivered"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(amount__gte=Decimal(0), amount__lte=LARGEST_AMOUNT),
                name="compensation_amount",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
                name="compensation_approved_by_somebody_else",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=DELIVERED) | Q(delivered_at__isnull=False),
                name="compensation_delivered_when",
            ),
            models.CheckConstraint(
                condition=Q(is_third_party=False)
                | (~Q(recipient="") & (Q(nature=CompensationNature.GOODWILL) | ~Q(recipient_reason=""))),
                name="compensation_third_party_says_why",
            ),
            models.CheckConstraint(
                condition=Q(asked_to__isnull=True) | ~Q(asked_to=F("proposed_by")),
                name="compensation_asked_somebody_else",
            ),
        )

    def __str__(self) -> str:
        return f"{self.what} ({self.money})"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def payer(self) -> Payer:
        return Payer(self.paid_by)
