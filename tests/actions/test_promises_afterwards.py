"""A promise that is written down after it was made: still open, kept, done late, or lapsed; and by whom it was made."""

from datetime import datetime, timedelta

import pytest

from cases.actions.events import told
from cases.actions.handling import assign, take_over
from cases.actions.promises import Pledge, make_promise, renegotiate_promise
from cases.models import Case, Event, Promise, User
from cases.rules.vocabulary import Channel, EventKind, Priority, PromiseStatus, Severity
from tests.conftest import Log
from tests.refusals import refused
from tests.reports import recovery

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def case(log: Log, now: datetime) -> Case:
    """Known five hours before it is logged."""
    return log(known_at=now - 5 * HOUR)


def written(case: Case, by: User, now: datetime, made: int, due: int, kept: int | None = None, **more: User) -> Promise:
    """Hours from ``now``."""
    made_by = more.pop("made_by", None)
    pledge = Pledge(
        words="We call you back",
        channel=Channel.PHONE,
        made_at=now + made * HOUR,
        due_at=now + due * HOUR,
        kept_at=None if kept is None else now + kept * HOUR,
        made_by=made_by,
    )
    return make_promise(case=case, pledge=pledge, actor=by, now=now, **more)


def test_one_that_is_still_ahead_was_made_then(case: Case, agent: User, now: datetime) -> None:
    promise = written(case, agent, now, -2, 1)
    assert (promise.made_at, promise.status) == (now - 2 * HOUR, PromiseStatus.OPEN)
    assert Event.objects.get(kind=EventKind.PROMISE_MADE).at == now - 2 * HOUR


def test_one_that_has_lapsed_was_broken_at_its_moment_by_whoever_owed_it(
    case: Case, agent: User, teammate: User, now: datetime
) -> None:
    promise = Promise.objects.get(pk=written(case, agent, now, -4, -1, owner=teammate).pk)
    assert (promise.status, promise.owner, promise.settled_at) == (PromiseStatus.BROKEN, teammate, None)
    broken = Event.objects.get(kind=EventKind.PROMISE_BROKEN)
    assert (broken.at, broken.actor) == (now - HOUR, None)
    fresh = recovery.fresh(case)
    assert (fresh.severity, fresh.priority) == (Severity.MAJOR, Priority.RAISED)


def test_one_that_was_kept_in_time_is_kept(case: Case, agent: User, now: datetime) -> None:
    promise = written(case, agent, now, -4, -1, -2)
    assert (promise.status, promise.settled_at) == (PromiseStatus.KEPT, now - 2 * HOUR)
    assert recovery.fresh(case).severity == Severity.MODERATE


def test_one_that_was_done_late_is_broken_and_owed_no_more(case: Case, agent: User, now: datetime) -> None:
    promise = written(case, agent, now, -4, -2, -1)
    assert (promise.status, promise.settled_at) == (PromiseStatus.BROKEN, now - HOUR)


def test_its_moments_have_to_be_possible(case: Case, agent: User, now: datetime) -> None:
    with refused("before anyone here knew", field="made_at"):
        written(case, agent, now, -6, 1)
    with refused("in the future", field="made_at"):
        written(case, agent, now, 1, 2)
    with refused("due before it was made", field="due_at"):
        written(case, agent, now, -2, -3)
    with refused("before the promise was made", field="kept_at"):
        written(case, agent, now, -2, -1, -3)


def said(kind: EventKind) -> str:
    sentence = told(Event.objects.get(kind=kind), customer="")
    return f"{sentence.who} {sentence.did}"


def test_a_rescuer_neither_made_nor_broke_what_a_colleague_promised(
    log: Log, agent: User, teammate: User, manager: User, now: datetime
) -> None:
    case = log(at=now - 9 * HOUR)
    take_over(case=case, actor=manager, now=now - HOUR)
    promise = written(case, manager, now, -6, -2, made_by=teammate)
    assert (promise.made_by, promise.owed_by, promise.owner) == (teammate, agent, manager)
    assert said(EventKind.PROMISE_MADE) == "Priya Shah recorded a promise that Tom Reyes had made"
    assert said(EventKind.PROMISE_BROKEN) == "Maya Osei did not keep a promise in time"
    assert set(case.severity_changes.get(by_rule=True).caused_by.all()) == {agent, teammate, manager}


def test_who_owed_it_is_whoever_had_the_case_when_it_lapsed_by_key_and_not_by_name(
    log: Log, agent: User, teammate: User, manager: User, now: datetime
) -> None:
    case = log(at=now - 9 * HOUR)
    take_over(case=case, actor=teammate, now=now - 7 * HOUR)
    take_over(case=case, actor=manager, now=now - 4 * HOUR)
    for person, name in ((agent, "Tom Reyes"), (teammate, "Tom Ito")):
        person.name = name
        person.save()
    owed = [written(case, manager, now, -8, due).owed_by for due in (-6, -4, -1)]
    assert owed == [teammate, manager, manager]


@pytest.mark.parametrize("what", ["nobody owned it", "it was not logged yet", "an older row has names only"])
def test_who_owed_it_is_left_open_where_nobody_can_tell(
    log: Log, agent: User, manager: User, now: datetime, *, what: str
) -> None:
    case = log(at=now - HOUR if "logged" in what else now - 9 * HOUR, known_at=now - 9 * HOUR)
    if "nobody" in what:
        assign(case=case, to=None, actor=agent, now=now - 8 * HOUR)
    if "names" in what:
        Event.objects.create(
            case=case, kind=EventKind.CASE_ASSIGNED, at=now - HOUR, facts={"before": "Maya Osei", "after": "Priya Shah"}
        )
    take_over(case=case, actor=manager, now=now - HOUR / 2)
    promise = written(case, manager, now, -6, -2)
    assert (promise.made_by, promise.owed_by, promise.owner) == (manager, None, manager)
    assert said(EventKind.PROMISE_BROKEN) == "We did not keep a promise in time; who owed it is not recorded"


def test_a_new_date_that_was_agreed_on_in_time_and_lapsed_is_owed_by_whoever_had_the_case_then(
    log: Log, agent: User, teammate: User, manager: User, now: datetime
) -> None:
    case = log(at=now - 9 * HOUR)
    promise = recovery.promise(case, agent, now - 9 * HOUR, now - 6 * HOUR)
    take_over(case=case, actor=teammate, now=now - 5 * HOUR)
    take_over(case=case, actor=manager, now=now - HOUR)
    at, due_at = now - 7 * HOUR, now - 3 * HOUR
    moved = renegotiate_promise(promise=promise, due_at=due_at, reason="OK", actor=manager, at=at, now=now)
    assert (moved.status, moved.owed_by, moved.owner) == (PromiseStatus.BROKEN, teammate, manager)


def test_nobody_keeps_a_promise_in_a_case_that_they_cannot_open(
    case: Case, agent: User, outsider: User, administrator: User, now: datetime
) -> None:
    with refused("Omar Haddad is not in the team Support, and could not see the case", field="owner"):
        written(case, agent, now, -1, 1, owner=outsider)
    assert written(case, agent, now, -1, 1, owner=administrator).owner == administrator
