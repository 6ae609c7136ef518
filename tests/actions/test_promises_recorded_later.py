"""A promise that was kept, released or moved by its moment is not broken, whatever the clock wrote down meanwhile."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from cases.actions import handling
from cases.actions.events import told
from cases.actions.promises import break_lapsed, cancel_promise, keep_promise, renegotiate_promise
from cases.models import Case, Event, Promise, StatusUpdate, User
from cases.rules.vocabulary import Direction, EventKind, Priority, PromiseStatus, Reached, Severity, StepKind
from tests.conftest import Log
from tests.refusals import refused
from tests.reports import recovery

pytestmark = pytest.mark.django_db

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

End = Callable[[Promise, User, datetime, datetime], Promise]


def keep(promise: Promise, by: User, at: datetime, now: datetime) -> Promise:
    return keep_promise(promise=promise, actor=by, at=at, now=now)


def release(promise: Promise, by: User, at: datetime, now: datetime) -> Promise:
    return cancel_promise(promise=promise, reason="“I have it already.”", actor=by, at=at, now=now)


def move(promise: Promise, by: User, at: datetime, now: datetime) -> Promise:
    due_at = now + 5 * HOUR
    return renegotiate_promise(promise=promise, due_at=due_at, reason="They agreed", actor=by, at=at, now=now)


ENDS: dict[End, PromiseStatus] = {keep: PromiseStatus.KEPT, release: PromiseStatus.CANCELLED, move: PromiseStatus.OPEN}


@pytest.fixture
def case(log: Log) -> Case:
    return log()


def due_in(case: Case, agent: User, now: datetime, hours: int) -> Promise:
    return recovery.promise(case, agent, now, now + hours * HOUR)


def said(kind: EventKind) -> tuple[str, tuple[str, ...]]:
    sentence = told(Event.objects.get(kind=kind), customer="")
    return sentence.did, sentence.tags


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("is_swept", [True, False])
@pytest.mark.parametrize("early", [timedelta(0), 25 * MINUTE])
def test_what_was_done_by_its_moment_is_not_broken_whether_or_not_the_clock_came_first(
    case: Case, agent: User, now: datetime, *, end: End, is_swept: bool, early: timedelta
) -> None:
    promise = due_in(case, agent, now, 3)
    if is_swept:
        break_lapsed(promise=promise, now=now + 3 * HOUR + MINUTE)

    ended = end(promise, agent, now + 3 * HOUR - early, now + 6 * HOUR)

    fresh = recovery.fresh(case)
    assert (ended.status, fresh.severity, fresh.priority) == (ENDS[end], Severity.MODERATE, Priority.NORMAL)
    assert (ended.settled_at is None) == (end is move)
    assert case.steps.get(kind=StepKind.CORRECT).due_at == now + timedelta(days=3)
    assert Event.objects.filter(kind=EventKind.PROMISE_BROKEN).count() == is_swept


@pytest.mark.parametrize("end", ENDS)
def test_a_second_after_its_moment_is_late(case: Case, agent: User, now: datetime, end: End) -> None:
    promise = due_in(case, agent, now, 3)
    break_lapsed(promise=promise, now=now + 4 * HOUR)
    late = now + 3 * HOUR + timedelta(seconds=1)
    if end is move:
        with refused("If the customer agreed before that moment, say when"):
            end(promise, agent, late, now + 5 * HOUR)
    else:
        assert end(promise, agent, late, now + 5 * HOUR).status == PromiseStatus.BROKEN
    assert recovery.fresh(case).severity == Severity.MAJOR


@pytest.mark.parametrize(
    ("end", "kind", "did"),
    [
        (keep, EventKind.PROMISE_KEPT_LATE, "recorded that a promise had been kept in time"),
        (release, EventKind.PROMISE_CANCELLED, "recorded that the customer released us from a promise"),
        (move, EventKind.PROMISE_RENEGOTIATED, "agreed a new date for a promise"),
    ],
)
def test_the_timeline_says_that_it_had_counted_as_broken(
    case: Case, agent: User, now: datetime, end: End, kind: EventKind, did: str
) -> None:
    promise = due_in(case, agent, now, 2)
    break_lapsed(promise=promise, now=now + 3 * HOUR)
    end(promise, agent, now + 2 * HOUR, now + 3 * HOUR)
    assert said(kind) == (did, ("it had counted as broken",))
    event = Event.objects.get(kind=kind)
    assert (event.at, event.recorded_at) == (now + 2 * HOUR, now + 3 * HOUR)
    assert said(EventKind.PRIORITY_LOWERED)[0] == "lowered the priority"
    assert (
        "No longer so: A promise was broken." in told(case.events.filter(kind="severity.changed")[1], customer="").texts
    )


def test_another_broken_promise_keeps_the_raise_and_the_priority_that_it_earns(
    case: Case, agent: User, manager: User, now: datetime
) -> None:
    first, second = due_in(case, agent, now, 2), due_in(case, agent, now, 3)
    for promise in (first, second):
        break_lapsed(promise=promise, now=now + 4 * HOUR)
    assert recovery.fresh(case).priority == Priority.ESCALATED

    keep(first, agent, now + HOUR, now + 5 * HOUR)

    fresh = recovery.fresh(case)
    assert (fresh.severity, fresh.priority, fresh.escalated_at) == (Severity.MAJOR, Priority.RAISED, None)
    assert not StatusUpdate.objects.filter(reason="escalated").exists()
    keep(second, agent, now + HOUR, now + 6 * HOUR)
    fresh = recovery.fresh(case)
    assert (fresh.severity, fresh.priority) == (Severity.MODERATE, Priority.NORMAL)


def test_a_promise_that_breaks_after_such_a_one_raises_again(case: Case, agent: User, now: datetime) -> None:
    first = due_in(case, agent, now, 2)
    break_lapsed(promise=first, now=now + 3 * HOUR)
    keep(first, agent, now + HOUR, now + 4 * HOUR)
    break_lapsed(promise=due_in(case, agent, now + 4 * HOUR, 1), now=now + 6 * HOUR)
    fresh = recovery.fresh(case)
    assert (fresh.severity, fresh.priority) == (Severity.MAJOR, Priority.RAISED)


def test_an_escalation_for_another_reason_stands(case: Case, agent: User, manager: User, now: datetime) -> None:
    promise = due_in(case, agent, now, 2)
    break_lapsed(promise=promise, now=now + 3 * HOUR)
    handling.escalate(case=case, reason="Their lawyer called", actor=agent, now=now + 4 * HOUR)
    keep(promise, agent, now + HOUR, now + 5 * HOUR)
    fresh = recovery.fresh(case)
    assert (fresh.priority, fresh.escalated_because) == (Priority.ESCALATED, "Their lawyer called")
    handling.calm(case=case, reason="", actor=manager, now=now + 6 * HOUR)
    other = due_in(case, agent, now + 6 * HOUR, 1)
    break_lapsed(promise=other, now=now + 8 * HOUR)
    keep(other, agent, now + 7 * HOUR, now + 9 * HOUR)
    assert recovery.fresh(case).priority == Priority.RAISED


def test_a_customer_who_came_to_us_again_and_again_is_heard_still(case: Case, agent: User, now: datetime) -> None:
    first, second = due_in(case, agent, now, 2), due_in(case, agent, now, 3)
    for promise in (first, second):
        break_lapsed(promise=promise, now=now + 4 * HOUR)
    for hours in (5, 6, 7):
        recovery.contact(case, agent, now + hours * HOUR, Direction.IN, Reached.REACHED, is_chase=True)
    keep(first, agent, now + HOUR, now + 8 * HOUR)
    fresh = recovery.fresh(case)
    assert (fresh.priority, fresh.escalated_at) == (Priority.ESCALATED, now + 6 * HOUR)
    assert fresh.escalated_because == "The customer has come to us 3 times"


def word_since(case: Case) -> datetime | None:
    word = case.status_updates.unsettled().filter(reason="escalated").first()
    return word.starts_at if word is not None else None


def test_no_word_is_owed_for_an_escalation_that_was_dealt_with_and_was_none(
    case: Case, agent: User, manager: User, now: datetime
) -> None:
    first, second = due_in(case, agent, now, 3), due_in(case, agent, now, 4)
    for promise in (first, second):
        break_lapsed(promise=promise, now=now + 5 * HOUR)
    handling.calm(case=case, reason="I know her", actor=manager, now=now + 6 * HOUR)
    assert word_since(case) == now + 5 * HOUR
    for promise in (second, first):
        keep(promise, agent, now + 2 * HOUR, now + 7 * HOUR)
        assert word_since(case) is None


@pytest.mark.parametrize("is_dealt_with", [True, False])
def test_the_word_is_owed_from_the_moment_of_the_reason_that_stands(
    case: Case, agent: User, manager: User, now: datetime, *, is_dealt_with: bool
) -> None:
    first, second = due_in(case, agent, now, 2), due_in(case, agent, now, 3)
    for promise in (first, second):
        break_lapsed(promise=promise, now=now + 4 * HOUR)
    for hours in (5, 6, 7):
        recovery.contact(case, agent, now + hours * HOUR, Direction.IN, Reached.REACHED, is_chase=True)
    if is_dealt_with:
        handling.calm(case=case, reason="I know him", actor=manager, now=now + 8 * HOUR)
    keep(second, agent, now + HOUR, now + 9 * HOUR)
    assert word_since(case) == now + 6 * HOUR


def test_no_word_is_owed_for_a_reason_that_the_customer_was_told_of(case: Case, agent: User, now: datetime) -> None:
    handling.escalate(case=case, reason="Their lawyer called", actor=agent, now=now + MINUTE)
    recovery.contact(case, agent, now + HOUR)
    first = due_in(case, agent, now + HOUR, 1)
    break_lapsed(promise=first, now=now + 3 * HOUR)
    keep(first, agent, now + 2 * HOUR, now + 4 * HOUR)
    assert (word_since(case), recovery.fresh(case).priority) == (None, Priority.ESCALATED)


def test_a_new_date_that_has_passed_as_well_is_broken_then(case: Case, agent: User, now: datetime) -> None:
    promise = due_in(case, agent, now, 2)
    break_lapsed(promise=promise, now=now + 3 * HOUR)
    moved = renegotiate_promise(
        promise=promise, due_at=now + 4 * HOUR, reason="OK", actor=agent, at=now + HOUR, now=now + 6 * HOUR
    )
    assert (moved.status, moved.due_at) == (PromiseStatus.BROKEN, now + 4 * HOUR)
    assert keep(moved, agent, now + 4 * HOUR, now + 7 * HOUR).status == PromiseStatus.KEPT
    assert recovery.fresh(case).severity == Severity.MODERATE


def test_the_moment_of_an_agreement_is_a_possible_one(case: Case, agent: User, now: datetime) -> None:
    promise = due_in(case, agent, now, 4)
    for end in (release, move):
        with refused("before the promise was made", field="at"):
            end(promise, agent, now - HOUR, now + HOUR)
        with refused("lies in the future", field="at"):
            end(promise, agent, now + 2 * HOUR, now + HOUR)
    move(promise, agent, now + 2 * HOUR, now + 2 * HOUR)
    with refused("before the present date was agreed on", field="at"):
        move(promise, agent, now + HOUR, now + 3 * HOUR)
    with refused("due before the customer agreed to it", field="due_at"):
        due_at, at = now + HOUR, now + 2 * HOUR
        renegotiate_promise(promise=promise, due_at=due_at, reason="OK", actor=agent, at=at, now=now + 3 * HOUR)
