"""Cases that another Amends, or this one, exported as a table.

Money, scores and promises are told in the timeline and make no rows: an export says no more of them than a sum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings

from cases.actions.importing.mapping import ImportedCase, Source
from cases.actions.importing.reader import Columns
from cases.errors import RuleError
from cases.models import Case, Category, Cause, Customer
from cases.rules import table
from cases.rules.facts import IMPORTED, MOST_ATTEMPTS, Kind
from cases.rules.vocabulary import CauseStatus, Channel, CompensationNature, Origin, Outcome, Severity, StepKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django.db.models import TextChoices

    from cases.actions.importing.mapping import Cells
    from cases.rules.facts import Fact

_UNTOLD = {"channel": Channel.OTHER, "origin": Origin.CUSTOMER}
_TOLD = (
    table.REFERENCE,
    table.TEAM,
    table.LOGGED,
    table.ANSWER,
    table.SCORE,
    table.PROMISES_KEPT,
    table.PROMISES_BROKEN,
)
_NEEDED = (table.REFERENCE, table.CUSTOMER, table.TITLE, table.SEVERITY, table.KNOWN)
_MOMENTS = (*(fact.column for fact in IMPORTED if fact.kind is Kind.MOMENT), table.LOGGED, table.CLOSED)
_STEPS = tuple(column(step) for step in StepKind for column in (table.due, table.settled, table.on_time))
_OPTIONAL = (
    *(fact.column for fact in IMPORTED if fact.column not in _NEEDED),
    *(table.KEY, table.CUSTOMER_KEY, table.EMAIL, table.CAUSE, table.CAUSE_STATUS, table.OUTCOME),
    *(table.OUTCOME_REASON, table.CLOSED, *_TOLD[1:], *_STEPS),
)


def _read(cells: Cells) -> ImportedCase:
    reference = cells.fitting(table.REFERENCE, Case, "source_reference")
    if not reference:
        raise RuleError(f"“{table.REFERENCE}” is empty, so nobody could tell whether the row is there already.")
    known_at, closed_at = cells.needed_moment(table.KNOWN), cells.moment(table.CLOSED)
    if closed_at is not None and closed_at < known_at:
        raise RuleError(f"“{table.CLOSED}” lies before “{table.KNOWN}”.")
    settled, waived = _steps(cells)
    return ImportedCase(
        **_facts(cells),
        reference=reference,
        case_key=cells.told(table.KEY),
        customer=cells.fitting(table.CUSTOMER, Customer, "name") or _missing(table.CUSTOMER),
        customer_key=cells.told(table.CUSTOMER_KEY),
        email=cells.fitting(table.EMAIL, Customer, "email"),
        severity=Severity(_code(cells, table.SEVERITY, Severity) or _missing(table.SEVERITY)),
        ended_at=max([known_at, *filter(None, [closed_at]), *settled.values(), *waived.values()]),
        is_closed=closed_at is not None,
        settled=settled,
        waived=waived,
        incident=cells.told(table.INCIDENT),
        category=cells.fitting(table.CATEGORY, Category, "name"),
        cause=cells.fitting(table.CAUSE, Cause, "name"),
        cause_status=CauseStatus(_code(cells, table.CAUSE_STATUS, CauseStatus) or CauseStatus.SUSPECTED),
        outcome=Outcome(_code(cells, table.OUTCOME, Outcome) or Outcome.NOT_RECORDED),
        ending=cells.told(table.OUTCOME_REASON),
        facts={column: text for column in (*_TOLD, *filter(_is_amount, cells.texts)) if (text := cells.told(column))},
    )


def _facts(cells: Cells) -> dict[str, Any]:
    """The values of a case's own row. What a cell does not tell is as ``ImportedCase`` has it, or as ``_UNTOLD``."""
    told = {fact.name: _fact(cells, fact) for fact in IMPORTED if fact.kind is not Kind.RECORD}
    return {**_UNTOLD, **{name: value for name, value in told.items() if value not in {None, ""}}}


def _fact(cells: Cells, fact: Fact) -> object:
    if fact.codes is not None:
        code = _code(cells, fact.column, fact.codes)
        return fact.codes(code) if code else None
    if fact.kind is Kind.MOMENT:
        return cells.needed_moment(fact.column) if fact.is_required else cells.moment(fact.column)
    if fact.kind is Kind.NUMBER:
        return _number(cells, fact.column)
    text = cells.fitting(fact.column, Case, fact.name) if fact.longest else cells.told(fact.column)
    return text or (_missing(fact.column) if fact.is_required else "")


def _number(cells: Cells, column: str) -> int | None:
    text = cells.told(column)
    if text and not (text.isascii() and text.isdecimal() and 1 <= int(text) <= MOST_ATTEMPTS):
        raise RuleError(f"“{column}” is “{text[:40]}”, which is no number from 1 to {MOST_ATTEMPTS}.")
    return int(text) if text else None


def _steps(cells: Cells) -> tuple[Mapping[StepKind, datetime], Mapping[StepKind, datetime]]:
    """When each step was done, and when each was left out."""
    settled = {step: moment for step in StepKind if (moment := cells.moment(table.settled(step)))}
    waived = {step for step in settled if cells.told(table.on_time(step)) == table.LEFT_OUT}
    return (
        {step: moment for step, moment in settled.items() if step not in waived},
        {step: moment for step, moment in settled.items() if step in waived},
    )


def _code(cells: Cells, column: str, choices: type[TextChoices]) -> str:
    """The code of a label; empty where the cell is. Raises ``RuleError`` for words that are no label of ours."""
    text = cells.told(column)
    found = next((one for one in choices if str(one.label).casefold() == text.casefold()), "")
    if text and not found:
        raise RuleError(f"“{column}” is “{text[:40]}”, which we do not know.")
    return str(found)


def _missing(column: str) -> str:
    raise RuleError(f"“{column}” is empty.")


def _is_amount(column: str) -> bool:
    nature, _blank, currency = column.partition(" ")
    return nature.lower() in CompensationNature.values and currency.isupper()


AMENDS = Source(
    name="amends",
    columns=Columns(needed=_NEEDED, optional=_OPTIONAL),
    reference=table.REFERENCE,
    story="",
    dates=(*_MOMENTS, *(column(step) for step in StepKind for column in (table.due, table.settled))),
    zone=ZoneInfo(settings.AMENDS_TIME_ZONE),
    read=_read,
    is_amount=_is_amount,
)
