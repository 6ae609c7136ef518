"""Rows of version 0: the kinds under which events were recorded before facts had types.

Such rows stand in running databases and can't be changed. Each shape is a row in ``tests/actions/events/older.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.dateparse import parse_datetime

from cases.rules.vocabulary import EventKind

if TYPE_CHECKING:
    from collections.abc import Mapping

_CHANGED = {
    "made_safe": EventKind.CASE_MADE_SAFE,
    "priority": EventKind.ESCALATION_DEALT_WITH,
    "customer": EventKind.CUSTOMER_CHANGED,
}


def kind_of(kind: str, stored: Mapping[str, Any]) -> str:
    """The kind that a row of version 0 would have today."""
    if kind == EventKind.CASE_CHANGED:
        has_moments = "before" in stored and "after" in stored
        return _CHANGED.get(str(stored.get("what")), EventKind.HOURS_CHANGED if has_moments else kind)
    if kind == EventKind.CLOCK_RESUMED and stored.get("what") == "imported":
        return EventKind.CLOCKS_STARTED
    if kind == EventKind.PROMISE_BROKEN and stored.get("done_late_at"):
        return EventKind.PROMISE_KEPT_LATE
    if kind == EventKind.PREVENTION_CHANGED and _is_moment(stored.get("after")):
        return EventKind.PREVENTION_MOVED
    return kind


def _is_moment(value: object) -> bool:
    try:
        return parse_datetime(str(value)) is not None
    except ValueError:
        return False
