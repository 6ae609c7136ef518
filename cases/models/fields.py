"""Fields that several nouns share. No behavior."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models

from cases.rules.money import MOST_DECIMALS, MOST_DIGITS

LARGEST_AMOUNT = Decimal("999999999.9999")
"""Of the column, in any currency; ``rules.money`` says what is accepted in which."""


def public_id() -> models.UUIDField[uuid.UUID, uuid.UUID]:
    """A key that may appear in an address; integer keys never do."""
    return models.UUIDField(default=uuid.uuid4, unique=True, editable=False)


def code(choices: type[models.TextChoices], **options: Any) -> models.CharField[str, str]:
    """A stored code of an enumeration."""
    return models.CharField(max_length=24, choices=choices.choices, **options)


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
