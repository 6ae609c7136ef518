"""Who works in the invented organization. No real person is meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cases.actions import founding, people
from cases.actions.people import Position
from cases.demo.sign_ins import SIGN_INS
from cases.models import User
from cases.rules.vocabulary import Role

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import Team, WorkingCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Everybody by the part that they play in the stories."""

    team: Team
    field_team: Team
    agent: User
    teammate: User
    kristina: User
    beverly: User
    operator: User
    technician: User
    manager: User
    executive: User
    administrator: User

    @property
    def desk(self) -> tuple[User, ...]:
        """Whoever handles cases of ``team``."""
        return (self.agent, self.teammate, self.kristina, self.beverly)

    @property
    def field(self) -> tuple[User, ...]:
        """Whoever handles cases of ``field_team``."""
        return (self.operator, self.technician, self.agent)


def hire(*, calendar: WorkingCalendar, zone: str, now: datetime) -> Cast:
    """Two teams with their people. Whoever administers already keeps doing so."""
    boss = _boss(zone)
    team = founding.add_team(name="Client care", calendar=calendar, actor=boss)
    field_team = founding.add_team(name="Field service", calendar=calendar, actor=boss)

    def person(name: str, role: Role, *teams: Team) -> User:
        position = Position(name=name, role=role, zone=zone, teams=teams)
        return people.add_user(email=_address(name), position=position, actor=boss, now=now)

    cast = Cast(
        team=team,
        field_team=field_team,
        agent=person("Maya Osei", Role.AGENT, team, field_team),
        teammate=person("Tom Reyes", Role.AGENT, team),
        kristina=person("Kristina Boyle", Role.AGENT, team),
        beverly=person("Beverly Novak", Role.AGENT, team),
        operator=person("Ravi Menon", Role.AGENT, field_team),
        technician=person("Hanna Lindgren", Role.AGENT, field_team),
        manager=person("Priya Shah", Role.MANAGER, team),
        executive=person("Daniel Abara", Role.MANAGER, field_team),
        administrator=boss if boss.name == _BOSS else person(_BOSS, Role.ADMINISTRATOR),
    )
    founding.lead_team(team=team, manager=cast.manager, actor=boss)
    founding.lead_team(team=field_team, manager=cast.executive, actor=boss)
    return cast


def let_in(cast: Cast) -> None:
    """Give those of ``SIGN_INS`` their passwords; that takes a while on purpose."""
    for email, password in SIGN_INS.items():
        user = User.objects.get(email=email)
        if not user.has_usable_password():
            founding.give_password(user=user, password=password, actor=cast.administrator)


_BOSS = "Lena Fischer"


def _boss(zone: str) -> User:
    there = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).order_by("pk").first()
    return there or founding.add_first_administrator(email=_address(_BOSS), name=_BOSS, zone=zone)


def _address(name: str) -> str:
    return f"{name.split(maxsplit=1)[0].lower()}@example.com"
