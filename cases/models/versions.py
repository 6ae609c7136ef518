"""Records that forms change: each carries a version, and its latest changes are kept for whoever has an older form."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple, Self

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone

from cases.rules.money import Money
from cases.rules.texts import plain_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

type Shown = str | list[str]
"""A value as text; of what has several rows, one text a row."""


class Snapshot(NamedTuple):
    """``exact`` is compared, because two colleagues may have one name; ``shown`` is told and kept."""

    exact: object
    shown: Shown


class Compared(models.Model):
    """A record whose fields can be compared as forms show them, rows of other tables included ("teams", "windows")."""

    class Meta:
        abstract = True

    def snapshot(self, names: Sequence[str]) -> dict[str, Snapshot]:
        """These fields as they are now."""
        return {name: _taken(getattr(self, name)) for name in names}

    @classmethod
    def difference(cls, name: str, old: Shown, new: Shown) -> str:
        """ "phone from “+1 555 0100” to “+1 555 0199”"; of what has several rows, only those that differ."""
        if isinstance(old, list) and isinstance(new, list):
            old, new = [row for row in old if row not in new], [row for row in new if row not in old]
        try:
            field = cls._meta.get_field(name)
        except FieldDoesNotExist:
            return f"{name} from {_listed(old)} to {_listed(new)}"
        return f"{_label(field, name)} from {_said(field, old)} to {_said(field, new)}"


class Versioned(Compared):
    """A record with a version, which rises when something changes that a form shows, and by nothing else."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    @property
    def kind_of_record(self) -> str:
        return self._meta.model_name or ""

    def locked(self) -> Self:
        """The newest row, locked until the transaction ends."""
        return self._lock(self.pk)

    @classmethod
    def _lock(cls, key: int) -> Self:
        return cls._base_manager.select_for_update(of=("self",)).get(pk=key)  # hidden ones too

    def raise_version(self) -> None:
        self.version += 1
        self.save(update_fields=("version",))


class Revision(models.Model):
    """One change of a versioned record. No history: it is forgotten with the forms that may be older than it."""

    kind = models.CharField(max_length=40, help_text="The name of the record's model.")
    record = models.PositiveBigIntegerField(help_text="Its primary key.")
    version = models.PositiveIntegerField(help_text="The version that this led to.")
    at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey("cases.User", on_delete=models.CASCADE, null=True, related_name="+")
    changes = models.JSONField(help_text="Name, old and new of each field as text, in the order of the form.")

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("kind", "record", "version"), name="revision_unique"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.record}, version {self.version}"


def _taken(value: object) -> Snapshot:
    if isinstance(value, models.Manager):
        rows = list(value.all())
        return Snapshot(sorted(map(_fields, rows)), sorted(map(str, rows)))
    if isinstance(value, models.Model):
        return Snapshot(value.pk, str(value))
    if isinstance(value, Decimal):
        return Snapshot(value, Money(value, "").number)
    text = value.isoformat() if isinstance(value, datetime) else plain_lines(str("" if value is None else value))
    return Snapshot(text, text)


def _fields(row: models.Model) -> str:
    return str([field.value_from_object(row) for field in row._meta.concrete_fields])  # noqa: SLF001 - Django's public name


def _label(field: object, name: str) -> str:
    """As forms call it: rows of another table by the plural of that table."""
    rows = getattr(field, "related_model", None) if getattr(field, "auto_created", False) else None
    return str(rows._meta.verbose_name_plural if rows else getattr(field, "verbose_name", name))  # noqa: SLF001 - Django's public name


def _said(field: object, value: Shown) -> str:
    if isinstance(value, list):
        return _listed(value)
    if isinstance(field, models.DateTimeField) and value:
        value = f"{timezone.localtime(datetime.fromisoformat(value)):%Y-%m-%d %H:%M}"
    labels = {str(code): str(label) for code, label in getattr(field, "flatchoices", ())}
    if isinstance(field, models.BooleanField):
        labels = {"True": "yes", "False": "no"}
    return _listed([labels.get(value, value)] if value else [])


def _listed(values: Shown) -> str:
    return ", ".join(f"“{value}”" for value in values) or "nothing"
