"""Owners who cannot be reminded just now, so that whoever answers for the team is: a manager should know before a
promise is missed.

Limit: owners of open cases; who is told in their place is ``cases.reminders.recipients``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q

from cases.models import Absence, User
from cases.reminders.recipients import Recipients
from cases.reports.filters import CaseFilter, Number, Status

if TYPE_CHECKING:
    from datetime import datetime

MOST = 20


@dataclass(frozen=True, slots=True)
class OutOfReach:
    """``why`` completes "… cannot be reminded: "."""

    name: str
    why: str
    open: Number


def out_of_reach(now: datetime) -> tuple[OutOfReach, ...]:
    """By name. One question while everybody can be reached."""
    away = Exists(Absence.objects.at(now).filter(user=OuterRef("pk")))
    doubtful = User.objects.annotate(is_away=away).filter(
        Q(is_active=False) | Q(email="") | Q(unreachable_since__isnull=False) | Q(is_away=True)
    )
    owning = doubtful.annotate(number=Count("cases_owned", filter=Q(cases_owned__closed_at__isnull=True)))
    found = list(owning.filter(number__gt=0).order_by("name_key", "pk"))
    if not found:
        return ()
    recipients = Recipients.load(now)
    unreached = [user for user in found if recipients.reached(user.pk) is None]
    return tuple(
        OutOfReach(
            name=str(user),
            why=_why(user),
            open=Number(user.number, CaseFilter(status=Status.OPEN, owner=user.public_id)),
        )
        for user in unreached[:MOST]
    )


def _why(user: User) -> str:
    if not user.is_active:
        return "no longer works here"
    if user.unreachable_since is not None or not user.email:
        return "mail does not arrive"
    return "is away, and nobody stands in"
