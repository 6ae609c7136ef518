"""What the address of the case list says: the one place where its parameters have names and meanings.

Every number on a screen carries the ``CaseFilter`` of the list behind it, and the list page applies the same object.
Limit: it narrows; who may see what is decided by ``Case.objects.visible_to``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from urllib.parse import quote_plus
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Exists, F, OuterRef, Q, TextChoices
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThan

from cases.models import Approval, Case, Compensation, Customer, Step
from cases.reports.periods import begins
from cases.reports.traits import Trait, has, late_steps
from cases.rules.vocabulary import (
    ApprovalStatus,
    CompensationStatus,
    Outcome,
    Priority,
    Severity,
    StepKind,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from django.db.models import QuerySet

    from cases.models.case import CaseQuerySet
    from cases.reports.periods import Period

_DAY = timedelta(days=1)
DAYS = (
    "known_after",
    "known_before",
    "closed_after",
    "closed_before",
    "first_closed_after",
    "first_closed_before",
)
"""Parameters that are days."""
IMPORTED = Q(is_timed=False)
_LONGEST_WORDS = 200

NOBODY: Literal["none"] = "none"
"""Instead of a key: cases that have no owner, no team, or no known cause."""


class Status(TextChoices):
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


class Age(TextChoices):
    """How long ago we first knew."""

    DAY = "day", "Up to a day"
    WEEK = "week", "Up to a week"
    MONTH = "month", "Up to 30 days"
    OLDER = "older", "Older than 30 days"

    @property
    def days(self) -> tuple[int, int | None]:
        """From how many to how many days ago; no end for the oldest."""
        return {Age.DAY: (0, 1), Age.WEEK: (1, 7), Age.MONTH: (7, 30), Age.OLDER: (30, None)}[self]


class History(TextChoices):
    """Imported cases that nobody has taken up here."""

    WITHOUT = "without", "Without imported history"
    ONLY = "only", "Imported history only"


class Needs(TextChoices):
    MANAGER = "manager", "A manager"


class Moment(NamedTuple):
    """When and where the question is asked: days are days of this zone."""

    now: datetime
    zone: ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """One selection of cases. Days include both ends, and are days of ``zone``; where it is none, of the reader's.
    ``history``: with imported history, or without. ``unread`` names parameters whose value said nothing to us; they
    are left out of the selection and of its address."""

    status: Status | None = None
    step: StepKind | None = None
    overdue: bool = False
    owner: UUID | Literal["none"] | None = None
    late_by: UUID | Literal["none"] | None = None
    severity: Severity | None = None
    team: UUID | Literal["none"] | None = None
    age: Age | None = None
    outcome: Outcome | None = None
    cause: UUID | Literal["none"] | None = None
    incident: UUID | None = None
    customer: UUID | None = None
    needs: Needs | None = None
    has: Trait | None = None
    known_after: date | None = None
    known_before: date | None = None
    closed_after: date | None = None
    closed_before: date | None = None
    first_closed_after: date | None = None
    first_closed_before: date | None = None
    zone: ZoneInfo | None = None
    history: History | None = None
    q: str = ""
    unread: tuple[str, ...] = ()

    @classmethod
    def read(cls, parameters: Mapping[str, str]) -> CaseFilter:
        """The selection that an address asks for. Other parameters (page, sort) are nobody's business here."""
        found: dict[str, Any] = {}
        unread = []
        for name, reader in _READERS.items():
            text = parameters.get(name, "").replace("\x00", "").strip()
            if not text:
                continue
            try:
                found[name] = reader(text)
            except ValueError:
                unread.append(name)
        return cls(**found, unread=tuple(unread))

    def parameters(self) -> dict[str, str]:
        """What the address says, in the order of the fields."""
        given = {name: value for name in _READERS if (value := getattr(self, name))}
        if not any(name in given for name in DAYS):
            given.pop("zone", None)
        return {name: "1" if value is True else str(value) for name, value in given.items()}

    @property
    def address(self) -> str:
        """The query string, question mark included; empty for the selection of everything."""
        # Keys, codes, days and zones are written as they are; only words need care. A dashboard has a hundred of these.
        parts = [f"{name}={quote_plus(text) if name == 'q' else text}" for name, text in self.parameters().items()]
        return f"?{'&'.join(parts)}" if parts else ""

    def known_in(self, period: Period) -> CaseFilter:
        """Of these, the cases of which we first knew in this period (T0)."""
        return replace(self, known_after=period.first, known_before=period.last, zone=period.zone)

    def closed_in(self, period: Period) -> CaseFilter:
        """Of these, the cases that were closed in this period, and are closed."""
        return replace(self, closed_after=period.first, closed_before=period.last, zone=period.zone)

    def first_closed_in(self, period: Period) -> CaseFilter:
        """Of these, the cases that were closed for the first time in this period, reopened since or not."""
        return replace(self, first_closed_after=period.first, first_closed_before=period.last, zone=period.zone)

    def apply(self, cases: CaseQuerySet, *, now: datetime, zone: ZoneInfo) -> CaseQuerySet:
        """``cases`` narrowed to this selection, in no particular order. ``zone``: the reader's."""
        moment = Moment(now, self.zone or zone)
        for name, condition in _CONDITIONS.items():
            value = getattr(self, name)
            if value:
                cases = cases.filter(condition(value, moment))
        return cases.matching(self.q) if self.q else cases


