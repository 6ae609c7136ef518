"""What went wrong, once, why, and what is changed so that it will not happen again."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from cases.models.commitments import Commitment, CommitmentQuerySet
from cases.models.fields import Derived, brought_by, code, public_id
from cases.models.versions import Versioned
from cases.rules.folding import name_key
from cases.rules.texts import LONGEST_TEXT
from cases.rules.vocabulary import (
    CauseStatus,
    FaultParty,
    PreventionKind,
    PreventionStatus,
)


class BroughtQuerySet[M: models.Model](models.QuerySet[M]):
    """Of records that an import may bring."""

    def offered(self) -> Self:
        """Without those that an undone import brought and that no case uses."""
        used = self.model._default_manager.filter(pk=OuterRef("pk"), incidents__cases__is_hidden=False)  # noqa: SLF001
        return self.filter(Q(batch__undone_at__isnull=True) | Exists(used))


class Category(Versioned):
    """What kind of thing went wrong, as the organization sorts it: "Delivery › Wrong address"."""

    name = models.CharField(max_length=255, unique=True)
    name_key = Derived(by=lambda category: name_key(category.name))
    batch = brought_by("The import that brought it; empty for those that were written down here.")

    objects = models.Manager.from_queryset(BroughtQuerySet["Category"])()

    class Meta:
        ordering = ("name_key", "pk")
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name


class Cause(Versioned):
    """Why things go wrong: a process, a tool, information or capacity; never a person."""

    public_id = public_id()
    name = models.CharField(max_length=120, unique=True)
    name_key = Derived(by=lambda cause: name_key(cause.name))
    description = models.TextField(blank=True, max_length=LONGEST_TEXT)
    batch = brought_by("The import that brought it; empty for those that were written down here.")

    objects = models.Manager.from_queryset(BroughtQuerySet["Cause"])()

    class Meta:
        ordering = ("name_key", "pk")

    def __str__(self) -> str:
        return self.name


class Incident(Versioned):
    """What went wrong, once. It may have hurt one customer or thousands."""

    public_id = public_id()
    reference = models.CharField(max_length=16, unique=True)
    title = models.CharField(max_length=200)
    happened_at = models.DateTimeField(null=True, blank=True)
    category = models.ForeignKey(
        Category,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="incidents",
    )
    cause = models.ForeignKey(Cause, on_delete=models.PROTECT, null=True, blank=True, related_name="incidents")
    cause_status = code(CauseStatus, default=CauseStatus.UNKNOWN)
    cause_note = models.TextField(blank=True, help_text="In plain words: what we had wrong.")
    fault_party = code(FaultParty, default=FaultParty.UNKNOWN)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(cause__isnull=False) | Q(cause_status=CauseStatus.UNKNOWN),
                name="incident_cause_known",
            ),
        )

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"


class PreventionActionQuerySet(CommitmentQuerySet["PreventionAction"]):
    pass


class PreventionAction(Commitment, Versioned):
    """What is changed so that it will not happen again. Only what is done may be told to a customer as done."""

    public_id = public_id()
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="prevention_actions")
    kind = code(PreventionKind)
    change = models.CharField(
        max_length=300,
        help_text="What will be different, as you would tell the customer.",
    )
    status = code(PreventionStatus, default=PreventionStatus.PLANNED)
    first_due_at = models.DateTimeField(help_text="The date that was promised first; kept when the date is moved.")
    moved_because = models.CharField(max_length=300, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey("cases.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    proof = models.CharField(max_length=300, blank=True, help_text="How we know that it works.")
    created_at = models.DateTimeField()

    objects = models.Manager.from_queryset(PreventionActionQuerySet)()

    class Meta(Commitment.Meta):
        ordering = ("due_at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(status=PreventionStatus.PLANNED, settled_at__isnull=True)
                | (~Q(status=PreventionStatus.PLANNED) & Q(settled_at__isnull=False)),
                name="prevention_settled_when_not_planned",
            ),
            models.CheckConstraint(
                condition=~Q(status=PreventionStatus.VERIFIED) | Q(verified_at__isnull=False),
                name="prevention_verified_when",
            ),
        )

    def __str__(self) -> str:
        return self.change
