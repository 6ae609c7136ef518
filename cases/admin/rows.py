"""Rows of a record, as they were posted from a page that colleagues have overtaken: they can be sent again.

Pure but for ``QueryDict``. Limit: values of stored rows are written as ``str`` writes them, which dates and times read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import QueryDict

    Row = dict[str, str]

MOST = 1_000
"""Django's own limit for the rows of a page."""


def renewed(
    posted: QueryDict, prefix: str, stored: Mapping[str, Mapping[str, object]], *, is_older: bool
) -> tuple[QueryDict, int]:
    """The same post with the rows that are stored now, and how many of the typed ones were deleted meanwhile.

    A deleted row becomes a new one with what was typed. ``stored``: values by primary key, ``id`` among them.
    ``is_older``: the page shows an older version, so it also lacks the rows that were added since.
    """
    rows = _rows_of(posted, prefix)
    known = [row for row in rows if row.get("id") in stored]
    gone = [row for row in rows if row.get("id") and row not in known]
    if not gone and not is_older:
        return posted, 0
    seen = {row["id"] for row in known}
    added = [_written(values) for key, values in stored.items() if is_older and key not in seen]
    again = [{**row, "id": ""} for row in gone if "DELETE" not in row]
    new = [row for row in rows if not row.get("id")]
    return _with_rows(posted, prefix, [*known, *added], [*again, *new]), len(again)


def _rows_of(posted: QueryDict, prefix: str) -> list[Row]:
    total = str(posted.get(f"{prefix}-TOTAL_FORMS", ""))
    count = min(int(total), MOST) if total.isascii() and total.isdecimal() else 0
    rows: list[Row] = [{} for _ in range(count)]
    for name in posted:
        place, _, field = name.removeprefix(f"{prefix}-").partition("-")
        if name.startswith(f"{prefix}-") and place.isascii() and place.isdecimal() and int(place) < count and field:
            rows[int(place)][field] = str(posted[name])
    return rows


def _written(values: Mapping[str, object]) -> Row:
    return {name: "" if value is None else str(value) for name, value in values.items()}


def _with_rows(posted: QueryDict, prefix: str, initial: Sequence[Row], new: Sequence[Row]) -> QueryDict:
    renewed = posted.copy()
    for name in posted:
        place, _, field = name.removeprefix(f"{prefix}-").partition("-")
        if name.startswith(f"{prefix}-") and place.isdecimal() and field:
            del renewed[name]
    for number, row in enumerate([*initial, *new]):
        for name, value in row.items():
            renewed[f"{prefix}-{number}-{name}"] = value
    renewed[f"{prefix}-TOTAL_FORMS"] = str(len(initial) + len(new))
    renewed[f"{prefix}-INITIAL_FORMS"] = str(len(initial))
    return renewed
