"""Putting it right: done, impossible with something instead, or failed after all."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cases.actions import compensations
from cases.actions.corrections import plan_correction, record_correction, record_failed_correction
from cases.actions.facts import correct_facts
from cases.models import Approval, Case, Correction, Event, User
from cases.rules.evidence import CorrectionEvidence
from cases.rules.vocabulary import CorrectionStatus, EventKind, StepKind, StepStatus
from tests.actions.evidence import CORRECTED
from tests.conftest import Log
from tests.refusals import refused
from tests.reports import recovery

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
IMPOSSIBLE = CorrectionEvidence(
    status=CorrectionStatus.IMPOSSIBLE,
    what="The concert is over.",
    impossible_because="It was last night.",
    alternative="Two seats for the next one.",
)


@pytest.fixture
def case(log: Log, agent: User, now: datetime) -> Case:
    logged = log()
    recovery.acknowledge(logged, agent, now)
    return logged


def test_a_fix_settles_the_step_and_is_told_in_the_timeline(case: Case, agent: User, now: datetime) -> None:
    correction = record_correction(case=case, evidence=CORRECTED, actor=agent, now=now + HOUR)

    assert (correction.status, correction.settled_at) == (CorrectionStatus.DONE, now + HOUR)
    assert case.steps.get(kind=StepKind.CORRECT).status == StepStatus.DONE
    assert Event.objects.get(kind=EventKind.CORRECTION_DONE).facts["what"] == CORRECTED.what


def test_the_plan_becomes_the_fix(case: Case, agent: User, now: datetime) -> None:
    plan = plan_correction(case=case, what="Resend it", options="Refund, resend", actor=agent, now=now)

    done = record_correction(case=case, evidence=CORRECTED, actor=agent, now=now + HOUR)

    assert (done.pk, done.planned_at, done.options_considered) == (plan.pk, now, "Refund, resend")


def test_a_plan_says_what_will_be_done(case: Case, agent: User, now: datetime) -> None:
    with refused("Write what will be put right", field="what"):
        plan_correction(case=case, what=" ", options="", actor=agent, now=now)


def plan(case: Case, agent: User, at: datetime, agreed_for: datetime | None) -> None:
    plan_correction(case=case, what="We come", options="", actor=agent, now=at, agreed_for=agreed_for)


def due(case: Case) -> datetime | None:
    return case.steps.get(kind=StepKind.CORRECT).due_at


def test_it_is_due_when_the_customer_chose_until_another_plan_says_otherwise(
    case: Case, agent: User, now: datetime
) -> None:
    policys_own = due(case)
    plan(case, agent, now + HOUR, now + 200 * HOUR)
    assert (due(case), recovery.fresh(case).next_due_at) != (policys_own, policys_own)
    assert due(case) == now + 200 * HOUR
    plan(case, agent, now + 2 * HOUR, now + 30 * HOUR)
    assert due(case) == now + 30 * HOUR
    plan(case, agent, now + 3 * HOUR, None)
    assert due(case) == policys_own


def test_what_is_late_already_stays_late_whatever_the_customer_chooses(case: Case, agent: User, now: datetime) -> None:
    policys_own = due(case)
    assert policys_own is not None
    plan(case, agent, policys_own + HOUR, policys_own + 90 * HOUR)
    assert due(case) == policys_own


def test_another_plan_does_not_make_late_what_the_customer_chose(case: Case, agent: User, now: datetime) -> None:
    policys_own = due(case)
    assert policys_own is not None
    chosen = policys_own + 90 * HOUR
    plan(case, agent, now + HOUR, chosen)
    plan(case, agent, policys_own + 2 * HOUR, None)
    assert due(case) == chosen
    assert not case.steps.get(kind=StepKind.CORRECT).is_late(policys_own + 3 * HOUR)


def test_the_fix_is_judged_by_the_chosen_moment_even_where_t0_is_corrected(
    case: Case, agent: User, now: datetime
) -> None:
    plan(case, agent, now + HOUR, now + 200 * HOUR)
    record_correction(case=case, evidence=CORRECTED, actor=agent, now=now + 199 * HOUR)
    correct_facts(case=case, facts={"known_at": now - HOUR}, reason="A mail", actor=agent, now=now + 201 * HOUR)
    step = case.steps.get(kind=StepKind.CORRECT)
    assert (step.due_at, step.is_late(now + 201 * HOUR)) == (now + 200 * HOUR, False)


def test_a_chosen_moment_is_ahead_and_for_an_open_correction(case: Case, agent: User, now: datetime) -> None:
    with refused("Choose a moment in the future", field="agreed_for"):
        plan(case, agent, now, now)
    record_correction(case=case, evidence=CORRECTED, actor=agent, now=now + HOUR)
    with refused("This round has no open correction", field="agreed_for"):
        plan(case, agent, now + 2 * HOUR, now + 9 * HOUR)


@pytest.mark.parametrize(
    ("evidence", "words", "field"),
    [
        (replace(CORRECTED, what=""), "Write what was put right", "what"),
        (replace(IMPOSSIBLE, impossible_because=" "), "why it cannot be put right", "impossible_because"),
        (replace(IMPOSSIBLE, alternative=""), "What else can be done", "alternative"),
        (replace(CORRECTED, status=CorrectionStatus.PLANNED), "whether it was put right, or cannot be", "status"),
        (replace(CORRECTED, status=CorrectionStatus.FAILED), "whether it was put right, or cannot be", "status"),
    ],
)
def test_a_fix_that_says_too_little_is_refused(
    case: Case, agent: User, now: datetime, evidence: CorrectionEvidence, words: str, field: str
) -> None:
    with refused(words, field=field):
        record_correction(case=case, evidence=evidence, actor=agent, now=now)

    assert not Correction.objects.exists()


def test_what_cannot_be_put_right_is_made_up_for_and_not_with_nothing(case: Case, agent: User, now: datetime) -> None:
    record_correction(case=case, evidence=IMPOSSIBLE, actor=agent, now=now)
    recovery.apologize(case, agent, now)

    asked = compensations.decide_none(case=case, reason="They want nothing", actor=agent, now=now)

    assert isinstance(asked, Approval)
    assert case.steps.get(kind=StepKind.CORRECT).status == StepStatus.DONE
    assert Event.objects.get(kind=EventKind.CORRECTION_IMPOSSIBLE).facts["because"] == "It was last night."


def test_a_fix_that_did_not_hold_is_failed_and_says_why(case: Case, agent: User, now: datetime) -> None:
    correction = record_correction(case=case, evidence=CORRECTED, actor=agent, now=now)

    with refused("Say what did not hold", field="because"):
        record_failed_correction(correction=correction, because=" ", actor=agent, now=now)
    failed = record_failed_correction(correction=correction, because="It broke again", actor=agent, now=now + HOUR)

    assert (failed.status, failed.failed_because) == (CorrectionStatus.FAILED, "It broke again")
    assert case.steps.get(kind=StepKind.CORRECT).status == StepStatus.DONE


def test_what_was_impossible_cannot_fail(case: Case, agent: User, now: datetime) -> None:
    correction = record_correction(case=case, evidence=IMPOSSIBLE, actor=agent, now=now)

    with refused("“Impossible” and cannot become “Failed”. It stays so."):
        record_failed_correction(correction=correction, because="It broke", actor=agent, now=now)
