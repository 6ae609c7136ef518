"""The list of cases: filtered, sorted by keys that are listed here, a page at a time.

Always three queries, whatever the page holds. Limit: what a row shows; the case page asks for itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case as Choose
from django.db.models import F, IntegerField, TextChoices, Value, When

from cases.models import Case
from cases.models.search import counted
from cases.reports.filters import CaseFilter
from cases.rules.vocabulary import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from django.db.models.expressions import OrderBy

    from cases.models import User
    from cases.models.case import CaseQuerySet

PER_PAGE = 50
NOT_SHOWN = ("description", "contribution", "outcome_reason", "customer__note", "customer__search_text")
"""Long texts that no row of a list needs."""


class Sort(TextChoices):
    """What a list may be sorted by; the value stands in the address, with a minus before it for the other way round."""

    DUE = "due", "Due"
    KNOWN = "known", "Known since"
    SEVERITY = "severity", "Severity"
    CUSTOMER = "customer", "Customer"
    REFERENCE = "reference", "Reference"


@dataclass(frozen=True, slots=True)
class Order:
    """A key and a direction. ``descending`` is from late to early, from Z to A, from minor to critical."""

    key: Sort = Sort.DUE
    descending: bool = False

    @classmethod
    def read(cls, text: str, default: Order | None = None) -> Order:
        """The order that an address asks for; anything that is not in the list of keys gives the default."""
        key = text.removeprefix("-")
        if key not in Sort.values:
            return default or cls()
        return cls(Sort(key), descending=text.startswith("-"))

    def __str__(self) -> str:
        return f"-{self.key}" if self.descending else str(self.key)

    def turned(self) -> Order:
        return Order(self.key, descending=not self.descending)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseList:
    """One page of ``total`` cases. ``is_cut``: there are more, which nobody counted and no page shows."""

    cases: tuple[Case, ...]
    wanted: CaseFilter
    order: Order
    total: int
    page: int
    pages: int
    is_cut: bool = False

    @property
    def first(self) -> int:
        """The number of the first row, from 1; 0 where there is none."""
        return (self.page - 1) * PER_PAGE + 1 if self.cases else 0

    @property
    def last(self) -> int:
        return self.first + len(self.cases) - 1 if self.cases else 0


def case_list(
    user: User, wanted: CaseFilter, *, now: datetime, zone: ZoneInfo, order: Order | None = None, page: int = 1
) -> CaseList:
    """The cases that this person may see and asks for. A page beyond the last shows the last."""
    order = order or Order()
    found = wanted.apply(Case.objects.visible_to(user), now=now, zone=zone)
    total, is_cut = counted(found) if wanted.q else (found.order_by().count(), False)
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(page, 1), pages)
    start = (page - 1) * PER_PAGE
    # The keys first: PostgreSQL would join every case that is found before it sorts them.
    keys = list(in_order(found, order).values_list("pk", flat=True)[start : start + PER_PAGE])
    return CaseList(
        cases=tuple(in_order(rows(Case.objects.filter(pk__in=keys)), order)),
        wanted=wanted,
        order=order,
        total=total,
        page=page,
        pages=pages,
        is_cut=is_cut,
    )


def in_order(cases: CaseQuerySet, order: Order) -> CaseQuerySet:
    """Sorted, with the key of the row as the last word, so that no case is on two pages."""
    return cases.order_by(*_turned(_KEYS[order.key], descending=order.descending))


def rows(cases: CaseQuerySet, *, but: tuple[str, ...] = ()) -> CaseQuerySet:
    """What a row of a list shows, in one query; anything else raises instead of asking once a row. ``but``: long texts
    that are wanted all the same."""
    return (
        cases.select_related("customer", "owner", "team")
        .annotate(duplicate_reference=F("duplicate_of__reference"))
        .defer(*(name for name in NOT_SHOWN if name not in but))
        .fetch_mode(models.FETCH_RAISE)
    )


SEVERITY_RANK = Choose(
    *(When(severity=severity, then=Value(severity.rank)) for severity in Severity),
    output_field=IntegerField(),
)
"""1 for minor to 4 for critical."""

_KEYS: Mapping[Sort, tuple[OrderBy, ...]] = {
    Sort.DUE: (F("next_due_at").asc(nulls_last=True), F("pk").asc()),
    Sort.KNOWN: (F("known_at").asc(), F("pk").asc()),
    Sort.SEVERITY: (SEVERITY_RANK.desc(), F("next_due_at").asc(nulls_last=True), F("pk").asc()),
    Sort.CUSTOMER: (F("customer__name_key").asc(), F("pk").asc()),
    Sort.REFERENCE: (F("pk").asc(),),
}
"""References are given in the order of logging, and so are keys: SR-10000 comes after SR-9999."""


def _turned(keys: tuple[OrderBy, ...], *, descending: bool) -> list[OrderBy]:
    """The other way round; cases without a due moment stay last."""
    if not descending:
        return list(keys)
    turned = []
    for key in keys:
        other = key.copy()
        other.descending = not key.descending
        turned.append(other)
    return turned
