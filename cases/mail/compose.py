"""Write a mail into the outbox, in the transaction that decided on it. Nothing leaves from here.

Limit: it puts words into the two forms of a mail (text and HTML); what the words say is decided by its callers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.loader import render_to_string

from cases.models import Message
from cases.rules.vocabulary import Audience

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import Case, User
    from cases.rules.vocabulary import MessagePurpose

_LONGEST_SUBJECT = 200


def to_customer(
    case: Case, purpose: MessagePurpose, *, subject: str, body: str, now: datetime, link: str = ""
) -> Message:
    """A mail to the customer of a case, in plain words and nothing internal. ``link``: the customer's page, as a button."""
    context = {"body": body, "case": case, "link": link}
    return Message.objects.create(
        case=case,
        purpose=purpose,
        audience=Audience.CUSTOMER,
        to_address=case.customer.email,
        subject=_one_line(subject),
        text=render_to_string("mail/customer/body.txt", context),
        html=render_to_string("mail/customer/body.html", context),
        created_at=now,
        next_attempt_at=now,
    )


def to_staff(
    user: User,
    purpose: MessagePurpose,
    *,
    name: str,
    context: dict[str, object],
    now: datetime,
    case: Case | None = None,
) -> Message:
    """A mail to a colleague, from the three templates ``mail/<name>/{subject.txt,body.txt,body.html}``."""
    context = {"recipient": user, **context}
    return Message.objects.create(
        case=case,
        purpose=purpose,
        audience=Audience.STAFF,
        to_user=user,
        to_address=user.email,
        subject=_one_line(render_to_string(f"mail/{name}/subject.txt", context)),
        text=render_to_string(f"mail/{name}/body.txt", context),
        html=render_to_string(f"mail/{name}/body.html", context),
        created_at=now,
        next_attempt_at=now,
    )


def _one_line(subject: str) -> str:
    """A subject has one line: a line break in a name must never become a header."""
    return " ".join(subject.split())[:_LONGEST_SUBJECT]
