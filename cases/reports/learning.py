"""Incidents and what was learned from them: why it happened, what is changed, and how far everybody whom it hurt has
been taken. Limit: an incident is seen by whoever sees one of its cases, and told by the cases that they see."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, Exists, Max, OuterRef, Q, TextChoices

from cases.models import Case, Event, FollowUpChange, Incident, PreventionAction, Step
from cases.reports.cases import PER_PAGE
from cases.reports.filters import CaseFilter, Number, Status
from cases.reports.traits import Trait
from cases.rules.vocabulary import (
    CauseStatus,
    Outcome,
    PreventionKind,
    PreventionStatus,
    Severity,
    StepKind,
    StepStatus,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from cases.models import User
    from cases.models.case import CaseQuerySet

SHOWN_CASES = 100


class Show(TextChoices):
    """Which incidents a list shows."""

    ALL = "all", "All"
    MANY = "many", "Of several customers"
    UNKNOWN = "unknown", "Cause not yet known"
    CHANGING = "changing", "With a change planned"
    HISTORY = "history", "Imported, not worked on"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One prevention action. ``told`` is the number of follow-ups that spoke of it; ``moved_from`` the date that was
    promised first, where it is another. ``settled_by``: who did or dropped it, where it was not its owner."""

    public_id: UUID
    kind: PreventionKind
    change: str
    owner: str
    status: PreventionStatus
    due_at: datetime | None
    moved_from: datetime | None
    settled_at: datetime | None
    settled_by: str
    verified_at: datetime | None
    proof: str
    is_late: bool
    told: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRow:
    """One line of the list. ``changes`` counts its prevention actions by status, ``late`` those that are overdue."""

    reference: str
    title: str
    cause: str
    cause_status: CauseStatus
    cases: Number
    open_cases: Number
    last_known_at: datetime | None
    changes: Mapping[PreventionStatus, int]
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentList:
    rows: tuple[IncidentRow, ...]
    show: Show
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Covered:
    """A stage of the way, and how many of those affected have come so far."""

    name: str
    step: StepKind | None
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    reference: str
    customer: str
    severity: Severity
    owner: str
    step: StepKind | None
    outcome: Outcome | None
    next_due_at: datetime | None
    is_late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentPage:
    """One incident. ``coverage`` begins with all who are affected, duplicates and withdrawn cases left out."""

    incident: Incident
    cases: Number
    rows: tuple[CaseRow, ...]
    coverage: tuple[Covered, ...]
    changes: tuple[ChangeRow, ...]


STAGES: Mapping[StepKind, str] = {
    StepKind.ACKNOWLEDGE: "Told",
    StepKind.CORRECT: "Corrected",
    StepKind.COMPENSATE: "Compensation settled",
    StepKind.CONFIRM: "Confirmed",
    StepKind.FOLLOW_UP: "Followed up",
}
"""What a customer is, once the step is done. A compensation is settled when it was delivered, refused, or
decided to be nothing."""


def visible_incidents(user: User) -> models.QuerySet[Incident]:
    """The incidents of which this person may see a case."""
    return Incident.objects.filter(Exists(Case.objects.visible_to(user).filter(incident=OuterRef("pk"))))


def incidents(user: User, *, now: datetime, show: Show = Show.ALL, words: str = "", page: int = 1) -> IncidentList:
    """The newest first. Four queries."""
    found = _shown(visible_incidents(user), show, user)
    if words := words.replace("\x00", "").strip():
        found = found.filter(Q(title__icontains=words) | Q(reference__iexact=words) | Q(cause__name__icontains=words))
    total = found.order_by().count()
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(page, 1), pages)
    rows = list(found.select_related("cause").order_by("-pk")[(page - 1) * PER_PAGE : page * PER_PAGE])
    keys = [incident.pk for incident in rows]
    cases, changes = _cases_of(keys, user), _changes_of(keys, now)
    return IncidentList(
        rows=tuple(_incident_row(incident, cases[incident.pk], changes[incident.pk]) for incident in rows),
        show=show,
        total=total,
        page=page,
        pages=pages,
    )


def incident_page(incident: Incident, user: User, *, now: datetime) -> IncidentPage:
    """``incident`` comes from ``visible_incidents``. Four queries."""
    cases = Case.objects.visible_to(user).counted().filter(incident=incident)
    affected = cases.count()
    return IncidentPage(
        incident=incident,
        cases=Number(affected, CaseFilter(incident=incident.public_id, has=Trait.COUNTED)),
        rows=_case_rows(cases, now),
        coverage=_coverage(cases, affected),
        changes=_change_rows(incident, now),
    )


def _shown(found: models.QuerySet[Incident], show: Show, user: User) -> models.QuerySet[Incident]:
    worked_on = _worked_on()
    if show is Show.HISTORY:
        return found.exclude(worked_on)
    found = found.filter(worked_on)
    if show is Show.UNKNOWN:
        return found.filter(cause__isnull=True)
    if show is Show.CHANGING:
        planned = PreventionAction.objects.filter(incident=OuterRef("pk"), status=PreventionStatus.PLANNED)
        return found.filter(Exists(planned))
    if show is Show.MANY:
        cases = Case.objects.visible_to(user).counted().order_by().values("incident")
        return found.filter(pk__in=cases.annotate(number=Count("pk")).filter(number__gt=1).values("incident"))
    return found


