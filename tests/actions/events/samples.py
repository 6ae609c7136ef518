"""Facts of every kind, with every value that an enumeration has: made from the types of their fields."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from django.db.models import TextChoices

from cases.actions.events import Correction, Facts, Told
from cases.actions.events.base import KINDS
from cases.rules.facts import FACTS, Fact, Kind
from cases.rules.vocabulary import CommitmentKind

AT = datetime(2025, 9, 15, 14, 0, tzinfo=UTC)
_SAMPLES: dict[Any, Any] = {str: "Some words", int: 2, bool: True, datetime: AT, Decimal: Decimal("25.00")}


def recorded() -> list[type[Facts]]:
    """Every kind that is known."""
    return [KINDS[kind] for kind in sorted(KINDS)]


def samples(kind: type[Facts]) -> Iterator[Facts]:
    """One with the first of all values, and one for each other value of each field."""
    values = {field.name: _values(get_type_hints(kind)[field.name]) for field in fields(kind)}
    first = {name: each[0] for name, each in values.items()}
    yield kind(**first)
    for name, each in values.items():
        for value in each[1:]:
            yield kind(**{**first, name: value})


def _values(hint: Any) -> list[Any]:  # noqa: ANN401, PLR0911  (a type, whichever; a line each)
    if isinstance(hint, UnionType):
        return [*_values(get_args(hint)[0]), None]
    if get_origin(hint) is tuple:
        return [tuple(_values(get_args(hint)[0])), ()]
    if get_origin(hint) is dict:
        return [{"Column": "Some words"}, {}]
    if isinstance(hint, type) and issubclass(hint, TextChoices):
        return list(hint)
    if hint is Told:
        names = {CommitmentKind.STEP: "apologize", CommitmentKind.UPDATE: "asked"}
        return [Told(kind=kind, name=names.get(kind, "Some words")) for kind in CommitmentKind]
    if hint is Correction:
        return [Correction(fact=fact.name, before=value) for fact in FACTS for value in _stored(fact)]
    return [_SAMPLES[hint], False] if hint is bool else [_SAMPLES[hint]]


def _stored(fact: Fact) -> list[str]:
    if fact.codes is not None:
        return list(fact.codes.values)
    return [AT.isoformat() if fact.kind is Kind.MOMENT else "Some words", ""]
