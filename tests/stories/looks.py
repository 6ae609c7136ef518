"""What the stories are judged by: short questions to a case."""

from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Sum

from cases.models import Case, Promise, Reminder, Step
from cases.reports.traits import Trait, has, late_steps
from cases.rules.vocabulary import CompensationNature, PromiseStatus, Rung, StepKind


def step(case: Case, kind: StepKind) -> Step:
    """Of the first round."""
    return case.steps.get(kind=kind, round=1)


def took(case: Case, kind: StepKind) -> timedelta:
    """From the moment that we knew."""
    settled_at = step(case, kind).settled_at
    assert settled_at is not None
    return settled_at - case.known_at


def given(case: Case, nature: CompensationNature) -> Decimal:
    total = case.compensations.delivered().filter(nature=nature).aggregate(total=Sum("amount"))["total"]
    return Decimal(total or 0)


def late(case: Case, now: datetime) -> list[str]:
    return list(case.steps.filter(late_steps(now)).values_list("kind", flat=True))


def counts(case: Case, trait: Trait, now: datetime) -> bool:
    return Case.objects.filter(has(trait, now), pk=case.pk).exists()


LATE = (Rung.DUE, Rung.DAY_END, Rung.OVERDUE, Rung.AGAIN)
"""What an owner hears when something has fallen due."""
ABOVE = tuple(rung for rung in Rung if rung.is_above_owner)


def reminded(rungs: Collection[Rung]) -> list[tuple[str, str]]:
    """Who was mailed about which kind of commitment."""
    rows = Reminder.objects.filter(rung__in=rungs, message__isnull=False).order_by("pk")
    return list(rows.values_list("recipient__name", "kind"))


def broken(case: Case) -> list[Promise]:
    return list(case.promises.filter(status=PromiseStatus.BROKEN))
