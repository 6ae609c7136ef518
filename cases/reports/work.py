"""My work: what is owed by me, by my team, or by nobody yet; what is late comes first.

One row a case, with the next thing to do in it; its other steps that can be done or are late stand beside it, so that
one neglected case does not fill the page. Prevention actions are rows among them, promises stand apart.
Always the same number of queries. Limit: what is shown; who may act is decided by ``cases.permissions``.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from django.db.models import Count, Exists, OuterRef, Q, TextChoices, Window

from cases.models import Case, Pause, PreventionAction, Promise, Step, Team
from cases.reports.kept import kept
from cases.reports.own import OwnFigures, own_figures
from cases.reports.periods import begins, today
from cases.reports.reasons import REASONS, why, with_reasons
from cases.rules import workflow
from cases.rules.vocabulary import CommitmentKind, PauseKind, Severity, StepKind, StepStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from cases.models import User
    from cases.models.case import CaseQuerySet

PER_GROUP = 20
"""Rows that a group shows. Nobody works through more at a sitting, and the list of cases has them all."""
MOST_CASES = 2_000
MOST_PREVENTION_ACTIONS = 100
"""How far ahead is looked at all, so that a page costs the same however much lies behind it."""
_SHOWN = ("public_id", "reference", "title", "severity", "customer__name", "owner__name", "team__manager__name")
FINISH_CHANGE = "Record change"
"""What the button of a prevention action says."""


class Scope(TextChoices):
    MINE = "mine", "Mine"
    TEAM = "team", "My team"
    UNASSIGNED = "unassigned", "Unassigned"


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
class WaitingRow:
    """A case whose clock stands still because we asked the customer something."""

    reference: str
    customer: str
    question: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The answer. ``counts`` are the open cases of each scope; ``promised`` counts all promises that are owed."""

    scope: Scope
    groups: tuple[WorkGroup, ...]
    promises: tuple[PromiseRow, ...]
    promised: int
    waiting: tuple[WaitingRow, ...]
    counts: Mapping[Scope, int]
    figures: OwnFigures

    def group(self, urgency: Urgency) -> WorkGroup:
        return next(group for group in self.groups if group.urgency is urgency)


def my_work(user: User, *, now: datetime, scope: Scope = Scope.MINE) -> Work:
    """What is owed in a scope, as far as this person may see it. Eight queries; one fewer while figures are kept."""
    days = Days.of(now, user.zone)
    promises, promised = _promises(user, scope, now)
    return Work(
        scope=scope,
        groups=_groups(user, scope, days),
        promises=promises,
        promised=promised,
        waiting=_waiting(user, scope, now),
        counts=_counts(user),
        figures=kept(f"own:{user.public_id}", lambda: own_figures(user, now=now), now=now).answer,
    )


def cases_of(scope: Scope, user: User) -> CaseQuerySet:
    """The cases of a scope that this person may see, open or closed. The team's are those of the teams that one is in
    or manages; a manager of no team in particular answers for all."""
    if scope is Scope.MINE:
        return Case.objects.filter(owner=user)
    return Case.objects.visible_to(user).filter(_in_scope(scope, user))


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


def _in_scope(scope: Scope, user: User) -> Q:
    if scope is Scope.MINE:
        return Q(owner=user)
    if scope is Scope.UNASSIGNED:
        return Q(owner__isnull=True)
    teams = Team.objects.filter(Q(members=user) | Q(manager=user)).order_by()
    in_teams = Q(team__in=teams.values("pk"))
    return in_teams | ~Q(Exists(teams)) if user.is_manager else in_teams


def _groups(user: User, scope: Scope, days: Days) -> tuple[WorkGroup, ...]:
    """Three queries find the rows of cases, one the prevention actions."""
    found = _first_of_each(cases_of(scope, user).open(), days)
    cases = _case_rows([key for keys, _ in found.values() for key in keys], days)
    changes: dict[Urgency, list[WorkRow]] = defaultdict(list)
    for row in _prevention_rows(user, scope, days):
        changes[days.urgency(row.due_at or days.now)].append(row)
    return tuple(
        WorkGroup(
            urgency=urgency,
            rows=(*(cases[key] for key in keys if key in cases), *changes[urgency]),
            total=total + len(changes[urgency]),
        )
        for urgency, (keys, total) in found.items()
    )


