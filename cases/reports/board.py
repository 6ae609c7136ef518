"""The board: where open cases stand right now, and what waits for a manager. Three queries, never kept.

Every number carries the selection of cases behind it. Limit: what is open; how it went is ``figures``'.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import BooleanField, CharField, Count, F, OuterRef, Q, Subquery, TextChoices, Value, When, Window
from django.db.models import Case as Choose
from django.db.models.functions import Cast, JSONObject

from cases.models import Approval, Case, Compensation, SatisfactionCheck
from cases.reports.filters import NOBODY, Age, CaseFilter, Needs, Number, Status
from cases.reports.periods import begins, today
from cases.reports.reasons import came_today, contacts_since
from cases.rules.vocabulary import (
    Answer,
    ApprovalKind,
    ApprovalStatus,
    CheckStatus,
    CompensationStatus,
    Priority,
    Severity,
    StepKind,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from cases.models import Team, User
    from cases.models.case import CaseQuerySet

SHOWN = 10
"""What waits for a manager, on the board; the list behind its number has all."""
MOST_OWNERS = 30
"""A longer table is nobody's overview: where more people own open cases, one looks at a team."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """How many cases are open, and how many of them have a step that is late."""

    open: Number
    overdue: Number


@dataclass(frozen=True, slots=True)
class StepStanding:
    step: StepKind
    standing: Standing


@dataclass(frozen=True, slots=True)
class SeverityStanding:
    severity: Severity
    standing: Standing


@dataclass(frozen=True, slots=True)
class AgeStanding:
    age: Age
    standing: Standing


@dataclass(frozen=True, slots=True)
class OwnerStanding:
    """``public_id`` is None for the cases that nobody owns."""

    public_id: UUID | None
    name: str
    standing: Standing


class Need(TextChoices):
    """Why a case waits for a manager, the most pressing first."""

    ESCALATED = "escalated", "Escalated"
    COMPENSATION = "compensation", "A compensation waits for approval"
    APPROVAL = "approval", "Waits for a second person"
    NOT_SATISFIED = "not_satisfied", "Not made right the first time"
    UNOWNED = "unowned", "Late, and nobody owns it"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCompensation:
    public_id: UUID
    what: str
    amount: Decimal
    currency: str
    proposed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingApproval:
    public_id: UUID
    kind: ApprovalKind
    reason: str
    asked_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LastAnswer:
    answer: Answer
    words: str
    wants_contact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedRow:
    """One case that waits for a manager. ``needs`` says why; the first is the most pressing."""

    reference: str
    customer: str
    title: str
    severity: Severity
    owner: str
    step: StepKind | None
    next_due_at: datetime | None
    is_late: bool
    needs: tuple[Need, ...]
    why: str
    escalated_because: str
    compensation: WaitingCompensation | None
    approval: WaitingApproval | None
    answer: LastAnswer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    standing: Standing
    steps: tuple[StepStanding, ...]
    severities: tuple[SeverityStanding, ...]
    ages: tuple[AgeStanding, ...]
    owners: tuple[OwnerStanding, ...]
    owners_in_all: int
    needs: Number
    waiting: tuple[NeedRow, ...]


def board(user: User, *, now: datetime, zone: ZoneInfo, team: Team | None = None) -> Board:
    """Where the open cases stand that this person may see, of one team or of all. Owners stand in the order of their
    names, never of their numbers."""
    base = CaseFilter(status=Status.OPEN, team=team.public_id if team else None)
    cases = base.apply(Case.objects.visible_to(user), now=now, zone=zone)
    cells = _cells(cases, now)
    needs, waiting = _waiting(cases, base, now=now, zone=zone)
    owners, owners_in_all = _owners(cases, base, now)
    return Board(
        standing=_standing(base, cells),
        steps=tuple(StepStanding(step, _standing(replace(base, step=step), cells, step=step)) for step in StepKind),
        severities=tuple(
            SeverityStanding(severity, _standing(replace(base, severity=severity), cells, severity=severity))
            for severity in Severity
        ),
        ages=tuple(AgeStanding(age, _standing(replace(base, age=age), cells, age=age)) for age in Age),
        owners=owners,
        owners_in_all=owners_in_all,
        needs=needs,
        waiting=waiting,
    )


@dataclass(frozen=True, slots=True)
class _Cell:
    """Cases that agree in step, severity, age and lateness."""

    step: str
    severity: str
    age: str
    is_late: bool
    number: int


def _cells(cases: CaseQuerySet, now: datetime) -> list[_Cell]:
    """All that the board counts by, in one pass over the open cases."""
    ages = [When(known_at__gt=now - age.days[1] * _DAY, then=Value(age)) for age in Age if age.days[1] is not None]
    rows = (
        cases.order_by()
        .values("current_step", "severity")
        .annotate(
            age=Choose(*ages, default=Value(Age.OLDER), output_field=CharField()),
            is_late=Choose(When(next_due_at__lt=now, then=True), default=False, output_field=BooleanField()),
            number=Count("pk"),
        )
        .values_list("current_step", "severity", "age", "is_late", "number")
    )
    return [_Cell(*row) for row in rows]


def _standing(behind: CaseFilter, cells: Iterable[_Cell], **wanted: str) -> Standing:
    found = [cell for cell in cells if all(getattr(cell, name) == value for name, value in wanted.items())]
    return _linked(behind, sum(cell.number for cell in found), sum(cell.number for cell in found if cell.is_late))


def _linked(behind: CaseFilter, is_open: int, overdue: int) -> Standing:
    return Standing(Number(is_open, behind), Number(overdue, replace(behind, overdue=True)))


