"""What will be sent to whom if nothing is settled until then: by the question that plans, and by the rules that decide
who is told and when.

Limit: of what comes again and again the first time only, and what a person holds back by their daily limit is not
foreseen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cases.models import Reminder
from cases.reminders.hold import hold
from cases.reminders.owed import behind
from cases.reminders.plan import coming
from cases.reminders.recipients import Recipients
from cases.reminders.words import Item, tell
from cases.rules.vocabulary import CommitmentKind, HeldBecause, Rung

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import Case, User
    from cases.reminders.owed import Owed

MOST = 1000


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One reminder to come. ``at``: when it comes due; ``leaves_at``: when it leaves, ``held_because`` if that is
    later. ``case``: none for a prevention action. ``item``: as the mail will tell it.
    ``key``: what it is about."""

    at: datetime
    leaves_at: datetime
    held_because: str
    person: User
    rung: Rung
    item: Item
    case: Case | None
    key: tuple[str, int]


@dataclass(frozen=True, slots=True)
class ForeseenMail:
    """What one person will read at one moment, the highest rung of each thing."""

    leaves_at: datetime
    person: User
    things: tuple[Foreseen, ...]


def preview_mails(*, now: datetime, until: datetime, most: int) -> list[ForeseenMail]:
    """The next mails, each with what it will tell; as far as ``MOST`` reminders go."""
    mails: dict[tuple[datetime, int], dict[tuple[str, int], Foreseen]] = {}
    for each in preview(now=now, until=until):
        things = mails.setdefault((each.leaves_at, each.person.pk), {})
        told = things.get(each.key)
        if told is None or told.rung.rank < each.rung.rank:
            things[each.key] = each
    rows = [tuple(sorted(things.values(), key=_urgency)) for things in mails.values()]
    return [ForeseenMail(things[0].leaves_at, things[0].person, things) for things in rows[:most]]


def preview(*, now: datetime, until: datetime, most: int = MOST) -> list[Foreseen]:
    """From now until then, the next first."""
    rows = coming(now=now, until=until, most=most)
    found, recipients = behind(rows, now), Recipients.load(now)
    foreseen = [each for row in rows if row.pk in found and (each := _foresee(row, found[row.pk], recipients))]
    return sorted(foreseen, key=_leaving)


def _foresee(row: Reminder, owed: Owed, recipients: Recipients) -> Foreseen | None:
    rung, at = Rung(row.rung), row.planned_at
    person = recipients.recipient(rung, owed)
    if person is None or (rung.is_optional and not person.wants_early):
        return None
    held = hold(row, owed, person, at)
    return Foreseen(
        at=at,
        leaves_at=held.until if held else at,
        held_because=str(HeldBecause(held.because).label) if held else "",
        person=person,
        rung=rung,
        item=tell(owed, rung, person=person, due_at=row.due_at, now=at),
        case=None if owed.kind is CommitmentKind.PREVENTION else owed.case,
        key=(owed.kind, row.commitment_id),
    )


def _urgency(each: Foreseen) -> tuple[bool, int, datetime]:
    return each.item.urgency


def _leaving(each: Foreseen) -> tuple[datetime, int]:
    return each.leaves_at, each.person.pk
