"""Promises: kept in time or broken, renegotiated only before they are due."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cases.actions.events import told
from cases.actions.promises import (
    Pledge,
    break_lapsed,
    cancel_promise,
    give_up_promise,
    keep_promise,
    make_promise,
    renegotiate_promise,
)
from cases.errors import NotAllowedError
from cases.models import Case, Event, Promise, User
from cases.rules.vocabulary import Channel, EventKind, Priority, PromiseStatus, Severity, StepKind
from tests.conftest import Log
from tests.refusals import refused
from tests.reports import recovery

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def case(log: Log) -> Case:
    return log()


@pytest.fixture
def promise(case: Case, agent: User, now: datetime) -> Promise:
    """Due two hours from ``now``."""
    return recovery.promise(case, agent, now, now + 2 * HOUR)


def test_a_promise_belongs_to_the_owner_and_to_the_timeline(promise: Promise, agent: User, now: datetime) -> None:
    assert (promise.owner, promise.made_by, promise.status) == (agent, agent, PromiseStatus.OPEN)
    assert promise.escalate_at == now + 3 * HOUR
    assert Event.objects.get(kind=EventKind.PROMISE_MADE).facts["words"] == "We call you back"


def test_a_promise_needs_words_a_moment_to_come_and_somebody_who_is_here(
    case: Case, agent: User, teammate: User, now: datetime
) -> None:
    pledge = Pledge(words="We call you back", due_at=now + HOUR, channel=Channel.PHONE)

    with refused("in the words that were used", field="words"):
        make_promise(case=case, pledge=replace(pledge, words=" "), actor=agent, now=now)
    with refused("a date and a time in the future", field="due_at"):
        make_promise(case=case, pledge=replace(pledge, due_at=now), actor=agent, now=now)
    teammate.is_active = False
    teammate.save()
    with refused("Tom Reyes does not work here any more", field="owner"):
        make_promise(case=case, pledge=pledge, actor=agent, now=now, owner=teammate)


def test_a_promise_sets_an_earlier_deadline_for_its_step(case: Case, agent: User, now: datetime) -> None:
    assert case.next_due_at == now + 4 * HOUR

    recovery.promise(case, agent, now, now + HOUR, step=StepKind.ACKNOWLEDGE)

    assert recovery.fresh(case).next_due_at == now + HOUR


def test_kept_to_the_very_second_is_kept(promise: Promise, agent: User, now: datetime) -> None:
    kept = keep_promise(promise=promise, actor=agent, now=now + 9 * HOUR, at=now + 2 * HOUR)

    assert (kept.status, kept.settled_at) == (PromiseStatus.KEPT, now + 2 * HOUR)
    with refused("“Kept” and cannot become “Kept”. It stays so."):
        keep_promise(promise=promise, actor=agent, now=now + 9 * HOUR)


def test_done_a_second_late_is_broken_for_good_and_noted_as_done(promise: Promise, agent: User, now: datetime) -> None:
    late = now + 2 * HOUR + timedelta(seconds=1)

    done = keep_promise(promise=promise, actor=agent, now=late)

    assert (done.status, done.settled_at) == (PromiseStatus.BROKEN, late)
    with refused("It is recorded already how this ended"):
        keep_promise(promise=promise, actor=agent, now=late)


def test_a_broken_promise_weighs_the_same_whoever_writes_it_down_first(log: Log, agent: User, now: datetime) -> None:
    cases = [log(whom=recovery.another_customer(name, now)) for name in ("Noor", "Ivo", "Mei")]
    one, two, three = (recovery.promise(case, agent, now, now + HOUR) for case in cases)

    break_lapsed(promise=one, now=now + 2 * HOUR)
    keep_promise(promise=two, actor=agent, now=now + 2 * HOUR)
    cancel_promise(promise=three, reason="They no longer need it", actor=agent, now=now + 2 * HOUR)

    for case in map(recovery.fresh, cases):
        assert (case.severity, case.priority) == (Severity.MAJOR, Priority.RAISED)
        assert case.promises.get().status == PromiseStatus.BROKEN


@pytest.mark.parametrize(("hours", "words"), [(-1, "before the promise was made"), (5, "lies in the future")])
def test_a_promise_is_not_kept_at_an_impossible_moment(
    promise: Promise, agent: User, now: datetime, hours: int, words: str
) -> None:
    with refused(words, field="at"):
        keep_promise(promise=promise, actor=agent, now=now + HOUR, at=now + hours * HOUR)


def test_a_promise_is_renegotiated_before_it_is_due(promise: Promise, agent: User, now: datetime) -> None:
    moved = renegotiate_promise(
        promise=promise, due_at=now + 5 * HOUR, reason="They are in a meeting", actor=agent, now=now + HOUR
    )

    assert (moved.status, moved.due_at) == (PromiseStatus.OPEN, now + 5 * HOUR)
    assert moved.revisions.get().old_due_at == now + 2 * HOUR
    assert keep_promise(promise=moved, actor=agent, now=now + 4 * HOUR).status == PromiseStatus.KEPT


def test_a_promise_cannot_be_renegotiated_once_it_is_due(promise: Promise, agent: User, now: datetime) -> None:
    for late in (now + 2 * HOUR + timedelta(seconds=1), now + 3 * HOUR):
        with refused("its moment has passed, so it is broken"):
            renegotiate_promise(promise=promise, due_at=now + 9 * HOUR, reason="Busy", actor=agent, now=late)


def test_a_new_moment_needs_a_reason_and_lies_ahead(promise: Promise, agent: User, now: datetime) -> None:
    with refused("they agreed", field="reason"):
        renegotiate_promise(promise=promise, due_at=now + 9 * HOUR, reason=" ", actor=agent, now=now)
    with refused("Choose a moment in the future", field="due_at"):
        renegotiate_promise(promise=promise, due_at=now, reason="Busy", actor=agent, now=now)


def test_a_promise_is_not_moved_a_third_time(promise: Promise, agent: User, now: datetime) -> None:
    for hours in (3, 4):
        renegotiate_promise(promise=promise, due_at=now + hours * HOUR, reason="Busy", actor=agent, now=now)

    with refused("was moved 2 times already"):
        renegotiate_promise(promise=promise, due_at=now + 5 * HOUR, reason="Busy", actor=agent, now=now)


def test_the_customer_releases_us(promise: Promise, agent: User, now: datetime) -> None:
    with refused("in the customer's words", field="reason"):
        cancel_promise(promise=promise, reason="", actor=agent, now=now)

    released = cancel_promise(promise=promise, reason="“No need any more.”", actor=agent, now=now + HOUR)

    assert (released.status, released.settled_at) == (PromiseStatus.CANCELLED, now + HOUR)
    with refused("It is recorded already"):
        cancel_promise(promise=promise, reason="Again", actor=agent, now=now + HOUR)


@pytest.mark.parametrize("is_swept", [True, False])
def test_what_was_never_done_stays_broken_and_is_owed_no_more(
    promise: Promise, case: Case, agent: User, now: datetime, *, is_swept: bool
) -> None:
    if is_swept:
        break_lapsed(promise=promise, now=now + 3 * HOUR)

    given_up = give_up_promise(promise=promise, instead=" We sent a taxi ", actor=agent, now=now + 4 * HOUR)

    assert (given_up.status, given_up.settled_at) == (PromiseStatus.BROKEN, now + 4 * HOUR)
    assert (given_up.settled_by, given_up.was_done) == (agent, False)
    assert not case.promises.unsettled().exists()
    fresh = recovery.fresh(case)
    assert (fresh.severity, fresh.priority) == (Severity.MAJOR, Priority.RAISED)
    sentence = told(Event.objects.get(kind=EventKind.PROMISE_GIVEN_UP), customer="")
    assert (sentence.did, sentence.texts[1]) == ("recorded that a promise was never kept", "We sent a taxi")
    with refused("It is recorded already how this ended"):
        keep_promise(promise=promise, actor=agent, now=now + 5 * HOUR)


def test_nobody_gives_up_what_is_still_ahead_or_without_a_word(promise: Promise, agent: User, now: datetime) -> None:
    with refused("Its moment is still to come"):
        give_up_promise(promise=promise, instead="Busy", actor=agent, now=now + 2 * HOUR)
    with refused("what was done instead, or why it was not done", field="instead"):
        give_up_promise(promise=promise, instead=" ", actor=agent, now=now + 3 * HOUR)


def test_a_lapsed_promise_is_broken_once_and_raises_severity_and_priority(
    promise: Promise, case: Case, now: datetime
) -> None:
    assert not break_lapsed(promise=promise, now=now + 2 * HOUR)
    assert break_lapsed(promise=promise, now=now + 3 * HOUR)
    assert not break_lapsed(promise=promise, now=now + 4 * HOUR)

    broken = recovery.fresh(case)
    assert (broken.severity, broken.priority) == (Severity.MAJOR, Priority.RAISED)
    assert Event.objects.filter(kind=EventKind.PROMISE_BROKEN).count() == 1


def test_the_second_broken_promise_calls_the_manager(case: Case, agent: User, manager: User, now: datetime) -> None:
    for number in (1, 2):
        promise = recovery.promise(case, agent, now, now + number * HOUR)
        break_lapsed(promise=promise, now=now + 5 * HOUR)

    escalated = recovery.fresh(case)
    assert (escalated.priority, escalated.escalated_because) == (Priority.ESCALATED, "2 promises were broken")


def test_a_stranger_neither_makes_nor_keeps_a_promise(promise: Promise, outsider: User, now: datetime) -> None:
    with refused("another team", by=NotAllowedError):
        recovery.promise(promise.case, outsider, now, now + HOUR)
    with refused("another team", by=NotAllowedError):
        keep_promise(promise=promise, actor=outsider, now=now + HOUR)
    with refused("another team", by=NotAllowedError):
        give_up_promise(promise=promise, instead="Busy", actor=outsider, now=now + 3 * HOUR)
