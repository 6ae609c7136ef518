"""Numbers with their unit in templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from cases.rules.money import Money

if TYPE_CHECKING:
    from decimal import Decimal

register = template.Library()


@register.filter
def counted_in(value: Decimal, unit: str) -> str:
    """``{{ bar.value|counted_in:"USD" }}``: "1,250.50 USD"; whole numbers of anything else: "3 incidents"."""
    return str(Money(value, unit))
