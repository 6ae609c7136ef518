"""Rows by the hundred thousand into a table, by PostgreSQL's COPY.

Limit: a table of the product on PostgreSQL. The database checks its constraints as always; Python's validation and the
actions are left out, because walking 100,000 cases through them would take hours.
"""

from __future__ import annotations

import io
import json
import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from django.db.models import Model

NOTHING = "\\N"
_ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


class Rows:
    """Rows of one model that are on their way into its table.

    ``columns`` are the ones that differ from row to row. The others get the default of their field; a public key is
    random.
    """

    def __init__(self, model: type[Model], columns: str, *, chance: Random) -> None:
        self._chance = chance
        self._given = columns.split()
        self._table = model._meta.db_table  # noqa: SLF001 - the documented way to a model's fields
        fields = {field.attname: field for field in model._meta.concrete_fields}  # noqa: SLF001
        if unknown := set(self._given) - set(fields):
            raise ValueError(f"{model.__name__} has no {', '.join(sorted(unknown))}")
        left = [name for name, field in fields.items() if name not in self._given and not field.primary_key]
        self._has_key = "public_id" in left
        left = [name for name in left if name != "public_id"]
        self._rest = "".join("\t" + _text(fields[name].get_default()) for name in left) + "\n"
        self._columns = [*self._given, *(["public_id"] if self._has_key else []), *left]
        self._lines: list[str] = []

    def add(self, *values: object) -> None:
        line = "\t".join([_text(value) for value in values])
        if self._has_key:
            line += f"\t{uuid.UUID(int=self._chance.getrandbits(128))}"
        self._lines.append(line + self._rest)

    def send(self) -> None:
        """Hand over what has gathered."""
        if not self._lines:
            return
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
    dict: lambda value: json.dumps(value, ensure_ascii=False).translate(_ESCAPED),
}