def _worked_on() -> Q:
    """Of a case that was logged or taken up here, or that somebody thought about. The rest is imported history, which
    would fill the list with one incident a case."""
    cases = Case.objects.filter(Q(source="") | Q(is_timed=True), incident=OuterRef("pk"))
    return Q(Exists(cases)) | Q(Exists(Event.objects.filter(incident=OuterRef("pk"))))


def _cases_of(keys: Sequence[int], user: User) -> dict[int, tuple[int, int, datetime | None]]:
    """How many cases, how many of them open, and when we last learned of one."""
    rows = (
        Case.objects.visible_to(user)
        .counted()
        .filter(incident__in=keys)
        .order_by()
        .values("incident")
        .annotate(number=Count("pk"), open=Count("pk", filter=Q(closed_at__isnull=True)), last=Max("known_at"))
        .values_list("incident", "number", "open", "last")
    )
    return defaultdict(lambda: (0, 0, None), {key: (number, is_open, last) for key, number, is_open, last in rows})


def _changes_of(keys: Sequence[int], now: datetime) -> dict[int, tuple[Counter[PreventionStatus], int]]:
    """How many prevention actions in each status, and how many are late."""
    rows = (
        PreventionAction.objects.filter(incident__in=keys)
        .order_by()
        .values("incident", "status")
        .annotate(number=Count("pk"), late=Count("pk", filter=Q(settled_at__isnull=True, due_at__lt=now)))
        .values_list("incident", "status", "number", "late")
    )
    found: dict[int, tuple[Counter[PreventionStatus], int]] = defaultdict(lambda: (Counter(), 0))
    for key, status, number, late in rows:
        statuses, late_so_far = found[key]
        found[key] = (statuses + Counter({PreventionStatus(status): number}), late_so_far + late)
    return found


def _incident_row(
    incident: Incident,
    cases: tuple[int, int, datetime | None],
    changes: tuple[Counter[PreventionStatus], int],
) -> IncidentRow:
    number, is_open, last = cases
    return IncidentRow(
        reference=incident.reference,
        title=incident.title,
        cause=incident.cause.name if incident.cause else "",
        cause_status=CauseStatus(incident.cause_status),
        cases=Number(number, CaseFilter(incident=incident.public_id, has=Trait.COUNTED)),
        open_cases=Number(is_open, CaseFilter(incident=incident.public_id, status=Status.OPEN)),
        last_known_at=last,
        changes=changes[0],
        late=changes[1],
    )


def _case_rows(cases: CaseQuerySet, now: datetime) -> tuple[CaseRow, ...]:
    """Open ones first, the most urgent at the top."""
    rows = list(
        cases.order_by(models.F("closed_at").desc(nulls_first=True), "next_due_at", "pk").values(
            "reference", "customer__name", "severity", "owner__name", "current_step", "outcome", "next_due_at"
        )[:SHOWN_CASES]
    )
    return tuple(
        CaseRow(
            reference=row["reference"],
            customer=row["customer__name"],
            severity=Severity(row["severity"]),
            owner=row["owner__name"] or "",
            step=StepKind(row["current_step"]) if row["current_step"] else None,
            outcome=Outcome(row["outcome"]) if row["outcome"] else None,
            next_due_at=row["next_due_at"],
            is_late=row["next_due_at"] is not None and row["next_due_at"] < now,
        )
        for row in rows
    )


def _coverage(cases: CaseQuerySet, affected: int) -> tuple[Covered, ...]:
    """A step that was done, and is not owed again in a later round."""
    again = Step.objects.filter(case=OuterRef("case"), kind=OuterRef("kind"), status=StepStatus.PENDING)
    rows = (
        Step.objects.filter(~Exists(again), case__in=cases.order_by(), status=StepStatus.DONE)
        .order_by()
        .values("kind")
        .annotate(number=Count("case", distinct=True))
        .values_list("kind", "number")
    )
    done = dict(rows)
    return (
        Covered("Affected", None, affected),
        *(Covered(name, step, done.get(step, 0)) for step, name in STAGES.items()),
    )


def _change_rows(incident: Incident, now: datetime) -> tuple[ChangeRow, ...]:
    told = FollowUpChange.objects.filter(prevention_action=OuterRef("pk")).order_by().values("prevention_action")
    actions = (
        incident.prevention_actions.select_related("owner", "settled_by")
        .annotate(told=models.Subquery(told.annotate(number=Count("pk")).values("number")))
        .order_by("due_at", "pk")
    )
    return tuple(
        ChangeRow(
            public_id=action.public_id,
            kind=PreventionKind(action.kind),
            change=action.change,
            owner=str(action.owner or ""),
            status=PreventionStatus(action.status),
            due_at=action.due_at,
            moved_from=action.first_due_at if action.first_due_at != action.due_at else None,
            settled_at=action.settled_at,
            settled_by=str(action.settled_by or "") if action.settled_by != action.owner else "",
            verified_at=action.verified_at,
            proof=action.proof,
            is_late=action.is_late(now),
            told=vars(action)["told"] or 0,
        )
        for action in actions
    )
