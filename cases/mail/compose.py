"""Write a mail into the outbox, in the transaction that decided on it. Nothing leaves from here.

Limit: it puts words into the two forms of a mail (text and HTML); what the words say is decided by its callers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from cases.mail import letter, links, moving, outbox
from cases.models import Message
from cases.rules.vocabulary import Audience, MessagePurpose

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cases.models import Case, User

_LONGEST_SUBJECT = 200
_EMPTY_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")
_PARAGRAPHS = re.compile(r"(?:\r?\n[ \t]*){2,}")
_BUTTONS = {MessagePurpose.SATISFACTION: "Tell us whether we made it right"}


def to_customer(
    case: Case, purpose: MessagePurpose, *, subject: str, body: str, now: datetime, link: str = ""
) -> Message:
    """A mail to the customer of a case, in plain words and nothing internal. ``body`` begins with the greeting;
    ``link``: the customer's page, as a button. It is held back where it may not leave yet (``moving``)."""
    context = {
        "subject": one_line(subject),
        "body": body,
        "paragraphs": _PARAGRAPHS.split(body.strip()),
        "reference": case.reference,
        "link": link,
        "button": _BUTTONS.get(purpose, "See where things stand"),
        "organization": settings.AMENDS_ORGANIZATION,
    }
    message = Message(
        case=case,
        purpose=purpose,
        audience=Audience.CUSTOMER,
        to_address=case.customer.email,
        subject=one_line(subject) or f"About {case.reference}",
        text=f"{render_to_string('mail/customer/body.txt', context).rstrip()}\n",
        html=render_to_string("mail/customer/body.html", context),
    )
    return queued(_finished(message, now))


def for_staff(
    user: User,
    purpose: MessagePurpose,
    *,
    name: str,
    context: dict[str, object],
    now: datetime,
    case: Case | None = None,
) -> Message:
    """A mail to a colleague, not stored yet. From the three templates ``mail/<name>/{subject.txt,body.txt,body.html}``;
    moments in them are shown in the colleague's zone."""
    message = Message(case=case, purpose=purpose, audience=Audience.STAFF, to_user=user, to_address=user.email)
    context = {
        "recipient": user,
        "organization": settings.AMENDS_ORGANIZATION,
        "seen": links.seen(message),
        "stop_early": links.stop_early(message) if purpose == MessagePurpose.EARLY else "",
        **context,
    }
    with timezone.override(user.zone):
        context["subject"] = message.subject = one_line(render_to_string(f"mail/{name}/subject.txt", context))
        message.text = _tidy(render_to_string(f"mail/{name}/body.txt", context))
        message.html = render_to_string(f"mail/{name}/body.html", context)
    return _finished(message, now)


def notice(
    user: User, *, heading: str, lines: Sequence[str], now: datetime, case: Case | None = None, link: str = ""
) -> Message:
    """A mail to a colleague that something happened which they must know. The heading is the subject; ``link``
    leads, unless said otherwise, to the case, or else to their work."""
    context = _in_notice(heading, lines, case, link)
    return queued(for_staff(user, MessagePurpose.NOTICE, name="notice", context=context, now=now, case=case))


def undelivered_notice(
    user: User, *, heading: str, lines: Sequence[str], now: datetime, case: Case | None = None
) -> Message:
    """The same of a mail that did not arrive. Of its own kind, because nobody is told by mail when this one does not
    arrive either: notices about notices would never end (RFC 3834)."""
    context = _in_notice(heading, lines, case)
    return queued(for_staff(user, MessagePurpose.UNDELIVERED, name="notice", context=context, now=now, case=case))


def queue(messages: Sequence[Message]) -> None:
    """Into the outbox, in this order."""
    Message.objects.bulk_create(messages)
    transaction.on_commit(outbox.announce)


def queued(message: Message) -> Message:
    """Into the outbox, alone."""
    queue([message])
    return message


def key_of(message: Message | None) -> str:
    """By which an event names a mail, whose row says where it went; empty where it was no mail."""
    return str(message.public_id) if message is not None else ""


def one_line(words: str) -> str:
    """As a subject: in one line, and not too long."""
    line = letter.flat(words)
    return line if len(line) <= _LONGEST_SUBJECT else f"{line[: _LONGEST_SUBJECT - 1].rstrip()}…"


def _in_notice(heading: str, lines: Sequence[str], case: Case | None, link: str = "") -> dict[str, object]:
    link = link or (links.case_page(case) if case else links.my_work())
    return {"heading": heading, "lines": lines, "case": case, "link": link}


def _tidy(text: str) -> str:
    """Template tags leave empty lines behind."""
    return f"{_EMPTY_LINES.sub('\n\n', text).strip()}\n"


def _finished(message: Message, now: datetime) -> Message:
    message.created_at = message.next_attempt_at = now
    message.text, message.html = (form.replace("\0", "") for form in (message.text, message.html.strip()))
    moving.hold_or_queue(message, now)
    moving.make_bytes(message)
    return message
