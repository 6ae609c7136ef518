"""Staff: added and invited by an administrator, moved, and let go."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cases.actions.people import MailWishes, Position, add_user, change_self, change_user, invite
from cases.errors import NotAllowedError
from cases.models import Message, User
from cases.rules.vocabulary import Audience, Role
from tests.refusals import refused

pytestmark = pytest.mark.django_db

LINK = "http://localhost:8000/accounts/password/reset/key/1-abc/"
NOW = datetime(2025, 9, 15, 14, 0, tzinfo=UTC)
AGENT = Position(name="Maya Osei", role=Role.AGENT, zone="America/New_York")


def add(actor: User, email: str = "Ines@Example.com", name: str = "Ines Duarte", zone: str = "Europe/Lisbon") -> User:
    return add_user(email=email, position=Position(name=name, role=Role.AGENT, zone=zone), actor=actor, now=NOW)


def test_somebody_new_has_no_password_and_is_invited_by_mail(administrator: User, now: datetime) -> None:
    ines = add(administrator)

    invite(user=ines, link=LINK, actor=administrator, now=now)

    assert (ines.email, ines.has_usable_password()) == ("ines@example.com", False)
    mail = Message.objects.get()
    assert (mail.audience, mail.to_address) == (Audience.STAFF, "ines@example.com")
    assert mail.subject == "Lena Fischer invites you to Amends at Northside Advisory"
    assert LINK in mail.text
    assert LINK in mail.html


@pytest.mark.parametrize(
    ("words", "sentence", "field"),
    [
        ({"email": "ines"}, "Write a complete mail address", "email"),
        ({"email": "lena@example.com"}, "Somebody has this mail address already", "email"),
        ({"name": " "}, "Give the name that colleagues", "name"),
        ({"zone": "Mars/Olympus"}, "is not a time zone that we know", "zone"),
    ],
)
def test_somebody_who_cannot_be_reached_or_named_is_not_added(
    administrator: User, words: dict[str, str], sentence: str, field: str
) -> None:
    with refused(sentence, field=field):
        add(administrator, **words)

    assert User.objects.count() == 1


def test_only_an_administrator_adds_invites_and_moves(manager: User, agent: User, now: datetime) -> None:
    for attempt in (
        lambda: add(manager),
        lambda: invite(user=agent, link=LINK, actor=manager, now=now),
        lambda: change_user(user=agent, position=AGENT, actor=manager, now=NOW),
    ):
        with refused("does not let you change the settings", by=NotAllowedError):
            attempt()


def test_who_has_a_password_or_has_left_is_not_invited(administrator: User, agent: User, now: datetime) -> None:
    with refused("Maya Osei has a password already"):
        invite(user=agent, link=LINK, actor=administrator, now=now)
    agent.is_active = False
    with refused("Maya Osei does not work here any more"):
        invite(user=agent, link=LINK, actor=administrator, now=now)


def test_a_position_is_changed_as_a_whole(administrator: User, agent: User, outsider: User) -> None:
    other = outsider.teams.get()

    moved = change_user(
        user=agent,
        position=Position(name=" Maya O. ", role=Role.MANAGER, zone="Asia/Tokyo", teams=[other]),
        actor=administrator,
        now=NOW,
    )

    assert (moved.name, moved.role, moved.time_zone) == ("Maya O.", Role.MANAGER, "Asia/Tokyo")
    assert list(moved.teams.all()) == [other]


def test_a_position_that_makes_no_sense_is_refused(administrator: User, agent: User, manager: User) -> None:
    for position, words, field in (
        (replace(AGENT, name=" "), "Give the name", "name"),
        (replace(AGENT, zone="Mars/Olympus"), "is not a time zone", "zone"),
    ):
        with refused(words, field=field):
            change_user(user=agent, position=position, actor=administrator, now=NOW)
    with refused("Priya Shah is the manager of Support", field="role"):
        change_user(user=manager, position=AGENT, actor=administrator, now=NOW)


def test_one_administrator_always_remains(administrator: User, manager: User) -> None:
    lead = Position(name="Lena Fischer", role=Role.ADMINISTRATOR, zone="UTC")
    with refused("Nobody else can change the settings", field="role"):
        change_user(user=administrator, position=replace(lead, role=Role.MANAGER), actor=administrator, now=NOW)
    with refused("Nobody else can change the settings", field="is_active"):
        change_user(user=administrator, position=replace(lead, is_active=False), actor=administrator, now=NOW)

    change_user(user=manager, position=replace(lead, name="Priya Shah"), actor=administrator, now=NOW)
    left = change_user(user=administrator, position=replace(lead, is_active=False), actor=administrator, now=NOW)

    assert not left.is_active


def test_everybody_changes_their_own_name_and_zone(agent: User) -> None:
    changed = change_self(name=" Maya Osei-Lund ", zone="Europe/Oslo", actor=agent, wishes=MailWishes(), now=NOW)

    assert (changed.name, changed.time_zone) == ("Maya Osei-Lund", "Europe/Oslo")
    with refused("is not a time zone", field="zone"):
        change_self(name="Maya", zone="Mars/Olympus", actor=agent, wishes=MailWishes(), now=NOW)
