"""What *My work* asks the database, put together once a process: a page that everybody opens all day.

Seven questions, whatever is owed. Limit: rows of values; ``work`` makes of them what is shown.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Case as Choose
from django.db.models import Count, Exists, OuterRef, Q, TextChoices, Value, When, Window

from cases.models import Case, Pause, PreventionAction, Promise, StatusUpdate, Step, Team, User
from cases.models.statements import Statement
from cases.reports.reasons import REASONS, with_reasons
from cases.rules.vocabulary import OWED_AFTER_CLOSING, PauseKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from cases.models.case import CaseQuerySet

LOOKED_AT = 400
"""How many cases are looked at for the rows of a page, the most urgent first: it costs the same however many follow."""
PER_GROUP = 20
"""Rows that a group shows. Nobody works through more at a sitting, and the list of cases has them all."""
MOST_PREVENTION_ACTIONS = 100
SHOWN = (
    "pk",
    "public_id",
    "reference",
    "title",
    "severity",
    "next_due_at",
    "customer__name",
    "owner__name",
    "team__manager__name",
    *REASONS,
)


class Scope(TextChoices):
    MINE = "mine", "Mine"
    TEAM = "team", "My team"
    UNASSIGNED = "unassigned", "Unassigned"


class Owed(NamedTuple):
    """The questions of one scope and one role; each is asked with the key of the person.

    ``cases`` (``now``, ``today``) and ``steps``: the open cases that are due first, and the steps that these owe.
    ``counts`` (``now``, ``tomorrow``, ``next_week``): one row, the open cases of each scope and those due until then.
    ``promises``, ``words`` (``tomorrow``), ``waiting`` (``now``), ``prevention``: the rest of what is owed.
    """

    cases: Statement[Case]
    steps: Statement[Step]
    counts: Statement[Case]
    promises: Statement[Promise]
    words: Statement[StatusUpdate]
    waiting: Statement[Pause]
    prevention: Statement[PreventionAction]


def cases_of(scope: Scope, user: User) -> CaseQuerySet:
    """The cases of a scope that this person may see, open or closed. The team's are those of the teams that one is in
    or manages; a manager of no team in particular answers for all."""
    if scope is Scope.MINE:
        return Case.objects.filter(owner=user)
    return Case.objects.visible_to(user).filter(_in_scope(scope, user))


@cache
def owed(scope: Scope, role: str) -> Owed:
    """The role says how far a person sees; who it is, is filled in."""

    def somebody(user: int) -> User:
        return User(pk=user, role=role)

    def open_cases(user: int) -> CaseQuerySet:
        return cases_of(scope, somebody(user)).open()

    return Owed(
        cases=Statement(
            lambda user, now, today: with_reasons(_first(open_cases(user)), now=now, today=today).values(*SHOWN),
            moments=("now", "today"),
        ),
        steps=Statement(lambda user: _steps(_first(open_cases(user)))),
        counts=Statement(
            lambda user, now, tomorrow, next_week: _counts(scope, somebody(user), now, tomorrow, next_week),
            moments=("now", "tomorrow", "next_week"),
        ),
        promises=Statement(lambda user: _promises(Q(owner=user) if scope is Scope.MINE else _of(open_cases(user)))),
        words=Statement(
            lambda user, tomorrow: _words(
                Q(owner=user) if scope is Scope.MINE else _of(cases_of(scope, somebody(user))), tomorrow
            ),
            moments=("tomorrow",),
        ),
        waiting=Statement(lambda user, now: _waiting(open_cases(user), now), moments=("now",)),
        prevention=Statement(lambda user: _prevention(scope, somebody(user))),
    )


def values_of(rows: Sequence[Any]) -> Sequence[dict[str, Any]]:
    """The rows of a question that asks for values."""
    return rows


def _in_scope(scope: Scope, user: User) -> Q:
    if scope is Scope.MINE:
        return Q(owner=user)
    if scope is Scope.UNASSIGNED:
        return Q(owner__isnull=True)
    teams = Team.objects.filter(Q(members=user) | Q(manager=user)).order_by()
    in_teams = Q(team__in=teams.values("pk"))
    return in_teams | ~Q(Exists(teams)) if user.is_manager else in_teams


def _of(cases: CaseQuerySet) -> Q:
    return Q(case__in=cases)


def _first(cases: CaseQuerySet) -> CaseQuerySet:
    return cases.filter(next_due_at__isnull=False).order_by("next_due_at", "pk")[:LOOKED_AT]


def _steps(cases: CaseQuerySet) -> QuerySet[Step, Any]:
    owed = Step.objects.pending().filter(case__in=cases.values("pk"))
    return owed.order_by("position").values("case", "kind", "due_at", "escalate_at")


def _counts(scope: Scope, user: User, now: datetime, tomorrow: datetime, next_week: datetime) -> QuerySet[Case, Any]:
    """One group of all rows. ``visible_to`` has the person's own cases too, so it holds for every scope."""
    here = _in_scope(scope, user)
    counts = {f"in_{one}": Count("pk", filter=_in_scope(one, user)) for one in Scope}
    due = {
        "due": here & Q(next_due_at__isnull=False),
        "until_now": here & Q(next_due_at__lt=now),
        "until_tomorrow": here & Q(next_due_at__lt=tomorrow),
        "until_next_week": here & Q(next_due_at__lt=next_week),
    }
    dues = {name: Count("pk", filter=condition) for name, condition in due.items()}
    # Grouped by nothing: always one row, and a question that can be put together before it is asked.
    everything = Case.objects.visible_to(user).open().order_by().annotate(all=Value(1))
    return everything.values("all").annotate(**counts, **dues)


def _promises(mine: Q) -> QuerySet[Promise, Any]:
    owed = Promise.objects.unsettled().annotate(in_all=Window(Count("pk"))).filter(mine).order_by("due_at", "pk")
    return owed.values(
        "public_id", "words", "case__customer__name", "case__reference", "due_at", "owner__name", "in_all"
    )[:PER_GROUP]


def _words(mine: Q, tomorrow: datetime) -> QuerySet[StatusUpdate, Any]:
    """Those that fall due until the day is over: the others have time. What a customer says after closing comes first
    and at once, and is all that is owed in a closed case."""
    is_later = Q(reason__in=OWED_AFTER_CLOSING)
    place = Choose(When(is_later, then=0), default=1)
    owed = StatusUpdate.objects.unsettled().filter(mine, Q(due_at__lt=tomorrow) | is_later)
    owed = owed.order_by(place, "due_at", "pk")
    return owed.values("case__reference", "case__customer__name", "reason", "due_at")[:PER_GROUP]


def _waiting(cases: CaseQuerySet, now: datetime) -> QuerySet[Pause, Any]:
    """A pause whose date has passed has woken by itself, and waits no longer."""
    paused = Pause.objects.filter(kind=PauseKind.CUSTOMER, ended_at__isnull=True, until__gt=now, case__in=cases)
    return paused.order_by("until", "pk").values(
        "case__reference", "case__customer__name", "question", "started_at", "until"
    )[:PER_GROUP]


def _prevention(scope: Scope, user: User) -> QuerySet[PreventionAction, Any]:
    owed = PreventionAction.objects.unsettled()
    if scope is Scope.MINE:
        owed = owed.filter(owner=user)
    else:
        owed = owed.filter(Exists(cases_of(scope, user).filter(incident=OuterRef("incident"))))
    return owed.order_by("due_at", "pk").values(
        "public_id", "incident__reference", "change", "due_at", "owner__name", "escalate_at"
    )[:MOST_PREVENTION_ACTIONS]
