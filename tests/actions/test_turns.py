"""Nothing is done with a case that somebody changed meanwhile."""

from datetime import datetime

import pytest

from cases.actions import contacts, turns
from cases.actions.events import PromiseBroken
from cases.errors import ConflictError
from cases.models import Case, Event, User
from tests.conftest import Log

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(log: Log) -> Case:
    return log()


def note(case: Case, actor: User, now: datetime, text: str = "Called, no answer") -> Event:
    return contacts.add_note(case=case, text=text, actor=actor, now=now)


def test_a_stale_form_learns_who_changed_what(case: Case, agent: User, teammate: User, now: datetime) -> None:
    drawn = case.version
    contacts.add_concern(case=case, text="Nobody called back", actor=teammate, now=now)

    with pytest.raises(ConflictError, match="Somebody changed this case while you were typing") as caught:
        turns.check_version(case, drawn, agent)

    assert caught.value.changes == ("Tom Reyes noted another concern",)
    turns.check_version(case, case.version + 1, agent)


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
