"""Mails about signing in. They leave by the outbox like all others, to the address that the account has.

Limit: who may ask for one, and how often, is decided at the door (``cases.web.accounts``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from cases.mail import compose, outbox
from cases.models import User
from cases.rules.vocabulary import MessagePurpose

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import Message

LINK_DAYS = settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60)


def send_password_link(*, user: User, link: str, now: datetime) -> Message:
    """Whoever opens it chooses a new password for this account."""
    return compose.queued(_password_link(user, link, now))


def send_nothing(*, link: str, now: datetime) -> None:
    """As much work as ``send_password_link``, and no mail: the time that an answer takes tells nobody who has an
    account."""
    nobody = User(email="nobody@example.com", name="Nobody", time_zone=settings.AMENDS_TIME_ZONE)
    with transaction.atomic():
        mail = _password_link(nobody, link, now)
        mail.to_user = None
        mail.save()
        transaction.set_rollback(True)
    outbox.announce()


def tell_password_changed(*, user: User, now: datetime) -> Message:
    """So that nobody else changes it unseen."""
    lines = (
        "From now on, your account opens with this password only.",
        "If it was not you, choose another one at once (“Forgot your password?” on the sign-in page), and tell an "
        "administrator.",
    )
    return compose.notice(user, heading="A new password was chosen for your account", lines=lines, now=now)


def _password_link(user: User, link: str, now: datetime) -> Message:
    context: dict[str, object] = {"link": link, "days": LINK_DAYS}
    return compose.for_staff(user, MessagePurpose.SIGN_IN, name="password", context=context, now=now)
