"""Waiting for the customer and a legal hold at once: each ends by itself, and clocks stand still while either runs."""

from datetime import datetime, timedelta

import pytest

from cases.actions.contacts import Exchange, log_contact
from cases.actions.handling import open_pauses, pause, resume
from cases.actions.satisfaction import answer_by_customer, make_link, open_link
from cases.models import Case, User
from cases.rules.evidence import AnswerEvidence
from cases.rules.vocabulary import Answer, Channel, Direction, PauseKind, StepKind
from tests.conftest import Log
from tests.refusals import refused
from tests.reports import recovery

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BOTH = (PauseKind.CUSTOMER, PauseKind.LEGAL_HOLD)


@pytest.fixture
def case(log: Log, agent: User, now: datetime) -> Case:
    """Waiting for the customer since ``now`` and on legal hold since an hour later, both for days."""
    case = log()
    for number, kind in enumerate(BOTH):
        at = now + number * HOUR
        pause(case=case, question="Which address?", until=at + 4 * DAY, actor=agent, now=at, kind=kind)
    return case


def due(case: Case) -> datetime | None:
    return case.steps.get(kind=StepKind.CORRECT).due_at


def test_a_call_ends_the_wait_for_the_customer_and_no_legal_hold(case: Case, agent: User, now: datetime) -> None:
    exchange = Exchange(direction=Direction.IN, channel=Channel.PHONE, summary="The new one", at=now + 2 * HOUR)
    log_contact(case=case, exchange=exchange, actor=agent, now=now + 2 * HOUR)
    assert set(open_pauses(case, now + 3 * HOUR)) == {PauseKind.LEGAL_HOLD}


def test_an_answer_ends_the_wait_for_the_customer_and_no_legal_hold(case: Case, agent: User, now: datetime) -> None:
    recovery.until_confirm(case, agent, now + 2 * HOUR)
    link = open_link(make_link(case=case, actor=agent, now=now + 3 * HOUR), now + 3 * HOUR)
    evidence = AnswerEvidence(channel=Channel.WEB, answer=Answer.SATISFIED, score=5, words="Lovely")
    answer_by_customer(link=link, evidence=evidence, now=now + 4 * HOUR)
    assert set(open_pauses(case, now + 5 * HOUR)) == {PauseKind.LEGAL_HOLD}


def test_clocks_stand_still_for_the_union_of_both(case: Case, agent: User, now: datetime) -> None:
    resume(case=case, actor=agent, now=now + 2 * HOUR, kind=PauseKind.CUSTOMER)
    resume(case=case, actor=agent, now=now + 3 * HOUR, kind=PauseKind.LEGAL_HOLD)
    assert due(case) == now + 3 * DAY + 3 * HOUR


def test_to_let_the_clock_run_one_has_to_be_chosen(case: Case, agent: User, now: datetime) -> None:
    with refused("Choose which one is over", field="kind"):
        resume(case=case, actor=agent, now=now + 2 * HOUR)
    resume(case=case, actor=agent, now=now + 2 * HOUR, kind=PauseKind.LEGAL_HOLD)
    with refused("does not stop the clock", field="kind"):
        resume(case=case, actor=agent, now=now + 3 * HOUR, kind=PauseKind.LEGAL_HOLD)
    assert set(open_pauses(case, now + 3 * HOUR)) == {PauseKind.CUSTOMER}
