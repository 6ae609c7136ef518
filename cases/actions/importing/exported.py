"""Cases that another Amends, or this one, exported as a table.

Money, scores and promises are told in the timeline and make no rows: an export says no more of them than a sum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from cases.actions.importing.mapping import ImportedCase, Source
from cases.actions.importing.reader import Columns
from cases.errors import RuleError
from cases.models import Case, Category, Cause, Customer
from cases.rules import table
from cases.rules.addresses import AddressError, canonical
from cases.rules.facts import IMPORTED, MOST_ATTEMPTS, Kind, cleaned
from cases.rules.folding import visible
from cases.rules.money import rounded
from cases.rules.vocabulary import CauseStatus, Channel, CompensationNature, Origin, Outcome, Severity, StepKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal

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
_SUMS = frozenset({*CompensationNature.values, table.PAID_BY_OTHERS.lower()})
_OPTIONAL = (
    *(fact.column for fact in IMPORTED if fact.column not in _NEEDED),
    *(table.KEY, table.CUSTOMER_KEY, table.EMAIL, table.CAUSE, table.CAUSE_STATUS, table.OUTCOME),
    *(table.OUTCOME_REASON, table.CLOSED, *_TOLD[1:], *_STEPS),
)


def _read(cells: Cells) -> ImportedCase:
    reference = cells.fitting(table.REFERENCE, Case, "source_reference")
    if not reference:
        raise RuleError(f"“{table.REFERENCE}” is empty, so nobody could tell whether the row is there already.")
    known_at = cells.needed_moment(table.KNOWN)
    closed_at = _since(cells, table.CLOSED, known_at)
    settled, waived = _steps(cells, known_at)
    return ImportedCase(
        **_facts(cells, known_at),
        reference=reference,
        case_key=_key(cells),
        customer=cells.fitting(table.CUSTOMER, Customer, "name") or _missing(table.CUSTOMER),
        customer_key=cells.told(table.CUSTOMER_KEY),
        email=_address(cells),
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
        ending=cells.words(table.OUTCOME_REASON),
        facts={column: text for column in _TOLD if (text := cells.words(column))} | _amounts(cells),
    )


def _key(cells: Cells) -> UUID | None:
    text = cells.told(table.KEY)
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise RuleError(
            f"“{table.KEY}” is “{text[:40]}”, which is no key of a case. Leave it empty where none is known."
        ) from error


def _address(cells: Cells) -> str:
    text = visible(cells.fitting(table.EMAIL, Customer, "email"))
    try:
        return canonical(text) if text else ""
    except AddressError as error:
        raise RuleError(f"“{table.EMAIL}” is “{text[:40]}”. {error.sentence}") from error


def _amounts(cells: Cells) -> dict[str, str]:
    """By column, as we name and write them: with a decimal point and the minor units of the currency."""
    found = {column: cells.amount(column) for column in cells.texts if _is_amount(column)}
    return dict(_as_ours(column, amount) for column, amount in found.items() if amount is not None)


def _as_ours(column: str, amount: Decimal) -> tuple[str, str]:
    *what, currency = column.split()
    exact = rounded(amount, currency.upper())
    return f"{' '.join(what).capitalize()} {currency.upper()}", f"{exact if exact == amount else amount:f}"


def _since(cells: Cells, column: str, known_at: datetime) -> datetime | None:
    """A moment of what follows from our knowing."""
    found = cells.moment(column, after=known_at)
    if found is not None and found < known_at:
        raise RuleError(f"“{column}” lies before “{table.KNOWN}”.")
    return found


def _facts(cells: Cells, known_at: datetime) -> dict[str, Any]:
    """The values of a case's own row. What a cell does not tell is as ``ImportedCase`` has it, or as ``_UNTOLD``."""
    told = {fact.name: _fact(cells, fact) for fact in IMPORTED if fact.kind is not Kind.RECORD}
    told["happened_at"] = cells.moment(table.HAPPENED, before=known_at)
    told["needed_by"] = cells.moment(table.NEEDED_BY, after=known_at)
    return {**_UNTOLD, **{name: value for name, value in told.items() if value not in {None, ""}}}


def _fact(cells: Cells, fact: Fact) -> object:
    if fact.codes is not None:
        code = _code(cells, fact.column, fact.codes)
        return fact.codes(code) if code else None
    if fact.kind is Kind.MOMENT:
        return cells.needed_moment(fact.column) if fact.is_required else cells.moment(fact.column)
    if fact.kind is Kind.NUMBER:
        return _number(cells, fact.column)
    text = cells.fitting(fact.column, Case, fact.name) if fact.longest else cells.words(fact.column)
    text = str(cleaned(fact, text))
    return text or (_missing(fact.column) if fact.is_required else "")


def _number(cells: Cells, column: str) -> int | None:
    text = cells.told(column)
    if text and not (text.isascii() and text.isdecimal() and 1 <= int(text) <= MOST_ATTEMPTS):
        raise RuleError(f"“{column}” is “{text[:40]}”, which is no number from 1 to {MOST_ATTEMPTS}.")
    return int(text) if text else None


def _steps(cells: Cells, known_at: datetime) -> tuple[Mapping[StepKind, datetime], Mapping[StepKind, datetime]]:
    """When each step was done, and when each was left out."""
    settled = {step: moment for step in StepKind if (moment := _since(cells, table.settled(step), known_at))}
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
    what, _blank, currency = column.rpartition(" ")
    return " ".join(what.split()).lower() in _SUMS and len(currency) == len("USD") and currency.isalpha()


AMENDS = Source(
    name="amends",
    columns=Columns(needed=_NEEDED, optional=_OPTIONAL),
    reference=table.REFERENCE,
    story="",
    dates=(*_MOMENTS, *(column(step) for step in StepKind for column in (table.due, table.settled))),
    zone=ZoneInfo(settings.AMENDS_TIME_ZONE),
    read=_read,
    is_amount=_is_amount,
    says_nothing=frozenset({""}),
)
