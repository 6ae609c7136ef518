"""The outbox: claims mails that are owed, hands them to the mail server, and writes down what came of each.

A run claims a batch at once, hands it over in one conversation, and writes down the server's answer to each mail before
it sends the next: a yes into a narrow table (``Taken``) and later, with all the others, onto the mail (``settle``),
because to change a mail's row takes longer than to hand it over. Any other answer is rare, and written on the mail at
once. Nobody waits for a lock while a mail server thinks: a claim is a name on the row and a time until which it holds,
and two runs never hold the same mail. What can happen to a run that is killed:

- What it had claimed and not begun goes with the next run after the claim has lapsed.
- Of the one mail that it was just handing over nobody can know whether the server took it. It is sent again, under the
  same ``Message-ID`` and with the same bytes, by which most mailboxes show only one, and ``doubts`` counts it: at most
  one for each time that a run dies. Not to send it would be to lose it, and nothing shows that to anybody.
- What was written down as taken stays so: whoever finds the claim settles it first. What follows from that is made up
  for by the next run.

A mail server that hangs up before it has said yes is asked again, as all of mail does (RFC 5321, 4.5.4).

Limit: what follows from a mail that left or failed is decided by ``cases.actions.deliveries``.
"""

from __future__ import annotations

import logging
import re
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPResponseException
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID, uuid4

from django.core.mail import mailers
from django.db import connection, transaction
from django.db.models import F, Q
from django.dispatch import Signal

from cases.mail import smtp
from cases.mail.letter import Letter
from cases.models import Message, Taken
from cases.rules.vocabulary import MailFailure, MessagePurpose, MessageStatus

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from types import TracebackType

    from django.core.mail.backends.base import BaseEmailBackend

    from cases.models.messages import MessageQuerySet

logger = logging.getLogger(__name__)

BATCH = 250
"""Mails of one claim. What is asked and written once for each of them takes longer than a mail does."""
LEASE = timedelta(minutes=6)
"""How long a claim holds."""
LEAST_LEFT = timedelta(minutes=4)
"""A mail is only begun while its claim holds for longer than handing it over can take: each of the server's answers
(to the connection, EHLO, MAIL, RCPT, DATA and the mail) is waited for no longer than the timeout of the settings."""
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 480, 1440, 1440, 1440))
"""After which attempt to wait how long. Together over four days, as mail servers do (RFC 5321, 4.5.4.1)."""
MOST_ATTEMPTS = len(WAITS) + 1
SIGN_IN_WAITS = timedelta(hours=1)
"""How long a mail with a link to choose a password waits to leave. Whoever still wants it asks again."""
_PERMANENT = 500
_LONGEST_ERROR = 500

queued = Signal()
"""Sent after the commit of a transaction that wrote a mail. The site listens, so that mail need not wait for the
sweep."""
_quiet = ContextVar("quiet", default=False)


class UnreachableError(Exception):
    """There is no talking to the mail server. No mail was begun; the next run tries again."""


@dataclass(frozen=True, slots=True)
class Handover:
    """What came of handing one mail over: ``SENT``, ``FAILED`` for good, or ``QUEUED`` to try again; and why, or what
    the server said when it took it. ``is_put_off``: to try again because of this mail alone, and not of the server.
    ``failure``: the code of why, where it failed."""

    status: MessageStatus
    why: str = ""
    reply: str = ""
    is_put_off: bool = False
    failure: MailFailure | None = None


ALWAYS_CUT_OFF = Handover(
    MessageStatus.FAILED,
    f"Gave up: {MOST_ATTEMPTS} runs ended while they handed it over.",
    failure=MailFailure.GIVEN_UP,
)