def _owners(cases: CaseQuerySet, base: CaseFilter, now: datetime) -> tuple[tuple[OwnerStanding, ...], int]:
    """The first owners, and how many there are in all."""
    rows: list[tuple[UUID | None, str | None, int, int]] = list(
        cases.order_by("owner__name", "owner")
        .values("owner__public_id", "owner__name", "owner")
        .annotate(number=Count("pk"), overdue=Count("pk", filter=Q(next_due_at__lt=now)))
        .values_list("owner__public_id", "owner__name", "number", "overdue")
    )
    shown = tuple(
        OwnerStanding(key, name or "", _linked(replace(base, owner=key or NOBODY), number, overdue))
        for key, name, number, overdue in rows[:MOST_OWNERS]
    )
    return shown, len(rows)


def _waiting(
    cases: CaseQuerySet, base: CaseFilter, *, now: datetime, zone: ZoneInfo
) -> tuple[Number, tuple[NeedRow, ...]]:
    behind = replace(base, needs=Needs.MANAGER)
    needy = behind.apply(cases, now=now, zone=zone)
    shown = needy.annotate(
        in_all=Window(Count("pk")),
        contacts_today=contacts_since(begins(today(now, zone), zone)),
        compensation=_first_compensation(),
        approval=_first_approval(),
        answer=_last_answer(),
    )
    escalated_first = Choose(When(priority=Priority.ESCALATED, then=0), default=1)
    found = shown.order_by(escalated_first, F("next_due_at").asc(nulls_last=True), "pk").values(*_SHOWN)
    rows: list[dict[str, Any]] = list(found[:SHOWN])
    return Number(rows[0]["in_all"] if rows else 0, behind), tuple(_need_row(row, now) for row in rows)


_SHOWN = (
    "reference",
    "title",
    "severity",
    "current_step",
    "next_due_at",
    "owner",
    "owner__name",
    "customer__name",
    "escalated_because",
    "priority",
    "round",
    "in_all",
    "contacts_today",
    "compensation",
    "approval",
    "answer",
)


def _first_compensation() -> Subquery:
    """The compensation that has waited longest, as one JSON value: one look-up a row instead of one a field."""
    waiting = Compensation.objects.filter(case=OuterRef("pk"), status=CompensationStatus.PROPOSED).order_by("pk")
    found = JSONObject(
        public_id="public_id",
        what="what",
        amount=Cast("amount", CharField()),
        currency="currency",
        proposed_by="proposed_by__name",
    )
    return Subquery(waiting.values(found=found)[:1])


def _first_approval() -> Subquery:
    asked = Approval.objects.filter(case=OuterRef("pk"), status=ApprovalStatus.ASKED).order_by("asked_at", "pk")
    found = JSONObject(public_id="public_id", kind="kind", reason="reason", asked_by="asked_by__name")
    return Subquery(asked.values(found=found)[:1])


def _last_answer() -> Subquery:
    answers = SatisfactionCheck.objects.filter(case=OuterRef("pk"), status=CheckStatus.ANSWERED)
    found = JSONObject(answer="answer", words="words", wants_contact="wants_contact")
    return Subquery(answers.order_by("-answered_at", "-pk").values(found=found)[:1])


def _need_row(row: Mapping[str, Any], now: datetime) -> NeedRow:
    compensation, approval, answer = row["compensation"], row["approval"], row["answer"]
    return NeedRow(
        reference=row["reference"],
        customer=row["customer__name"],
        title=row["title"],
        severity=Severity(row["severity"]),
        owner=row["owner__name"] or "",
        step=StepKind(row["current_step"]) if row["current_step"] else None,
        next_due_at=row["next_due_at"],
        is_late=_is_late(row, now),
        needs=_needs(row, now),
        why=came_today(row["contacts_today"]),
        escalated_because=row["escalated_because"],
        compensation=_waiting_compensation(compensation) if compensation else None,
        approval=_waiting_approval(approval) if approval else None,
        answer=_answer(answer) if answer else None,
    )


def _needs(row: Mapping[str, Any], now: datetime) -> tuple[Need, ...]:
    """The same conditions as ``needs=manager`` of the list, one by one."""
    found = {
        Need.ESCALATED: row["priority"] == Priority.ESCALATED,
        Need.COMPENSATION: row["compensation"] is not None,
        Need.APPROVAL: row["approval"] is not None,
        Need.NOT_SATISFIED: row["round"] > 1,
        Need.UNOWNED: row["owner"] is None and _is_late(row, now),
    }
    return tuple(need for need, is_so in found.items() if is_so)


def _is_late(row: Mapping[str, Any], now: datetime) -> bool:
    return row["next_due_at"] is not None and row["next_due_at"] < now


def _waiting_compensation(found: Mapping[str, Any]) -> WaitingCompensation:
    return WaitingCompensation(
        public_id=UUID(found["public_id"]),
        what=found["what"],
        amount=Decimal(found["amount"]),
        currency=found["currency"],
        proposed_by=found["proposed_by"],
    )


def _waiting_approval(found: Mapping[str, Any]) -> WaitingApproval:
    return WaitingApproval(
        public_id=UUID(found["public_id"]),
        kind=ApprovalKind(found["kind"]),
        reason=found["reason"],
        asked_by=found["asked_by"],
    )


def _answer(found: Mapping[str, Any]) -> LastAnswer:
    return LastAnswer(answer=Answer(found["answer"]), words=found["words"], wants_contact=bool(found["wants_contact"]))
