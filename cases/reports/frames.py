"""What a figure is asked of: whose cases, in which period; and the selections that its numbers link to.

Cases are selected by the very ``CaseFilter`` that a number carries, so that both always agree.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cases.models import Case
from cases.reports.filters import CaseFilter, History, Number
from cases.reports.periods import Period
from cases.reports.traits import Trait

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import Team, User
    from cases.models.case import CaseQuerySet


@dataclass(frozen=True, slots=True)
class Frame:
    """``visible``: the cases that the person who asks may see; ``base`` narrows them, to a team or
    to what was worked here."""

    visible: CaseQuerySet
    base: CaseFilter
    period: Period
    now: datetime

    @classmethod
    def of(
        cls,
        user: User,
        period: Period,
        *,
        now: datetime,
        team: Team | None = None,
        history: History | None = None,
    ) -> Frame:
        base = CaseFilter(team=team.public_id if team else None, history=history)
        return cls(Case.objects.visible_to(user), base, period, now)

    def with_before(self) -> Frame:
        """Reaching back over the period before as well, to ask once what is compared."""
        both = Period(self.period.before().first, self.period.last, self.period.zone)
        return replace(self, period=both)

    def known(self, trait: Trait = Trait.TIMED) -> CaseFilter:
        """The cases with the trait of which we first knew in the period (T0)."""
        return replace(self.base, has=trait).known_in(self.period)

    def closed(self, trait: Trait = Trait.COUNTED) -> CaseFilter:
        """The cases with the trait that were closed in the period."""
        return replace(self.base, has=trait).closed_in(self.period)

    def first_closed(self, trait: Trait = Trait.TIMED) -> CaseFilter:
        """The cases with the trait that were closed for the first time in the period."""
        return replace(self.base, has=trait).first_closed_in(self.period)

    def imported(self, number: int, counted: CaseFilter) -> Number | None:
        """How many of the counted cases are imported history; none where it is left out."""
        if self.base.history is History.WITHOUT:
            return None
        return Number(number, replace(counted, history=History.ONLY))

    def cases(self, wanted: CaseFilter) -> CaseQuerySet:
        """The cases behind a number, in no order."""
        return wanted.apply(self.visible, now=self.now, zone=self.period.zone).order_by()
