"""Mail to colleagues because something happened that they must know, in the transaction in which it happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cases import permissions
from cases.mail import compose, links
from cases.models import User
from cases.permissions import Verb
from cases.rules.vocabulary import MessagePurpose, Role

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cases.models import Case, Message


def manager_of(case: Case, *, but: User | None = None) -> User | None:
    """Who is told when something of this case goes wrong: the team's manager; else an active manager or administrator.
    ``but``: somebody who knows already, or may not decide it."""
    team = case.team
    if team is not None and team.manager is not None and team.manager.is_active and team.manager != but:
        return team.manager
    return _any_manager(but)


def managers_of(user: User) -> list[User]:
    """Who is told when something is wrong with a colleague: the managers of their teams, but for themselves; else an
    active manager or administrator."""
    managed = user.teams.filter(manager__is_active=True).exclude(manager=user).select_related("manager")
    managers = list(dict.fromkeys(team.manager for team in managed if team.manager is not None))
    other = _any_manager(user) if not managers else None
    return managers if other is None else [other]


def owner_and_manager(case: Case) -> list[User]:
    """Once each; one only where they are the same person."""
    return list(dict.fromkeys(user for user in (case.owner, manager_of(case)) if user is not None and user.is_active))


def executive_of(case: Case) -> User | None:
    """Whoever is accountable above the team's manager; where nobody is named, the manager."""
    executive = case.team.executive if case.team is not None else None
    return executive if executive is not None and executive.is_active else manager_of(case)


@transaction.atomic
def send_test(*, actor: User, now: datetime) -> Message:
    """A mail to oneself, by the way that reminders take, to see that it arrives."""
    permissions.require(actor, Verb.SEE_DASHBOARD)
    context: dict[str, object] = {
        "heading": "Test mail: reminders from Amends arrive here",
        "lines": ["Somebody pressed “Send me a test mail” on the page about reminders. Nothing else is to be done."],
        "link": links.reminders(),
    }
    return compose.to_staff(actor, MessagePurpose.TEST, name="notice", context=context, now=now)


def tell_owner_and_manager(case: Case, *, heading: str, lines: Sequence[str], now: datetime) -> None:
    for user in owner_and_manager(case):
        compose.notice(user, heading=heading, lines=lines, now=now, case=case)


def tell_manager(case: Case, *, heading: str, lines: Sequence[str], now: datetime, but: User | None = None) -> None:
    """One mail to whoever answers for the case, or can decide what ``but`` asked for."""
    manager = manager_of(case, but=but)
    if manager is not None:
        compose.notice(manager, heading=heading, lines=lines, now=now, case=case)


def tell_executive(case: Case, *, heading: str, lines: Sequence[str], now: datetime, but: User | None = None) -> None:
    """One mail to whoever is accountable, where that is neither the manager nor ``but``."""
    executive = executive_of(case)
    if executive is not None and executive not in {but, manager_of(case, but=but)}:
        compose.notice(executive, heading=heading, lines=lines, now=now, case=case)


def _any_manager(but: User | None) -> User | None:
    managers = User.objects.filter(is_active=True, role__in=(Role.MANAGER, Role.ADMINISTRATOR)).order_by("-role", "pk")
    return next((manager for manager in managers if manager != but), None)
