"""The board: where open cases stand right now, and what waits for a manager. Three queries, never kept.

Every number carries the selection of cases behind it. Limit: what is open; how it went is ``figures``'.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import TextChoices

from cases.permissions import Verb, may
from cases.reports.filters import NOBODY, Age, CaseFilter, History, Needs, Number, Status
from cases.reports.periods import begins, today
from cases.reports.reasons import came_today
from cases.reports.standing import standing
from cases.rules.vocabulary import (
    Answer,
    ApprovalKind,
    Priority,
    Severity,
    StepKind,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from cases.models import Team, User

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
    """``key`` and ``public_id`` are None for the cases that nobody owns."""

    key: int | None
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
    """``is_own``: proposed by the person who looks at it. ``asked_to``: who was asked to decide; empty for nobody.
    ``may_decide``: known without another query of who was asked, and of administrators, who have no limit."""

    public_id: UUID
    what: str
    amount: Decimal
    currency: str
    proposed_by: str
    is_own: bool
    asked_to: str
    may_decide: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingApproval:
    """``is_own``: asked for by the person who looks at it."""

    public_id: UUID
    kind: ApprovalKind
    reason: str
    asked_by: str
    is_own: bool
    asked_to: str
    may_decide: bool


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


def board(
    user: User, *, now: datetime, zone: ZoneInfo, team: Team | None = None, history: History | None = None
) -> Board:
    """Where the open cases stand that this person may see, of one team or of all. Owners stand in the order of their
    names, never of their numbers."""
    base = CaseFilter(status=Status.OPEN, team=team.public_id if team else None, history=history)
    questions = standing(user.role, of_team=team is not None, history=history)
    whose = {"user": user.pk, "team": team.pk if team else 0}
    ago = {age.value: now - age.days[1] * _DAY for age in Age if age.days[1] is not None}
    cells = questions.cells(**whose, now=now, **ago)
    rows = questions.waiting(**whose, now=now, today=begins(today(now, zone), zone))
    owners = questions.owners(**whose, now=now)
    return Board(
        standing=_standing(base, cells),
        steps=tuple(
            StepStanding(step, _standing(replace(base, step=step), cells, current_step=step)) for step in StepKind
        ),
        severities=tuple(
            SeverityStanding(severity, _standing(replace(base, severity=severity), cells, severity=severity))
            for severity in Severity
        ),
        ages=tuple(AgeStanding(age, _standing(replace(base, age=age), cells, age=age)) for age in Age),
        owners=tuple(_owner(owner, base) for owner in owners),
        owners_in_all=owners[0]["in_all"] if owners else 0,
        needs=Number(rows[0]["in_all"] if rows else 0, replace(base, needs=Needs.MANAGER)),
        waiting=tuple(_need_row(row, user, now) for row in rows),
    )


def _standing(behind: CaseFilter, cells: Iterable[Mapping[str, Any]], **wanted: str) -> Standing:
    found = [cell for cell in cells if all(cell[name] == value for name, value in wanted.items())]
    return _linked(behind, sum(cell["number"] for cell in found), sum(cell["late"] for cell in found))


def _linked(behind: CaseFilter, is_open: int, overdue: int) -> Standing:
    return Standing(Number(is_open, behind), Number(overdue, replace(behind, overdue=True)))


def _owner(owner: Mapping[str, Any], base: CaseFilter) -> OwnerStanding:
    key = owner["public_id"]
    behind = replace(base, owner=key or NOBODY)
    return OwnerStanding(owner["owner"], key, owner["name"] or "", _linked(behind, owner["number"], owner["late"]))


def _need_row(row: Mapping[str, Any], user: User, now: datetime) -> NeedRow:
    compensation, approval, answer = row["compensation"], row["approval"], row["answer"]
    return NeedRow(
        reference=row["reference"],
        customer=row["customer_name"],
        title=row["title"],
        severity=Severity(row["severity"]),
        owner=row["owner_name"] or "",
        step=StepKind(row["current_step"]) if row["current_step"] else None,
        next_due_at=row["next_due_at"],
        is_late=_is_late(row, now),
        needs=_needs(row, now),
        why=came_today(row["contacts_today"]),
        escalated_because=row["escalated_because"],
        compensation=_waiting_compensation(compensation, user) if compensation else None,
        approval=_waiting_approval(approval, user) if approval else None,
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


def _waiting_compensation(found: Mapping[str, Any], user: User) -> WaitingCompensation:
    return WaitingCompensation(
        public_id=UUID(found["public_id"]),
        what=found["what"],
        amount=Decimal(found["amount"]),
        currency=found["currency"],
        proposed_by=found["proposed_by"],
        is_own=found["proposer"] == user.pk,
        asked_to=found["asked_to"] or "",
        may_decide=found["proposer"] != user.pk and (user.is_administrator or found["asked"] == user.pk),
    )


def _waiting_approval(found: Mapping[str, Any], user: User) -> WaitingApproval:
    return WaitingApproval(
        public_id=UUID(found["public_id"]),
        kind=ApprovalKind(found["kind"]),
        reason=found["reason"],
        asked_by=found["asked_by"],
        is_own=found["asker"] == user.pk,
        asked_to=found["asked_to"] or "",
        may_decide=found["asker"] != user.pk and may(user, Verb.APPROVE),
    )


def _answer(found: Mapping[str, Any]) -> LastAnswer:
    return LastAnswer(answer=Answer(found["answer"]), words=found["words"], wants_contact=bool(found["wants_contact"]))
