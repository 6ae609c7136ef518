"""The organization that the cases belong to: teams, staff, customers, and what keeps going wrong.

It grows with its cases, so that everybody owns as many as before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench import words
from cases.actions.defaults import install_defaults
from cases.models import Category, Cause, Customer, DeadlinePolicy, Team, User, WorkingCalendar
from cases.rules.folding import name_key
from cases.rules.vocabulary import Channel, Role

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from random import Random

    from bench.copying import Tables

CASES_AN_AGENT = 400
"""A year's: nearly two a working day. With 5 % of them open, some 20 at a time."""
AGENTS_A_TEAM = 8
CUSTOMERS_A_CASE = 0.7
_ZONE = "America/New_York"


@dataclass(frozen=True, slots=True)
class Agent:
    key: int
    team: int
    manager: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """Keys of what cases refer to. ``names``: the customers' names, the first of key 1."""

    policy: int
    agents: Sequence[Agent]
    causes: Sequence[int]
    categories: Sequence[int]
    names: Sequence[str]


def found(
    cases: int, *, staff_for: int, tables: Tables, chance: Random, since: datetime, password: str
) -> Organization:
    """An organization whose staff is enough for ``staff_for`` cases a year. An agent and a manager may sign in."""
    install_defaults(zone=_ZONE, country="US", currency="USD")
    agents = max(AGENTS_A_TEAM, staff_for // CASES_AN_AGENT)
    teams = -(-agents // AGENTS_A_TEAM)
    managers = [_person(f"manager{number}@example.com", Role.MANAGER, chance) for number in range(teams)]
    people = [_person(f"agent{number}@example.com", Role.AGENT, chance) for number in range(agents)]
    for somebody in (managers[0], people[0]):
        somebody.set_password(password)
    User.objects.bulk_create([*managers, *people])
    calendar = WorkingCalendar.objects.get()
    team_of = Team.objects.bulk_create(
        Team(name=f"Team {number}", calendar=calendar, manager=managers[number]) for number in range(teams)
    )
    member: Any = User.teams.through
    member.objects.bulk_create(
        member(user=one, team=team_of[place % teams]) for group in (managers, people) for place, one in enumerate(group)
    )
    return Organization(
        policy=DeadlinePolicy.objects.get().pk,
        agents=[
            Agent(one.pk, team_of[place % teams].pk, managers[place % teams].pk) for place, one in enumerate(people)
        ],
        causes=[one.pk for one in Cause.objects.bulk_create(Cause(name=name) for name in words.CAUSES)],
        categories=[one.pk for one in Category.objects.bulk_create(Category(name=name) for name in words.CATEGORIES)],
        names=_customers(round(cases * CUSTOMERS_A_CASE), tables=tables, chance=chance, since=since),
    )


def _person(email: str, role: Role, chance: Random) -> User:
    person = User(email=email, role=role, name=_name(chance), time_zone=_ZONE)
    person.set_unusable_password()
    return person


def _name(chance: Random) -> str:
    return f"{chance.choice(words.FIRST)} {chance.choice(words.LAST)}"


def _customers(count: int, *, tables: Tables, chance: Random, since: datetime) -> list[str]:
    names = [_name(chance) for _ in range(count)]
    for key, name in enumerate(names, start=1):
        customer = Customer(
            name=name,
            email=f"{name.replace(' ', '.').lower()}.{key}@example.org",
            phone=f"+1 555 {key:07}",
        )
        tables.add(
            Customer,
            id=key,
            name=name,
            email=customer.email,
            phone=customer.phone,
            preferred_channel=Channel.PHONE if key % 5 == 0 else "",
            created_at=since,
            name_key=name_key(name),
            search_text=customer.findable,
        )
    tables.send()
    return names
