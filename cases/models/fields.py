"""Fields that several nouns share. No behavior."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Any, override

from django.core.validators import MinValueValidator
from django.db import models

from cases.rules.folding import visible
from cases.rules.money import MOST_DECIMALS, MOST_DIGITS

if TYPE_CHECKING:
    from collections.abc import Callable

    from cases.models.imports import ImportBatch

    # Django's classes take parameters of types for the checker only.
    _TextField = models.TextField[str, str]
    _CharField = models.CharField[str, str]
    _EmailField = models.EmailField[str, str]
else:
    _TextField, _CharField, _EmailField = models.TextField, models.CharField, models.EmailField

type _Deconstructed = tuple[Any, str, Any, Any]

LARGEST_AMOUNT = Decimal("999999999.9999")
"""Of the column, in any currency; ``rules.money`` says what is accepted in which."""


def public_id() -> models.UUIDField[uuid.UUID, uuid.UUID]:
    """A key that may appear in an address; integer keys never do."""
    return models.UUIDField(default=uuid.uuid4, unique=True, editable=False)


def code(choices: type[models.TextChoices], **options: Any) -> models.CharField[str, str]:
    """A stored code of an enumeration."""
    return models.CharField(max_length=24, choices=choices.choices, **options)


def brought_by(help_text: str, *, related_name: str = "+") -> models.ForeignKey[ImportBatch | None, ImportBatch | None]:
    """The import that a record came with, if any."""
    return models.ForeignKey(
        "cases.ImportBatch",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name=related_name,
        help_text=help_text,
    )


def amount(**options: Any) -> models.DecimalField[Decimal, Decimal]:
    """An amount of money in major units; the currency stands beside it."""
    return models.DecimalField(
        max_digits=MOST_DIGITS,
        decimal_places=MOST_DECIMALS,
        validators=[MinValueValidator(Decimal(0))],
        **options,
    )


def currency() -> models.CharField[str, str]:
    """An ISO 4217 code."""
    return models.CharField(max_length=3)


class Derived(_TextField):
    """Text that a row derives from its other columns whenever it is written, one by one or many at once.

    Limit: ``update`` of a queryset writes no derived text.
    """

    def __init__(self, *, by: Callable[[Any], str] | None = None, **options: Any) -> None:
        self._by = by
        super().__init__(**{"blank": True, "default": "", "editable": False, **options})

    @override
    def deconstruct(self) -> _Deconstructed:
        return _as_djangos(super().deconstruct(), "TextField")

    @override
    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        if self._by is not None:
            setattr(model_instance, self.attname, self._by(model_instance))
        return str(getattr(model_instance, self.attname))


class Name(_CharField):
    """One line that people read, without anything invisible in it however the row is written."""

    @override
    def deconstruct(self) -> _Deconstructed:
        return _as_djangos(super().deconstruct(), "CharField")

    @override
    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        return _made_visible(self, model_instance)


class Mail(_EmailField):
    """A mail address, without anything invisible in it however the row is written."""

    @override
    def deconstruct(self) -> _Deconstructed:
        return _as_djangos(super().deconstruct(), "EmailField")

    @override
    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        return _made_visible(self, model_instance)


def _as_djangos(field: _Deconstructed, djangos: str) -> _Deconstructed:
    """For migrations, the field is Django's own: how a value is prepared is no part of the table."""
    name, _path, arguments, options = field
    return name, f"django.db.models.{djangos}", arguments, options


def _made_visible(field: _CharField, row: models.Model) -> str:
    kept = visible(getattr(row, field.attname))
    setattr(row, field.attname, kept)
    return kept
