"""A case, fresh and recovered, and the address of its customer's page."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.actions import corrections, learning, satisfaction
from cases.actions.learning import Plan
from cases.models import Case, User
from cases.rules.evidence import CorrectionEvidence
from cases.rules.vocabulary import (
    PreventionKind,
)
from tests.conftest import Log
from tests.web.made_right.deeds import acknowledge, apologize, give


@pytest.fixture
def today() -> datetime:
    """The real moment: pages look at the clock, and links expire."""
    return timezone.now()


@pytest.fixture
def case(log: Log, today: datetime) -> Case:
    return log(at=today - timedelta(hours=2))


@pytest.fixture
def recovered(case: Case, agent: User, today: datetime) -> Case:
    """Acknowledged, apologized, corrected, compensated: time to ask."""
    at = today - timedelta(hours=1)
    acknowledge(case, agent, at)
    apologize(case, agent, at)
    evidence = CorrectionEvidence(what="A second parcel was sent to the right address")
    corrections.record_correction(case=case, evidence=evidence, actor=agent, now=at)
    give(case, agent, at)
    plan = Plan(
        kind=PreventionKind.PROCESS, change="Addresses are read back", owner=agent, due_at=today + timedelta(days=9)
    )
    learning.plan_prevention(incident=case.incident, plan=plan, actor=agent, now=at)
    case.refresh_from_db()
    return case


@pytest.fixture
def address(agent: User, today: datetime) -> Callable[[Case], str]:
    """The address of the customer's page of a case."""

    def page_of(case: Case) -> str:
        token = satisfaction.make_link(case=case, actor=agent, now=today)
        return reverse("cases:made_right", args=(token,))

    return page_of
