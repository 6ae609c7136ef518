"""What the columns of a source mean, declared as data, and one row read by it. A new source is one more ``Source``.

Nothing is invented: a day that the source gives is kept as the noon of that day, and what it does not give stays empty.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cases.errors import RuleError
from cases.models import Case, Category, Customer
from cases.rules.vocabulary import Channel, Severity, StepKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NOON = timedelta(hours=12)
_NOTHING = frozenset({"", "N/A"})
BETWEEN = " › "


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What the organization's answer says about the recovery. ``settles``: the steps that it proves to be done."""

    is_closed: bool = True
    settles: tuple[StepKind, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One kind of file. Every text but ``name``, ``customer`` and ``zone`` is the name of a column.

    ``place`` follows the customer's name in brackets; ``heading`` is joined to the title; of ``story`` the first that
    is not empty counts; ``remarks`` turns values into sentences about how it ended; ``kept`` goes unchanged into the
    timeline. ``severity`` is what a case is taken for where the source tells none.
    """

    name: str
    reference: str
    received: str
    acknowledged: str
    customer: str
    place: tuple[str, ...]
    customer_note: str
    business_unit: str
    category: tuple[str, ...]
    heading: tuple[str, ...]
    story: tuple[str, ...]
    channel: str
    channels: Mapping[str, Channel]
    response: str
    responses: Mapping[str, Response]
    remarks: Mapping[str, Mapping[str, str]]
    kept: tuple[str, ...]
    dates: tuple[str, ...]
    zone: str
    severity: Severity

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that a file must have."""
        single = (self.reference, self.received, self.acknowledged, self.customer_note, self.business_unit)
        several = (*self.place, *self.category, *self.heading, *self.story, *self.remarks, *self.kept)
        return tuple(dict.fromkeys((*single, self.channel, self.response, *several)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedCase:
    """One row as a case. ``settled`` has only the steps that the source tells of; ``ended_at`` is the last day that it
    gives, as it tells of no closing."""

    reference: str
    customer: str
    customer_note: str
    business_unit: str
    channel: Channel
    category: str
    title: str
    description: str
    known_at: datetime
    ended_at: datetime
    is_closed: bool
    settled: Mapping[StepKind, datetime]
    ending: str
    facts: Mapping[str, str] = field(default_factory=dict)


def read(source: Source, cells: Mapping[str, str]) -> ImportedCase:
    """The case that this row tells of. Raises ``RuleError`` with the reason why it cannot be taken."""
    reference = _fitting(cells, source.reference, Case, "source_reference")
    if not reference:
        raise RuleError(f"“{source.reference}” is empty, so nobody could tell whether the row is there already.")
    answer = _told(cells, source.response)
    response = source.responses.get(answer)
    if response is None:
        raise RuleError(f"“{source.response}” is “{answer}”, which we do not know.")
    received = _day(source, cells, source.received)
    if received is None:
        raise RuleError(f"“{source.received}” is empty.")
    acknowledged = _day(source, cells, source.acknowledged)
    if acknowledged is not None and acknowledged < received:
        raise RuleError(f"“{source.acknowledged}” lies before “{source.received}”.")
    ended_at = acknowledged or received
    settled = dict.fromkeys(response.settles, ended_at)
    if acknowledged is not None:
        settled[StepKind.ACKNOWLEDGE] = acknowledged
    return ImportedCase(
        reference=reference,
        customer=_customer(source, cells),
        customer_note=_told(cells, source.customer_note),
        business_unit=_fitting(cells, source.business_unit, Case, "business_unit"),
        channel=source.channels.get(_told(cells, source.channel), Channel.OTHER),
        category=_joined(cells, source.category, BETWEEN, _longest(Category, "name")),
        title=_joined(cells, source.heading, ": ", _longest(Case, "title")) or answer,
        description=next((cells[name] for name in source.story if _told(cells, name)), ""),
        known_at=received,
        ended_at=ended_at,
        is_closed=response.is_closed,
        settled=settled,
        ending=_ending(source, cells, answer),
        facts={name: cells[name] for name in source.kept},
    )


def _told(cells: Mapping[str, str], column: str) -> str:
    """The cell without the ways of saying nothing."""
    text = cells[column].strip()
    return "" if text in _NOTHING else text


def _day(source: Source, cells: Mapping[str, str], column: str) -> datetime | None:
    """Noon of the day, so that it is the same day in the zones around the source's own."""
    text = _told(cells, column)
    if not text:
        return None
    for pattern in source.dates:
        try:
            day = datetime.strptime(text, pattern).replace(tzinfo=ZoneInfo(source.zone))
        except ValueError:
            continue
        return day + _NOON
    raise RuleError(f"“{column}” is “{text[:40]}”, which is no date such as 2023-05-31 or 05/31/2023.")


def _fitting(cells: Mapping[str, str], column: str, model: type[Case], name: str) -> str:
    """A cell whose value must not be shortened."""
    text = _told(cells, column)
    most = _longest(model, name)
    if len(text) > most:
        raise RuleError(f"“{column}” holds {len(text):,} characters; {most} are the most.")
    return text


def _joined(cells: Mapping[str, str], columns: Sequence[str], between: str, most: int) -> str:
    """The cells that say something, in one line, shortened where there is no room for all."""
    text = between.join(_told(cells, column) for column in columns if _told(cells, column))
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _customer(source: Source, cells: Mapping[str, str]) -> str:
    place = _joined(cells, source.place, " ", _longest(Customer, "name") // 2)
    return f"{source.customer} ({place})" if place else source.customer


def _ending(source: Source, cells: Mapping[str, str], answer: str) -> str:
    """How it ended, in the source's own words."""
    sentences = [f"{answer}."]
    sentences += [says[_told(cells, name)] for name, says in source.remarks.items() if _told(cells, name) in says]
    return " ".join(sentences)


def _longest(model: type[Case | Category | Customer], name: str) -> int:
    column = model._meta.get_field(name)  # noqa: SLF001 - Django's own name for it
    return int(getattr(column, "max_length", 0) or 0)


CFPB = Source(
    name="cfpb",
    reference="Complaint ID",
    received="Date received",
    acknowledged="Date sent to company",
    customer="Consumer",
    place=("State", "ZIP code"),
    customer_note="Tags",
    business_unit="Company",
    category=("Product", "Sub-product", "Issue", "Sub-issue"),
    heading=("Issue", "Sub-issue"),
    story=("Consumer complaint narrative", "Issue"),
    channel="Submitted via",
    channels={
        "Web": Channel.WEB,
        "Phone": Channel.PHONE,
        "Postal mail": Channel.LETTER,
        "Email": Channel.EMAIL,
    },
    response="Company response to consumer",
    responses={
        "In progress": Response(is_closed=False),
        "Closed with monetary relief": Response(settles=(StepKind.COMPENSATE,)),
        "Closed with non-monetary relief": Response(settles=(StepKind.CORRECT,)),
        "Closed with relief": Response(),
        "Closed with explanation": Response(),
        "Closed without relief": Response(),
        "Closed": Response(),
        "Untimely response": Response(),
    },
    remarks={
        "Timely response?": {"No": "The response was late."},
        "Consumer disputed?": {
            "Yes": "The consumer disputed it.",
            "No": "The consumer raised no dispute.",
        },
    },
    kept=("Company response to consumer", "Timely response?", "Consumer disputed?", "Company public response"),
    dates=("%Y-%m-%d", "%m/%d/%Y"),
    zone="America/New_York",
    severity=Severity.MODERATE,
)
"""Complaints published by the US Consumer Financial Protection Bureau. An explanation is no apology, relief has no
published amount, and a dispute that was not raised is no satisfaction: those stay not recorded."""

SOURCES = {source.name: source for source in (CFPB,)}
