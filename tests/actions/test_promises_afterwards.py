"""A promise that is written down after it was made: still open, kept, done late, or lapsed."""

from datetime import datetime, timedelta

import pytest

from cases.actions.promises import Pledge, make_promise
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
    pledge = Pledge(
        words="We call you back",
        channel=Channel.PHONE,
        made_at=now + made * HOUR,
        due_at=now + due * HOUR,
        kept_at=None if kept is None else now + kept * HOUR,
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
