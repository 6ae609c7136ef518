"""A list of cases as CSV, a row at a time, safe to open in a spreadsheet.

Left out on purpose: notes, what the customer did (``contribution``), and everything said in private.
"""

from __future__ import annotations

import csv
from datetime import datetime
from typing import TYPE_CHECKING

from cases.reports.cases import rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from zoneinfo import ZoneInfo

    from cases.models import Case
    from cases.models.case import CaseQuerySet

BYTE_ORDER_MARK = "\ufeff"
"""Without it spreadsheets take UTF-8 for something else, and names break."""
_AT_ONCE = 1000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_COLUMNS: dict[str, Callable[[Case], object]] = {
    "Reference": lambda case: case.reference,
    "Customer": lambda case: case.customer.name,
    "Mail address": lambda case: case.customer.email,
    "What went wrong": lambda case: case.title,
    "Severity": lambda case: case.get_severity_display(),
    "Priority": lambda case: case.get_priority_display(),
    "Step": lambda case: case.get_current_step_display() if case.is_open else "",
    "Due": lambda case: case.next_due_at if case.is_open else None,
    "Owner": lambda case: case.owner,
    "Team": lambda case: case.team,
    "Channel": lambda case: case.get_channel_display(),
    "Noticed by": lambda case: case.get_origin_display(),
    "Happened": lambda case: case.happened_at,
    "Known": lambda case: case.known_at,
    "Logged": lambda case: case.logged_at,
    "Round": lambda case: case.round,
    "Closed": lambda case: case.closed_at,
    "Outcome": lambda case: case.get_outcome_display(),
    "Incident": lambda case: case.incident.reference,
    "Cause": lambda case: case.incident.cause,
}


class _Line:
    """Where the writer writes to: hands each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def lines(cases: CaseQuerySet, zone: ZoneInfo) -> Iterator[str]:
    """A line of column names, then one for each case; moments in ``zone``, with their distance from UTC."""
    writer = csv.writer(_Line())
    yield BYTE_ORDER_MARK + str(writer.writerow(list(_COLUMNS)))
    for case in rows(cases).select_related("incident__cause").iterator(chunk_size=_AT_ONCE):
        yield str(writer.writerow(_cells(case, zone)))


def _cells(case: Case, zone: ZoneInfo) -> Sequence[str]:
    return [safe(_text(value(case), zone)) for value in _COLUMNS.values()]


def _text(value: object, zone: ZoneInfo) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(timespec="seconds")
    return str(value)


def safe(cell: str) -> str:
    """What a spreadsheet would take for a formula gets an apostrophe in front, and stays words."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