class Carrier:
    """A conversation with the mail server, begun when it is needed, and begun anew after it broke off."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.hang_up()

    def reach(self) -> BaseEmailBackend:
        """Raises ``UnreachableError``. Called before a mail is begun: a server that is down costs no attempt."""
        if self._connection is None:
            connection = mailers.default
            try:
                connection.open()
            except (OSError, UnicodeError) as error:
                with suppress(OSError):
                    connection.close()
                raise UnreachableError(_why_unreached(error)) from error
            self._connection = connection
        return self._connection

    def hand_over(self, message: Message, *, following: Message | None = None) -> Handover:
        """Never raises: a mail that breaks the conversation must not delay the others. ``following``: the next one, or
        none."""
        try:
            connection = self.reach()
            if isinstance(connection, smtp.EmailBackend):
                letter = Letter(message, in_words=False)
                taken = connection.send_one(letter, following=following.to_address if following else "")
            else:
                taken = connection.send_messages([Letter(message)])
        except Exception as error:  # noqa: BLE001  (whatever it is, it is judged, written down, and the next mail goes)
            self.hang_up()
            return judge(error)
        if not taken:
            why = "There is no address to send it to."
            return Handover(MessageStatus.FAILED, why, failure=MailFailure.UNSENDABLE)
        return Handover(MessageStatus.SENT, reply=getattr(connection, "said", "")[:_LONGEST_ERROR])

    def hang_up(self) -> None:
        """Taken mail stays taken, even where the goodbye fails."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError):
                connection.close()


@dataclass(slots=True)
class Claim:
    """Mails that are ours until a moment. ``name`` stands on their rows."""

    name: UUID
    mails: list[Message]
    until: datetime


@transaction.atomic
def claim(now: datetime, *, most: int = BATCH) -> Claim:
    """The mails that have been owed for longest and that nobody holds, to be begun in this order.

    Where a run is gone that held some, the one that it was just handing over comes first and alone: it may have left,
    which is counted, and it may be what the run died of, so that no other mail suffers with it. Mails that let
    somebody sign in come before all others: a person waits for each, and a flood of reminders may be ahead of it.
    """
    free_lapsed(now)
    owed = Message.objects.owed(now)
    left = owed.filter(claimed_by__isnull=False).select_for_update().order_by("pk").first()
    if left is not None:
        return _take([left], now, doubts=F("doubts") + 1)
    free = owed.filter(claimed_by__isnull=True).select_for_update(skip_locked=True)
    urgent = _oldest(free.filter(purpose=MessagePurpose.SIGN_IN), most)
    return _take(sorted(urgent or _oldest(free, most), key=lambda mail: mail.pk), now)


def _oldest(free: MessageQuerySet, most: int) -> list[Message]:
    return list(free.order_by("next_attempt_at", "pk").defer("text", "html")[:most])


@transaction.atomic
def drop_stale(now: datetime) -> None:
    """Give up the mails with a link to choose a password that did not leave in time, and forget the link. Those that
    somebody is handing over just now are left alone."""
    stale = Message.objects.waiting().filter(purpose=MessagePurpose.SIGN_IN, created_at__lte=now - SIGN_IN_WAITS)
    if not stale.exists():
        return
    settle()
    give_up(stale.exclude(Q(claimed_by__isnull=False, next_attempt_at__gt=now)), _STALE)


def give_up(waiting: MessageQuerySet, why: str) -> None:
    """Mails with a link to choose a password that must not leave any more; the link is forgotten."""
    waiting.update(status=MessageStatus.FAILED, last_error=why, next_attempt_at=None, claimed_by=None, **_WORDLESS)


_STALE = "It could not leave within an hour. Whoever still wants the link asks for a new one."
_WORDLESS: dict[str, Any] = {"text": "", "html": "", "raw": b""}
"""What is left of a mail with a link to choose a password, once its fate is known."""


@transaction.atomic
def free_lapsed(now: datetime) -> None:
    """What runs that are gone had claimed and not begun is free again, and has cost no attempt. Of each such run the
    first mail stays as it is: that one may have been begun."""
    lapsed = Message.objects.owed(now).filter(claimed_by__isnull=False)
    if not lapsed.exists():
        return
    settle()
    begun: dict[UUID | None, int] = {}
    for key, name in lapsed.select_for_update().order_by("pk").values_list("pk", "claimed_by"):
        begun.setdefault(name, key)
    lapsed.filter(claimed_by__in=begun).exclude(pk__in=begun.values()).update(
        claimed_by=None, attempts=F("attempts") - 1
    )


