"""Mail to colleagues because something happened that they must know, in the transaction in which it happened."""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction

from cases import permissions
from cases.mail import compose, links
from cases.models import User
from cases.permissions import Verb
from cases.reminders.recipients import Recipients
from cases.rules.vocabulary import MessagePurpose, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from cases.models import Case, Message

MOST_TOLD = 25
"""In one mail; after an outage there may be more, and the mail says how many."""


class _Told(NamedTuple):
    """``link``: where it leads; empty for the case."""

    heading: str
    lines: Sequence[str]
    case: Case
    link: str = ""


_together: ContextVar[dict[User, list[_Told]] | None] = ContextVar("together", default=None)


@contextmanager
def together(now: datetime) -> Iterator[None]:
    """What is told meanwhile of cases comes in one mail to each person. For the clock, which may find many at once."""
    told: dict[User, list[_Told]] = defaultdict(list)
    token = _together.set(told)
    try:
        yield
    finally:
        _together.reset(token)
        for user, all_of_it in told.items():
            _write(user, all_of_it, now)


def way_on(case: Case) -> str:
    """How one goes on with a case that is closed: a duplicate is not reopened."""
    return f"Go on in {case.duplicate_of.reference}" if case.duplicate_of is not None else "Reopen it"


def manager_of(case: Case, *, but: User | None = None) -> User | None:
    """Who is told when something of this case goes wrong: the team's manager; else an active manager or administrator.
    ``but``: somebody who knows already. Who may decide something is told by ``deciding``."""
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
    return compose.queued(compose.for_staff(actor, MessagePurpose.TEST, name="notice", context=context, now=now))


def tell_owner_and_manager(case: Case, *, heading: str, lines: Sequence[str], now: datetime) -> None:
    _tell(owner_and_manager(case), _Told(heading, lines, case), now)


def tell(
    people: Iterable[User], case: Case, *, heading: str, lines: Sequence[str], now: datetime, link: str = ""
) -> None:
    """One mail to each of them. ``link``: where they act on it, if not on the page of the case."""
    _tell(people, _Told(heading, lines, case, link), now)


def tell_manager_and_executive(
    case: Case, *, heading: str, lines: Sequence[str], now: datetime, but: User | None = None
) -> None:
    """One mail to whoever answers for the case, and one to whoever is accountable above."""
    _tell([manager_of(case, but=but), executive_of(case)], _Told(heading, lines, case), now, but=but)


def there(people: Iterable[User | None], now: datetime, *, but: User | None = None) -> list[User]:
    """Each of them once, but for whoever knows already. For one whom mail does not reach, or who would not read it: who
    stands in, or an administrator or manager who is here. Where there is nobody either, the mail waits for the
    person."""
    recipients = Recipients.load(now)
    reached: dict[User, None] = {}
    for user in people:
        if user is not None and user != but:
            found = (recipients.reached(key) for key in (user.pk, *recipients.of_all))
            reached[next((one for one in found if one is not None and one != but), user)] = None
    return list(reached)


def _tell(people: Iterable[User | None], told: _Told, now: datetime, *, but: User | None = None) -> None:
    gathered = _together.get()
    for user in there(people, now, but=but):
        if gathered is None:
            _write(user, [told], now)
        else:
            gathered[user].append(told)


def _write(user: User, told: Sequence[_Told], now: datetime) -> None:
    first = told[0]
    if len(told) == 1:
        compose.notice(user, heading=first.heading, lines=first.lines, now=now, case=first.case, link=first.link)
        return
    lines = [f"{one.heading}. {' '.join(one.lines)}" for one in islice(told, MOST_TOLD)]
    more = [f"And {len(told) - MOST_TOLD} more."] if len(told) > MOST_TOLD else []
    heading = f"{len(told)} cases need you, first: {first.heading}"
    compose.notice(user, heading=heading, lines=[*lines, *more], now=now)


def _any_manager(but: User | None) -> User | None:
    managers = User.objects.filter(is_active=True, role__in=(Role.MANAGER, Role.ADMINISTRATOR)).order_by("-role", "pk")
    return next((manager for manager in managers if manager != but), None)
