"""What a source tells of one case, and how its cells are read. A new source is a module that makes a ``Source``.

Nothing is invented: a day without an hour is kept as the noon of that day, and what a source does not give stays empty.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cases.actions.importing.reader import Columns, Row
from cases.errors import RuleError
from cases.rules.folding import visible
from cases.rules.notation import (
    DateOrder,
    DecimalMark,
    Evidence,
    Notation,
    day_of,
    is_bare_day,
    marks_of,
    moment_of,
    number_of,
    orders_of,
)
from cases.rules.spreadsheet import unguarded
from cases.rules.vocabulary import CauseStatus, Channel, Origin, Outcome, Severity, StepKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from django.db.models import Model

_NOTHING = frozenset({"", "N/A"})
_LONGEST_QUOTED = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedCase:
    """One row as a case. ``settled`` and ``waived`` have only the steps that the source tells of.

    ``ended_at`` is the last day that it gives. ``case_key`` is the public key of a case that was worked in Amends.
    ``customer_key`` and ``incident`` are the source's own: rows that share one are about the same; empty says nothing.
    """

    reference: str
    customer: str
    title: str
    channel: Channel
    severity: Severity
    known_at: datetime
    ended_at: datetime
    is_closed: bool
    settled: Mapping[StepKind, datetime]
    case_key: UUID | None = None
    customer_key: str = ""
    customer_note: str = ""
    email: str = ""
    incident: str = ""
    category: str = ""
    cause: str = ""
    cause_status: CauseStatus = CauseStatus.UNKNOWN
    business_unit: str = ""
    subject: str = ""
    description: str = ""
    wants: str = ""
    needed_by: datetime | None = None
    attempt: int = 1
    origin: Origin = Origin.CUSTOMER
    happened_at: datetime | None = None
    waived: Mapping[StepKind, datetime] = field(default_factory=dict)
    outcome: Outcome = Outcome.NOT_RECORDED
    ending: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One kind of file. ``dates`` are its columns of days or moments, ``is_amount`` tells its columns of amounts.

    ``order`` is the order of day and month that the publisher uses; values that contradict it refuse the file.
    ``zone`` is where its days are days. ``story`` names the column whose words tell rows apart, if there is one.
    ``says_nothing``: words that mean nothing where others are told.
    """

    name: str
    columns: Columns
    reference: str
    story: str
    dates: Sequence[str]
    zone: ZoneInfo
    read: Callable[[Cells], ImportedCase]
    order: DateOrder | None = None
    is_amount: Callable[[str], bool] = lambda _column: False
    says_nothing: frozenset[str] = _NOTHING

    def case_of(self, row: Row, notation: Notation) -> ImportedCase:
        """The case that this row tells of. Raises ``RuleError`` with the reason why it cannot be taken."""
        return self.read(Cells(row.cells, notation, self.zone, self.says_nothing))


@dataclass(frozen=True, slots=True)
class Cells:
    """One row, read by the notation of its file. A column that the file lacks is empty."""

    texts: Mapping[str, str]
    notation: Notation
    zone: ZoneInfo
    says_nothing: frozenset[str] = _NOTHING

    def whole(self, column: str) -> str:
        """The cell as it is, without the mark that keeps a spreadsheet from changing it."""
        return unguarded(self.texts.get(column, ""))

    def told(self, column: str) -> str:
        """The cell without the ways of saying nothing."""
        text = self.whole(column).strip()
        return "" if text in _NOTHING or not visible(text) else text

    def words(self, column: str) -> str:
        """A name or text, without what says nothing in this source."""
        text = self.whole(column).strip()
        return "" if text in self.says_nothing or not visible(text) else text

    def moment(self, column: str, *, after: datetime | None = None, before: datetime | None = None) -> datetime | None:
        """``after``, ``before``: on the day of these, a day without an hour is no earlier or no later than they are."""
        text, order = self.told(column), self.notation.order
        if not text:
            return None
        found = moment_of(text, order, self.zone)
        if found is None:
            wrong = "is no date such as 2023-05-31 or 05/31/2023"
            if day_of(text, order) is not None:
                wrong = "has a day, and behind it no time such as 14:30 or 14:30:00+02:00"
            raise RuleError(f"“{column}” is “{text[:_LONGEST_QUOTED]}”, which {wrong}.")
        if is_bare_day(text):
            found = max([found, *self._on_day_of(found, after)])
            found = min([found, *self._on_day_of(found, before)])
        return found

    def _on_day_of(self, day: datetime, other: datetime | None) -> list[datetime]:
        return [other] if other is not None and other.astimezone(self.zone).date() == day.date() else []

    def needed_moment(self, column: str) -> datetime:
        found = self.moment(column)
        if found is None:
            raise RuleError(f"“{column}” is empty.")
        return found

    def amount(self, column: str) -> Decimal | None:
        """The number, by the decimal mark of the file."""
        text = self.told(column)
        found = number_of(text, self.notation.mark) if text else None
        if text and found is None:
            raise RuleError(f"“{column}” is “{text[:_LONGEST_QUOTED]}”, which is no amount such as 1250.50.")
        return found

    def fitting(self, column: str, model: type[Model], name: str) -> str:
        """A cell whose value must not be shortened."""
        text, most = self.words(column), longest(model, name)
        if len(text) > most:
            raise RuleError(f"“{column}” holds {len(text):,} characters; {most} are the most.")
        return text

    def joined(self, columns: Sequence[str], between: str, most: int) -> str:
        """The cells that say something, in one line, shortened where there is no room for all."""
        text = between.join(self.told(column) for column in columns if self.told(column))
        return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def longest(model: type[Model], name: str) -> int:
    column = model._meta.get_field(name)  # noqa: SLF001 - Django's own name for it
    return int(getattr(column, "max_length", 0) or 0)


@dataclass(frozen=True, slots=True)
class Said:
    """What the person who imports says of the file, where its values do not tell."""

    order: DateOrder | None = None
    mark: DecimalMark | None = None


NOTHING_SAID = Said()


def notation_of(source: Source, rows: Iterable[object], said: Said) -> Notation:
    """How this file writes its dates and decimals. Reads all of it. Raises ``RuleError`` where its values contradict
    each other or what is said of them, or where they leave it open."""
    orders, marks = Evidence[DateOrder](), Evidence[DecimalMark]()
    for row in rows:
        if isinstance(row, Row):
            for column, cell in ((column, unguarded(cell)) for column, cell in row.cells.items()):
                if column in source.dates:
                    orders.see(orders_of(cell), row.line, cell[:_LONGEST_QUOTED])
                elif source.is_amount(column):
                    marks.see(marks_of(cell), row.line, cell[:_LONGEST_QUOTED])
    mark = marks.decide("--decimals", fixed=said.mark, usual=DecimalMark.POINT)
    return Notation(orders.decide("--dates", fixed=said.order or source.order), mark or DecimalMark.POINT)
