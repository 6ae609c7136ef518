"""An alarm that cannot call: call-backs that never come, until an executive owns it."""

from datetime import timedelta

import pytest

from cases.actions.handling import make_safe_within
from cases.actions.promises import Pledge, make_promise
from cases.demo.stories import Alarm
from cases.errors import RuleError
from cases.models import Event
from cases.reports.traits import Trait
from cases.rules.vocabulary import (
    Channel,
    Direction,
    EventKind,
    Outcome,
    Priority,
    PromiseStatus,
    Reached,
    Severity,
    StepKind,
)
from tests.stories.conftest import Perform, Play
from tests.stories.looks import broken, counts, took

pytestmark = pytest.mark.django_db

DAY = (10, 22)
ALL_DAY = [(DAY, f"{hour}:{minute:02}") for hour in range(8, 20) for minute in (1, 31)]


def swept(play: Play) -> Play:
    play.sweep(*ALL_DAY)
    return play


def test_a_safety_product_is_critical_and_counts_from_the_first_call(perform: Perform) -> None:
    story, play = perform(Alarm)
    play.until(DAY, "7:51")
    assert story.case.severity == Severity.CRITICAL
    assert story.case.known_at == story.at(DAY, "7:45")
    assert story.case.happened_at == story.at(DAY, "7:40")


def test_you_should_hear_is_no_promise_until_it_has_a_time(perform: Perform) -> None:
    story, play = perform(Alarm)
    now = play.until(DAY, "7:47")
    vague = Pledge(words="The technicians will tell you when", due_at=now, channel=Channel.PHONE)
    with pytest.raises(RuleError, match="needs a date and a time"):
        make_promise(case=story.case, pledge=vague, actor=story.cast.operator, now=now)


def test_at_noon_the_promise_is_broken_and_the_priority_rises(perform: Perform) -> None:
    story, play = perform(Alarm)
    swept(play).until(DAY, "12:00")
    assert broken(story.case) == []
    play.until(DAY, "12:01")
    assert [promise.due_at for promise in broken(story.case)] == [story.at(DAY, "12:00")]
    assert story.case.priority == Priority.RAISED


def test_a_voicemail_is_an_attempt_and_neither_a_contact_nor_a_chase(perform: Perform) -> None:
    story, play = perform(Alarm)
    swept(play).until(DAY, "13:00")
    voicemail = story.case.contacts.get(reached=Reached.VOICEMAIL)
    assert not voicemail.is_chase
    assert story.case.priority == Priority.RAISED
    assert story.case.escalated_at is None


def test_the_third_call_escalates_at_once(perform: Perform) -> None:
    story, play = perform(Alarm)
    swept(play).until(DAY, "17:05")
    reached = story.case.contacts.filter(direction=Direction.IN, reached=Reached.REACHED)
    assert (reached.count(), reached.filter(is_chase=True).count()) == (3, 2)
    assert story.case.priority == Priority.ESCALATED
    assert story.case.escalated_at == story.at(DAY, "17:05")


def test_the_executive_reaches_the_customer_within_thirty_minutes(perform: Perform) -> None:
    story, play = perform(Alarm)
    swept(play).until(DAY, "17:21")
    escalated = Event.objects.get(case=story.case, kind=EventKind.CASE_ESCALATED)
    assert took(story.case, StepKind.ACKNOWLEDGE) == timedelta(hours=9, minutes=35)
    owned = story.case.steps.get(kind=StepKind.ACKNOWLEDGE)
    assert owned.settled_at is not None
    assert owned.settled_at - escalated.at <= timedelta(minutes=30)
    assert owned.settled_by == story.case.owner == story.cast.executive
    assert "my fault alone" in owned.acknowledgement.ownership


def test_it_was_to_be_safe_in_four_hours_and_was_not(perform: Perform) -> None:
    story, play = perform(Alarm)
    swept(play).until(DAY, "20:00")
    within, made_safe_at = make_safe_within(story.case), story.case.made_safe_at
    assert within is not None
    assert story.case.known_at + within == story.at(DAY, "11:45")
    assert made_safe_at == story.at(DAY, "19:00")
    assert made_safe_at > story.case.known_at + within


def test_he_comes_when_he_said_he_would(perform: Perform) -> None:
    story, play = perform(Alarm)
    swept(play).until(DAY, "18:20")
    assert story.arrival.due_at == story.at(DAY, "18:20")
    story.arrival.refresh_from_db()
    assert story.arrival.status == PromiseStatus.KEPT


def test_the_technicians_never_ring_and_nobody_says_that_they_did(perform: Perform) -> None:
    story, play = perform(Alarm)
    swept(play).until(DAY, "17:21")
    story.call_back.refresh_from_db()
    assert (story.call_back.status, story.call_back.was_done) == (PromiseStatus.BROKEN, False)
    assert not story.case.promises.overdue(story.at(DAY, "17:21")).exists()
    assert story.case.events.filter(kind=EventKind.PROMISE_GIVEN_UP).exists()


def test_the_case_counts_as_recovered_and_as_a_double_deviation(perform: Perform) -> None:
    story, play = perform(Alarm)
    now = swept(play).to_the_end()
    assert story.case.outcome == Outcome.SATISFIED
    assert counts(story.case, Trait.SECOND_FAILURE, now)
    assert counts(story.case, Trait.RECOVERED, now)
    assert counts(story.case, Trait.CHASED, now)


def test_the_follow_up_says_what_is_changed_and_what_is_only_planned(perform: Perform) -> None:
    story, play = perform(Alarm)
    swept(play).until((10, 28), "10:00")
    words = [change.words for change in story.case.follow_ups.get().changes.all()]
    assert words == [
        "Done: A call-back is entered with a time, or not at all.",
        "Not done yet, by November 14: Whoever is here after five sees every open promise, and may act on it.",
    ]
