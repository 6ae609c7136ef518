"""Who is told: the owner first, then whoever answers for the team."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from cases.models import Team, User
from cases.rules.vocabulary import Role, Rung

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cases.reminders.owed import Owed


@dataclass(frozen=True, slots=True)
class Ladder:
    """The keys of active people, in the order in which they are asked: a team's manager and other managers, then the
    administrators, then any manager."""

    of_team: Mapping[int, Sequence[int]]
    of_all: Sequence[int]

    @classmethod
    def load(cls) -> Self:
        """As people and teams are now; good for one sweep."""
        of_team: dict[int, list[int]] = defaultdict(list)
        led = Team.objects.filter(manager__is_active=True).values_list("pk", "manager")
        managing = User.objects.filter(is_active=True, role=Role.MANAGER).order_by("pk")
        for team, person in (*led, *managing.filter(teams__isnull=False).values_list("teams", "pk")):
            if person is not None:
                of_team[team].append(person)
        administrators = User.objects.filter(is_active=True, role=Role.ADMINISTRATOR).order_by("pk")
        of_all = [*administrators.values_list("pk", flat=True), *managing.values_list("pk", flat=True)]
        return cls(of_team, of_all)

    def recipient(self, rung: Rung, owed: Owed) -> int | None:
        """Whose mail this is. Nobody is told of their own lateness as their own manager; ``None``: there is nobody."""
        owner = owed.owner
        if rung is Rung.OVERDUE and owner is not None and owner.is_active:
            return owner.pk
        team = self.of_team.get(owed.case.team_id, ()) if owed.case.team_id else ()
        above = (person for person in (*team, *self.of_all) if owner is None or person != owner.pk)
        return next(above, None)
