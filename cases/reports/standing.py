"""What the board asks the database, put together once a process. Three questions over the open cases.

Limit: rows of values; ``board`` makes of them what is shown.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Case as Choose
from django.db.models import CharField, Count, F, OuterRef, Q, Subquery, Value, When, Window
from django.db.models.functions import Cast, JSONObject

from cases.models import Approval, Case, Compensation, Customer, SatisfactionCheck, User
from cases.models.statements import Statement
from cases.reports.filters import Age, CaseFilter, History, Needs
from cases.reports.reasons import contacts_since
from cases.rules.vocabulary import ApprovalStatus, CheckStatus, CompensationStatus, Priority

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cases.models.case import CaseQuerySet

_UNASKED = datetime(2000, 1, 1, tzinfo=UTC)
"""Whether a case is imported history depends on no moment."""
MOST_OWNERS = 30
"""A longer table is nobody's overview: where more people own open cases, one looks at a team."""
WAITING_SHOWN = 10
"""What waits for a manager, on the board; the list behind its number has all."""


class Questions(NamedTuple):
    """Each is asked with the keys of a person and a team (0 for all teams), and with ``now``.

    ``cells`` (and the moments a ``day``, a ``week`` and a ``month`` ago): numbers by step, severity and age.
    ``owners``: numbers by owner. ``waiting`` (and ``today``, when the day began): what waits for a manager.
    """

    cells: Statement[Any]
    owners: Statement[Any]
    waiting: Statement[Any]


@cache
def standing(role: str, *, of_team: bool, history: History | None = None) -> Questions:
    """The role says how far a person sees; who it is, is filled in."""
    base = CaseFilter(history=history)

    def seen(user: int, team: int) -> CaseQuerySet:
        found = base.apply(Case.objects.visible_to(User(pk=user, role=role)), now=_UNASKED, zone=ZoneInfo("UTC"))
        return found.filter(team=team) if of_team else found

    return Questions(
        cells=Statement(
            lambda user, team, now, day, week, month: _cells(seen(user, team).open(), now, (day, week, month)),
            moments=("now", "day", "week", "month"),
        ),
        owners=Statement(lambda user, team, now: _owners(seen(user, team).open(), now), moments=("now",)),
        waiting=Statement(
            lambda user, team, now, today: _waiting(seen(user, team), now, today), moments=("now", "today")
        ),
    )


def _cells(cases: CaseQuerySet, now: datetime, ago: tuple[datetime, ...]) -> QuerySet[Case, Any]:
    """All that the board counts by, in one pass."""
    younger = [When(known_at__gt=moment, then=Value(age)) for moment, age in zip(ago, Age, strict=False)]
    age = Choose(*younger, default=Value(Age.OLDER), output_field=CharField())
    return cases.order_by().values("current_step", "severity", age=age).annotate(**_numbers(now))


def _owners(cases: CaseQuerySet, now: datetime) -> QuerySet[Case, Any]:
    """Nobody first, then by name. The names are looked up for each owner, and not joined to each case."""
    person = User.objects.filter(pk=OuterRef("owner"))
    owners: QuerySet[Case, Any] = cases.order_by().values("owner").annotate(**_numbers(now))
    named = owners.annotate(
        name=Subquery(person.values("name")),
        name_key=Subquery(person.values("name_key")),
        public_id=Subquery(person.values("public_id")),
        in_all=Window(Count(Value(1))),
    )
    first: QuerySet[Case, Any] = named.order_by(F("name_key").asc(nulls_first=True), "owner")[:MOST_OWNERS]
    return first


def _numbers(now: datetime) -> dict[str, Count]:
    return {"number": Count("pk"), "late": Count("pk", filter=Q(next_due_at__lt=now))}


def _waiting(cases: CaseQuerySet, now: datetime, today: datetime) -> QuerySet[Case, Any]:
    """Escalated ones first, then the most urgent. What is shown of each is looked up for the few that are shown.

    Not of the open ones only: whatever needs a manager is open, and saying so twice misleads the planner.
    """
    needy = CaseFilter(needs=Needs.MANAGER).apply(cases, now=now, zone=ZoneInfo("UTC"))
    shown = needy.annotate(
        in_all=Window(Count("pk")),
        owner_name=Subquery(User.objects.filter(pk=OuterRef("owner")).values("name")),
        customer_name=Subquery(Customer.objects.filter(pk=OuterRef("customer")).values("name")),
        contacts_today=contacts_since(today),
        compensation=_first_compensation(),
        approval=_first_approval(),
        answer=_last_answer(),
    )
    escalated_first = Choose(When(priority=Priority.ESCALATED, then=0), default=1)
    ordered = shown.order_by(escalated_first, F("next_due_at").asc(nulls_last=True), "pk").values(*_SHOWN)
    first: QuerySet[Case, Any] = ordered[:WAITING_SHOWN]
    return first


_SHOWN = (
    "reference",
    "title",
    "severity",
    "current_step",
    "next_due_at",
    "owner",
    "owner_name",
    "customer_name",
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
        proposer="proposed_by",
        asked_to="asked_to__name",
        asked="asked_to",
    )
    return Subquery(waiting.values(found=found)[:1])


def _first_approval() -> Subquery:
    asked = Approval.objects.filter(case=OuterRef("pk"), status=ApprovalStatus.ASKED).order_by("asked_at", "pk")
    found = JSONObject(
        public_id="public_id",
        kind="kind",
        reason="reason",
        asked_by="asked_by__name",
        asker="asked_by",
        asked_to="asked_to__name",
    )
    return Subquery(asked.values(found=found)[:1])


def _last_answer() -> Subquery:
    answers = SatisfactionCheck.objects.filter(case=OuterRef("pk"), status=CheckStatus.ANSWERED)
    found = JSONObject(answer="answer", words="words", wants_contact="wants_contact")
    return Subquery(answers.order_by("-answered_at", "-pk").values(found=found)[:1])
