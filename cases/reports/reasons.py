"""Why a case wants attention, in one short line, beside what is due.

Limit: facts that are stored; the words are for staff only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from cases.models import Compensation, Contact, Promise
from cases.reports.filters import waiting_approvals
from cases.reports.rates import Money
from cases.reports.traits import broken_promises
from cases.rules.vocabulary import Channel, CompensationStatus, Direction, Priority

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from django.db.models import QuerySet

    from cases.models.case import CaseQuerySet

MOST = 2
"""More than this many reasons are no reason any more."""
PRESSURE = ("priority", "round", "customer__preferred_channel", "contacts_today", "promises_broken")
REASONS = (*PRESSURE, "waiting_amount", "waiting_currency", "approval_waits")
"""The values of a case, from ``with_pressure`` and ``with_reasons``, that ``why`` reads."""
_ORDINALS = ("", "", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


def with_reasons(cases: CaseQuerySet, *, now: datetime, today: datetime) -> CaseQuerySet:
    """``cases`` with what ``why`` reads. A few look-ups a row: for the rows of a page, not for counting."""
    waiting = Compensation.objects.filter(case=OuterRef("pk"), status=CompensationStatus.PROPOSED).order_by("pk")
    return with_pressure(cases, now=now, today=today).annotate(
        waiting_amount=Subquery(waiting.values("amount")[:1]),
        waiting_currency=Subquery(waiting.values("currency")[:1]),
        approval_waits=waiting_approvals(),
    )


def with_pressure(cases: CaseQuerySet, *, now: datetime, today: datetime) -> CaseQuerySet:
    """``cases`` with what the customer went through: for callers that look themselves at what waits for a decision."""
    contacts = Contact.objects.filter(case=OuterRef("pk"), direction=Direction.IN, at__gte=today, at__lte=now)
    broken = Promise.objects.filter(broken_promises(now), case=OuterRef("pk"))
    return cases.annotate(contacts_today=_number_of(contacts), promises_broken=_number_of(broken))


def why(found: Mapping[str, Any]) -> str:
    """The reasons in the values ``REASONS`` of a case, the most pressing first; empty where there is none."""
    return ", ".join(list(_reasons(found))[:MOST])


def _reasons(found: Mapping[str, Any]) -> Iterator[str]:
    if found["contacts_today"] > 1:
        yield f"{_ordinal(found['contacts_today'])} contact today"
    if found["promises_broken"]:
        yield "a promise broken" if found["promises_broken"] == 1 else f"{found['promises_broken']} promises broken"
    if found["waiting_amount"] is not None:
        yield f"waiting for approval, {Money(found['waiting_amount'], found['waiting_currency'])}"
    if found["approval_waits"]:
        yield "waiting for a second person"
    if found["priority"] == Priority.ESCALATED:
        yield "escalated"
    if found["round"] > 1:
        yield f"round {found['round']}"
    if found["customer__preferred_channel"]:
        yield f"prefers {Channel(found['customer__preferred_channel']).label.lower()}"


def _ordinal(number: int) -> str:
    return _ORDINALS[number] if number < len(_ORDINALS) else f"{number}th"


def _number_of(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("case").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)
