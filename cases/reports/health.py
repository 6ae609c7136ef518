"""Are reminders sent? What is wrong if not, and the figures for whoever watches the machine.

Few questions to indexes tell what is wrong, however much mail there is. Limit: it reads what sweeps left behind
(``cases.reminders.heartbeat``) and the outbox; whether a process runs somewhere it cannot know.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Count, Min

from cases.models import Lease, MailboxTrouble, Message, Reminder, StrayNotice, Sweep, User
from cases.models.sweeps import LEADERSHIP
from cases.rules.vocabulary import MessageStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

LONGEST_SILENCE = timedelta(minutes=10)
LONGEST_WAIT = timedelta(minutes=15)
LONGEST_UNREACHED = timedelta(minutes=5)
"""A mail server that starts anew is back before that."""
GROWTHS = 5
"""Sweeps after each of which more mail waited than after the one before. A burst grows once or twice, then shrinks."""
LEAST_GROWN = 500
"""Below that, the next sweep sends it all."""


_UNDELIVERED = (MessageStatus.FAILED, MessageStatus.BOUNCED)
"""As in the condition of the index."""
_NOT_SENT = (MessageStatus.QUEUED, MessageStatus.FAILED, MessageStatus.CANCELLED)
CODES = ("silence", "unwritten", "unreached", "old_mail", "growth", "mailbox")


@dataclass(frozen=True, slots=True)
class Trouble:
    """``sentence`` leaves the moment to ``since``; ``remedy`` is for whoever runs the site."""

    code: str
    sentence: str
    since: datetime
    remedy: str


def troubles(now: datetime) -> list[Trouble]:
    """What keeps mail from leaving, causes before consequences; nothing if all is well."""
    recent = list(Sweep.objects.ended(now)[: GROWTHS + 1])
    oldest = _oldest_held_up(now)
    found = (
        _silence(recent, now),
        _unwritten(now),
        _unreached(recent, now),
        _old_mail(oldest, now),
        _growth(recent),
        _mailbox(),
    )
    return [each for each in found if each is not None]


def _silence(recent: Sequence[Sweep], now: datetime) -> Trouble | None:
    """A site that has never swept is silent from when its first person could sign in."""
    last = recent[0].ended_at if recent else User.objects.aggregate(first=Min("joined_at"))["first"]
    if last is None or now - last <= LONGEST_SILENCE:
        return None
    return Trouble(
        "silence",
        "Nobody is reminded of what is overdue: the regular sweep has not taken place",
        last,
        "Check that Amends’ worker and beat are running.",
    )


def _unwritten(now: datetime) -> Trouble | None:
    """A reminder has a reader and its moment has come, and sweep after sweep writes no mail that tells it."""
    ripe = Reminder.objects.ripe(now - LONGEST_WAIT).filter(recipient__isnull=False)
    since = ripe.order_by("hold_until").values_list("hold_until", flat=True).first()
    if since is None:
        return None
    return Trouble(
        "unwritten",
        "Reminders are due, and their mails are not written",
        since,
        "Look into the worker’s log for why; it tries again each minute.",
    )


def _unreached(recent: Sequence[Sweep], now: datetime) -> Trouble | None:
    if not recent or recent[0].is_server_reached:
        return None
    streak = list(takewhile(lambda each: not each.is_server_reached, recent))
    since = streak[-1].begun_at if len(streak) < len(recent) else _first_unreached(now)
    if now - since < LONGEST_UNREACHED:
        return None
    return Trouble(
        "unreached",
        "The mail server cannot be reached; mail is kept, and leaves when it can",
        since,
        "Check the mail server, and the SMTP settings of Amends.",
    )


def _first_unreached(now: datetime) -> datetime:
    """When it began, where it goes further back than the sweeps at hand."""
    ended = Sweep.objects.ended(now)
    reached = ended.filter(is_server_reached=True).first()
    since = ended if reached is None else ended.filter(ended_at__gt=reached.ended_at)
    return since.earliest("ended_at").begun_at


def _old_mail(oldest: datetime | None, now: datetime) -> Trouble | None:
    if oldest is None or now - oldest <= LONGEST_WAIT:
        return None
    return Trouble(
        "old_mail",
        "Mail is waiting to leave",
        oldest,
        "Look at what the mail server said about it.",
    )


def _oldest_held_up(now: datetime) -> datetime | None:
    """When the oldest mail was written that waits for the mail server, and not for one recipient's."""
    waiting = Message.objects.waiting()
    oldest = list(waiting.only("created_at", "to_address", "is_put_off")[:_MOST_LOOKED_AT])
    put_off = [mail for mail in oldest if mail.is_put_off]
    for_server = next((mail.created_at for mail in oldest if not mail.is_put_off), None)
    if len(put_off) == _MOST_LOOKED_AT:
        for_server = waiting.filter(is_put_off=False).values_list("created_at", flat=True).first()
    return min(filter(None, (for_server, _all_put_off(put_off, now))), default=None)


