"""Whether a reminder may leave now, or is held, until when and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cases.reminders.recipients import hours_of, next_digest
from cases.rules.vocabulary import HeldBecause, Rung

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import Reminder, User
    from cases.reminders.owed import Owed


@dataclass(frozen=True, slots=True)
class Hold:
    until: datetime
    because: HeldBecause


def hold(row: Reminder, owed: Owed, person: User, now: datetime) -> Hold | None:
    """``None``: it may leave. A clock that stands still and an owner who put it off with a reason come first, though
    nobody puts off what is critical; then the hour and the working hours of whoever is written to, unless their policy
    says that this may wake them."""
    if owed.waits_until is not None:
        return Hold(owed.waits_until, HeldBecause.PAUSED)
    quiet_until = None if owed.is_critical or Rung(row.rung).is_above_owner else owed.thing.quiet_until
    if quiet_until is not None and quiet_until > now:
        return Hold(quiet_until, HeldBecause.SNOOZED)
    if owed.ladder.at_night and owed.is_critical:
        return None
    if person.digest_at is not None and not owed.is_critical:
        return None if row.held_because == HeldBecause.DIGEST else Hold(next_digest(person, now), HeldBecause.DIGEST)
    hours = hours_of(person)
    return None if hours.is_open(now) else Hold(hours.next_opening(now), HeldBecause.NIGHT)
