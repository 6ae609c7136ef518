"""The list of customers, a page at a time; and, while somebody types a name, whom they may mean and what went wrong for
them.

Limit: what a row shows; ``reports.customers`` tells everything about one customer.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from cases.actions.raises import LOOK_BACK
from cases.models import Case, Customer
from cases.models.search import counted
from cases.reports.customers import MOST_LETTERS, SUGGESTED, FoundCustomer, case_counts, found
from cases.rules.vocabulary import Likeness, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from cases.models import User

PER_PAGE = 50
CASES_SHOWN = 3
"""Of each customer while somebody types: enough to see whether it is the same mistake again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerList:
    """One page. ``words`` is what was looked for, empty for everybody. ``is_cut``: there are more than are counted."""

    rows: tuple[FoundCustomer, ...]
    words: str
    total: int
    page: int
    pages: int
    is_cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseBefore:
    """One case of somebody who may be meant."""

    reference: str
    title: str
    known_at: datetime
    is_open: bool
    outcome: Outcome | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """Somebody who may be meant, with the latest of their cases that this person may see; open ones come first."""

    customer: FoundCustomer
    cases: tuple[CaseBefore, ...]
    shares: tuple[Likeness, ...] = ()

    @property
    def shared(self) -> str:
        """What they share with whom somebody types, in words."""
        return joined(self.shares)

    @property
    def more(self) -> int:
        """How many cases are not shown."""
        return max(self.customer.open_cases + self.customer.earlier_cases - len(self.cases), 0)


def customer_list(user: User, words: str, *, page: int = 1) -> CustomerList:
    """Everybody, or those who have all the words, by name. Three queries. A page beyond the last shows the last."""
    words = words.replace("\x00", "").strip()[:MOST_LETTERS]
    customers = Customer.objects.matching(words)
    total, is_cut = counted(customers) if words else (customers.count(), False)
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(page, 1), pages)
    start = (page - 1) * PER_PAGE
    rows = customers.order_by("name_key", "pk")[start : start + PER_PAGE]
    return CustomerList(rows=_found(rows, user), words=words, total=total, page=page, pages=pages, is_cut=is_cut)


def meant(words: str, user: User, *, chosen: UUID | None = None) -> tuple[Meant, ...]:
    """Whom somebody may mean who types these words; whoever was chosen before stands first. At most five queries."""
    before = _found(Customer.meant_by([chosen]).values(), user) if chosen is not None else ()
    named = {one.public_id for one in before}
    others = tuple(one for one in found(words, user) if one.public_id not in named)
    return _with_cases((*before, *others), user)


def alike(user: User, *, besides: UUID | None = None, **typed: str) -> tuple[Meant, ...]:
    """Everybody who has this ``name``, ``email`` or ``phone``, however it is written, now or formerly; at most eight.
    Two people may share each of them."""
    others = Customer.objects.alike(**typed)
    if besides is not None:
        others = others.exclude(public_id=besides)
    rows = list(others.order_by("name_key", "pk")[:SUGGESTED])
    shares = {row.public_id: row.likeness(**typed) for row in rows}
    return tuple(replace(one, shares=shares[one.customer.public_id]) for one in _with_cases(_found(rows, user), user))


def said_of(found: Sequence[Meant]) -> str:
    """ "2 customers have this mail address or name already"."""
    kinds = joined(dict.fromkeys(kind for one in found for kind in one.shares), last="or")
    return (
        f"One customer has this {kinds} already"
        if len(found) == 1
        else f"{len(found)} customers have this {kinds} already"
    )


def joined(kinds: Iterable[Likeness], *, last: str = "and") -> str:
    *first, final = [kind.label for kind in kinds] or [""]
    return f"{', '.join(first)} {last} {final}" if first else final


def failed_within_a_year(customers: list[UUID], now: datetime) -> set[UUID]:
    """Whom of these we failed within a year, so that a new failure raises its severity. Of every team."""
    failures = Case.objects.failures().filter(customer__public_id__in=customers, known_at__gt=now - LOOK_BACK)
    return set(failures.order_by().values_list("customer__public_id", flat=True)) if customers else set()


def _found(customers: Iterable[Customer], user: User) -> tuple[FoundCustomer, ...]:
    rows = list(customers)
    counts = case_counts([customer.pk for customer in rows], user)
    return tuple(
        FoundCustomer(
            public_id=customer.public_id,
            name=customer.name,
            email=customer.email,
            phone=customer.phone,
            open_cases=counts[customer.pk].open,
            earlier_cases=counts[customer.pk].earlier,
            last_known_at=counts[customer.pk].last_known_at,
        )
        for customer in rows
    )


def _with_cases(customers: tuple[FoundCustomer, ...], user: User) -> tuple[Meant, ...]:
    with_any = [one.public_id for one in customers if one.open_cases or one.earlier_cases]
    cases = _latest(with_any, user) if with_any else {}
    return tuple(Meant(customer=one, cases=tuple(cases.get(one.public_id, ()))) for one in customers)


def _latest(customers: list[UUID], user: User) -> dict[UUID, list[CaseBefore]]:
    place = Window(
        RowNumber(),
        partition_by=F("customer"),
        order_by=[F("closed_at").desc(nulls_first=True), F("known_at").desc(), F("pk").desc()],
    )
    rows = (
        Case.objects.visible_to(user)
        .counted()
        .filter(customer__public_id__in=customers)
        .annotate(place=place)
        .filter(place__lte=CASES_SHOWN)
        .order_by("place")
        .values_list("customer__public_id", "reference", "title", "known_at", "closed_at", "outcome")
    )
    latest: dict[UUID, list[CaseBefore]] = defaultdict(list)
    for customer, reference, title, known_at, closed_at, outcome in rows:
        latest[customer].append(
            CaseBefore(
                reference=reference,
                title=title,
                known_at=known_at,
                is_open=closed_at is None,
                outcome=Outcome(outcome) if outcome else None,
            )
        )
    return latest
