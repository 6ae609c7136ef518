"""Staff: invited by an administrator, and let go without losing what they did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction

from cases import permissions
from cases.actions import deciding, records, reminded, sign_in, updates
from cases.errors import RuleError
from cases.mail import compose, moving, outbox
from cases.models import Message, User
from cases.permissions import Verb
from cases.rules import addresses
from cases.rules.calendars import load_zone
from cases.rules.vocabulary import MessagePurpose, Role

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, time

    from cases.models import Team, WorkingCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """What somebody is here. Who is not active cannot sign in, and keeps their place in every timeline."""

    name: str
    role: Role
    zone: str
    teams: Sequence[Team] = ()
    is_active: bool = True
    calendar: WorkingCalendar | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailWishes:
    """How somebody wants to be reminded. ``digest_at``: one mail a day at this hour, where they are, about everything
    below critical; ``None``: as it comes. ``most``: mails a day. ``early``: also before something is late."""

    digest_at: time | None = None
    most: int = 20
    early: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.most <= MOST_MAILS:
            raise RuleError(f"Allow from one to {MOST_MAILS} mails a day.", field="most_reminders")


MOST_MAILS = 500
SHOWN = (
    *("name", "email", "role", "teams", "time_zone", "calendar", "is_active"),
    *("digest_at", "most_reminders", "wants_early"),
)
"""What the settings page and the profile show of somebody."""


@transaction.atomic
def add_user(*, email: str, position: Position, actor: User, now: datetime) -> User:
    """A colleague without a password yet: they set their own behind the link that the door sends."""
    permissions.require(actor, Verb.ADMINISTER)
    email = check_address(email)
    if not position.name.strip():
        raise RuleError("Give the name that colleagues and customers know.", field="name")
    load_zone(position.zone)
    name, role, zone = position.name.strip(), position.role, position.zone
    user = User.objects.create_user(email, None, name=name, role=role, time_zone=zone)
    user.teams.set(position.teams)
    deciding.ask_everywhere(now=now)
    return user


@transaction.atomic
def invite(*, user: User, link: str, actor: User, now: datetime) -> Message:
    """Mail somebody the link behind which they choose their password. The door makes it: it knows the addresses."""
    permissions.require(actor, Verb.ADMINISTER)
    if not user.is_active:
        raise RuleError(f"{user} does not work here any more. Make them active first.")
    if user.has_usable_password():
        raise RuleError(f"{user} has a password already. “Forgot your password?” on the sign-in page makes a new one.")
    context: dict[str, object] = {"inviter": actor, "link": link, "days": sign_in.LINK_DAYS}
    return compose.queued(compose.for_staff(user, MessagePurpose.SIGN_IN, name="invitation", context=context, now=now))


@transaction.atomic
def change_user(*, user: User, position: Position, actor: User, now: datetime) -> User:
    """Another name, role, zone or team. Whoever is no longer active is signed out everywhere, and owes nothing more in
    closed cases."""
    permissions.require(actor, Verb.ADMINISTER)
    user = User.objects.select_for_update().get(pk=user.pk)
    check_position(user, position)
    was_active = user.is_active
    with records.revising(user, SHOWN, actor=actor, at=now):
        user.name, user.role, user.time_zone = position.name.strip(), position.role, position.zone
        user.is_active, user.calendar = position.is_active, position.calendar
        user.save(update_fields=("name", "role", "time_zone", "is_active", "calendar"))
        user.teams.set(position.teams)
    if was_active and not user.is_active:
        _sign_out(user)
        reminded.release_from(user, now=now)
        updates.hand_on(user, actor=actor, now=now)
    deciding.ask_everywhere(now=now)
    return user


_DEAD_LINK = "Their mail address changed meanwhile, so the link in it opens nothing. Send another."


@transaction.atomic
def change_address(*, user: User, email: str, actor: User, now: datetime) -> User:
    """From now on mail goes there, what waits in the outbox too, and they sign in with it. The old one opens nothing
    any more, and what is known of its troubles is forgotten."""
    permissions.require(actor, Verb.ADMINISTER)
    user = User.objects.select_for_update().get(pk=user.pk)
    with records.revising(user, SHOWN, actor=actor, at=now):
        user.email = check_address(email, but=user)
        user.unreachable_since, user.unreachable_because = None, ""
        user.save(update_fields=("email", "unreachable_since", "unreachable_because"))
    EmailAddress.objects.filter(user=user).delete()
    waiting = Message.objects.waiting().filter(to_user=user, claimed_by__isnull=True)
    outbox.give_up(waiting.filter(purpose=MessagePurpose.SIGN_IN), _DEAD_LINK)
    waiting.update(to_address=user.email, raw=b"")  # without bytes it is made anew
    moving.mark_outdated(to_user=user)
    return user


@transaction.atomic
def confirm_address(*, user: User, actor: User) -> User:
    """Somebody has seen to it that mail reaches this colleague. Nothing else can know: a mail that left proves nothing
    as long as it may bounce."""
    permissions.require(actor, Verb.ADMINISTER)
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.unreachable_since is None:
        raise RuleError(f"Mail to {user.email} has not failed.")
    user.unreachable_since, user.unreachable_because = None, ""
    user.save(update_fields=("unreachable_since", "unreachable_because"))
    return user


def write_password(*, user: User, password: str) -> None:
    """Nothing else is written of the person, whom an administrator may be changing at the same moment."""
    user.set_password(password)
    user.save(update_fields=("password",))


@transaction.atomic
def change_self(*, name: str, zone: str, actor: User, wishes: MailWishes, now: datetime) -> User:
    """One's own name, time zone and mails. Role and teams are an administrator's to change."""
    user = User.objects.select_for_update().get(pk=actor.pk)
    if not name.strip():
        raise RuleError("Give the name that colleagues and customers know.", field="name")
    load_zone(zone)
    with records.revising(user, SHOWN, actor=actor, at=now):
        user.name, user.time_zone = name.strip(), zone
        user.digest_at, user.most_reminders, user.wants_early = wishes.digest_at, wishes.most, wishes.early
        user.save(update_fields=("name", "time_zone", "digest_at", "most_reminders", "wants_early"))
    return user


def check_position(user: User, position: Position) -> None:
    """Refuse what would leave nobody to change the settings, or a team with a manager who may not manage."""
    if not position.name.strip():
        raise RuleError("Give the name that colleagues and customers know.", field="name")
    load_zone(position.zone)
    administers = position.is_active and position.role == Role.ADMINISTRATOR
    others = User.objects.select_for_update().filter(role=Role.ADMINISTRATOR, is_active=True).exclude(pk=user.pk)
    if not administers and user.is_staff and not list(others.values_list("pk", flat=True)):
        raise RuleError(
            "Nobody else can change the settings. Make somebody else an administrator first.",
            field="role" if position.is_active else "is_active",
        )
    managed = user.managed_teams.first()
    if position.role == Role.AGENT and managed is not None:
        raise RuleError(f"{user} is the manager of {managed}. Give the team another manager first.", field="role")


def check_address(email: str, *, but: User | None = None) -> str:
    """Nobody can sign in with other letters before the ``@``: the sign-in page takes those of ASCII."""
    email = addresses.canonical(email).lower()
    if not email.rpartition("@")[0].isascii():
        raise RuleError("Before the @ only letters without accents can be used to sign in.", field="email")
    if User.objects.filter(email=email).exclude(pk=but.pk if but else 0).exists():
        raise RuleError("Somebody has this mail address already.", field="email")
    return email


def _sign_out(user: User) -> None:
    for session in Session.objects.iterator():
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()