@dataclass(frozen=True, slots=True)
class Number:
    """A number of cases, and which cases they are."""

    value: int
    behind: CaseFilter

    @property
    def address(self) -> str:
        return self.behind.address


def waiting_approvals() -> Exists:
    return Exists(Approval.objects.filter(case=OuterRef("pk"), status=ApprovalStatus.ASKED))


def _needs(_needs: Needs, moment: Moment) -> Q:
    """Escalated, waiting for a second person, in another round of recovery, or late without an owner.

    A union of the few, not a condition on all: each part has an index of its own.
    """
    cases = Case.objects.open().order_by()
    pressing = cases.filter(Q(priority=Priority.ESCALATED) | Q(round__gt=1)).values("pk")
    unowned = cases.filter(owner__isnull=True, next_due_at__lt=moment.now).values("pk")
    proposed = Compensation.objects.filter(status=CompensationStatus.PROPOSED).order_by().values("case")
    asked = Approval.objects.filter(status=ApprovalStatus.ASKED).order_by().values("case")
    return Q(closed_at__isnull=True, pk__in=pressing.union(unowned, proposed, asked))


def _overdue(_overdue: bool, moment: Moment) -> Q:  # noqa: FBT001 - a condition takes the value of its field
    return Q(closed_at__isnull=True, next_due_at__lt=moment.now)


def _age(age: Age, moment: Moment) -> Q:
    youngest, oldest = age.days
    found = Q() if youngest == 0 else Q(known_at__lte=moment.now - youngest * _DAY)
    return found if oldest is None else found & Q(known_at__gt=moment.now - oldest * _DAY)


def _keyed(relation: str) -> Callable[[UUID | Literal["none"], Moment], Q]:
    def condition(key: UUID | Literal["none"], _moment: Moment) -> Q:
        return Q(**{f"{relation}__isnull": True}) if key == NOBODY else Q(**{f"{relation}__public_id": key})

    return condition


def _late_by(key: UUID | Literal["none"], moment: Moment) -> Q:
    """With a step that was late while this person owed it, whoever owns the case by now."""
    late = Step.objects.filter(_keyed("owed_by")(key, moment), late_steps(moment.now), case=OuterRef("pk"))
    return has(Trait.STEP_LATE, moment.now) & Q(Exists(late))


def _equal(field: str) -> Callable[[str, Moment], Q]:
    return lambda value, _moment: Q(**{field: value})


def _from(field: str) -> Callable[[date, Moment], Q]:
    return lambda day, moment: Q(**{f"{field}__gte": begins(day, moment.zone)})


def _until(field: str) -> Callable[[date, Moment], Q]:
    return lambda day, moment: Q(**{f"{field}__lt": begins(day + _DAY, moment.zone)})


def _first_closed_from(day: date, moment: Moment) -> Q:
    return Q(GreaterThanOrEqual(Coalesce(F("first_closed_at"), F("closed_at")), begins(day, moment.zone)))


def _first_closed_until(day: date, moment: Moment) -> Q:
    return Q(LessThan(Coalesce(F("first_closed_at"), F("closed_at")), begins(day + _DAY, moment.zone)))


def _records_of(key: UUID) -> QuerySet[Customer, Any]:
    """The customer's record, also by the key of one that was merged into it."""
    return Customer.everything.filter(public_id=key).values(meant=Coalesce("merged_into_id", "pk"))


_CONDITIONS: Mapping[str, Callable[[Any, Moment], Q]] = {
    "status": lambda status, _moment: Q(closed_at__isnull=status is Status.OPEN),
    "step": _equal("current_step"),
    "overdue": _overdue,
    "owner": _keyed("owner"),
    "late_by": _late_by,
    "severity": _equal("severity"),
    "team": _keyed("team"),
    "age": _age,
    "outcome": _equal("outcome"),
    "cause": _keyed("incident__cause"),
    "incident": _keyed("incident"),
    "customer": lambda key, _moment: Q(customer__in=_records_of(key)),
    "needs": _needs,
    "has": lambda trait, moment: has(trait, moment.now),
    "known_after": _from("known_at"),
    "known_before": _until("known_at"),
    "closed_after": _from("closed_at"),
    "closed_before": _until("closed_at"),
    "first_closed_after": _first_closed_from,
    "first_closed_before": _first_closed_until,
    "history": lambda history, _moment: IMPORTED if history is History.ONLY else ~IMPORTED,
}


def _key(text: str) -> UUID | Literal["none"]:
    return NOBODY if text == NOBODY else UUID(text)


def _tick(text: str) -> bool:
    if text not in {"1", "on", "true"}:
        raise ValueError(text)
    return True


def _day(text: str) -> date:
    """A day that a calendar can still reckon with."""
    day = date.fromisoformat(text)
    if not 1900 <= day.year < 2200:  # noqa: PLR2004 - the years of rules.calendars
        raise ValueError(text)
    return day


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(text) from error


_READERS: Mapping[str, Callable[[str], object]] = {
    "status": Status,
    "step": StepKind,
    "overdue": _tick,
    "owner": _key,
    "late_by": _key,
    "severity": Severity,
    "team": _key,
    "age": Age,
    "outcome": Outcome,
    "cause": _key,
    "incident": UUID,
    "customer": UUID,
    "needs": Needs,
    "has": Trait,
    **dict.fromkeys(DAYS, _day),
    "zone": _zone,
    "history": History,
    "q": lambda text: text[:_LONGEST_WORDS],
}
