"""Who may do what only one shall do, such as starting the sweeps. Others take over when the holder is gone.

The database keeps it, because whoever cannot reach the database has nothing to start. Limit: it spares work and is no
lock: two who lead for a moment, because a clock is wrong, start two sweeps, and those are harmless.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from cases.models import Lease

if TYPE_CHECKING:
    from datetime import datetime

HELD_FOR = timedelta(seconds=90)
"""How long the holder leads without saying so again. Whoever stands by asks more often than the rest of two minutes."""
_NEVER_SO_LONG = 2 * HELD_FOR
"""Nobody is given as much, so the clock was set back since; clocks of two machines differ by less."""


def hold(name: str, holder: str, now: datetime) -> bool:
    """Take it, or keep it. Says whether it is the holder's until ``HELD_FOR`` from now. Each try is one statement with
    its condition in it, so that of two who try at once one gets it."""
    rows, until = Lease.objects.filter(name=name), now + HELD_FOR
    if rows.filter(holder=holder).update(until=until):
        return True
    free = Q(until__lte=now) | Q(until__gt=now + _NEVER_SO_LONG)
    if rows.filter(free).update(holder=holder, since=now, until=until):
        return True
    Lease.objects.bulk_create([Lease(name=name, holder=holder, since=now, until=until)], ignore_conflicts=True)
    return rows.filter(holder=holder).exists()


def release(name: str, holder: str, now: datetime) -> None:
    """Whoever stops in good order leaves it to the next at once."""
    Lease.objects.filter(name=name, holder=holder).update(until=now)
