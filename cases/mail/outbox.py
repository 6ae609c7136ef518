"""The outbox: claims a mail that is owed, hands it to the mail server, and writes down what came of it.

Claim, begin and record are transactions of their own, so that nobody waits for a lock while a mail server thinks. The
claim is a row lock and a condition, counts an attempt, and moves the next attempt past ``LEASE``: two workers never
hold the same mail. What can happen to a worker that is killed, or whose database goes away for good:

- Before ``begin``: nothing has left. The claim lapses, and the mail goes with a delay of ``LEASE``.
- After ``begin``: the mail server may have taken it, and nobody can know. It is not sent again, because nothing may
  come twice; once the claim has lapsed it counts as failed and says why. A step that it would have settled stays open.
- After ``record``: it was sent. What follows from that is made up for by the next run.

A mail server that hangs up before it has said yes is asked again, as all of mail does (RFC 5321, 4.5.4); every attempt
carries the same ``Message-ID``, by which most mailboxes show only one.

Limit: what follows from a mail that left or failed is decided by ``cases.actions.deliveries``.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPResponseException
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers
from django.db import transaction
from django.dispatch import Signal

from cases.models import Message
from cases.rules.vocabulary import Audience, MessageStatus

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from types import TracebackType

    from django.core.mail.backends.base import BaseEmailBackend

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=15)
"""Longer than a run of ``deliver_owed`` may take: a claim never lapses while its worker is alive."""
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 480, 1440, 1440, 1440))
"""After which attempt to wait how long. Together over four days, as mail servers do (RFC 5321, 4.5.4.1)."""
MOST_ATTEMPTS = len(WAITS) + 1
_PERMANENT = 500
_LONGEST_ERROR = 500

queued = Signal()
"""Sent after the commit of a transaction that wrote a mail. The site listens, so that mail need not wait for the
sweep."""
_quiet = ContextVar("quiet", default=False)


class UnreachableError(Exception):
    """There is no talking to the mail server. No mail was touched; the next run tries again."""


@dataclass(frozen=True, slots=True)
class Handover:
    """What came of handing one mail over: ``SENT``, ``FAILED`` for good, or ``QUEUED`` to try again; and why."""

    status: MessageStatus
    why: str = ""


CUT_OFF = Handover(MessageStatus.FAILED, "We were cut off while handing it over, so nobody knows whether it arrived.")


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
        """Raises ``UnreachableError``. Called before a mail is claimed: a server that is down costs no attempt."""
        if self._connection is None:
            connection = mailers.default
            try:
                connection.open()
            except OSError as error:
                raise UnreachableError(f"The mail server cannot be reached: {_said(error)}") from error
            self._connection = connection
        return self._connection

    def hand_over(self, message: Message) -> Handover:
        """Never raises: a mail that breaks the conversation must not delay the others."""
        try:
            taken = self.reach().send_messages([as_mail(message)])
        except Exception as error:  # noqa: BLE001  (whatever it is, it is judged, written down, and the next mail goes)
            self.hang_up()
            return judge(error)
        if not taken:
            return Handover(MessageStatus.FAILED, "There is no address to send it to.")
        return Handover(MessageStatus.SENT)

    def hang_up(self) -> None:
        """Taken mail stays taken, even where the goodbye fails."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError):
                connection.close()


@transaction.atomic
def claim(now: datetime) -> Message | None:
    """The mail that has been owed for longest and that nobody else holds, now ours until the lease ends."""
    free = Message.objects.owed(now).select_for_update(skip_locked=True)
    message = free.order_by("next_attempt_at", "pk").first()
    if message is not None:
        message.attempts += 1
        message.next_attempt_at = now + LEASE
        message.save(update_fields=("attempts", "next_attempt_at"))
    return message


def begin(claimed: Message, *, now: datetime) -> bool:
    """Write down that from now on the mail server may take it. False: a worker before us got as far as that, or the
    claim is no longer ours."""
    ours = Message.objects.filter(pk=claimed.pk, status=MessageStatus.QUEUED, attempts=claimed.attempts)
    return bool(ours.filter(begun_at__isnull=True).update(begun_at=now))


@transaction.atomic
def record(claimed: Message, handover: Handover, *, now: datetime) -> Message | None:
    """Write down what came of it. ``None``: somebody else did, or holds the mail by a later claim."""
    message = Message.objects.select_for_update().get(pk=claimed.pk)
    lost = message.attempts != claimed.attempts and handover.status is not MessageStatus.SENT
    if message.status != MessageStatus.QUEUED or lost:
        return None
    message.status, message.last_error, message.begun_at = handover.status, handover.why[:_LONGEST_ERROR], None
    if handover.status is MessageStatus.SENT:
        message.sent_at = now
    if handover.status is MessageStatus.QUEUED:
        _postpone(message, now)
    if message.status != MessageStatus.QUEUED:
        message.next_attempt_at = None
    message.save()
    return message


def note_unreachable(error: UnreachableError, *, now: datetime) -> None:
    """Let every mail that waits say what it waits for."""
    why = str(error)[:_LONGEST_ERROR]
    Message.objects.owed(now).exclude(last_error=why).update(last_error=why)


def as_mail(message: Message) -> EmailMultiAlternatives:
    """Text and HTML. Python's mail policy refuses line breaks in any header, so none can be smuggled in."""
    host = urlsplit(settings.AMENDS_BASE_URL).hostname
    headers = {"Message-ID": f"<{message.public_id}@{host}>"}
    if message.audience == Audience.STAFF:
        headers["Auto-Submitted"] = "auto-generated"
    mail = EmailMultiAlternatives(message.subject, message.text, to=[message.to_address], headers=headers)
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    return mail


def judge(error: Exception) -> Handover:
    """Whether it is worth trying again. A refusal with a 5xx code is final, except of our own address: that is for
    the administrator to repair, and no fault of the mail."""
    if isinstance(error, SMTPRecipientsRefused):
        code, reply = next(iter(error.recipients.values()))
        return _refusal(code, f"The mail server refused the address: {code} {_text(reply)}")
    if isinstance(error, SMTPDataError):
        return _refusal(error.smtp_code, f"The mail server refused the mail: {_said(error)}")
    if isinstance(error, OSError):
        return Handover(MessageStatus.QUEUED, f"The mail server did not take it: {_said(error)}")
    if isinstance(error, ValueError):
        return Handover(MessageStatus.FAILED, f"It cannot be sent as it is: {error}")
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


def _postpone(message: Message, now: datetime) -> None:
    if message.attempts < MOST_ATTEMPTS:
        message.next_attempt_at = now + WAITS[message.attempts - 1]
        return
    message.status = MessageStatus.FAILED
    message.last_error = f"Gave up after {message.attempts} attempts. {message.last_error}"[:_LONGEST_ERROR]


def _refusal(code: int, why: str) -> Handover:
    return Handover(MessageStatus.FAILED if code >= _PERMANENT else MessageStatus.QUEUED, why)


def _said(error: OSError) -> str:
    if isinstance(error, SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return str(error.strerror or error) or type(error).__name__


def _text(reply: bytes | str) -> str:
    words = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    return " ".join(words.split())