def _first_of_each(cases: CaseQuerySet, days: Days) -> dict[Urgency, tuple[list[int], int]]:
    """The keys of the first cases of each group, in order, and how many each group has."""
    keys: dict[Urgency, list[int]] = {urgency: [] for urgency in Urgency}
    due = cases.filter(next_due_at__isnull=False).order_by("next_due_at", "pk").values_list("pk", "next_due_at")
    for key, due_at in due[:MOST_CASES]:
        keys[days.urgency(due_at or days.now)].append(key)
    return {urgency: (found[:PER_GROUP], len(found)) for urgency, found in keys.items()}


def _case_rows(keys: Sequence[int], days: Days) -> dict[int, WorkRow]:
    pending: dict[int, list[_Owed]] = defaultdict(list)
    steps = Step.objects.pending().filter(case__in=keys).order_by("position")
    for case, kind, due_at, escalate_at in steps.values_list("case", "kind", "due_at", "escalate_at"):
        pending[case].append(_Owed(StepKind(kind), due_at, escalate_at))
    cases = with_reasons(Case.objects.filter(pk__in=keys).order_by(), now=days.now, today=days.today)
    return {
        found["pk"]: _case_row(found, pending[found["pk"]], days) for found in cases.values("pk", *_SHOWN, *REASONS)
    }


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


def _prevention_rows(user: User, scope: Scope, days: Days) -> list[WorkRow]:
    owed = PreventionAction.objects.unsettled()
    if scope is Scope.MINE:
        owed = owed.filter(owner=user)
    else:
        owed = owed.filter(Exists(cases_of(scope, user).filter(incident=OuterRef("incident"))))
    found = owed.order_by("due_at", "pk").values_list(
        "public_id", "incident__reference", "change", "due_at", "owner__name", "escalate_at"
    )
    return [
        WorkRow(
            kind=CommitmentKind.PREVENTION,
            public_id=key,
            reference=reference,
            customer="",
            title=change,
            severity=None,
            step=None,
            verb=FINISH_CHANGE,
            due_at=due_at,
            is_late=due_at is not None and due_at < days.now,
            owner=owner or "",
            escalates_at=escalate_at if escalate_at and escalate_at > days.now else None,
        )
        for key, reference, change, due_at, owner, escalate_at in found[:MOST_PREVENTION_ACTIONS]
    ]


def _promises(user: User, scope: Scope, now: datetime) -> tuple[tuple[PromiseRow, ...], int]:
    """The promises that are owed, the most urgent first, and how many there are in all."""
    owed = Promise.objects.unsettled().annotate(in_all=Window(Count("pk")))
    mine = Q(owner=user) if scope is Scope.MINE else Q(case__in=cases_of(scope, user).open())
    found: list[Any] = list(
        owed.filter(mine)
        .order_by("due_at", "pk")
        .values_list(
            "public_id", "words", "case__customer__name", "case__reference", "due_at", "owner__name", "in_all"
        )[:PER_GROUP]
    )
    rows = tuple(
        PromiseRow(
            public_id=key,
            words=words,
            customer=customer,
            reference=reference,
            due_at=due,
            is_late=due < now,
            owner=owner,
        )
        for key, words, customer, reference, due, owner, _ in found
    )
    return rows, found[0][-1] if found else 0


def _waiting(user: User, scope: Scope, now: datetime) -> tuple[WaitingRow, ...]:
    """One whose date has passed has woken by itself, and waits no longer."""
    found = (
        Pause.objects.filter(
            kind=PauseKind.CUSTOMER, ended_at__isnull=True, until__gt=now, case__in=cases_of(scope, user).open()
        )
        .order_by("until", "pk")
        .values_list("case__reference", "case__customer__name", "question", "started_at", "until")
    )
    return tuple(
        WaitingRow(reference=reference, customer=customer, question=question, since=since, until=until)
        for reference, customer, question, since, until in found[:PER_GROUP]
    )


def _counts(user: User) -> dict[Scope, int]:
    counts = (
        Case.objects.visible_to(user)
        .open()
        .aggregate(**{str(scope): Count("*", filter=_in_scope(scope, user)) for scope in Scope})
    )
    return {Scope(name): number for name, number in counts.items()}
