"""Roles x verbs: what each role may do, said once and complete."""

import pytest

from cases import permissions
from cases.errors import NotAllowedError
from cases.models import User
from cases.permissions import Verb
from cases.rules.vocabulary import Role
from tests.conftest import Log

pytestmark = pytest.mark.django_db

FOR_MANAGERS = {Verb.APPROVE, Verb.CORRECT_CLOSED, Verb.VERIFY_PREVENTION, Verb.SEE_DASHBOARD, Verb.PLAN_ABSENCES}
FOR_ADMINISTRATORS = {Verb.IMPORT_CASES, Verb.ADMINISTER}


@pytest.mark.parametrize("verb", Verb)
def test_each_role_may_what_the_role_below_may_and_more(
    agent: User, manager: User, administrator: User, verb: Verb
) -> None:
    expected = (verb not in FOR_MANAGERS | FOR_ADMINISTRATORS, verb not in FOR_ADMINISTRATORS, True)

    assert tuple(permissions.may(user, verb) for user in (agent, manager, administrator)) == expected


@pytest.mark.parametrize("verb", Verb)
def test_who_has_left_may_nothing(administrator: User, verb: Verb) -> None:
    administrator.is_active = False

    with pytest.raises(NotAllowedError, match=f"Your role does not let you {verb}. Ask a manager."):
        permissions.require(administrator, verb)


def test_a_verb_stops_at_the_cases_of_another_team(log: Log, agent: User, outsider: User, manager: User) -> None:
    case = log()

    permissions.require(agent, Verb.WORK_CASE, case)
    permissions.require(manager, Verb.WORK_CASE, case)
    with pytest.raises(NotAllowedError, match="This case belongs to another team"):
        permissions.require(outsider, Verb.WORK_CASE, case)


def test_every_role_is_in_the_table() -> None:
    assert set(permissions.ALLOWED) == set(Role)
