"""The timeline of a case as lines to lay out, newest first. The sentences stand in ``cases.actions.events``."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from cases.actions.events import Sentence, told
from cases.models import Event

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cases.models import Case

MOST = 10_000
"""Lines of the whole history. No case has as many."""
_RECORDED_LATER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Sentence):
    """One event as people read it. ``recorded_at``: only where it was recorded later than it happened."""

    at: datetime
    recorded_at: datetime | None


def lines_of(case: Case, events: Iterable[Event]) -> list[Line]:
    """``events`` of a case and its incident as people read them, in the same order."""
    return [line_of(event, customer=case.customer.name) for event in events]


def line_of(event: Event, *, customer: str) -> Line:
    recorded_at = event.recorded_at
    is_later = recorded_at is not None and abs(recorded_at - event.at) >= _RECORDED_LATER
    sentence = told(event, customer=customer)
    words = {field.name: getattr(sentence, field.name) for field in fields(Sentence)}
    return Line(**words, at=event.at, recorded_at=recorded_at if is_later else None)


def whole_history(case: Case) -> list[Line]:
    """Everything that happened, the newest first."""
    events = Event.objects.filter(Q(case=case) | Q(incident_id=case.incident_id)).select_related("actor")
    return lines_of(case, events.order_by("-at", "-pk")[:MOST])
