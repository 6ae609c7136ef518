"""My work: what is owed by me, by my team, or by nobody yet; what is late comes first.

One row a case, with the next thing to do in it. Its other steps that can be done or are late stand beside it: so one
neglected case does not fill the page. Prevention actions are rows among them, promises stand apart.
Always the same number of queries. Limit: what is shown; who may act is decided by ``cases.permissions``.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from django.db.models import TextChoices

from cases.actions.addresses import waiting_for
from cases.reports.kept import kept
from cases.reports.owed import PER_GROUP, Owed, Scope, owed, values_of
from cases.reports.own import OwnFigures, own_figures
from cases.reports.periods import begins, today
from cases.reports.reasons import why
from cases.rules import workflow
from cases.rules.vocabulary import OWED_AFTER_CLOSING, CommitmentKind, Severity, StepKind, StepStatus, UpdateReason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from cases.models import User

__all__ = ["PER_GROUP", "Scope", "Urgency", "my_work"]

FINISH_CHANGE = "Record change"
"""What the button of a prevention action says."""


class Urgency(TextChoices):
    """When something is due, by the days of the person who asks. A week ends on Sunday night."""

    OVERDUE = "overdue", "Overdue"
    TODAY = "today", "Today"
    WEEK = "week", "This week"
    LATER = "later", "Later"


@dataclass(frozen=True, slots=True)
class AlsoOwed:
    """Another step of the same case that could be done now, or is late although it still has to wait."""

    step: StepKind
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRow:
    """The next thing to do in one case; or one prevention action: then ``reference`` is the incident's, and ``step``
    and ``severity`` are None. ``why`` is one short line, perhaps empty. ``escalates_at``: when the manager is told, if
    that is still ahead."""

    kind: CommitmentKind
    public_id: UUID
    reference: str
    customer: str
    title: str
    severity: Severity | None
    step: StepKind | None
    verb: str
    due_at: datetime | None
    is_late: bool
    owner: str
    why: str = ""
    also: tuple[AlsoOwed, ...] = ()
    escalates_at: datetime | None = None
    escalates_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkGroup:
    """``total`` counts all that belong here; ``rows`` are the first of them."""

    urgency: Urgency
    rows: tuple[WorkRow, ...]
    total: int

    @property
    def next_escalation(self) -> WorkRow | None:
        """The row whose manager is told first."""
        ahead = [(row.escalates_at, place) for place, row in enumerate(self.rows) if row.escalates_at is not None]
        return self.rows[min(ahead)[1]] if ahead else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseRow:
    public_id: UUID
    words: str
    customer: str
    reference: str
    due_at: datetime
    is_late: bool
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WordRow:
    """A customer who should hear from us, whatever step the case is at."""

    reference: str
    customer: str
    why: str
    due_at: datetime
    is_late: bool
    reason: UpdateReason


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRow:
    """A case whose clock stands still because we asked the customer something."""

    reference: str
    customer: str
    question: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressRow:
    """A changed mail address of a customer, of which somebody has to say that it is theirs."""

    reference: str
    customer: str
    address: str
    changed_by: str
    because: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The answer. ``later_answers``: customers of closed cases for whom it is not right after all, or who came to us
    again. ``counts`` are the
    open cases of each scope; ``promised`` counts all promises that are owed."""

    scope: Scope
    groups: tuple[WorkGroup, ...]
    promises: tuple[PromiseRow, ...]
    promised: int
    later_answers: tuple[WordRow, ...]
    words: tuple[WordRow, ...]
    waiting: tuple[WaitingRow, ...]
    addresses: tuple[AddressRow, ...]
    counts: Mapping[Scope, int]
    figures: OwnFigures

    def group(self, urgency: Urgency) -> WorkGroup:
        return next(group for group in self.groups if group.urgency is urgency)


def my_work(user: User, *, now: datetime, scope: Scope = Scope.MINE) -> Work:
    """What is owed in a scope, as far as this person may see it. Nine queries; one fewer while figures are kept."""
    days, questions = Days.of(now, user.zone), owed(scope, user.role)
    counts = questions.counts(user=user.pk, now=now, tomorrow=days.tomorrow, next_week=days.next_week)
    (totals,) = values_of(counts)
    promises, promised = _promises(questions, user, now)
    words = _words(questions, user, days)
    return Work(
        scope=scope,
        groups=_groups(questions, user, days, totals),
        promises=promises,
        promised=promised,
        later_answers=tuple(word for word in words if word.reason in OWED_AFTER_CLOSING),
        words=tuple(word for word in words if word.reason not in OWED_AFTER_CLOSING),
        waiting=_waiting(questions, user, now),
        addresses=_addresses(user, now),
        counts={one: totals[f"in_{one}"] for one in Scope},
        figures=kept(f"own:{user.public_id}", lambda: own_figures(user, now=now), now=now).answer,
    )


@dataclass(frozen=True, slots=True)
class Days:
    """Where the days of the person who asks begin and end."""

    now: datetime
    today: datetime
    tomorrow: datetime
    next_week: datetime

    @classmethod
    def of(cls, now: datetime, zone: ZoneInfo) -> Self:
        day = today(now, zone)
        monday = day + timedelta(days=7 - day.weekday())
        return cls(now, begins(day, zone), begins(day + timedelta(days=1), zone), begins(monday, zone))

    def urgency(self, due_at: datetime) -> Urgency:
        if due_at < self.now:
            return Urgency.OVERDUE
        if due_at < self.tomorrow:
            return Urgency.TODAY
        return Urgency.WEEK if due_at < self.next_week else Urgency.LATER


