"""Whether a reminder may leave now, or is held, until when and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from cases.reminders.recipients import hours_of, next_digest, next_morning
from cases.rules.vocabulary import HeldBecause, Rung

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import Reminder, User
    from cases.reminders.owed import Owed


_OVER = (HeldBecause.NIGHT, HeldBecause.MORNING)
"""What a reminder has waited for when its moment comes: the morning is here."""

_DIGESTED = (HeldBecause.DIGEST, HeldBecause.CAP)
"""What has waited for a day's mail already."""
_STILL_ITS_HOUR = timedelta(hours=1)
"""How late a digest may be that comes at an hour at which its reader does not work."""


@dataclass(frozen=True, slots=True)
class Hold:
    until: datetime
    because: HeldBecause


def hold(row: Reminder, owed: Owed, person: User, now: datetime) -> Hold | None:
    """``None``: it may leave. A clock that stands still and an owner who put it off with a reason come first, though
    nobody puts off what is critical, and nobody for whoever stands in; then the hour and the working hours of whoever
    is written to, unless their policy says that this may wake them."""
    if owed.waits_until is not None:
        return Hold(owed.waits_until, HeldBecause.PAUSED)
    is_owners = person.pk == owed.thing.owner_id and not Rung(row.rung).is_above_owner
    quiet_until = owed.thing.quiet_until if is_owners and not owed.is_critical else None
    if quiet_until is not None and quiet_until > now:
        return Hold(quiet_until, HeldBecause.SNOOZED)
    if owed.ladder.at_night and owed.is_critical:
        return None
    is_open = hours_of(person).is_open(now)
    if person.digest_at is not None and not owed.is_critical:
        is_its_hour = row.held_because in _DIGESTED and (is_open or now - row.hold_until < _STILL_ITS_HOUR)
        return None if is_its_hour else Hold(next_digest(person, now), HeldBecause.DIGEST)
    if not is_open:
        return Hold(hours_of(person).next_opening(now), HeldBecause.NIGHT)
    return _until_morning(row, owed, person, now)


def _until_morning(row: Reminder, owed: Owed, person: User, now: datetime) -> Hold | None:
    """What is not late, and not due on the next working day either, interrupts nobody: it comes with all else that the
    morning brings. What has waited for one morning does not wait for another."""
    if not Rung(row.rung).is_optional or owed.is_critical or row.held_because in _OVER:
        return None
    morning = next_morning(person, now)
    is_days_before = morning.astimezone(person.zone).date() < row.due_at.astimezone(person.zone).date()
    return Hold(morning, HeldBecause.MORNING) if is_days_before else None
