"""The first people of an installation."""

import pytest

from cases.actions import founding
from cases.errors import NotAllowedError, RuleError
from cases.models import Team, User
from cases.rules.vocabulary import Role

pytestmark = pytest.mark.django_db

PASSWORD = "copper-lantern-58-tide"


def test_the_first_administrator_asks_nobody(db: None) -> None:
    boss = founding.add_first_administrator(email="Lena@Example.com", name=" Lena Fischer ", zone="Europe/Oslo")
    assert (boss.role, boss.email, boss.name) == (Role.ADMINISTRATOR, "lena@example.com", "Lena Fischer")
    assert not boss.has_usable_password()


def test_a_second_first_administrator_is_refused(administrator: User) -> None:
    with pytest.raises(NotAllowedError, match="administrator already"):
        founding.add_first_administrator(email="eve@example.com", name="Eve", zone="UTC")


def test_an_unknown_zone_is_refused(db: None) -> None:
    with pytest.raises(RuleError, match="not a time zone"):
        founding.add_first_administrator(email="lena@example.com", name="Lena", zone="Mars/Olympus")
    assert not User.objects.exists()


def test_a_team_has_a_name_of_its_own(team: Team, administrator: User) -> None:
    added = founding.add_team(name=" Night desk ", calendar=team.calendar, actor=administrator)
    assert added.name == "Night desk"
    with pytest.raises(RuleError, match="of this name"):
        founding.add_team(name="night DESK", calendar=team.calendar, actor=administrator)
    with pytest.raises(RuleError, match="Give the team a name"):
        founding.add_team(name=" ", calendar=team.calendar, actor=administrator)


def test_only_a_manager_leads_a_team(team: Team, agent: User, manager: User, administrator: User) -> None:
    with pytest.raises(RuleError, match="is no manager"):
        founding.lead_team(team=team, manager=agent, actor=administrator)
    assert founding.lead_team(team=team, manager=manager, actor=administrator).manager == manager


def test_a_password_is_given_once_and_must_be_a_good_one(team: Team, administrator: User) -> None:
    user = User.objects.create_user("new@example.com", None, name="Noor Visser")
    with pytest.raises(RuleError, match="too short"):
        founding.give_password(user=user, password="short", actor=administrator)
    founding.give_password(user=user, password=PASSWORD, actor=administrator)
    assert user.check_password(PASSWORD)
    with pytest.raises(RuleError, match="has a password already"):
        founding.give_password(user=user, password=PASSWORD, actor=administrator)


def test_nobody_else_founds_anything(team: Team, manager: User, agent: User) -> None:
    with pytest.raises(NotAllowedError):
        founding.add_team(name="Another", calendar=team.calendar, actor=manager)
    with pytest.raises(NotAllowedError):
        founding.lead_team(team=team, manager=manager, actor=manager)
    with pytest.raises(NotAllowedError):
        founding.give_password(user=agent, password=PASSWORD, actor=manager)
