"""The first people of an installation: somebody who may change everything, teams, and passwords that are handed over.

Limit: whoever comes later is invited and chooses their own password (``cases.actions.people``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from cases import permissions
from cases.errors import NotAllowedError, RuleError
from cases.models import Team, User
from cases.permissions import Verb
from cases.rules.calendars import load_zone
from cases.rules.vocabulary import Role

if TYPE_CHECKING:
    from cases.models import WorkingCalendar


@transaction.atomic
def add_first_administrator(*, email: str, name: str, zone: str) -> User:
    """Nobody is asked for permission, because nobody is there yet who could give it."""
    if User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exists():
        raise NotAllowedError("There is an administrator already: they add colleagues in the settings.")
    load_zone(zone)
    return User.objects.create_superuser(email, name=name.strip(), time_zone=zone)


@transaction.atomic
def add_team(*, name: str, calendar: WorkingCalendar, actor: User) -> Team:
    permissions.require(actor, Verb.ADMINISTER)
    if not name.strip():
        raise RuleError("Give the team a name.", field="name")
    if Team.objects.filter(name__iexact=name.strip()).exists():
        raise RuleError("There is a team of this name already.", field="name")
    return Team.objects.create(name=name.strip(), calendar=calendar)


@transaction.atomic
def lead_team(*, team: Team, manager: User, actor: User) -> Team:
    """Name who is told when something of the team is not done in time."""
    permissions.require(actor, Verb.ADMINISTER)
    if not manager.is_manager or not manager.is_active:
        raise RuleError(f"{manager} is no manager. Change their role first.", field="manager")
    team.manager = manager
    team.save(update_fields=("manager",))
    return team


@transaction.atomic
def give_password(*, user: User, password: str, actor: User) -> User:
    """For somebody who gets it by word of mouth and has none yet."""
    permissions.require(actor, Verb.ADMINISTER)
    if user.has_usable_password():
        raise RuleError(f"{user} has a password already.")
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise RuleError(" ".join(error.messages), field="password") from error
    user.set_password(password)
    user.save(update_fields=("password",))
    return user
