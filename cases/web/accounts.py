"""How people get an account: by invitation, never by signing up; and their mails about it, which are ours.

Sign-in, sign-out and password reset are allauth's, with its rate limits. Limit: what a mail says is decided by
``cases.actions.sign_in``.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, override
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from cases.actions import people, sign_in
from cases.rules import addresses

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.http import HttpRequest

    from cases.models import User

logger = logging.getLogger(__name__)

_PASSWORD_CHANGED = ("account/email/password_changed", "account/email/password_reset", "account/email/password_set")
_UNKNOWN = "account/email/unknown_account"


class InviteOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """An account exists because an administrator made it. No mail goes to an address that has none."""

    @override
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    @override
    def set_password(self, user: User, password: str) -> None:
        people.write_password(user=user, password=password)

    @override
    def clean_email(self, email: str) -> str:
        return _as_stored(email)

    @override
    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        if "email" in credentials:
            credentials["email"] = _as_stored(credentials["email"])
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        return user

    @override
    def get_reset_password_from_key_url(self, key: str) -> str:
        """Never below the host that the request names, because anybody may name another."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return f"{settings.AMENDS_BASE_URL}{path.replace('UID-KEY', quote(key))}"

    @override
    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """To the address of the account, and not to a look-alike that was typed."""
        sign_in.send_password_link(user=user, link=context["password_reset_url"], now=timezone.now())

    @override
    def send_notification_mail(self, template_prefix: str, user: User, *_: object, **__: object) -> None:
        if template_prefix in _PASSWORD_CHANGED:
            sign_in.tell_password_changed(user=user, now=timezone.now())

    @override
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """All that allauth would still mail by itself. Nothing of it leaves."""
        if template_prefix == _UNKNOWN:
            link = self.get_reset_password_from_key_url(_NOBODYS_KEY)
            sign_in.send_nothing(link=link, now=timezone.now())
            return
        logger.error("There is no letter of ours for %s, so it was not sent", template_prefix)


_NOBODYS_KEY = f"1-{'0' * 39}"


def _as_stored(email: str) -> str:
    """One that cannot be an address is nobody's."""
    try:
        return addresses.canonical(email).lower()
    except addresses.AddressError:
        return email
