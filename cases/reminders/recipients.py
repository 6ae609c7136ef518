"""Who is told: the owner, or whoever stands in for them; then whoever answers for the team, and whoever is above.

Where an owner cannot be told - nobody owns it, they left, they are away and nobody stands in - whoever answers for the
team is told at once, because a mail to nobody is no reminder.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Self

from cases.actions import clocks
from cases.errors import RuleError
from cases.models import Absence, Team, User
from cases.rules.calendars import Window, WorkingCalendar
from cases.rules.vocabulary import Role, Rung

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cases.reminders.owed import Owed

logger = logging.getLogger(__name__)

_FORTNIGHT = 14
_ALWAYS = WorkingCalendar(zone="UTC", windows={day: (Window(time(0), time(0)),) for day in range(7)})


@dataclass(frozen=True, slots=True)
class Recipients:
    """People, teams and absences as they are now; good for one sweep.

    ``people``: those who can be written to, by key. ``away``: who is absent, and who stands in for them. ``of_team``: a
    team's manager and its other managers, in the order in which they are asked; ``above``: the manager's manager.
    ``of_all``: the administrators, then any manager.
    """

    people: Mapping[int, User]
    away: Mapping[int, int | None]
    of_team: Mapping[int, Sequence[int]]
    above: Mapping[int, int]
    of_all: Sequence[int]

    @classmethod
    def load(cls, now: datetime) -> Self:
        reached = User.objects.filter(is_active=True, unreachable_since__isnull=True).exclude(email="")
        people = {user.pk: user for user in reached.prefetch_related("teams").order_by("pk")}
        of_team: dict[int, list[int]] = defaultdict(list)
        above: dict[int, int] = {}
        for team in Team.objects.only("manager", "executive"):
            of_team[team.pk].extend([team.manager_id] if team.manager_id else [])
            above |= {team.pk: team.executive_id} if team.executive_id else {}
        managing = [user for user in people.values() if user.role == Role.MANAGER]
        for user in managing:
            for team in user.teams.all():
                of_team[team.pk].append(user.pk)
        administrators = [user.pk for user in people.values() if user.role == Role.ADMINISTRATOR]
        away = dict(Absence.objects.at(now).order_by("start", "pk").values_list("user", "substitute"))
        return cls(people, away, of_team, above, [*administrators, *(user.pk for user in managing)])

    def recipient(self, rung: Rung, owed: Owed) -> User | None:
        """Whose mail this is. Nobody is told of their own lateness as their own manager; ``None``: there is nobody."""
        owner = self._owner(owed)
        if not rung.is_above_owner and owner is not None:
            return owner
        manager = next(self._answering(owed, owner), None)
        if rung is not Rung.EXECUTIVE:
            return manager
        return next((person for person in self._above(owed, owner) if person != manager), None)

    def _owner(self, owed: Owed) -> User | None:
        """Or who stands in, as far as they may see what it is about."""
        owner = self.reached(owed.thing.owner_id)
        if owner is None or owner.pk == owed.thing.owner_id or owed.case.is_visible_to(owner):
            return owner
        return None

    def reached(self, key: int | None) -> User | None:
        """This person; while they are away, whoever stands in for them, as far as that leads to somebody who is there.
        A chain that comes back to where it was leads to nobody."""
        seen: set[int] = set()
        while key is not None and key in self.away and key not in seen:
            seen.add(key)
            key = self.away[key]
        return self.people.get(key) if key is not None and key not in seen else None

    def _answering(self, owed: Owed, owner: User | None) -> Iterator[User]:
        return self._but(owner, (*self.of_team.get(owed.case.team_id or 0, ()), *self.of_all))

    def _above(self, owed: Owed, owner: User | None) -> Iterator[User]:
        executive = self.above.get(owed.case.team_id or 0)
        return self._but(owner, (*([executive] if executive else []), *self.of_all))

    def _but(self, owner: User | None, keys: Iterable[int]) -> Iterator[User]:
        found = (self.reached(key) for key in keys)
        return (person for person in found if person is not None and person != owner)


def hours_of(user: User) -> WorkingCalendar:
    """A person's own working hours, or those of their first team, by the clock where they are."""
    team = next(iter(user.teams.all()), None)
    try:
        calendar = clocks.calendar_of(team) if user.calendar_id is None else clocks.working_calendar(user.calendar_id)
    except RuleError as error:
        logger.error("%s is reminded at any hour, because their working hours make no sense: %s", user, error.sentence)
        calendar = _ALWAYS
    return _in_zone(_Held(calendar), user.zone.key)


def next_digest(user: User, now: datetime) -> datetime:
    """When they get the one mail of the day: at their hour on the next of their working days."""
    hours, hour = hours_of(user), user.digest_at or time(9)
    today = now.astimezone(user.zone).date()
    for days in range(_FORTNIGHT):
        day = today + timedelta(days=days)
        moment = datetime.combine(day, hour, user.zone).astimezone(UTC)
        if moment >= now and hours.hours_on(day):
            return moment
    return hours.next_opening(now)


def next_morning(user: User, now: datetime) -> datetime:
    """When work begins on their next working day after today."""
    return hours_of(user).next_opening(midnight(user, now, days=1))


def midnight(user: User, now: datetime, *, days: int = 0) -> datetime:
    """At which their present day began, or one so many days later."""
    day = now.astimezone(user.zone).date() + timedelta(days=days)
    return datetime.combine(day, time(0), user.zone).astimezone(UTC)


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """A calendar is told apart by being itself, because comparing two takes longer than making one."""

    calendar: WorkingCalendar

    def __hash__(self) -> int:
        return id(self.calendar)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.calendar is self.calendar


@lru_cache(maxsize=256)
def _in_zone(held: _Held, zone: str) -> WorkingCalendar:
    return held.calendar if held.calendar.zone == zone else replace(held.calendar, zone=zone)
