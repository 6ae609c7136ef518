"""What became of reminders: sent, held and why, failed and why. What comes next is ``cases.reminders.preview``.

Limit: the newest of each; a case's own are in its timeline.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from cases.models import Message, PreventionAction, Promise, Reminder, StatusUpdate, Step
from cases.rules.vocabulary import (
    Audience,
    CommitmentKind,
    HeldBecause,
    MessagePurpose,
    MessageStatus,
    Rung,
    WithheldBecause,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet

MOST = 60
SWEPT_BY_THEN = timedelta(minutes=5)
"""Until a sweep has looked at a reminder, nobody knows whom it is for."""
_NAMES: dict[CommitmentKind, QuerySet[Any, tuple[int, str]]] = {
    CommitmentKind.STEP: Step.objects.values_list("pk", "kind"),
    CommitmentKind.PROMISE: Promise.objects.values_list("pk", "words"),
    CommitmentKind.PREVENTION: PreventionAction.objects.values_list("pk", "change"),
    CommitmentKind.UPDATE: StatusUpdate.objects.values_list("pk", "reason"),
}


@dataclass(frozen=True, slots=True)
class ReminderRow:
    """``what`` is owed, ``rung`` is the rule by which it was told. ``at``: when it left, or until when it is held, for
    the reason in ``why``. ``reference``: of the case, or of nothing for a prevention action."""

    what: str
    rung: str
    who: str
    at: datetime
    why: str
    reference: str
    customer: str


@dataclass(frozen=True, slots=True)
class MailRow:
    """A mail that did not leave, or came back. ``next_at``: when it is tried again, if it is."""

    subject: str
    address: str
    purpose: str
    status: str
    why: str
    attempts: int
    at: datetime
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Counts:
    """``nobody``: there is nobody whom these could be told."""

    held: int
    failed: int
    nobody: int


def counts(now: datetime) -> Counts:
    return Counts(
        held=_held(now).count(),
        failed=_failed().count(),
        nobody=Reminder.objects.ripe(now - SWEPT_BY_THEN).filter(recipient__isnull=True).count(),
    )


def sent() -> list[ReminderRow]:
    """Those of the newest mails first, with what the mail server said."""
    left = Reminder.objects.filter(message__sent_at__isnull=False)
    rows = left.select_related("message", "case__customer", "recipient").order_by("-message_id", "-pk")
    return _rows(list(rows[:MOST]))


def held(now: datetime) -> list[ReminderRow]:
    """Those that leave next first."""
    rows = _held(now).select_related("case__customer", "recipient").order_by("hold_until", "pk")
    return _rows(list(rows[:MOST]))


def failed() -> list[MailRow]:
    """Of all mail to colleagues, and of what customers were written: given up, come back, held back, or being tried
    again."""
    rows = _failed().only(
        "subject",
        "to_address",
        "purpose",
        "status",
        "held_because",
        "last_error",
        "attempts",
        "created_at",
        "next_attempt_at",
    )
    return [
        MailRow(
            subject=mail.subject,
            address=mail.to_address,
            purpose=str(MessagePurpose(mail.purpose).label),
            status=str(MessageStatus(mail.status).label),
            why=str(WithheldBecause(mail.held_because).label) if mail.held_because else mail.last_error,
            attempts=mail.attempts,
            at=mail.created_at,
            next_at=mail.next_attempt_at,
        )
        for mail in rows.order_by("-pk")[:MOST]
    ]


def last_test(address: str) -> Message | None:
    """What became of the newest test mail to this address."""
    tests = Message.objects.filter(purpose=MessagePurpose.TEST, audience=Audience.STAFF, to_address=address)
    return tests.defer("raw", "text", "html").order_by("-pk").first()


def _held(now: datetime) -> QuerySet[Reminder]:
    return Reminder.objects.unsent().filter(hold_until__gt=now)


def _failed() -> QuerySet[Message]:
    tried = Q(status=MessageStatus.QUEUED) & ~Q(last_error="")
    not_left = (MessageStatus.FAILED, MessageStatus.BOUNCED, MessageStatus.HELD)
    return Message.objects.filter(Q(status__in=not_left) | tried)


def _rows(reminders: Iterable[Reminder]) -> list[ReminderRow]:
    reminders = list(reminders)
    names = _names(reminders)
    return [
        ReminderRow(
            what=CommitmentKind(row.kind).in_words(names[row.kind, row.commitment_id]),
            rung=str(Rung(row.rung).label),
            who=str(row.recipient or ""),
            at=(row.message.sent_at if row.message else None) or row.hold_until,
            why=row.message.reply if row.message else _because(row),
            reference=row.case.reference if row.case else "",
            customer=row.case.customer.name if row.case else "",
        )
        for row in reminders
    ]


def _because(row: Reminder) -> str:
    return str(HeldBecause(row.held_because).label) if row.held_because else ""


def _names(reminders: Iterable[Reminder]) -> dict[tuple[str, int], str]:
    """A step's or a reason's code, a promise's or a prevention action's words."""
    keys: dict[str, list[int]] = defaultdict(list)
    for row in reminders:
        keys[row.kind].append(row.commitment_id)
    questions = {kind: question.filter(pk__in=keys[kind]) for kind, question in _NAMES.items() if keys[kind]}
    return {(kind, key): name for kind, question in questions.items() for key, name in question}
