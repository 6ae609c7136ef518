"""When somebody is away, and who stands in for them. Reminders follow it (``cases.reminders.recipients``).

Limit: who owns what stays as it is; a long absence wants the cases handed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from cases import permissions
from cases.actions import reminded
from cases.errors import NotAllowedError, RuleError
from cases.models import Absence, User
from cases.permissions import Verb

if TYPE_CHECKING:
    from datetime import datetime

LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """From ``start`` until before ``end``. Without a substitute, whoever answers for the team is told instead."""

    start: datetime
    end: datetime
    substitute: User | None = None


@transaction.atomic
def plan_absence(*, user: User, away: Away, actor: User, now: datetime) -> Absence:
    """One's own, or a manager's for anybody, because who fell ill cannot say so."""
    user = User.objects.select_for_update().get(pk=user.pk)
    _check_actor(user, actor)
    if away.end <= away.start:
        raise RuleError("The end has to come after the beginning.", field="end")
    if away.end <= now:
        raise RuleError("That is over already: choose an end in the future.", field="end")
    if away.end - away.start > LONGEST:
        raise RuleError("A year is the most: hand the cases over instead.", field="end")
    _check_substitute(user, away.substitute)
    if user.absences.filter(start__lt=away.end, end__gt=away.start).exists():
        raise RuleError(f"{user} is away in that time already. End that absence first.", field="start")
    if away.start <= now:
        reminded.release_from(user, now=now)
    return Absence.objects.create(user=user, start=away.start, end=away.end, substitute=away.substitute)


@transaction.atomic
def end_absence(*, absence: Absence, actor: User, now: datetime) -> None:
    """Back now; one that has not begun is forgotten."""
    held = Absence.objects.select_for_update(of=("self",)).select_related("user").filter(pk=absence.pk).first()
    _check_actor(absence.user, actor)
    if held is None or held.end <= now:
        raise RuleError("That absence is over already.")
    if held.start >= now:
        held.delete()
        return
    held.end = now
    held.save(update_fields=("end",))


def _check_actor(user: User, actor: User) -> None:
    if user.pk != actor.pk and not permissions.may(actor, Verb.PLAN_ABSENCES):
        raise NotAllowedError(f"Only {user} or a manager says when {user} is away.")


def _check_substitute(user: User, substitute: User | None) -> None:
    """Chains and loops are no mistake: two who stand in for each other are seldom away at once."""
    if substitute is None:
        return
    if substitute.pk == user.pk:
        raise RuleError("Nobody can stand in for themselves: choose somebody else, or nobody.", field="substitute")
    if not substitute.is_active:
        raise RuleError(f"{substitute} does not work here any more. Choose somebody else.", field="substitute")
