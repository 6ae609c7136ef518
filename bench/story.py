"""One case while it is being told: what all the rows that hang on it need to know of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cases.rules.vocabulary import Outcome

if TYPE_CHECKING:
    from datetime import datetime

    from bench.lives import Life
    from bench.people import Agent
    from cases.actions.events import Facts


@dataclass(frozen=True, slots=True)
class Told:
    at: datetime
    happened: Facts


@dataclass(slots=True, kw_only=True)
class Story:
    """``ends``: the outcome that a first round leads to. ``told``: its events, in no order yet."""

    key: int
    known_at: datetime
    life: Life
    agent: Agent
    customer: int
    name: str
    title: str
    ends: Outcome
    incident: int = 0
    told: list[Told] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.life.closed_at is None

    @property
    def outcome(self) -> Outcome:
        return Outcome.SATISFIED_AFTER_MORE if len(self.life.rounds) > 1 else self.ends

    @property
    def address(self) -> str:
        return f"{self.name.replace(' ', '.').lower()}.{self.customer}@example.org"

    def tell(self, at: datetime, happened: Facts) -> None:
        self.told.append(Told(at, happened))
