"""Rows that are kept and never shown: what an import brought in that was undone, and records that were merged."""

from __future__ import annotations

from django.db import models


class Shown[M: models.Model](models.Manager[M]):
    """The default manager of what can be hidden by ``is_hidden``. Foreign keys still reach hidden rows."""

    def get_queryset(self) -> models.QuerySet[M]:
        return super().get_queryset().filter(is_hidden=False)
