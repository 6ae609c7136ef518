"""One mail for each person and sweep about everything that they are owed a mail about, the most urgent first.

Everything is looked at again before it is written. What is settled by now is dropped; what has another owner goes to
them. What somebody should not read now is held. Of several rungs of one commitment the highest is told. So an outage,
an upgrade or an import ends in one mail for each person and not in one for each rung.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import batched
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import OuterRef, Q

from cases.actions.deliveries import MOST_A_RUN
from cases.actions.reminded import PURPOSES
from cases.mail import compose
from cases.mail.outbox import free_lapsed, quietly
from cases.models import Alarm, Message, Reminder, User
from cases.reminders import letters
from cases.reminders.hold import Hold, hold
from cases.reminders.lay import repeated
from cases.reminders.owed import behind
from cases.reminders.recipients import Recipients, midnight, next_morning
from cases.rules.vocabulary import DroppedBecause, HeldBecause, MessageStatus, Rung

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from cases.reminders.owed import Owed

logger = logging.getLogger(__name__)

AT_ONCE = 50
"""People whose mails are written in one transaction."""
MOST_KEYS = 5000
"""In one statement."""
_NOT_OWED = (DroppedBecause.NO_LONGER_OWED, DroppedBecause.ANOTHER_MOMENT)


@dataclass(frozen=True, slots=True)
class Bundled:
    mails: int = 0
    dropped: int = 0


def bundle(*, now: datetime) -> Bundled:
    """Look again at what waits, then write the mails. One that cannot be written delays no other. Nobody is nudged to
    send them, because whoever bundles delivers."""
    recipients = Recipients.load(now)
    with quietly():
        dropped = _look_again(recipients, now)
        people = [recipients.people[key] for key in _told(now) if key in recipients.people]
        mails = sum(_try_to_write(chunk, recipients, now) for chunk in batched(people, AT_ONCE, strict=False))
    return Bundled(mails, dropped)


def _told(now: datetime) -> list[int]:
    """The keys of those whose mails are to be written."""
    ripe = Reminder.objects.ripe(now).filter(recipient__isnull=False)
    return list(ripe.order_by("recipient").values_list("recipient", flat=True).distinct())


@transaction.atomic
def _look_again(recipients: Recipients, now: datetime) -> int:
    """Drop, hold, redirect, and take back what has not left and tells the truth no longer, or not all of it. What comes
    again comes again where it was told with a later one, too: that one may be somebody else's tomorrow. Says how many
    were dropped."""
    free_lapsed(now)
    waiting = list(_ripe(recipients, now).select_for_update(skip_locked=True))
    mails = {mail.pk: mail for mail in _unsent(now)[: None if waiting else MOST_A_RUN]}
    rows = [*waiting, *Reminder.objects.filter(message__in=mails)]
    judged = _Judged(rows, recipients, now)
    news = {row.recipient_id for row in waiting if judged.is_told(row)}
    untrue = {row.message_id for row in rows if not judged.is_told(row)}
    owed = {row.message_id for row in rows if row.dropped_because not in _NOT_OWED}
    stale = [mail for mail in mails.values() if _is_stale(mail, untrue=untrue, owed=owed, news=news)]
    _take_back(stale)
    back = {mail.pk for mail in stale}
    changed = [row for row in rows if row.message_id is None or row.message_id in back]
    for row in changed:
        row.message = None
    told_above = [row for row in changed if row.dropped_because == DroppedBecause.TOLD_ABOVE]
    Alarm.objects.bulk_create(repeated([(row, judged.found[row.pk]) for row in told_above], now), ignore_conflicts=True)
    dropped = _drop([row for row in changed if row.dropped_because])
    waits = [row for row in changed if not row.dropped_because]
    Reminder.objects.bulk_update(waits, ("message", "recipient", "hold_until", "held_because"), batch_size=500)
    return dropped


def _ripe(recipients: Recipients, now: datetime) -> QuerySet[Reminder]:
    """Also what waits for the hour of somebody who has gone away meanwhile: it is somebody else's."""
    return Reminder.objects.unsent().filter(Q(hold_until__lte=now) | Q(recipient__in=list(recipients.away)))


