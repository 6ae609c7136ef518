"""Who sees which case: managers everything; agents their teams' cases, their own, and those of no team."""

import pytest

from cases.models import Case, Team, User
from tests.conftest import Log

pytestmark = pytest.mark.django_db


def sees(user: User, case: Case) -> bool:
    return Case.objects.visible_to(user).filter(pk=case.pk).exists()


def test_the_team_sees_its_case_and_another_team_does_not(
    log: Log, agent: User, teammate: User, outsider: User
) -> None:
    case = log()

    assert sees(agent, case)
    assert sees(teammate, case)
    assert not sees(outsider, case)


def test_managers_and_administrators_see_every_case(log: Log, manager: User, administrator: User) -> None:
    case = log()
    for user in (manager, administrator):
        user.teams.clear()

        assert sees(user, case)


def test_a_case_of_no_team_is_seen_by_everybody(log: Log, outsider: User) -> None:
    assert sees(outsider, log(team=None))


def test_the_owner_sees_the_case_of_another_team(log: Log, outsider: User) -> None:
    assert sees(outsider, log(owner=outsider))


def test_whoever_logged_it_sees_it_in_another_team(log: Log, agent: User, outsider: User) -> None:
    case = log(team=outsider.teams.get(), owner=None)

    assert sees(agent, case)
    assert sees(outsider, case)


def test_somebody_in_two_teams_sees_each_case_once(log: Log, agent: User, outsider: User) -> None:
    agent.teams.add(outsider.teams.get(), Team.objects.create(name="Billing", calendar=outsider.teams.get().calendar))
    log()

    assert Case.objects.visible_to(agent).count() == 1