def _take(mails: list[Message], now: datetime, **counted: Any) -> Claim:
    ours = Claim(uuid4(), mails, now + LEASE)
    if mails:
        rows = Message.objects.filter(pk__in=[mail.pk for mail in mails])
        rows.update(claimed_by=ours.name, next_attempt_at=ours.until, attempts=F("attempts") + 1, **counted)
    for mail in mails:
        mail.attempts += 1
    return ours


def prolong(ours: Claim, *, now: datetime) -> None:
    """Hold on to what is left of a claim, as far as nobody else has claimed it meanwhile."""
    ours.until = now + LEASE
    rows = Message.objects.filter(claimed_by=ours.name, status=MessageStatus.QUEUED)
    rows.update(next_attempt_at=ours.until)
    held = set(rows.values_list("pk", flat=True))
    ours.mails = [mail for mail in ours.mails if mail.pk in held]


def give_back(ours: Claim, *, now: datetime) -> None:
    """What was claimed and not begun is free again at once, and has cost no attempt."""
    rows = Message.objects.filter(claimed_by=ours.name, pk__in=[mail.pk for mail in ours.mails])
    rows.update(claimed_by=None, next_attempt_at=now, attempts=F("attempts") - 1)


def record(message: Message, handover: Handover, *, held_by: UUID, now: datetime) -> bool:
    """Write down what came of it, in one statement. False: it was written down before, or somebody else holds it by now
    and it has not left by our hand."""
    if handover.status is MessageStatus.SENT:
        message.status = handover.status
        return _note_taken(message, handover.reply, now)
    values: dict[str, Any] = {"status": handover.status, "last_error": handover.why[:_LONGEST_ERROR]}
    if handover.status is MessageStatus.QUEUED:
        values |= _postponed(message, handover, now)
    else:
        values |= {"next_attempt_at": None, "failure": handover.failure or MailFailure.UNSENDABLE}
    if values["status"] != MessageStatus.QUEUED and message.purpose == MessagePurpose.SIGN_IN:
        values |= _WORDLESS
    message.status, message.last_error = values["status"], values["last_error"]
    message.failure = values.get("failure", "")
    rows = Message.objects.filter(pk=message.pk, status=MessageStatus.QUEUED, claimed_by=held_by)
    return bool(rows.update(claimed_by=None, **values))


_NOTE_TAKEN = """
    INSERT INTO cases_taken (message_id, at, reply) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING
"""
"""Once for each mail, between two mails, while the mail server waits. To write on the mail itself, with all its
indexes, takes longer than to hand it over."""


def _note_taken(message: Message, reply: str, now: datetime) -> bool:
    moment = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(_NOTE_TAKEN, (message.pk, moment, reply))
        return bool(cursor.rowcount)


_WRITE_SENT = """
    UPDATE cases_message
    SET status = 'sent', sent_at = taken.at, reply = taken.reply, last_error = '', next_attempt_at = NULL,
        claimed_by = NULL{more}
    FROM cases_taken AS taken WHERE id = taken.message_id AND status = 'queued' AND id IN ({places})
    RETURNING id
"""
_CONCLUDED_TOO = """,
        concluded_at = CASE audience WHEN 'staff' THEN %s ELSE concluded_at END,
        raw = CASE audience WHEN 'staff' THEN %s ELSE raw END
"""


