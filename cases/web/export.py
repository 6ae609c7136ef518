"""A list of cases as CSV, a row at a time, safe to open in a spreadsheet, and taken back by our own import.

Left out on purpose: notes, what the customer did (``contribution``), and everything said in private.
"""

from __future__ import annotations

import csv
from collections import Counter
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from django.db.models import Prefetch

from cases.models import Compensation, Promise, SatisfactionCheck, Step
from cases.models.compensations import DELIVERED
from cases.reports.cases import rows
from cases.rules import table
from cases.rules.facts import BY_NAME, FACTS
from cases.rules.money import rounded
from cases.rules.spreadsheet import guarded
from cases.rules.vocabulary import CompensationNature, Payer, PromiseStatus, StepKind, StepStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from cases.models import Case
    from cases.models.case import CaseQuerySet
    from cases.rules.facts import Fact

BYTE_ORDER_MARK = "\ufeff"
"""Without it spreadsheets take UTF-8 for something else, and names break."""
_AT_ONCE = 1000

type Columns = Mapping[str, Callable[[Case], object]]


def _facts(*names: str) -> Columns:
    """The columns of these facts, as the table of facts has them."""
    return {BY_NAME[name].column: partial(_shown, BY_NAME[name]) for name in names}


def _shown(fact: Fact, case: Case) -> object:
    return fact.shown(fact.value_of(case))


_CASE: Columns = {
    table.REFERENCE: lambda case: case.reference,
    table.CUSTOMER: lambda case: case.customer.name,
    table.EMAIL: lambda case: case.customer.email,
    **_facts("title", "subject"),
    table.SEVERITY: lambda case: case.get_severity_display(),
    "Priority": lambda case: case.get_priority_display(),
    "Step": lambda case: case.get_current_step_display() if case.is_open else "",
    "Due": lambda case: case.next_due_at if case.is_open else None,
    "Owner": lambda case: case.owner,
    **_facts("team", "channel", "origin", "happened_at", "known_at", "wants", "needed_by", "attempt"),
    table.LOGGED: lambda case: case.logged_at,
    "Round": lambda case: case.round,
    table.CLOSED: lambda case: case.closed_at,
    table.OUTCOME: lambda case: case.get_outcome_display(),
    table.OUTCOME_REASON: lambda case: case.outcome_reason,
    **_facts("incident", "category"),
    table.CAUSE: lambda case: case.incident.cause,
    table.CAUSE_STATUS: lambda case: case.incident.get_cause_status_display() if case.incident.cause else "",
    **_facts("business_unit"),
    table.ANSWER: lambda case: answer.get_answer_display() if (answer := _answer(case)) else "",
    table.SCORE: lambda case: answer.score if (answer := _answer(case)) else None,
}
_LAST: Columns = {
    table.SOURCE: lambda case: case.source,
    table.SOURCE_REFERENCE: lambda case: case.source_reference,
    table.KEY: lambda case: str(case.public_id),
    table.CUSTOMER_KEY: lambda case: str(case.customer.public_id),
}


class _Line:
    """Where the writer writes to: hands each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def lines(cases: CaseQuerySet, *, zone: ZoneInfo, now: datetime) -> Iterator[str]:
    """A line of column names, then one for each case; moments in ``zone``, with their distance from UTC."""
    columns = {**_CASE, **_steps(now), **_money(cases), **_promises(now), **_LAST}
    writer = csv.writer(_Line())
    yield BYTE_ORDER_MARK + str(writer.writerow(list(columns)))
    for case in _whole(cases).iterator(chunk_size=_AT_ONCE):
        yield str(writer.writerow(_cells(case, columns, zone)))


def _whole(cases: CaseQuerySet) -> CaseQuerySet:
    """What the columns read, in one query a noun and ``_AT_ONCE`` cases."""
    found = rows(cases, but=("outcome_reason", *(fact.name for fact in FACTS if fact.column))).select_related(
        "incident__cause", "incident__category"
    )
    return found.prefetch_related(
        Prefetch("steps", Step.objects.order_by("pk")),
        Prefetch("compensations", Compensation.objects.filter(status__in=DELIVERED)),
        Prefetch("promises", Promise.objects.order_by("pk")),
        Prefetch("satisfaction_checks", SatisfactionCheck.objects.answered().order_by("answered_at", "pk")),
    )


def _steps(now: datetime) -> Columns:
    """Of the present round: when each step is due, when it was settled, and whether that was on time."""
    return {name: column for kind in StepKind for name, column in _of_step(kind, now).items()}


def _of_step(kind: StepKind, now: datetime) -> Columns:
    def step(case: Case) -> Step | None:
        return next((one for one in case.steps.all() if one.kind == kind and one.round == case.round), None)

    return {
        table.due(kind): lambda case: getattr(step(case), "due_at", None),
        table.settled(kind): lambda case: getattr(step(case), "settled_at", None),
        table.on_time(kind): lambda case: _on_time(step(case), now),
    }


def _on_time(step: Step | None, now: datetime) -> str:
    if step is None:
        return ""
    if step.status == StepStatus.WAIVED:
        return table.LEFT_OUT
    if step.is_late(now):
        return table.NO
    return table.YES if step.settled_at is not None and step.due_at is not None else ""


def _money(cases: CaseQuerySet) -> Columns:
    """A column for each nature and currency that was given in these cases at our cost, and for each in which others
    pay."""
    given = Compensation.objects.delivered().filter(case__in=cases.order_by())
    kinds = given.order_by("nature", "currency", "paid_by").values_list("nature", "currency", "paid_by").distinct()
    found = {_column_of(*kind): kind[1] for kind in kinds}
    names = sorted(found, key=lambda name: (name.startswith(table.PAID_BY_OTHERS), name))
    return {name: _sum_of(name, found[name]) for name in names}


def _column_of(nature: str, currency: str, paid_by: str) -> str:
    """What others reimburse is not our cost (domain.md, C8)."""
    if paid_by == Payer.US:
        return table.given(CompensationNature(nature), currency)
    return table.paid_by_others(currency)


def _sum_of(column: str, currency: str) -> Callable[[Case], Decimal | None]:
    def given(case: Case) -> Decimal | None:
        rows = case.compensations.all()
        amounts = [one.amount for one in rows if _column_of(one.nature, one.currency, one.paid_by) == column]
        return rounded(sum(amounts, Decimal(0)), currency) if amounts else None

    return given


def _promises(now: datetime) -> Columns:
    """One whose moment has passed is broken, whether or not that is written down yet."""

    def counted(case: Case) -> Counter[str]:
        return Counter(PromiseStatus.BROKEN if one.is_lapsed(now) else one.status for one in case.promises.all())

    return {
        table.PROMISES_KEPT: lambda case: counted(case)[PromiseStatus.KEPT],
        table.PROMISES_BROKEN: lambda case: counted(case)[PromiseStatus.BROKEN],
    }


def _answer(case: Case) -> SatisfactionCheck | None:
    """The last answer counts (domain.md, C5)."""
    return next(reversed(case.satisfaction_checks.all()), None)


def _cells(case: Case, columns: Columns, zone: ZoneInfo) -> Sequence[str]:
    return [_text(value(case), zone) for value in columns.values()]


def _text(value: object, zone: ZoneInfo) -> str:
    """Moments and numbers as they are; words so that a spreadsheet leaves them alone."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(timespec="seconds")
    return str(value) if isinstance(value, int | Decimal) else guarded(str(value))
