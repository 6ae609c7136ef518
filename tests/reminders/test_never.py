"""What is settled, waived, waiting, closed, moved or history reminds nobody."""

from datetime import datetime, timedelta

import pytest

from cases.actions import approvals, closing, handling, promises, steps
from cases.actions.promises import Pledge
from cases.actions.reminded import PURPOSES
from cases.models import Approval, Case, Message, Promise, Reminder, ReminderLadder, User
from cases.reminders.sweep import sweep
from cases.rules.evidence import AcknowledgementEvidence
from cases.rules.vocabulary import (
    Channel,
    CommitmentKind,
    DroppedBecause,
    MessageStatus,
    Outcome,
    PauseKind,
    ReadBack,
    Rung,
    Severity,
    StepKind,
)
from tests.conftest import Log
from tests.reminders.engine import foresee_and_plan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("late_only")]

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LATE = timedelta(hours=5)
"""After the four working hours of a moderate mistake, before any other step of it is due."""


def acknowledge(case: Case, actor: User, now: datetime) -> None:
    evidence = AcknowledgementEvidence(
        channel=Channel.PHONE,
        read_back="The parcel went to the old address",
        read_back_answer=ReadBack.AGREED,
        was_only_concern=True,
        ownership="I am Maya and I see to it",
    )
    steps.acknowledge(case=case, evidence=evidence, actor=actor, now=now)


def wait(case: Case, actor: User, now: datetime, until: datetime) -> None:
    handling.pause(case=case, question="Which address?", until=until, actor=actor, now=now, kind=PauseKind.CUSTOMER)


def reminded() -> list[str]:
    """The addresses that a reminder has left for."""
    left = Message.objects.filter(purpose__in=PURPOSES, status=MessageStatus.SENT)
    return list(left.values_list("to_address", flat=True))


def kinds() -> set[str]:
    """The steps that somebody was reminded of."""
    rows = Reminder.objects.filter(message__status=MessageStatus.SENT, rung=Rung.DUE)
    return set(Case.objects.get().steps.filter(pk__in=rows.values("commitment_id")).values_list("kind", flat=True))


def test_a_settled_step(log: Log, agent: User, now: datetime) -> None:
    acknowledge(log(), agent, now)
    sweep(now + LATE)
    assert reminded() == []


def test_a_step_settled_between_planning_and_writing(log: Log, agent: User, now: datetime) -> None:
    case = log()
    assert foresee_and_plan(now + LATE) == 1
    acknowledge(case, agent, now + LATE)
    assert sweep(now + LATE).dropped == 1
    assert reminded() == []
    assert Reminder.objects.get().dropped_because == DroppedBecause.NO_LONGER_OWED


def test_a_waived_step(log: Log, agent: User, manager: User, now: datetime) -> None:
    case = log()
    steps.waive(case=case, kind=StepKind.ACKNOWLEDGE, reason="They rang off", actor=agent, now=now)
    approvals.decide(approval=Approval.objects.get(), grant=True, note="", actor=manager, now=now)
    sweep(now + LATE)
    assert reminded() == []


def test_a_step_that_waits_for_the_customer(log: Log, agent: User, now: datetime) -> None:
    case = log()
    wait(case, agent, now + HOUR, until=now + 30 * DAY)
    sweep(now + 10 * DAY)
    assert kinds() == {StepKind.ACKNOWLEDGE, StepKind.APOLOGIZE}


def test_a_step_that_was_late_before_the_waiting_began_reminds_after_it(log: Log, agent: User, now: datetime) -> None:
    case, late = log(), now + 3 * DAY + HOUR
    wait(case, agent, late, until=late + DAY)
    sweep(late + HOUR)
    assert StepKind.CORRECT not in kinds()
    sweep(late + DAY)
    assert StepKind.CORRECT in kinds()


def test_a_reminder_planned_before_the_waiting_began_waits_with_its_step(log: Log, agent: User, now: datetime) -> None:
    case, late = log(), now + 3 * DAY + HOUR
    foresee_and_plan(late)
    wait(case, agent, late, until=late + DAY)
    sweep(late)
    assert StepKind.CORRECT not in kinds()
    sweep(late + DAY)
    assert StepKind.CORRECT in kinds()


def test_a_closed_case(log: Log, agent: User, now: datetime) -> None:
    closing.close(case=log(), outcome=Outcome.WITHDRAWN, reason="It was a mix-up", actor=agent, now=now)
    sweep(now + 30 * DAY)
    assert reminded() == []


def test_imported_history(log: Log, administrator: User, now: datetime) -> None:
    case = log()
    Case.objects.filter(pk=case.pk).update(is_timed=False)
    sweep(now + 30 * DAY)
    assert reminded() == []
    assert not Reminder.objects.exists()


def test_a_promise_that_was_kept(log: Log, agent: User, now: datetime) -> None:
    promise = make_promise(log(), agent, now)
    promises.keep_promise(promise=promise, actor=agent, now=now + HOUR)
    sweep(now + 3 * HOUR)
    assert reminded() == []


def test_a_renegotiated_promise_reminds_for_its_new_moment_only(log: Log, agent: User, now: datetime) -> None:
    promise = make_promise(log(), agent, now)
    moved = now + 3 * HOUR + timedelta(minutes=30)
    promises.renegotiate_promise(promise=promise, due_at=moved, reason="They agreed", actor=agent, now=now + HOUR)
    assert sweep(now + 3 * HOUR).planned == 0
    assert sweep(moved + timedelta(minutes=1)).planned == 1
    assert Reminder.objects.get().due_at == moved


def test_a_broken_promise_is_owed_and_reaches_the_manager(log: Log, agent: User, manager: User, now: datetime) -> None:
    make_promise(log(severity=Severity.MINOR), agent, now)
    sweep(now + 2 * HOUR + timedelta(minutes=30))
    sweep(now + 3 * HOUR)
    assert Reminder.objects.get(rung=Rung.MANAGER).recipient == manager


def test_a_broken_promise_that_was_settled_late(log: Log, agent: User, manager: User, now: datetime) -> None:
    promise, late = make_promise(log(severity=Severity.MINOR), agent, now), now + 2 * HOUR + timedelta(minutes=30)
    sweep(late)
    promises.keep_promise(promise=promise, actor=agent, now=late)
    sweep(now + 3 * HOUR)
    assert not Reminder.objects.filter(rung=Rung.MANAGER).exists()


def test_what_was_reassigned_between_planning_and_writing_goes_to_the_new_owner(
    log: Log, agent: User, teammate: User, now: datetime
) -> None:
    case = log()
    foresee_and_plan(now + LATE)
    handling.assign(case=case, to=teammate, actor=agent, now=now + LATE)
    sweep(now + LATE)
    assert reminded() == [teammate.email]


def make_promise(case: Case, actor: User, now: datetime) -> Promise:
    pledge = Pledge(words="A call with the new date", due_at=now + 2 * HOUR, channel=Channel.PHONE)
    return promises.make_promise(case=case, pledge=pledge, actor=actor, now=now)


def test_a_date_that_was_moved_and_moved_back_reminds(log: Log, agent: User, now: datetime) -> None:
    ReminderLadder.objects.filter(kind=CommitmentKind.PROMISE).update(early_percent=50)
    promise = make_promise(log(), agent, now)
    assert foresee_and_plan(now + HOUR) == 1
    for due_at in (now + 3 * DAY, now + 2 * HOUR):
        promises.renegotiate_promise(promise=promise, due_at=due_at, reason="Agreed", actor=agent, now=now + HOUR)
        sweep(now + HOUR)
    assert reminded() == [agent.email]
