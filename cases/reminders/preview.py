"""What will be sent to whom if nothing is settled until then: by the question that plans, and by the rules that decide
who is told and when.

Limit: of what comes again and again the first time only; who is away is as it is now; and what a person holds back by
their daily limit is not foreseen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from cases.models import Alarm, Reminder
from cases.reminders.hold import Hold, hold
from cases.reminders.owed import behind
from cases.reminders.plan import coming
from cases.reminders.recipients import Recipients
from cases.reminders.words import Item, tell
from cases.rules.vocabulary import CommitmentKind, HeldBecause, Rung

if TYPE_CHECKING:
    from collections.abc import Sequence
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


def preview_of(case: Case, *, now: datetime, until: datetime) -> list[Foreseen]:
    """The same for one case: what is still to come, and what is due and held."""
    things = (
        Q(kind=CommitmentKind.STEP, commitment_id__in=case.steps.values("pk")),
        Q(kind=CommitmentKind.PROMISE, commitment_id__in=case.promises.values("pk")),
        Q(kind=CommitmentKind.UPDATE, commitment_id__in=case.status_updates.values("pk")),
    )
    alarms = [alarm for which in things for alarm in Alarm.objects.filter(which, at__lte=until)]
    held = list(case.reminders.unsent())
    return _foreseen([*held, *(_reminder(-number, alarm) for number, alarm in enumerate(alarms, start=1))], now)


def _reminder(key: int, alarm: Alarm) -> Reminder:
    """What planning will make of it."""
    names = ("kind", "commitment_id", "rung", "nth", "due_at")
    return Reminder(pk=key, planned_at=alarm.at, **{name: getattr(alarm, name) for name in names})


def preview(*, now: datetime, until: datetime, most: int = MOST) -> list[Foreseen]:
    """From now until then, the next first: what is still to come, and what is due and held."""
    held = Reminder.objects.unsent().filter(hold_until__gt=now, hold_until__lte=until).order_by("hold_until", "pk")
    return _foreseen([*held[:most], *coming(now=now, until=until, most=most)], now)


def _foreseen(rows: Sequence[Reminder], now: datetime) -> list[Foreseen]:
    found, recipients = behind(rows, now), Recipients.load(now)
    true = [row for row in rows if row.pk in found and found[row.pk].due_at == row.due_at]
    foreseen = [each for row in true if (each := _foresee(row, found[row.pk], recipients, now))]
    return sorted(foreseen, key=_leaving)


def _foresee(row: Reminder, owed: Owed, recipients: Recipients, now: datetime) -> Foreseen | None:
    rung, at = Rung(row.rung), max(row.planned_at, now)
    person = recipients.recipient(rung, owed)
    if person is None or (rung.is_optional and not person.wants_early):
        return None
    held = _held(row, now) or hold(row, owed, person, at)
    held = _held_on(row, held, owed, person) if held else None
    return Foreseen(
        at=row.planned_at,
        leaves_at=held.until if held else at,
        held_because=str(HeldBecause(held.because).label) if held else "",
        person=person,
        rung=rung,
        item=tell(owed, rung, person=person, due_at=row.due_at, now=at),
        case=None if owed.kind is CommitmentKind.PREVENTION else owed.case,
        key=(owed.kind, row.commitment_id),
    )


def _held(row: Reminder, now: datetime) -> Hold | None:
    """What is due is held as a sweep has decided."""
    is_held = bool(row.held_because) and row.hold_until > now
    return Hold(row.hold_until, HeldBecause(row.held_because)) if is_held else None


def _held_on(row: Reminder, held: Hold, owed: Owed, person: User) -> Hold:
    """When that is over it may be night."""
    row.hold_until, row.held_because = held.until, held.because
    longer = hold(row, owed, person, held.until)
    return longer if longer is not None and longer.until > held.until else held


def _urgency(each: Foreseen) -> tuple[bool, int, datetime]:
    return each.item.urgency


def _leaving(each: Foreseen) -> tuple[datetime, int]:
    return each.leaves_at, each.person.pk
