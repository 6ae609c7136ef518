"""Why a case wants attention, in one short line, beside what is due.

Limit: facts that are stored; the words are for staff only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce

from cases.models import Compensation, Contact, Promise
from cases.reports.filters import waiting_approvals
from cases.reports.traits import broken_promises
from cases.rules.money import Money
from cases.rules.vocabulary import Channel, CompensationStatus, Direction, Priority

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from cases.models.case import CaseQuerySet

MOST = 2
"""More than this many reasons are no reason any more."""
REASONS = (
    "priority",
    "round",
    "customer__preferred_channel",
    "contacts_today",
    "promise_broken",
    "waiting_amount",
    "waiting_currency",
    "approval_waits",
)
"""The values of a case, from ``with_reasons``, that ``why`` reads."""
_ORDINALS = ("", "", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


def with_reasons(cases: CaseQuerySet, *, now: datetime, today: datetime) -> CaseQuerySet:
    """``cases`` with what ``why`` reads. A few look-ups a row: for the rows of a page, not for counting."""
    waiting = Compensation.objects.filter(case=OuterRef("pk"), status=CompensationStatus.PROPOSED).order_by("pk")
    return cases.annotate(
        contacts_today=contacts_since(today),
        promise_broken=Exists(Promise.objects.filter(broken_promises(now), case=OuterRef("pk"))),
        waiting_amount=Subquery(waiting.values("amount")[:1]),
        waiting_currency=Subquery(waiting.values("currency")[:1]),
        approval_waits=waiting_approvals(),
    )


def contacts_since(moment: datetime) -> Coalesce:
    """How often the customer has come to us since then."""
    contacts = Contact.objects.filter(case=OuterRef("pk"), direction=Direction.IN, at__gte=moment)
    counted = contacts.order_by().values("case").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


def why(found: Mapping[str, Any]) -> str:
    """The reasons in the values ``REASONS`` of a case, the most pressing first; empty where there is none."""
    return ", ".join(list(_reasons(found))[:MOST])


def came_today(times: int) -> str:
    """ "third contact today"; one contact is nothing to speak of."""
    if times < len(_ORDINALS):
        return f"{_ORDINALS[times]} contact today" if times > 1 else ""
    return f"{times}th contact today"


def _reasons(found: Mapping[str, Any]) -> Iterator[str]:
    if came := came_today(found["contacts_today"]):
        yield came
    if found["promise_broken"]:
        yield "a promise broken"
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
