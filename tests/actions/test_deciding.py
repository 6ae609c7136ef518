"""Whoever is asked to decide may decide, and whoever asks is told who that is."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from cases.actions import deciding, steps
from cases.actions.closing import close
from cases.actions.compensations import approve_compensation
from cases.actions.handling import change_severity
from cases.actions.merging import merge_customers
from cases.actions.people import Position, add_user, change_user
from cases.errors import NotAllowedError
from cases.models import Absence, Approval, Compensation, Message, Team, User
from cases.rules.vocabulary import CompensationStatus, Outcome, Role, Severity, StepKind
from tests.actions.test_compensations import GIFT, propose
from tests.conftest import Log, person
from tests.refusals import refused
from tests.reports.recovery import another_customer

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def asked_by_mail() -> list[str]:
    return [mail.to_address for mail in Message.objects.order_by("pk")]


def test_a_manager_who_may_not_grant_it_is_not_asked(
    log: Log, agent: User, manager: User, administrator: User, now: datetime
) -> None:
    asked = propose(log(), agent, now, "900")

    assert asked.asked_to == administrator
    assert Message.objects.get().to_user == administrator
    assert deciding.asked_in_words(asked) == "Lena Fischer was asked to decide."
    with refused("you may approve up to 500 USD. Ask Lena Fischer.", by=NotAllowedError):
        approve_compensation(compensation=asked, actor=manager, now=now)


def test_the_managers_manager_is_asked_before_administrators(
    log: Log, agent: User, manager: User, administrator: User, team: Team, now: datetime
) -> None:
    above = person("Ines Duarte", Role.ADMINISTRATOR)
    team.executive = above
    team.save()

    assert propose(log(), agent, now, "900").asked_to == above


def test_somebody_of_another_team_is_asked_where_nobody_of_the_own_may(
    log: Log, manager: User, outsider: User, now: datetime
) -> None:
    other = person("Yuki Mori", Role.MANAGER, outsider.teams.get())
    case = log()
    change_severity(case=case, severity=Severity.MAJOR, reason="Worse", actor=manager, now=now)

    # A severity of the proposer's own choice counts for others in full.
    assert propose(case, manager, now, "700").asked_to == other


def test_nobody_who_may_is_said_at_once(log: Log, agent: User, manager: User, now: datetime) -> None:
    asked = propose(log(), agent, now, "900")

    assert asked.asked_to is None
    assert deciding.asked_in_words(asked).startswith("Nobody here may decide this yet.")
    assert not Message.objects.exists()


def test_no_limit_in_a_currency_means_that_only_administrators_decide(
    log: Log, agent: User, manager: User, administrator: User, now: datetime
) -> None:
    assert propose(log(), agent, now, "1", replace(GIFT, currency="CHF")).asked_to == administrator


def test_while_the_manager_is_away_whoever_stands_in_is_asked_if_they_may(
    log: Log, agent: User, teammate: User, manager: User, administrator: User, now: datetime
) -> None:
    Absence.objects.create(user=manager, start=now - HOUR, end=now + HOUR, substitute=teammate)

    assert propose(log(severity=Severity.MINOR), agent, now, "90").asked_to == administrator


def test_whoever_cannot_be_reached_is_not_asked(
    log: Log, agent: User, manager: User, administrator: User, now: datetime
) -> None:
    manager.unreachable_since = now
    manager.save()

    approval = steps.waive(case=log(), kind=StepKind.ACKNOWLEDGE, reason="They asked us", actor=agent, now=now)
    assert isinstance(approval, Approval)
    assert approval.asked_to == administrator


def test_a_severity_of_the_managers_own_choice_does_not_widen_what_they_approve(
    log: Log, agent: User, manager: User, administrator: User, now: datetime
) -> None:
    case = log()
    change_severity(case=case, severity=Severity.MAJOR, reason="Worse", actor=manager, now=now)

    assert propose(case, agent, now, "900").asked_to == administrator


def test_somebody_else_is_asked_when_whoever_was_asked_may_no_longer(
    log: Log, agent: User, manager: User, administrator: User, now: datetime
) -> None:
    case = log()
    asked = propose(case, agent, now, "400")
    assert asked.asked_to == manager
    change_severity(case=case, severity=Severity.MINOR, reason="Less bad", actor=agent, now=now)

    asked.refresh_from_db()
    assert asked.asked_to == administrator
    assert asked_by_mail() == ["priya@example.com", "lena@example.com"]


@pytest.fixture
def people(agent: User, teammate: User, manager: User, outsider: User, administrator: User) -> list[User]:
    return [agent, teammate, manager, outsider, administrator]


def test_one_answer_serves_the_mail_and_the_page(log: Log, people: list[User], now: datetime) -> None:
    agent, _teammate, manager, _outsider, administrator = people
    asked = propose(log(), agent, now, "400")
    grounds = deciding.grounds_of(asked.case)

    assert [user for user in people if deciding.may_decide(user, asked, grounds)] == [manager, administrator]


@pytest.fixture
def asked(log: Log, agent: User, manager: User, administrator: User, now: datetime) -> Compensation:
    """Of the manager, who may approve 500 in all."""
    found = propose(log(), agent, now, "350")
    assert found.asked_to == manager
    return found


def asked_now(asked: Compensation) -> User | None:
    return Compensation.objects.get(pk=asked.pk).asked_to


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": Role.AGENT}])
def test_somebody_else_is_asked_when_whoever_was_asked_leaves_or_has_another_role(
    asked: Compensation, team: Team, manager: User, administrator: User, now: datetime, change: dict[str, Any]
) -> None:
    Team.objects.update(manager=None)
    position = Position(name="Priya Shah", role=Role.MANAGER, zone="UTC", teams=[team])
    change_user(user=manager, position=replace(position, **change), actor=administrator, now=now)

    assert asked_now(asked) == administrator
    assert asked_by_mail()[-1] == "lena@example.com"


def test_a_new_colleague_who_may_decide_is_asked_what_nobody_might_decide(
    log: Log, agent: User, team: Team, administrator: User, now: datetime
) -> None:
    User.objects.filter(pk=administrator.pk).update(role=Role.AGENT)
    asked = propose(log(), agent, now, "350")
    assert asked.asked_to is None
    position = Position(name="Ines Duarte", role=Role.MANAGER, zone="UTC", teams=[team])
    ines = add_user(email="ines@example.com", position=position, actor=administrator, now=now)

    assert asked_now(asked) == ines


def test_a_proposal_in_another_case_of_the_same_mistake_counts_in_both(
    asked: Compensation, log: Log, agent: User, administrator: User, now: datetime
) -> None:
    propose(log(incident=asked.case.incident), agent, now, "250")

    assert asked_now(asked) == administrator


def test_records_that_are_merged_make_one_gift_of_two(
    asked: Compensation, log: Log, agent: User, manager: User, administrator: User, now: datetime
) -> None:
    other = another_customer("Grace Whitlok", now)
    propose(log(incident=asked.case.incident, whom=other), agent, now, "250")
    assert asked_now(asked) == manager
    merge_customers(keep=asked.case.customer, drop=other, actor=agent, now=now)

    assert asked_now(asked) == administrator


def test_what_a_duplicate_gave_counts_in_the_case_where_it_goes_on(
    asked: Compensation, log: Log, agent: User, manager: User, administrator: User, now: datetime
) -> None:
    double = log(title="Logged twice")
    given = propose(double, manager, now, "250")
    Compensation.objects.filter(pk=given.pk).update(status=CompensationStatus.ISSUED, delivered_at=now)
    close(case=double, outcome=Outcome.DUPLICATE, reason="Twice", actor=manager, now=now, duplicate_of=asked.case)

    assert asked_now(asked) == administrator