def _is_stale(mail: Message, *, untrue: set[int | None], owed: set[int | None], news: set[int | None]) -> bool:
    """Whether it must not leave as it is. One that may have left goes once more as it was, as long as anything in it is
    still owed."""
    if mail.claimed_by is not None:
        return mail.pk not in owed
    return mail.pk in untrue or (mail.to_user_id in news and not mail.attempts)


def _unsent(now: datetime) -> QuerySet[Message]:
    """The mails that remind and wait in the outbox, in the order in which they leave. Without news it is enough to look
    at those whose turn is next: a long outbox takes many runs, and each begins with this."""
    unsent = Message.objects.owed(now).filter(purpose__in=PURPOSES)
    return unsent.defer("raw", "text", "html").order_by("next_attempt_at", "pk").select_for_update(skip_locked=True)


def _drop(rows: Iterable[Reminder]) -> int:
    """Many at once, because there are few reasons. Says how many."""
    keys: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        keys[row.dropped_because].append(row.pk)
    for why, same in keys.items():
        for some in batched(same, MOST_KEYS, strict=False):
            Reminder.objects.filter(pk__in=some).update(message=None, dropped_because=why)
    return sum(map(len, keys.values()))


def _take_back(mails: Sequence[Message]) -> None:
    """They wait in the outbox, and their rows are ours: nobody is handing them over."""
    for mail in mails:
        mail.status, mail.next_attempt_at, mail.raw, mail.claimed_by = MessageStatus.CANCELLED, None, b"", None
    Message.objects.bulk_update(mails, ("status", "next_attempt_at", "raw", "claimed_by"))


class _Judged:
    """Of each of these reminders whether it is told now, and to whom; what is not is marked with why."""

    def __init__(self, rows: Iterable[Reminder], recipients: Recipients, now: datetime) -> None:
        self._recipients, self._now = recipients, now
        rows = list(rows)
        self.found = behind(rows, now)
        self._told: dict[tuple[int | None, str, int], Reminder] = {}
        self._keys: set[int] = set()
        for row in sorted(rows, key=_from_the_top):
            if self._judge(row):
                self._keys.add(row.pk)

    def is_told(self, row: Reminder) -> bool:
        return row.pk in self._keys

    def is_told_to(self, row: Reminder, person: User) -> bool:
        return row.pk in self._keys and row.recipient_id == person.pk

    def _judge(self, row: Reminder) -> bool:
        before, owed = row.recipient_id, self.found.get(row.pk)
        if owed is None or owed.due_at != row.due_at:
            row.dropped_because = DroppedBecause.NO_LONGER_OWED if owed is None else DroppedBecause.ANOTHER_MOMENT
            return False
        person = self._recipients.recipient(Rung(row.rung), owed)
        row.recipient = person
        if person is not None and before not in {None, person.pk}:
            row.held_because = ""  # it waited for somebody else's hour
        if person is None:
            row.dropped_because = DroppedBecause.NOBODY_ABOVE if row.rung == Rung.EXECUTIVE else ""
            return False
        return self._is_for_now(row, owed, person) and (row.message_id is None or before == person.pk)

    def _is_for_now(self, row: Reminder, owed: Owed, person: User) -> bool:
        thing = (person.pk, row.kind, row.commitment_id)
        if Rung(row.rung).is_optional and not person.wants_early:
            row.dropped_because = DroppedBecause.NOT_WANTED
        elif _is_overtaken(row, owed, self._now):
            row.dropped_because = DroppedBecause.TOLD_ABOVE
        elif thing in self._told:
            self._give_way(row, self._told[thing])
        else:
            self._told[thing] = row
            return row.message_id is not None or self._may_leave(row, owed, person)
        return False

    def _give_way(self, row: Reminder, above: Reminder) -> None:
        """Dropped when the higher one leaves; until then it waits beside it, because it may become somebody else's."""
        if above.pk in self._keys:
            row.dropped_because = DroppedBecause.TOLD_ABOVE
        else:
            row.hold_until, row.held_because = above.hold_until, above.held_because

    def _may_leave(self, row: Reminder, owed: Owed, person: User) -> bool:
        held = hold(row, owed, person, self._now)
        if held is not None:
            _hold(row, held)
        return held is None


def _is_overtaken(row: Reminder, owed: Owed, now: datetime) -> bool:
    """An early word that was held until the moment came of which another rung tells."""
    is_told_of = owed.ladder.at_due or owed.ladder.overdue_minutes is not None
    return Rung(row.rung).is_optional and row.due_at <= now and is_told_of


