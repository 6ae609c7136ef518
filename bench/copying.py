"""Rows by the hundred thousand into their tables, by PostgreSQL's COPY.

Limit: tables of the product on PostgreSQL. The database checks its constraints as always; Python's validation and the
actions are left out, because walking 100,000 cases through them would take hours.
"""

from __future__ import annotations

import io
import itertools
import json
import uuid
from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from random import Random

    from django.db.models import Model

NOTHING = "\\N"
_ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


class Tables:
    """Rows of several models that are on their way into the database."""

    def __init__(self, *, chance: Random) -> None:
        self._chance = chance
        self._rows: dict[type[Model], _Rows] = {}
        self._keys: dict[type[Model], Iterator[int]] = defaultdict(lambda: itertools.count(1))

    def next_key(self, model: type[Model]) -> int:
        """1, 2, 3: for rows that others refer to."""
        return next(self._keys[model])

    def add(self, model: type[Model], **values: object) -> None:
        """One row. Every row of a model names the same columns, in the same order; the other columns get the default of
        their field, and a public key is random."""
        if model not in self._rows:
            self._rows[model] = _Rows(model, list(values), chance=self._chance)
        self._rows[model].add(values.values())

    @transaction.atomic
    def send(self) -> None:
        """Hand over what has gathered, in one transaction: rows may refer to others that come after them."""
        for rows in self._rows.values():
            rows.send()


class _Rows:
    def __init__(self, model: type[Model], given: Sequence[str], *, chance: Random) -> None:
        self._chance = chance
        self._table = model._meta.db_table  # noqa: SLF001 - the documented way to a model's fields
        fields = {field.attname: field for field in model._meta.concrete_fields}  # noqa: SLF001
        if unknown := set(given) - set(fields):
            raise ValueError(f"{model.__name__} has no {', '.join(sorted(unknown))}")
        left = [name for name, field in fields.items() if name not in given and not field.primary_key]
        self._has_key = "public_id" in left
        left = [name for name in left if name != "public_id"]
        self._rest = "".join("\t" + _text(fields[name].get_default()) for name in left) + "\n"
        self._columns = [*given, *(["public_id"] if self._has_key else []), *left]
        self._lines: list[str] = []

    def add(self, values: Any) -> None:
        line = "\t".join([_text(value) for value in values])
        if self._has_key:
            line += f"\t{uuid.UUID(int=self._chance.getrandbits(128))}"
        self._lines.append(line + self._rest)

    def send(self) -> None:
        columns = ", ".join(connection.ops.quote_name(name) for name in self._columns)
        with connection.cursor() as cursor:
            cursor.copy_expert(f"COPY {self._table} ({columns}) FROM STDIN", io.StringIO("".join(self._lines)))
        self._lines.clear()


def _text(value: object) -> str:
    known = _AS_TEXT.get(type(value))
    return known(value) if known else str(value).translate(_ESCAPED)


_AS_TEXT: dict[type, Callable[[Any], str]] = {
    type(None): lambda _nothing: NOTHING,
    bool: lambda value: "t" if value else "f",
    int: str,
    datetime: datetime.isoformat,
    dict: lambda value: json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder).translate(_ESCAPED),
}
