"""Which moments are possible: nothing happens in the future, or before what it needs (``NotBefore``)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from cases.errors import RuleError

if TYPE_CHECKING:
    from datetime import datetime

_MINUTE = timedelta(minutes=1)
FUTURE = "That moment lies in the future. Check the date and the time."
BEFORE_WE_KNEW = "That was before anyone here knew. Check the date and the time."
BEFORE_ROUND = "That was before this round began. Check the date and the time."
BEFORE_MISTAKE = "That was before the mistake was known. Check the date and the time."
BEFORE_PROMISE = "That was before the promise was made. Check the date and the time."
BEFORE_REVISION = "That was before the present date was agreed on. Check the date and the time."
BEFORE_PLAN = "That was before it was planned. Check the date and the time."
BEFORE_ASKED = "That was before the customer was asked. Check the date and the time."
BEFORE_LATER_ANSWER = "A later answer comes after the one before and after closing. Check the moment."
BEFORE_LAST_MOVE = "That was before it was proposed, approved or offered. Check the date and the time."


class NotBefore(NamedTuple):
    """``at``: when that happened, if it has. ``sentence``: the refusal of an earlier moment."""

    at: datetime | None
    sentence: str


def possible(at: datetime, now: datetime, *floors: NotBefore, field: str = "at") -> datetime:
    """The moment itself. People type whole minutes, so a moment in the very minute of a floor is the floor.

    Raises ``RuleError``, at the first floor that it lies before.
    """
    if at > now:
        raise RuleError(FUTURE, field=field)
    for floor, sentence in floors:
        if floor is None or floor <= at:
            continue
        is_whole = at == at.replace(second=0, microsecond=0)
        if not is_whole or floor - at >= _MINUTE:
            raise RuleError(sentence, field=field)
        at = floor
    return at
