"""My own last 30 days, for my eyes: how it went, never how I compare.

Steps count for whoever owed them when their moment passed, answers for the owner of the case, by the definitions of
domain.md C3, C5 and C1. Two queries.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Case as Case_
from django.db.models import IntegerField, Min, Q, Subquery, Value, When

from cases.models import Case, Step
from cases.reports.rates import Mean, Rate, Spread
from cases.reports.traits import Trait, has, judged_steps, last_score, late_steps, reached_contacts
from cases.rules.vocabulary import StepKind

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import User

LOOK_BACK = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFigures:
    """``on_time``: steps of cases that came in. ``satisfaction``: last answers (1 to 5) of cases that were closed.
    ``acknowledged_in``: minutes of the clock from T0 until the customer was reached; not reached yet: left out."""

    on_time: Rate
    satisfaction: Mean
    acknowledged_in: Spread


def own_figures(user: User, *, now: datetime) -> OwnFigures:
    since, timed = now - LOOK_BACK, has(Trait.TIMED, now)
    scores = (
        Case.objects.filter(timed, closed_at__gte=since, owner=user)
        .annotate(score=last_score())
        .filter(score__isnull=False)
        .order_by()
        .values_list("score", flat=True)
    )
    came_in = Case.objects.filter(timed, known_at__gte=since).order_by()
    reached = reached_contacts(case="case", known_at="case__known_at").order_by().values("case")
    steps = (
        Step.objects.filter(owed_by=user, case__in=came_in)
        .annotate(
            judged=_is(judged_steps(now)),
            late=_is(late_steps(now)),
            reached_at=Subquery(reached.annotate(n=Min("at")).values("n")),
        )
        .order_by()
        .values_list("kind", "round", "judged", "late", "case__known_at", "reached_at")
    )
    judged = late = 0
    minutes: list[float] = []
    for kind, number, is_judged, is_late, known_at, reached_at in steps:
        judged, late = judged + is_judged, late + is_late
        if kind == StepKind.ACKNOWLEDGE and number == 1 and reached_at is not None:
            minutes.append((reached_at - known_at) / timedelta(minutes=1))
    return OwnFigures(
        on_time=Rate(judged - late, judged), satisfaction=Mean.of(list(scores)), acknowledged_in=Spread.of(minutes)
    )


def _is(condition: Q) -> Case_:
    return Case_(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())
