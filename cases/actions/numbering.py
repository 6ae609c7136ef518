"""Public references: SR-1042 for a case, IN-1007 for an incident. Each number is given once."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from cases.models import ReferenceCounter

CASE = "SR"
INCIDENT = "IN"


@transaction.atomic(savepoint=False)
def take(prefix: str, count: int = 1) -> list[str]:
    """The next ``count`` references of a kind. Numbers of a transaction that is undone are given to the next."""
    counter = ReferenceCounter.objects.filter(prefix=prefix)
    if not counter.update(last=F("last") + count):
        ReferenceCounter.objects.get_or_create(prefix=prefix)
        counter.update(last=F("last") + count)
    last = counter.values_list("last", flat=True).get()
    return [f"{prefix}-{number}" for number in range(last - count + 1, last + 1)]
