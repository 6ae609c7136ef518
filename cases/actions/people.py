"""Staff: invited by an administrator, and let go without losing what they did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from cases import permissions
from cases.errors import RuleError
from cases.models import User
from cases.permissions import Verb
from cases.rules.calendars import load_zone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cases.models import Team
    from cases.rules.vocabulary import Role


@transaction.atomic
def add_user(*, email: str, name: str, role: Role, zone: str, actor: User, teams: Sequence[Team] = ()) -> User:
    """A colleague without a password yet: they set their own behind the link that the door sends."""
    permissions.require(actor, Verb.ADMINISTER)
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise RuleError("Write a complete mail address, such as maya@example.com.", field="email") from error
    if not name.strip():
        raise RuleError("Give the name that colleagues and customers know.", field="name")
    if User.objects.filter(email=email).exists():
        raise RuleError("Somebody has this mail address already.", field="email")
    load_zone(zone)
    user = User.objects.create_user(email, None, name=name.strip(), role=role, time_zone=zone)
    user.teams.set(teams)
    return user