def _from_the_top(row: Reminder) -> tuple[int, int]:
    """The highest rung first, and of one that comes again and again the last."""
    return -Rung(row.rung).rank, -row.nth


def _hold(row: Reminder, held: Hold) -> Reminder:
    row.hold_until, row.held_because = held.until, held.because
    return row


def _try_to_write(people: Sequence[User], recipients: Recipients, now: datetime) -> int:
    """Together, because looking again takes longer than writing; one by one where that breaks."""
    try:
        return _write(people, recipients, now)
    except Exception:
        if len(people) == 1:
            logger.exception("A reminder mail could not be written; the next sweep tries again")
            return 0
    return sum(_try_to_write([person], recipients, now) for person in people)


@transaction.atomic
def _write(people: Sequence[User], recipients: Recipients, now: datetime) -> int:
    """One mail for each of them, and its reminders tied to it. Says for how many there was something to tell."""
    rows_of = _by_person(Reminder.objects.ripe(now).filter(recipient__in=people).select_for_update(skip_locked=True))
    judged = _Judged([row for same in rows_of.values() for row in same], recipients, now)
    enough = _had_enough([person for person in people if person.pk in rows_of], now)
    told: list[tuple[Reminder, Owed]] = []
    mails: list[Message] = []
    held: list[Reminder] = []
    for person in people:
        ours = [(row, judged.found[row.pk]) for row in rows_of.get(person.pk, ()) if judged.is_told_to(row, person)]
        if person in enough:
            held += [_hold_back(row, owed, person, now) for row, owed in ours if not _breaks_limit(row, owed)]
            ours = [(row, owed) for row, owed in ours if _breaks_limit(row, owed)]
        if ours:
            told += ours
            held_back = Counter(row.held_because for row, _ in ours)[HeldBecause.CAP]
            mails.append(letters.write(person, ours, held_back=held_back, now=now))
    compose.queue(mails)
    _tie([row.pk for row, _ in told], mails)
    Reminder.objects.bulk_update(held, ("hold_until", "held_because"), batch_size=500)
    Alarm.objects.bulk_create(repeated(told, now), ignore_conflicts=True)
    return len(mails)


def _breaks_limit(row: Reminder, owed: Owed) -> bool:
    """What may wake somebody is told the first time, however much they have read that day; only not again."""
    return _may_wake(owed) and Rung(row.rung) not in {Rung.AGAIN, Rung.MANAGER_AGAIN}


def _may_wake(owed: Owed) -> bool:
    return owed.is_critical and owed.ladder.at_night


def _hold_back(row: Reminder, owed: Owed, person: User, now: datetime) -> Reminder:
    """Until the next day, which begins at midnight for what may wake them, and else with their work."""
    until = midnight(person, now, days=1) if _may_wake(owed) else next_morning(person, now)
    return _hold(row, Hold(until, HeldBecause.CAP))


def _tie(told: Sequence[int], mails: Sequence[Message]) -> None:
    """Each reminder to its reader's mail, all in one statement."""
    mail = Message.objects.filter(pk__in=[mail.pk for mail in mails], to_user=OuterRef("recipient"))
    Reminder.objects.filter(pk__in=told).update(message=mail.values("pk"))


def _by_person(rows: Iterable[Reminder]) -> dict[int, list[Reminder]]:
    found: dict[int, list[Reminder]] = defaultdict(list)
    for row in rows:
        found[row.recipient_id or 0].append(row)
    return found


def _had_enough(people: Iterable[User], now: datetime) -> list[User]:
    """Those to whom as many reminder mails were written since midnight, where they are, as they want in a day."""
    midnights = {person: midnight(person, now) for person in people}
    if not midnights:
        return []
    mails = Message.objects.filter(
        to_user__in=list(midnights), purpose__in=PURPOSES, created_at__gte=min(midnights.values())
    ).exclude(status=MessageStatus.CANCELLED)
    since = {person.pk: midnight for person, midnight in midnights.items()}
    written = Counter(key for key, at in mails.values_list("to_user", "created_at") if at >= since[key or 0])
    return [person for person in midnights if written[person.pk] >= person.most_reminders]
