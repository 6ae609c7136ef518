"""Customers: who is meant, while somebody types; and everything that ever went wrong for one of them, and how it ended.

Anybody on the staff finds any customer; of the customer's cases everybody sees their own share (``visible_to``).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count, Max, OuterRef, Q, Subquery, Sum, Window

from cases.models import Case, Compensation, Customer, Promise, SatisfactionCheck
from cases.reports.filters import CaseFilter, Number, Status
from cases.reports.rates import Rate
from cases.reports.traits import Trait, broken_promises
from cases.rules.money import Money, sums
from cases.rules.vocabulary import (
    Answer,
    CheckStatus,
    CompensationNature,
    CompensationStatus,
    Outcome,
    Payer,
    PromiseStatus,
    Severity,
    StepKind,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from cases.models import User
    from cases.models.case import CaseQuerySet

SUGGESTED = 8
"""More are no help while typing."""
MOST_LETTERS = 80
MOST_CASES = 100
"""Cases that a history shows; its numbers count all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCustomer:
    """One suggestion. ``open_cases`` and ``earlier_cases`` are those that the person who asks may see."""

    public_id: UUID
    name: str
    email: str
    phone: str
    open_cases: int
    earlier_cases: int
    last_known_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    words: str
    status: PromiseStatus
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    what: str
    money: Money
    paid_by: Payer
    nature: CompensationNature
    status: CompensationStatus
    recipient: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """One case of the customer: what went wrong, what was promised and given, how it ended and what they said."""

    reference: str
    title: str
    severity: Severity
    owner: str
    known_at: datetime
    closed_at: datetime | None
    step: StepKind | None
    next_due_at: datetime | None
    is_late: bool
    outcome: Outcome | None
    answer: Answer | None
    score: int | None
    promised: tuple[Promised, ...]
    given: tuple[Given, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """``rows`` are the newest of ``total``. All else counts every case that figures count, shown or not: duplicates and
    withdrawn cases are out. Sums are by currency."""

    rows: tuple[HistoryRow, ...]
    total: int
    open: Number
    earlier: Number
    promises_kept: Rate
    goodwill: tuple[Money, ...]
    restitution: tuple[Money, ...]
    reimbursed: tuple[Money, ...]

    @property
    def mistakes(self) -> int:
        return self.open.value + self.earlier.value


def found(words: str, user: User) -> tuple[FoundCustomer, ...]:
    """Customers whose name, address, number or reference contains every word.

    Two queries, and on PostgreSQL one before that asks whether the words are common; none for no words.
    """
    words = words.replace("\x00", "").strip()[:MOST_LETTERS]
    if not words:
        return ()
    customers = Customer.objects.matching(words).order_by("name_key", "pk")
    rows = list(customers.values_list("pk", "public_id", "name", "email", "phone")[:SUGGESTED])
    counts = case_counts([row[0] for row in rows], user)
    return tuple(
        FoundCustomer(
            public_id=public_id,
            name=name,
            email=email,
            phone=phone,
            open_cases=counts[key].open,
            earlier_cases=counts[key].earlier,
            last_known_at=counts[key].last_known_at,
        )
        for key, public_id, name, email, phone in rows
    )


def history(customer: Customer, user: User, *, now: datetime) -> History:
    """The customer's cases that this person may see, the newest first. Six queries."""
    counts = case_counts([customer.pk], user)[customer.pk]
    cases = _cases(customer, user)
    keys = [case["pk"] for case in cases]
    promised, given = _promised(keys), _given(keys)
    counted = Case.objects.visible_to(user).counted().filter(customer=customer).order_by()
    given_in_all = _delivered(counted)
    return History(
        rows=tuple(_row(case, tuple(promised[case["pk"]]), tuple(given[case["pk"]]), now) for case in cases),
        total=cases[0]["in_all"] if cases else 0,
        open=Number(counts.open, CaseFilter(customer=customer.public_id, status=Status.OPEN)),
        earlier=Number(
            counts.earlier, CaseFilter(customer=customer.public_id, status=Status.CLOSED, has=Trait.COUNTED)
        ),
        promises_kept=_kept(counted, now),
        goodwill=_sums(given_in_all, CompensationNature.GOODWILL),
        restitution=_sums(given_in_all, CompensationNature.RESTITUTION),
        reimbursed=sums(one.money for one in given_in_all if one.paid_by is not Payer.US),
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one customer's cases, those that somebody may see and that figures count."""

    open: int = 0
    earlier: int = 0
    last_known_at: datetime | None = None


def case_counts(customers: Sequence[int], user: User) -> dict[int, Counts]:
    """By the keys of customers; none for one without cases. One query."""
    rows = (
        Case.objects.visible_to(user)
        .counted()
        .filter(customer__in=customers)
        .order_by()
        .values("customer")
        .annotate(
            open=Count("pk", filter=Q(closed_at__isnull=True)),
            earlier=Count("pk", filter=Q(closed_at__isnull=False)),
            last=Max("known_at"),
        )
        .values_list("customer", "open", "earlier", "last")
    )
    return defaultdict(Counts, {key: Counts(*counts) for key, *counts in rows})


def _cases(customer: Customer, user: User) -> list[dict[str, Any]]:
    answers = SatisfactionCheck.objects.filter(case=OuterRef("pk"), status=CheckStatus.ANSWERED)
    last = answers.order_by("-answered_at", "-pk")
    cases = (
        Case.objects.visible_to(user)
        .filter(customer=customer)
        .order_by("-known_at", "-pk")
        .annotate(
            in_all=Window(Count("pk")),
            answer=Subquery(last.values("answer")[:1]),
            score=Subquery(last.values("score")[:1]),
        )
    )
    return list(cases.values(*_SHOWN)[:MOST_CASES])


_SHOWN = (
    "pk",
    "reference",
    "title",
    "severity",
    "owner__name",
    "known_at",
    "closed_at",
    "current_step",
    "next_due_at",
    "outcome",
    "answer",
    "score",
    "in_all",
)


def _promised(cases: Sequence[int]) -> dict[int, list[Promised]]:
    rows = (
        Promise.objects.filter(case__in=cases)
        .order_by("made_at", "pk")
        .values_list("case", "words", "status", "due_at")
    )
    promised: dict[int, list[Promised]] = defaultdict(list)
    for case, words, status, due_at in rows:
        if due_at is not None:
            promised[case].append(Promised(words=words, status=PromiseStatus(status), due_at=due_at))
    return promised


def _given(cases: Sequence[int]) -> dict[int, list[Given]]:
    rows = Compensation.objects.filter(case__in=cases).order_by("pk")
    given: dict[int, list[Given]] = defaultdict(list)
    for case, what, amount, currency, paid_by, nature, status, recipient in rows.values_list(
        "case", "what", "amount", "currency", "paid_by", "nature", "status", "recipient"
    ):
        given[case].append(
            Given(
                what=what,
                money=Money(amount, currency),
                paid_by=Payer(paid_by),
                nature=CompensationNature(nature),
                status=CompensationStatus(status),
                recipient=recipient,
            )
        )
    return given


class _Sum(NamedTuple):
    nature: CompensationNature
    paid_by: Payer
    money: Money


def _delivered(cases: CaseQuerySet) -> list[_Sum]:
    """What these cases got: a sum for each nature, currency, and who pays."""
    rows = Compensation.objects.delivered().filter(case__in=cases).order_by("currency", "nature", "paid_by")
    summed = rows.values("nature", "paid_by", "currency").annotate(total=Sum("amount"))
    return [
        _Sum(CompensationNature(nature), Payer(paid_by), Money(total, currency))
        for nature, paid_by, currency, total in summed.values_list("nature", "paid_by", "currency", "total")
    ]


def _sums(given: Iterable[_Sum], nature: CompensationNature) -> tuple[Money, ...]:
    """At our cost."""
    return sums(one.money for one in given if one.nature is nature and one.paid_by is Payer.US)


def _kept(cases: CaseQuerySet, now: datetime) -> Rate:
    """Kept of those that were kept or broken; one that lapsed is broken, whether or not it is written down (C4)."""
    kept, broken = Q(status=PromiseStatus.KEPT), broken_promises(now)
    found = Promise.objects.filter(kept | broken, case__in=cases).aggregate(
        kept=Count("pk", filter=kept), judged=Count("pk")
    )
    return Rate(found["kept"], found["judged"])


def _row(case: dict[str, Any], promised: tuple[Promised, ...], given: tuple[Given, ...], now: datetime) -> HistoryRow:
    return HistoryRow(
        reference=case["reference"],
        title=case["title"],
        severity=Severity(case["severity"]),
        owner=case["owner__name"] or "",
        known_at=case["known_at"],
        closed_at=case["closed_at"],
        step=StepKind(case["current_step"]) if case["current_step"] else None,
        next_due_at=case["next_due_at"],
        is_late=case["next_due_at"] is not None and case["next_due_at"] < now,
        outcome=Outcome(case["outcome"]) if case["outcome"] else None,
        answer=Answer(case["answer"]) if case["answer"] else None,
        score=case["score"],
        promised=promised,
        given=given,
    )
