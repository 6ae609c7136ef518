"""A form acts once, and not on a case that somebody changed meanwhile."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.db import IntegrityError

from cases.actions import contacts, turns
from cases.actions.events import PromiseBroken
from cases.errors import ConflictError, RuleError
from cases.models import Case, Event, Submission, User
from cases.rules.vocabulary import EventKind
from tests.conftest import Log

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(log: Log) -> Case:
    return log()


def note(case: Case, actor: User, now: datetime, text: str = "Called, no answer") -> Event:
    return contacts.add_note(case=case, text=text, actor=actor, now=now)


def notes() -> int:
    return len(Event.objects.filter(kind=EventKind.NOTE_ADDED))


def test_the_same_form_acts_once(case: Case, agent: User, now: datetime) -> None:
    key = uuid4()

    first = turns.submit(lambda: note(case, agent, now), key=key, actor=agent, now=now)
    second = turns.submit(lambda: note(case, agent, now), key=key, actor=agent, now=now)

    assert first is not None
    assert second is None
    assert notes() == 1


def test_a_form_that_was_refused_can_be_sent_again(case: Case, agent: User, now: datetime) -> None:
    key = uuid4()
    with pytest.raises(RuleError, match="Write the note first"):
        turns.submit(lambda: note(case, agent, now, " "), key=key, actor=agent, now=now)
    assert not Submission.objects.exists()

    turns.submit(lambda: note(case, agent, now), key=key, actor=agent, now=now)

    assert notes() == 1


def test_a_bug_is_not_mistaken_for_a_form_that_was_sent_before(agent: User, now: datetime) -> None:
    def breaks_a_constraint() -> None:
        Submission.objects.create(key=taken, at=now)

    taken = uuid4()
    Submission.objects.create(key=taken, at=now)
    with pytest.raises(IntegrityError):
        turns.submit(breaks_a_constraint, key=uuid4(), actor=agent, now=now)
    assert Submission.objects.count() == 1


def test_a_stale_form_learns_who_changed_what_and_writes_nothing(
    case: Case, agent: User, teammate: User, now: datetime
) -> None:
    drawn, key = case.version, uuid4()
    contacts.add_concern(case=case, text="Nobody called back", actor=teammate, now=now)

    with pytest.raises(ConflictError, match="Somebody changed this case while you were typing") as caught:
        turns.submit(lambda: note(case, agent, now), key=key, actor=agent, now=now, case=case, version=drawn)

    assert caught.value.changes == ("Tom Reyes noted another concern",)
    assert notes() == 0
    assert not Submission.objects.exists()
    fresh = case.version + 1
    turns.submit(lambda: note(case, agent, now), key=key, actor=agent, now=now, case=case, version=fresh)
    assert notes() == 1


def test_ones_own_change_in_another_window_is_called_so(case: Case, agent: User, now: datetime) -> None:
    drawn = case.version
    note(case, agent, now)

    with pytest.raises(ConflictError, match="You have changed this case meanwhile") as caught:
        turns.check_version(case, drawn, agent)

    assert caught.value.changes == ("Maya Osei added a note",)


def test_what_the_clock_did_is_told_too(case: Case, agent: User, now: datetime) -> None:
    drawn = case.version
    turns.finish(case, PromiseBroken(words="We call you", due=now, owner=""), at=now, actor=None)

    with pytest.raises(ConflictError, match="Somebody changed") as caught:
        turns.check_version(case, drawn, agent)

    assert caught.value.changes == ("We did not keep a promise in time; nobody was to keep it",)


@pytest.mark.parametrize("version", [-1, 0, 99])
def test_a_version_that_never_was_is_a_conflict(case: Case, agent: User, version: int) -> None:
    with pytest.raises(ConflictError):
        turns.check_version(case, version, agent)


def test_every_turn_is_one_version_and_one_line_in_the_timeline(case: Case, agent: User, now: datetime) -> None:
    event = note(case, agent, now)

    case.refresh_from_db()
    assert (case.version, event.version) == (2, 2)
    assert list(case.events.values_list("version", flat=True)) == [1, 2]