def _all_put_off(put_off: Sequence[Message], now: datetime) -> datetime | None:
    """Since when the server puts off whatever it is given, if it does."""
    late = [mail for mail in put_off if now - mail.created_at > LONGEST_WAIT]
    if len(late) < _SEVERAL:
        return None
    left = Message.objects.filter(sent_at__isnull=False, pk__gt=min(mail.pk for mail in late)).order_by("-pk")
    newest = left.values_list("pk", flat=True).first() or 0
    stuck = [mail for mail in late if mail.pk > newest]
    domains = {mail.to_address.rpartition("@")[2] for mail in stuck}
    return min(mail.created_at for mail in stuck) if len(domains) >= _SEVERAL else None


_MOST_LOOKED_AT = 50
_SEVERAL = 2
"""Where mail to so many domains is put off, and nothing that was written later has left, it is no recipient's doing."""


def _mailbox() -> Trouble | None:
    """Nobody would learn of a mail that came back."""
    found = MailboxTrouble.objects.first() if settings.AMENDS_BOUNCE_MAILBOX is not None else None
    if found is None:
        return None
    return Trouble(
        "mailbox",
        f"The mailbox for mail that comes back cannot be read ({found.because.rstrip('.')}), so nobody hears of it",
        found.since,
        "Check AMENDS_BOUNCE_MAILBOX, and that its name and password still hold.",
    )


def _growth(recent: Sequence[Sweep]) -> Trouble | None:
    """After every sweep more waits than after the last one: more is written than leaves."""
    if len(recent) <= GROWTHS or recent[0].outbox < LEAST_GROWN:
        return None
    if not all(newer.outbox > older.outbox for newer, older in pairwise(recent)):
        return None
    return Trouble(
        "growth",
        f"More mail is written than leaves: {recent[0].outbox} mails wait",
        recent[-1].begun_at,
        "Start another worker, or ask how much the mail server takes.",
    )


@dataclass(frozen=True, slots=True)
class Figures:
    """Ages and spans in seconds. ``None``: nothing was ever swept, or nothing was sent lately. ``troubles``: each code
    there is, and whether it is the case now. ``leader``: who starts the sweeps, and since when, unless nobody does."""

    owed: int
    put_off: int
    sent: int
    failed: int
    bounced: int
    strays: int
    reminders_unsent: int
    oldest_age: float
    sweep_seconds: float | None
    sweep_age: float | None
    mails_per_second: float | None
    is_server_reached: bool
    troubles: dict[str, bool]
    leader: tuple[str, datetime] | None


def figures(now: datetime) -> Figures:
    """What of all mail has left is reckoned from what has not: the key of every mail is counted, not its row."""
    recent = list(Sweep.objects.ended(now)[: GROWTHS + 1])
    last = recent[0] if recent else None
    oldest = Message.objects.waiting().values_list("created_at", flat=True).first()
    not_sent = Message.objects.filter(status__in=_NOT_SENT).order_by().values_list("status").annotate(mails=Count("*"))
    mails = dict(not_sent)
    codes = {trouble.code for trouble in troubles(now)}
    return Figures(
        owed=mails.get(MessageStatus.QUEUED, 0),
        put_off=Message.objects.filter(status=MessageStatus.QUEUED, is_put_off=True).count(),
        bounced=Message.objects.filter(status__in=_UNDELIVERED, status=MessageStatus.BOUNCED).count(),
        strays=StrayNotice.objects.count(),
        sent=Message.objects.count() - sum(mails.values()),
        failed=mails.get(MessageStatus.FAILED, 0),
        reminders_unsent=Reminder.objects.unsent().count(),
        oldest_age=(now - oldest).total_seconds() if oldest else 0.0,
        sweep_seconds=last.seconds if last else None,
        sweep_age=(now - last.ended_at).total_seconds() if last and last.ended_at else None,
        mails_per_second=_speed(recent),
        is_server_reached=last is None or last.is_server_reached,
        troubles={code: code in codes for code in CODES},
        leader=leader(now),
    )


def leader(now: datetime) -> tuple[str, datetime] | None:
    """Which beat starts the sweeps, and since when; none where nobody does, or only cron."""
    return Lease.objects.filter(name=LEADERSHIP, until__gt=now).values_list("holder", "since").first()


def _speed(recent: Sequence[Sweep]) -> float | None:
    """Of the latest sweeps as far as they sent anything."""
    busy = [sweep for sweep in recent if sweep.sent]
    seconds = sum(sweep.seconds for sweep in busy)
    return sum(sweep.sent for sweep in busy) / seconds if seconds else None
