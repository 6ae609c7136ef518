"""A closed case: what waited for a decision is taken back, and what its customer says stays somebody's work."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.actions import closing, steps
from cases.actions.submissions import new_key
from cases.models import Case, Message, User
from cases.rules.vocabulary import CompensationStatus, Outcome, StepKind
from tests.conftest import Log
from tests.reports import recovery

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def start() -> datetime:
    """Three hours ago, in real time: pages look at the clock."""
    return timezone.now() - timedelta(hours=3)


def post(client: Client, case: Case, verb: str, who: User, **typed: str) -> int:
    client.force_login(who)
    sent = {"key": new_key(timezone.now()), "version": str(recovery.fresh(case).version), **typed}
    return client.post(reverse("cases:do", args=(case.reference, verb)), sent).status_code


def page_of(client: Client, case: Case, who: User) -> str:
    client.force_login(who)
    return client.get(reverse("cases:case", args=(case.reference,))).content.decode()


@pytest.mark.parametrize("outcome", [Outcome.WITHDRAWN, Outcome.NOT_UPHELD, Outcome.REFERRED])
def test_what_waited_for_a_decision_is_taken_back_where_the_case_ends(
    client: Client, log: Log, agent: User, teammate: User, start: datetime, outcome: Outcome
) -> None:
    case = log(at=start)
    recovery.acknowledge(case, agent, start)
    proposed = recovery.propose(case, agent, start, amount=90)
    steps.waive(case=case, kind=StepKind.APOLOGIZE, reason="They hung up", actor=agent, now=start)

    assert post(client, case, "close", teammate, outcome=outcome, reason="By their own letter") == 302

    proposed.refresh_from_db()
    assert proposed.status == CompensationStatus.WITHDRAWN
    page = page_of(client, case, agent)
    assert "took back the question for a second person" in page
    assert "withdrew a compensation" in page
    assert Message.objects.filter(to_user=agent, subject__startswith="No second person is needed any more").exists()
    closing.reopen(case=case, reason="After all", actor=agent, now=timezone.now())
    assert "asks for a second person" not in page_of(client, case, agent)
