"""What follows from a mail that did not arrive: refused at once, given up, or sent back days later. It is all the same
to whom it was for.

A mail to a customer may have completed a step, which is then owed again; a mail to a colleague says that they cannot be
reminded. Somebody is told by mail either way, but never that a mail of this very kind did not arrive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cases.actions import apologies, closing, follow_ups, notices, reminded, satisfaction, turns
from cases.actions.events import MailTakenBack, MessageBounced, MessageFailed
from cases.errors import RuleError
from cases.mail import compose
from cases.models import Event, Message, User
from cases.permissions import Verb
from cases.rules import addresses
from cases.rules.vocabulary import (
    ApologyStatus,
    Audience,
    CheckStatus,
    FollowUpStatus,
    MessagePurpose,
    MessageStatus,
    StepKind,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from cases.actions.events import MessageLost
    from cases.models import Case

_ON_ITS_WAY_OR_THERE = (ApologyStatus.SENT, ApologyStatus.DELIVERED, FollowUpStatus.SENT, FollowUpStatus.DELIVERED)
_NOT_ANSWERED = (CheckStatus.ASKED, CheckStatus.NO_ANSWER)


def follow(message: Message, *, at: datetime, for_good: bool) -> None:
    """Called with the message's row locked; its ``last_error`` says why. ``for_good``: it is the address that fails,
    and not this mail alone."""
    if message.audience == Audience.CUSTOMER and message.case is not None:
        _heed_customer(message, message.case, at)
    elif for_good and message.to_user is not None:
        _heed_colleague(message, message.to_user, at)


@transaction.atomic
def take_back_mail(*, message: Message, actor: User, now: datetime) -> Message:
    """A mail that is held back is not to leave any more. What it was for is still owed."""
    if message.case is None:
        raise RuleError("Choose it on the page of the case.")
    case = turns.begin(message.case, actor, Verb.WORK_CASE, may_be_closed=True)
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.status != MessageStatus.HELD:
        raise RuleError("It is not held back any more: it has left, or is about to.")
    message.status, message.held_because, message.raw = MessageStatus.CANCELLED, "", b""
    message.last_error = f"{actor} took it back before it left."
    message.save()
    for _ in _take_back(message, now):
        pass  # what it was for is owed
    case.refresh_from_db()
    happened = MailTakenBack(purpose=MessagePurpose(message.purpose), message=str(message.public_id))
    turns.finish(case, happened, at=now, actor=actor)
    return message


def take_back(message: Message, *, at: datetime) -> None:
    """Of a locked mail that never left, because its case turned out to be somebody else's: what it was is owed again.
    Its ``last_error`` says why."""
    if message.case is not None and not list(_take_back(message, at)):
        happened = MessageFailed(purpose=MessagePurpose(message.purpose), error=_why(message))
        Event.objects.record(message.case, happened, at=at, actor=None)


def _heed_customer(message: Message, case: Case, at: datetime) -> None:
    """The timeline says so, because somebody has to reach this customer another way."""
    came_of_it = list(_take_back(message, at))
    if not came_of_it:
        happened = _lost(message)(
            purpose=MessagePurpose(message.purpose), error=_why(message), message=compose.key_of(message)
        )
        Event.objects.record(case, happened, at=at, actor=None)
    lines = [
        f"“{message.subject}” to {message.to_address} did not arrive.",
        message.last_error,
        *(_owed(kind, was_done=was_done) for kind, was_done in came_of_it),
        *(_reopened(case, kind, at) for kind, was_done in came_of_it if was_done),
        "Please reach the customer another way, or ask them for another address and send it again.",
    ]
    for person in notices.there(notices.owner_and_manager(case), at):
        heading = f"{case.reference}: a mail to {case.customer} did not arrive"
        compose.undelivered_notice(person, heading=heading, lines=[*filter(None, lines)], now=at, case=case)


def _take_back(message: Message, at: datetime) -> Iterator[tuple[StepKind, bool]]:
    """Takes back what the mail was. Which step each of it was for, and whether that had been done by it."""
    why = _why(message)
    for apology in message.apologies.filter(status__in=_ON_ITS_WAY_OR_THERE).select_related("case", "author"):
        yield StepKind.APOLOGIZE, apologies.apology_failed(apology, at=at, error=why)
    for follow_up in message.follow_ups.filter(status__in=_ON_ITS_WAY_OR_THERE).select_related("case", "author"):
        yield StepKind.FOLLOW_UP, follow_ups.follow_up_failed(follow_up, at=at, error=why)
    for check in message.checks.filter(status__in=_NOT_ANSWERED).select_related("case"):
        yield StepKind.CONFIRM, satisfaction.question_failed(check, lost=_lost(message), at=at, error=why)


def _why(message: Message) -> str:
    """For events, which keep what they say for good."""
    return addresses.cut_out(message.last_error)


def _lost(message: Message) -> type[MessageLost]:
    return MessageBounced if message.status == MessageStatus.BOUNCED else MessageFailed


def _owed(kind: StepKind, *, was_done: bool) -> str:
    if was_done:
        return f"“{kind.heading}” had been completed by this mail, and is owed again."
    return f"“{kind.heading}” is not completed by it."


def _reopened(case: Case, kind: StepKind, at: datetime) -> str:
    because = f"“{kind.heading}” was completed by a mail that did not arrive."
    return "The case had been closed on it, and is open again." if closing.take_back(case, because, at=at) else ""


def _heed_colleague(message: Message, user: User, at: datetime) -> None:
    """Written down the first time, and whoever answers for them is told then. Nothing to do where they have another
    address by now."""
    rows = User.objects.filter(pk=user.pk, email=message.to_address, unreachable_since__isnull=True)
    is_news = rows.update(unreachable_since=at, unreachable_because=message.last_error[:500])
    reminded.untie(message, now=at)
    if is_news:
        reminded.release_from(user, now=at)
    if not is_news or message.purpose == MessagePurpose.UNDELIVERED:
        return
    lines = [
        message.last_error,
        f"Until this is repaired, no reminder reaches {user}: please tell them.",
        "When it is, an administrator says so on their page in the settings.",
    ]
    for manager in notices.there(notices.managers_of(user), at):
        compose.undelivered_notice(manager, heading=f"Mail to {user} does not arrive", lines=lines, now=at)