def _groups(questions: Owed, user: User, days: Days, totals: Mapping[str, int]) -> tuple[WorkGroup, ...]:
    rows = _case_rows(questions, user, days)
    changes: dict[Urgency, list[WorkRow]] = {urgency: [] for urgency in Urgency}
    for row in _prevention_rows(questions, user, days):
        changes[days.urgency(row.due_at or days.now)].append(row)
    until = (0, totals["until_now"], totals["until_tomorrow"], totals["until_next_week"], totals["due"])
    return tuple(
        WorkGroup(
            urgency=urgency,
            rows=(*rows[urgency], *changes[urgency]),
            total=end - start + len(changes[urgency]),
        )
        for urgency, (start, end) in zip(Urgency, pairwise(until), strict=True)
    )


def _case_rows(questions: Owed, user: User, days: Days) -> dict[Urgency, list[WorkRow]]:
    """The first of each group, the most urgent at the top."""
    pending: dict[int, list[_Owed]] = defaultdict(list)
    for step in values_of(questions.steps(user=user.pk)):
        pending[step["case"]].append(_Owed(StepKind(step["kind"]), step["due_at"], step["escalate_at"]))
    rows: dict[Urgency, list[WorkRow]] = {urgency: [] for urgency in Urgency}
    for found in values_of(questions.cases(user=user.pk, now=days.now, today=days.today)):
        group = rows[days.urgency(found["next_due_at"])]
        if len(group) < PER_GROUP:
            group.append(_case_row(found, pending[found["pk"]], days))
    return rows


class _Owed(NamedTuple):
    kind: StepKind
    due_at: datetime | None
    escalate_at: datetime | None

    def is_late(self, now: datetime) -> bool:
        return self.due_at is not None and self.due_at < now


def _case_row(case: dict[str, Any], pending: Sequence[_Owed], days: Days) -> WorkRow:
    """The next thing to do is the step that is due first of those that need not wait for another."""
    statuses = {step.kind: StepStatus.PENDING for step in pending}
    can_be_done = [step for step in pending if not workflow.waiting_for(step.kind, statuses)]
    first = min(can_be_done, key=lambda step: (step.due_at is None, step.due_at), default=None)
    also = [step for step in pending if step is not first and (step in can_be_done or step.is_late(days.now))]
    escalations = [step.escalate_at for step in pending if step.escalate_at and step.escalate_at > days.now]
    return WorkRow(
        kind=CommitmentKind.STEP,
        public_id=case["public_id"],
        reference=case["reference"],
        customer=case["customer__name"],
        title=case["title"],
        severity=Severity(case["severity"]),
        step=first.kind if first else None,
        verb=first.kind.verb if first else "",
        due_at=first.due_at if first else None,
        is_late=first is not None and first.is_late(days.now),
        owner=case["owner__name"] or "",
        why=why(case),
        also=tuple(AlsoOwed(step.kind, step.due_at) for step in also),
        escalates_at=min(escalations, default=None),
        escalates_to=case["team__manager__name"] or "",
    )


def _prevention_rows(questions: Owed, user: User, days: Days) -> list[WorkRow]:
    return [
        WorkRow(
            kind=CommitmentKind.PREVENTION,
            public_id=found["public_id"],
            reference=found["incident__reference"],
            customer="",
            title=found["change"],
            severity=None,
            step=None,
            verb=FINISH_CHANGE,
            due_at=found["due_at"],
            is_late=found["due_at"] is not None and found["due_at"] < days.now,
            owner=found["owner__name"] or "",
            escalates_at=found["escalate_at"] if found["escalate_at"] and found["escalate_at"] > days.now else None,
        )
        for found in values_of(questions.prevention(user=user.pk))
    ]


def _promises(questions: Owed, user: User, now: datetime) -> tuple[tuple[PromiseRow, ...], int]:
    """The promises that are owed, the most urgent first, and how many there are in all."""
    found = values_of(questions.promises(user=user.pk))
    rows = tuple(
        PromiseRow(
            public_id=promise["public_id"],
            words=promise["words"],
            customer=promise["case__customer__name"],
            reference=promise["case__reference"],
            due_at=promise["due_at"],
            is_late=promise["due_at"] < now,
            owner=promise["owner__name"] or "",
        )
        for promise in found
    )
    return rows, found[0]["in_all"] if found else 0


def _words(questions: Owed, user: User, days: Days) -> tuple[WordRow, ...]:
    return tuple(
        WordRow(
            reference=found["case__reference"],
            customer=found["case__customer__name"],
            why=str(UpdateReason(found["reason"]).label),
            due_at=found["due_at"],
            is_late=found["due_at"] < days.now,
            reason=UpdateReason(found["reason"]),
        )
        for found in values_of(questions.words(user=user.pk, tomorrow=days.tomorrow))
    )


def _waiting(questions: Owed, user: User, now: datetime) -> tuple[WaitingRow, ...]:
    return tuple(
        WaitingRow(
            reference=pause["case__reference"],
            customer=pause["case__customer__name"],
            question=pause["question"],
            since=pause["started_at"],
            until=pause["until"],
        )
        for pause in values_of(questions.waiting(user=user.pk, now=now))
    )


def _addresses(user: User, now: datetime) -> tuple[AddressRow, ...]:
    """Whatever the scope: they are this person's to answer."""
    return tuple(
        AddressRow(
            reference=question.case.reference,
            customer=question.case.customer.name,
            address=question.case.customer.email,
            changed_by=str(question.changed_by),
            because=question.get_because_display(),
            since=question.asked_at,
        )
        for question in waiting_for(user, now)
    )
