"""The mail that reminds: what it lists, in which order, and what its subject says.

Limit: the words of one item are ``words``; which items there are is decided by ``bundle``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases.mail import compose, links
from cases.reminders.words import Item, tell
from cases.rules.vocabulary import MessagePurpose, Rung

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cases.models import Message, Reminder, User
    from cases.reminders.owed import Owed

MOST_ITEMS = 25
"""Of each kind in one mail; after an outage there may be more, and the mail says how many."""


def write(person: User, told: Sequence[tuple[Reminder, Owed]], *, held_back: int, now: datetime) -> Message:
    """Not stored yet. ``held_back``: how many of these the person would have had before, but for their limit."""
    mine: list[Item] = []
    team: list[Item] = []
    for row, owed in told:
        rung = Rung(row.rung)
        (team if rung.is_above_owner else mine).append(tell(owed, rung, person=person, due_at=row.due_at, now=now))
    shown_team, shown_mine = (sorted(items, key=_urgency)[:MOST_ITEMS] for items in (team, mine))
    shown = [*shown_team, *shown_mine]
    cases = {owed.case.pk: owed.case if row.case_id else None for row, owed in told}
    is_early = all(Rung(row.rung).is_optional for row, _ in told)
    mildest = MessagePurpose.EARLY if is_early else MessagePurpose.REMINDER
    return compose.for_staff(
        person,
        MessagePurpose.ESCALATION if team else mildest,
        name="escalation" if team else "reminder",
        context={
            "count": len(told),
            "count_team": len(team),
            "count_mine": len(mine),
            "count_late": sum(item.is_late for item in (*team, *mine)),
            "first": min(shown, key=_urgency),
            "team": shown_team,
            "mine": shown_mine,
            "more": len(told) - len(shown),
            "held_back": held_back,
            "my_work": links.my_work(),
            "settings": links.profile(),
        },
        now=now,
        case=next(iter(cases.values())) if len(cases) == 1 else None,
    )


def _urgency(item: Item) -> tuple[bool, int, datetime]:
    return item.urgency
