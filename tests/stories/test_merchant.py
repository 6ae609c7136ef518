"""An answer promised too soon, two silent weeks, and a customer who gets everything back."""

from decimal import Decimal

import pytest

from cases.demo.stories import Merchant
from cases.demo.stories.merchant import NOTHING_MORE
from cases.models import Message, Promise
from cases.reports.traits import Trait, broken_promises
from cases.rules.vocabulary import (
    CompensationNature,
    ConcernStatus,
    FaultParty,
    MessagePurpose,
    Outcome,
    Priority,
    PromiseStatus,
    RaiseReason,
    Severity,
    StepKind,
)
from tests.stories.conftest import Perform
from tests.stories.looks import ABOVE, LATE, broken, counts, given, reminded, step

pytestmark = pytest.mark.django_db

WEDNESDAY_EVENING = ((10, 15), "17:01")
MONDAY_MORNING = ((10, 27), "9:01")


def test_whether_it_is_the_only_concern_is_asked_and_kept(perform: Perform) -> None:
    story, play = perform(Merchant)
    play.until((10, 13), "11:00")
    acknowledgement = step(story.case, StepKind.ACKNOWLEDGE).acknowledgement
    assert acknowledgement.was_only_concern is False
    assert story.case.concerns.count() == 2


def test_when_wednesday_has_passed_the_promise_is_broken_and_beverly_hears_of_it(perform: Perform) -> None:
    story, play = perform(Merchant)
    play.sweep(WEDNESDAY_EVENING)
    play.until((10, 15), "17:00")
    assert broken(story.case) == []
    play.until((10, 15), "17:01")
    assert len(broken(story.case)) == 1
    assert reminded(LATE) == []
    assert story.case.priority == Priority.RAISED
    assert story.case.severity == Severity.MAJOR
    assert [reason.reason for reason in story.case.severity_reasons.all()] == [RaiseReason.BROKEN_PROMISE]


def test_beverly_hears_of_the_broken_promise_when_her_next_day_begins(perform: Perform) -> None:
    _, play = perform(Merchant)
    play.sweep(WEDNESDAY_EVENING, ((10, 16), "8:59"), ((10, 16), "9:00"))
    play.until((10, 16), "8:59")
    assert reminded(LATE) == []
    play.until((10, 16), "9:00")
    assert ("Beverly Novak", "promise") in reminded(LATE)


def test_after_two_weeks_of_silence_the_manager_was_told_and_escalates(perform: Perform) -> None:
    story, play = perform(Merchant)
    play.sweep(WEDNESDAY_EVENING, ((10, 16), "10:01"), ((10, 20), "9:01"), MONDAY_MORNING)
    play.until((10, 27), "10:00")
    assert ("Priya Shah", "promise") in reminded(ABOVE)
    assert ("Priya Shah", "step") in reminded(ABOVE)
    assert Message.objects.filter(purpose=MessagePurpose.ESCALATION, to_address="priya@example.com").exists()
    assert story.case.priority == Priority.ESCALATED
    assert "Two weeks" in story.case.escalated_because


def test_the_loss_comes_back_and_nothing_is_added_for_a_reason(perform: Perform) -> None:
    story, play = perform(Merchant)
    play.sweep(WEDNESDAY_EVENING)
    play.until((10, 28), "12:00")
    assert given(story.case, CompensationNature.RESTITUTION) == Decimal(560)
    assert given(story.case, CompensationNature.GOODWILL) == Decimal(0)
    decided = step(story.case, StepKind.COMPENSATE)
    assert decided.note == NOTHING_MORE
    assert decided.approved_by == story.cast.manager
    assert story.case.incident.fault_party == FaultParty.SUPPLIER


def test_done_at_last_the_promise_stays_broken(perform: Perform) -> None:
    story, play = perform(Merchant)
    play.sweep(WEDNESDAY_EVENING)
    now = play.to_the_end()
    promise = story.case.promises.get()
    assert promise.status == PromiseStatus.BROKEN
    assert promise.settled_at == story.at((10, 28), "10:00")
    assert Promise.objects.filter(broken_promises(now)).count() == 1
    assert not Promise.objects.filter(status=PromiseStatus.KEPT).exists()


def test_the_case_counts_as_recovered_and_as_a_double_deviation(perform: Perform) -> None:
    story, play = perform(Merchant)
    play.sweep(WEDNESDAY_EVENING)
    now = play.to_the_end()
    assert story.case.outcome == Outcome.SATISFIED
    assert counts(story.case, Trait.RECOVERED, now)
    assert counts(story.case, Trait.SECOND_FAILURE, now)
    assert set(story.case.concerns.values_list("status", flat=True)) == {ConcernStatus.RESOLVED}
    assert "more today than I did yesterday" in story.case.satisfaction_checks.get().words
