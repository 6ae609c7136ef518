"""Mail that waits follows its reader's address: it goes to the present one, or is held back with a reason.

Limit: a mail that somebody is handing over stays as it is. Where it waits again, it is moved before the next attempt.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from cases.mail import letter, links
from cases.models import AddressQuestion, CustomerLink, Message
from cases.rules.vocabulary import Audience, MessageStatus, WithheldBecause

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cases.models import User

_TOKEN = re.compile(r"/made-right/([\w:-]+)/")
"""In the address of a customer's page."""


def withheld_because(message: Message) -> WithheldBecause | None:
    """Why a mail to a customer may not leave now; ``None``: it may."""
    if message.audience != Audience.CUSTOMER or message.case is None:
        return None
    if not message.case.customer.email:
        return WithheldBecause.NO_ADDRESS
    if _TOKEN.search(message.text) and AddressQuestion.objects.withholding(message.case).exists():
        return WithheldBecause.UNCONFIRMED
    return None


def hold_or_queue(message: Message, now: datetime) -> None:
    """In memory, before its bytes are made."""
    because = withheld_because(message)
    message.held_because = because or ""
    message.status = MessageStatus.HELD if because else MessageStatus.QUEUED
    message.next_attempt_at = None if because else now


def move(messages: Iterable[Message], *, now: datetime) -> list[Message]:
    """Locked mails that wait. They get the present address of their reader, and new links for revoked ones. Returns
    those that changed."""
    return [message for message in messages if _move(message, now)]


def mark_outdated(**reader: object) -> None:
    """The mails to a reader that are being handed over just now (filter of ``Message``)."""
    Message.objects.filter(status=MessageStatus.QUEUED, claimed_by__isnull=False, **reader).update(is_outdated=True)


@transaction.atomic
def move_outdated(now: datetime) -> None:
    """What was being handed over while the address changed, and did not leave. A run that is gone may have handed its
    first mail over, which counts as a doubt. Call it after ``outbox.settle``."""
    free = Q(claimed_by__isnull=True) | Q(next_attempt_at__lte=now)
    found = Message.objects.filter(free, status=MessageStatus.QUEUED, is_outdated=True)
    if not found.exists():
        return
    found.filter(claimed_by__isnull=False).update(claimed_by=None, doubts=F("doubts") + 1)
    rows = found.filter(claimed_by__isnull=True).select_for_update(of=("self",), skip_locked=True)
    move(rows.select_related("case__customer", "to_user"), now=now)


def _move(message: Message, now: datetime) -> bool:
    address = _address_of(message)
    words = (message.text, message.html)
    before = (message.to_address, message.held_because, message.is_outdated, *words)
    message.to_address, message.is_outdated = address, False
    _renew_links(message, now)
    if message.audience == Audience.CUSTOMER:
        hold_or_queue(message, now)
    if before == (address, message.held_because, False, message.text, message.html):
        return False
    make_bytes(message)
    message.save()
    return True


def make_bytes(message: Message) -> None:
    """An address that cannot be written to is told of when it is the mail's turn."""
    message.raw = b""
    if message.to_address:
        with suppress(ValueError):
            message.raw = letter.written(message)


def _address_of(message: Message) -> str:
    if message.audience == Audience.CUSTOMER and message.case is not None:
        return message.case.customer.email
    user: User | None = message.to_user
    return user.email if user is not None else message.to_address


def _renew_links(message: Message, now: datetime) -> None:
    """A revoked link in the mail would greet the customer with a refusal."""
    for token in set(_TOKEN.findall(message.text)):
        old = CustomerLink.objects.filter(
            public_id__in=filter(None, [links.link_in(token)]), case=message.case, revoked_at__isnull=False
        ).first()
        if old is not None:
            new = CustomerLink.objects.create(
                case=old.case,
                created_at=now,
                created_by=old.created_by,
                expires_at=now + timedelta(days=settings.AMENDS_LINK_DAYS),
            )
            token_now = links.token_of(new)
            message.text = message.text.replace(token, token_now)
            message.html = message.html.replace(token, token_now)
