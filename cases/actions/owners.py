"""Who owned a case at a moment of its past, by its history. Limit: reads only; handing a case over is ``handling``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases.actions.events import CaseAssigned, facts_of
from cases.models import User
from cases.rules.vocabulary import EventKind

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import Case


def owner_at(case: Case, moment: datetime) -> int | None:
    """By key; before it was logged: whom it was logged for. ``None``: nobody, or the history does not say."""
    handed_on = case.events.filter(kind=EventKind.CASE_ASSIGNED, at__gt=moment).order_by("at", "pk")
    for happened in map(facts_of, handed_on):
        if not isinstance(happened, CaseAssigned):
            return None
        if not happened.only_owed:
            key = happened.before_key
            return User.objects.filter(public_id=key).values_list("pk", flat=True).first() if key else None
    return case.owner_id
