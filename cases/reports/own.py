"""My own last 30 days, for my eyes: how it went, never how I compare.

Steps count for whoever owed them when their moment passed, answers for the owner of the case, by the definitions of
domain.md C3, C5 and C1. One query.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

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
    since = now - LOOK_BACK
    owed = Step.objects.filter(owed_by=user).order_by()
    mine = owed.filter(case=OuterRef("pk")).values("case")
    first = mine.filter(kind=StepKind.ACKNOWLEDGE, round=1)
    cases = (
        Case.objects.filter(
            has(Trait.TIMED, now),
            Q(known_at__gte=since) | Q(closed_at__gte=since),
            Q(owner=user) | Q(pk__in=owed.values("case")),
        )
        .annotate(
            judged=Coalesce(Subquery(mine.annotate(n=Count("pk", filter=judged_steps(now))).values("n")), 0),
            late=Coalesce(Subquery(mine.annotate(n=Count("pk", filter=late_steps(now))).values("n")), 0),
            is_reached_by=Exists(first),
            reached_at=Subquery(reached_contacts().order_by().values("case").annotate(n=Min("at")).values("n")),
            score=last_score(),
        )
        .order_by()
        .values_list("owner_id", "known_at", "closed_at", "judged", "late", "is_reached_by", "reached_at", "score")
    )
    judged = late = 0
    scores: list[int] = []
    minutes: list[float] = []
    for owner, known_at, closed_at, judged_here, late_here, is_reached_by, reached_at, score in cases:
        if owner == user.pk and closed_at is not None and closed_at >= since and score is not None:
            scores.append(score)
        if known_at < since:
            continue
        judged, late = judged + judged_here, late + late_here
        if is_reached_by and reached_at is not None:
            minutes.append((reached_at - known_at) / timedelta(minutes=1))
    return OwnFigures(
        on_time=Rate(judged - late, judged), satisfaction=Mean.of(scores), acknowledged_in=Spread.of(minutes)
    )
