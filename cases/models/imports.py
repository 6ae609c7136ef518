"""Which cases came in together from another system."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cases.models.fields import public_id


class ImportBatch(models.Model):
    """One run of an import. Undone: its cases are hidden, and their references may be imported again."""

    public_id = public_id()
    source = models.CharField(max_length=24)
    file_name = models.CharField(max_length=255)
    at = models.DateTimeField()
    by = models.ForeignKey("cases.User", on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey("cases.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = models.Manager["ImportBatch"]()

    class Meta:
        ordering = ("-pk",)
        verbose_name = "import"
        constraints = (
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="import_undone_by_whom",
            ),
        )

    def __str__(self) -> str:
        return f"{self.file_name} ({self.source})"
