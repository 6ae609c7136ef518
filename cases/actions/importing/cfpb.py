"""Complaints published by the US Consumer Financial Protection Bureau.

An explanation is no apology, relief has no published amount, and a dispute that was not raised is no satisfaction:
those stay not recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cases.actions.importing.mapping import ImportedCase, Source, longest
from cases.actions.importing.reader import Columns
from cases.errors import RuleError
from cases.models import Case, Category, Customer
from cases.rules.notation import DateOrder
from cases.rules.vocabulary import Channel, Severity, StepKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cases.actions.importing.mapping import Cells

BETWEEN = " › "

_ID = "Complaint ID"
_RECEIVED = "Date received"
_SENT = "Date sent to company"
_RESPONSE = "Company response to consumer"
_STORY = "Consumer complaint narrative"
_HEADING = ("Issue", "Sub-issue")
_CATEGORY = ("Product", "Sub-product", *_HEADING)
_PLACE = ("State", "ZIP code")
_KEPT = (_RESPONSE, "Timely response?", "Consumer disputed?", "Company public response")

_CHANNELS = {
    "Web": Channel.WEB,
    "Phone": Channel.PHONE,
    "Postal mail": Channel.LETTER,
    "Email": Channel.EMAIL,
}
_REMARKS: Mapping[str, Mapping[str, str]] = {
    "Timely response?": {"No": "The response was late."},
    "Consumer disputed?": {
        "Yes": "The consumer disputed it.",
        "No": "The consumer raised no dispute.",
    },
}
"""Values that become sentences about how it ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Response:
    """What the company's answer says about the recovery. ``settles``: the steps that it proves to be done."""

    is_closed: bool = True
    settles: tuple[StepKind, ...] = ()


_RESPONSES = {
    "In progress": _Response(is_closed=False),
    "Closed with monetary relief": _Response(settles=(StepKind.COMPENSATE,)),
    "Closed with non-monetary relief": _Response(settles=(StepKind.CORRECT,)),
    "Closed with relief": _Response(),
    "Closed with explanation": _Response(),
    "Closed without relief": _Response(),
    "Closed": _Response(),
    "Untimely response": _Response(),
}


def _read(cells: Cells) -> ImportedCase:
    reference = cells.fitting(_ID, Case, "source_reference")
    if not reference:
        raise RuleError(f"“{_ID}” is empty, so nobody could tell whether the row is there already.")
    answer = cells.told(_RESPONSE)
    response = _RESPONSES.get(answer)
    if response is None:
        raise RuleError(f"“{_RESPONSE}” is “{answer}”, which we do not know.")
    received, sent = cells.needed_moment(_RECEIVED), cells.moment(_SENT)
    if sent is not None and sent < received:
        raise RuleError(f"“{_SENT}” lies before “{_RECEIVED}”.")
    ended_at = sent or received
    settled = dict.fromkeys(response.settles, ended_at)
    if sent is not None:
        settled[StepKind.ACKNOWLEDGE] = sent
    return ImportedCase(
        reference=reference,
        customer=_customer(cells),
        customer_note=cells.told("Tags"),
        business_unit=cells.fitting("Company", Case, "business_unit"),
        channel=_CHANNELS.get(cells.told("Submitted via"), Channel.OTHER),
        severity=Severity.MODERATE,
        category=cells.joined(_CATEGORY, BETWEEN, longest(Category, "name")),
        title=cells.joined(_HEADING, ": ", longest(Case, "title")) or answer,
        description=cells.whole(_STORY) if cells.told(_STORY) else cells.told("Issue"),
        known_at=received,
        ended_at=ended_at,
        is_closed=response.is_closed,
        settled=settled,
        ending=_ending(cells, answer),
        facts={name: cells.whole(name) for name in _KEPT},
    )


def _customer(cells: Cells) -> str:
    """Nobody is named, so the place stands for the consumer."""
    place = cells.joined(_PLACE, " ", longest(Customer, "name") // 2)
    return f"Consumer ({place})" if place else "Consumer"


def _ending(cells: Cells, answer: str) -> str:
    """How it ended, in the source's own words."""
    said = [says[cells.told(name)] for name, says in _REMARKS.items() if cells.told(name) in says]
    return " ".join([f"{answer}.", *said])


CFPB = Source(
    name="cfpb",
    columns=Columns(
        needed=(_ID, _RECEIVED, _RESPONSE, "Issue"),
        optional=(
            _SENT,
            _STORY,
            "Sub-issue",
            "Product",
            "Sub-product",
            *_PLACE,
            *_KEPT,
            "Tags",
            "Company",
            "Submitted via",
        ),
    ),
    reference=_ID,
    story=_STORY,
    dates=(_RECEIVED, _SENT),
    zone=ZoneInfo("America/New_York"),
    read=_read,
    order=DateOrder.MONTH_FIRST,
)
