"""Owners who cannot be reminded."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from cases.models import Absence, User
from cases.reports.reach import out_of_reach
from tests.conftest import Log

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def away(user: User, now: datetime, substitute: User | None = None) -> None:
    Absence.objects.create(user=user, start=now - DAY, end=now + DAY, substitute=substitute)


def reasons(now: datetime) -> list[tuple[str, str, int]]:
    return [(each.name, each.why, each.open.value) for each in out_of_reach(now)]


def test_everybody_is_here(log: Log, now: datetime) -> None:
    log()
    assert reasons(now) == []


def test_an_owner_who_is_away_and_for_whom_nobody_stands_in(log: Log, agent: User, now: datetime) -> None:
    log()
    log()
    away(agent, now)
    assert reasons(now) == [("Maya Osei", "is away, and nobody stands in", 2)]


def test_an_owner_for_whom_somebody_stands_in_is_no_worry(log: Log, agent: User, teammate: User, now: datetime) -> None:
    log()
    away(agent, now, teammate)
    assert reasons(now) == []
    away(teammate, now)
    assert reasons(now) == [("Maya Osei", "is away, and nobody stands in", 1)]


def test_an_owner_who_left_or_whose_mail_fails(log: Log, agent: User, teammate: User, now: datetime) -> None:
    log()
    log(owner=teammate)
    User.objects.filter(pk=agent.pk).update(is_active=False)
    User.objects.filter(pk=teammate.pk).update(unreachable_since=now)
    assert [why for _, why, _ in reasons(now)] == ["no longer works here", "mail does not arrive"]


def test_the_dashboard_says_so(log: Log, agent: User, manager: User, client: Client, now: datetime) -> None:
    log()
    User.objects.filter(pk=agent.pk).update(is_active=False)
    client.force_login(manager)
    page = client.get("/dashboard/").text
    assert "Cannot be reminded" in page
    assert "no longer works here" in page
