"""Mail to colleagues because something happened that they must know, in the transaction in which it happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases.mail import compose, links
from cases.models import User
from cases.rules.vocabulary import MessagePurpose, Role

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cases.models import Case


def manager_of(case: Case) -> User | None:
    """Who is told when something of this case goes wrong: the team's manager; else some active manager or
    administrator."""
    if case.team is not None and case.team.manager is not None and case.team.manager.is_active:
        return case.team.manager
    managers = User.objects.filter(is_active=True, role__in=(Role.MANAGER, Role.ADMINISTRATOR))
    return managers.order_by("-role", "pk").first()


def tell_owner_and_manager(case: Case, *, heading: str, lines: Sequence[str], now: datetime) -> None:
    """One mail to each of them; one only where they are the same person."""
    people = {user.pk: user for user in (case.owner, manager_of(case)) if user is not None and user.is_active}
    for user in people.values():
        tell(user, case, heading=heading, lines=lines, now=now)


def tell(user: User, case: Case, *, heading: str, lines: Sequence[str], now: datetime) -> None:
    """One mail about a case to one colleague."""
    context: dict[str, object] = {
        "heading": heading,
        "lines": lines,
        "link": links.case_page(case),
        "case": case,
    }
    compose.to_staff(user, MessagePurpose.NOTICE, name="notice", context=context, now=now, case=case)
