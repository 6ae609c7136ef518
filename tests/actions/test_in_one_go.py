"""Several steps in one go: each behind its own gate, all or none."""

from dataclasses import replace
from datetime import datetime

import pytest

from cases.actions.in_one_go import log_and_settle, settle_together
from cases.actions.intake import Mistake
from cases.models import Case, Customer, User
from cases.rules.evidence import FollowUpEvidence, NoCompensation
from cases.rules.vocabulary import Channel, Severity, StepKind, StepStatus
from tests.actions.evidence import ACKNOWLEDGED, APOLOGIZED, CORRECTED, SATISFIED
from tests.conftest import Log
from tests.refusals import refused

pytestmark = pytest.mark.django_db

ALL_FIVE = (SATISFIED, NoCompensation(reason="They want nothing"), CORRECTED, APOLOGIZED, ACKNOWLEDGED)


def done(case: Case) -> list[str]:
    return list(case.steps.filter(status=StepStatus.DONE).values_list("kind", flat=True))


def test_all_of_it_in_the_same_call_in_whatever_order_it_was_told(log: Log, agent: User, now: datetime) -> None:
    case = log()

    settle_together(case=case, evidence=ALL_FIVE, actor=agent, now=now)

    assert done(case) == [kind for kind in StepKind if kind is not StepKind.FOLLOW_UP]


def test_one_refusal_undoes_them_all(log: Log, agent: User, now: datetime) -> None:
    case = log()

    with refused("says that it was our mistake", field="owns_it"):
        settle_together(case=case, evidence=(ACKNOWLEDGED, replace(APOLOGIZED, owns_it=False)), actor=agent, now=now)

    assert done(case) == []


def test_a_gap_in_the_order_is_refused(log: Log, agent: User, now: datetime) -> None:
    case = log()

    with refused("First settle “Acknowledge”"):
        settle_together(case=case, evidence=(APOLOGIZED,), actor=agent, now=now)


def test_the_follow_up_is_a_letter_of_its_own(log: Log, agent: User, now: datetime) -> None:
    letter = FollowUpEvidence(channel=Channel.EMAIL, examined="-", found="-", body="-", nothing_changed_because="-")
    case = log()

    with refused("The follow-up is a letter of its own"):
        settle_together(case=case, evidence=(letter,), actor=agent, now=now)


def test_a_mistake_is_logged_with_what_was_done_at_once_or_not_at_all(
    agent: User, customer: Customer, now: datetime
) -> None:
    mistake = Mistake(title="Missed appointment", severity=Severity.MINOR, channel=Channel.PHONE, known_at=now)

    with refused("First settle"):
        log_and_settle(mistake=mistake, customer=customer, evidence=(CORRECTED,), actor=agent, now=now)
    assert not Case.objects.exists()
    case = log_and_settle(mistake=mistake, customer=customer, evidence=(ACKNOWLEDGED, APOLOGIZED), actor=agent, now=now)

    assert done(case) == [StepKind.ACKNOWLEDGE, StepKind.APOLOGIZE]