@transaction.atomic
def settle(*, concluded_at: datetime | None = None) -> list[int]:
    """Write on every mail that the server has taken that it is sent, whoever noted it: a run that is over, one that is
    dead, or one that still goes on. Returns their keys. With ``concluded_at``, mail to staff is concluded by the same
    statement: each one costs more than all else that is done about a mail."""
    noted = Taken.objects.select_for_update().order_by("pk")  # two that settle take turns
    keys = list(noted.values_list("pk", flat=True))
    if not keys:
        return []
    more: list[Any] = []
    if concluded_at is not None:
        more = [connection.ops.adapt_datetimefield_value(concluded_at), b""]
    statement = _WRITE_SENT.format(more=_CONCLUDED_TOO if more else "", places=", ".join(["%s"] * len(keys)))
    with connection.cursor() as cursor:
        cursor.execute(statement, [*more, *keys])
        settled = [key for (key,) in cursor.fetchall()]
    Message.objects.filter(pk__in=settled, purpose=MessagePurpose.SIGN_IN).update(**_WORDLESS)
    Taken.objects.filter(pk__in=keys).delete()
    return settled


def note_unreachable(error: UnreachableError, *, now: datetime) -> None:
    """Let every mail that waits say what it waits for."""
    why = str(error)[:_LONGEST_ERROR]
    Message.objects.owed(now).exclude(last_error=why).update(last_error=why, is_put_off=False)


def judge(error: Exception) -> Handover:
    """Whether it is worth trying again. A refusal with a 5xx code is final, except of our own address: that is for
    the administrator to repair, and no fault of the mail."""
    if isinstance(error, SMTPRecipientsRefused):
        code, reply = next(iter(error.recipients.values()))
        return _refusal(code, f"The mail server refused the address: {code} {_text(reply)}", MailFailure.ADDRESS)
    if isinstance(error, SMTPDataError):
        return _refusal(error.smtp_code, f"The mail server refused the mail: {_said(error)}", MailFailure.MAIL)
    if isinstance(error, OSError):
        return Handover(MessageStatus.QUEUED, f"The mail server did not take it: {_said(error)}")
    if isinstance(error, ValueError):
        return Handover(MessageStatus.FAILED, f"It cannot be sent as it is: {error}", failure=MailFailure.UNSENDABLE)
    logger.error("A mail broke on its way out", exc_info=error)
    return Handover(MessageStatus.QUEUED, f"It broke on its way out: {type(error).__name__}")


def announce() -> None:
    """Tell whoever listens that there is something to deliver."""
    if not _quiet.get():
        queued.send_robust(sender=Message)


@contextmanager
def quietly() -> Iterator[None]:
    """What is written and committed meanwhile is announced to nobody, because the caller delivers it."""
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)


def _postponed(message: Message, handover: Handover, now: datetime) -> dict[str, Any]:
    """Until when to wait; or that it was tried often enough."""
    if message.attempts < MOST_ATTEMPTS:
        return {"next_attempt_at": now + WAITS[message.attempts - 1], "is_put_off": handover.is_put_off}
    why = f"Gave up after {message.attempts} attempts. {handover.why}"[:_LONGEST_ERROR]
    return {
        "status": MessageStatus.FAILED,
        "last_error": why,
        "next_attempt_at": None,
        "failure": MailFailure.GIVEN_UP,
    }


def _refusal(code: int, why: str, failure: MailFailure) -> Handover:
    if code >= _PERMANENT:
        return Handover(MessageStatus.FAILED, why, failure=failure)
    return Handover(MessageStatus.QUEUED, why, is_put_off=code != _LEAVING and not _OF_THE_SERVER.search(why))


_LEAVING = 421
_OF_THE_SERVER = re.compile(r"\b4\.[34]\.\d{1,3}\b")
"""The mail system or the network, and not the mailbox or a policy (RFC 3463, 3.4 and 3.5)."""


def _why_unreached(error: OSError | UnicodeError) -> str:
    if isinstance(error, UnicodeError):
        return "SMTP_USER or SMTP_PASSWORD has a letter that no mail server can be told."
    return f"The mail server cannot be reached: {_said(error)}"


def _said(error: OSError) -> str:
    if isinstance(error, SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return str(error.strerror or error) or type(error).__name__


def _text(reply: bytes | str) -> str:
    words = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    return " ".join(words.split())
