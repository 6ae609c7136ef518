"""How people get an account: by invitation, never by signing up.

Sign-in, sign-out and password reset are allauth's; this module only closes the door that allauth leaves open.
"""

from typing import override

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from cases.actions import people
from cases.models import User


class InviteOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """An account exists because an administrator made it."""

    @override
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    @override
    def set_password(self, user: User, password: str) -> None:
        people.write_password(user=user, password=password)
