"""Public references: SR-1042 for a case, IN-1007 for an incident. Each number is given once."""

from __future__ import annotations

from django.db import connection, transaction

from cases.models import ReferenceCounter

CASE = "SR"
INCIDENT = "IN"

_TAKE = "UPDATE cases_referencecounter SET last = last + %s WHERE prefix = %s RETURNING last"
"""Taking and reading in one statement, which both databases know and Django's querysets do not."""


@transaction.atomic(savepoint=False)
def take(prefix: str, count: int = 1) -> list[str]:
    """The next ``count`` references of a kind. Numbers of a transaction that is undone are given to the next."""
    last = _taken(prefix, count)
    if last is None:
        ReferenceCounter.objects.get_or_create(prefix=prefix)
        last = _taken(prefix, count) or count
    return [f"{prefix}-{number}" for number in range(last - count + 1, last + 1)]


def _taken(prefix: str, count: int) -> int | None:
    """The last of the numbers that are now taken; none where the first of this kind is still to come."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, (count, prefix))
        row = cursor.fetchone()
    return int(row[0]) if row else None
