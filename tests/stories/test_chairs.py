"""Ninety chairs of a hundred and twenty: own it, drop the argument, fix it fast."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cases.demo.stories import Chairs
from cases.demo.stories.chairs import ARGUMENT, COVER_NOTE
from cases.models import Message
from cases.rules.vocabulary import (
    Audience,
    CompensationNature,
    Direction,
    EventKind,
    Outcome,
    PromiseStatus,
    Severity,
    StepKind,
)
from tests.stories.conftest import Perform
from tests.stories.looks import given, late, took

pytestmark = pytest.mark.django_db

DAY = (11, 7)


def test_a_deadline_that_we_knew_of_caps_the_fix_and_raises_nothing(perform: Perform) -> None:
    story, play = perform(Chairs)
    play.until(DAY, "7:41")
    assert story.case.severity == Severity.MAJOR
    assert not story.case.severity_reasons.exists()
    assert story.case.steps.get(kind=StepKind.CORRECT).due_at == story.at(DAY, "10:00")
    assert "sales director" in story.case.customer.answers_to


def test_the_argument_stays_out_of_everything_that_the_customer_gets(perform: Perform) -> None:
    story, play = perform(Chairs)
    play.to_the_end()
    case = story.case
    assert case.events.get(kind=EventKind.NOTE_ADDED).facts["text"] == ARGUMENT
    told = [
        *case.contacts.filter(direction=Direction.OUT).values_list("summary", flat=True),
        *case.apologies.values_list("body", flat=True),
        *case.follow_ups.values_list("body", flat=True),
        *Message.objects.filter(audience=Audience.CUSTOMER).values_list("text", flat=True),
    ]
    assert len(told) >= 5
    assert not any("packing list" in words.lower() or "argu" in words.lower() for words in told)


def test_a_heated_case_is_handed_over_with_all_that_was_said(perform: Perform) -> None:
    story, play = perform(Chairs)
    play.until(DAY, "7:55")
    assert story.case.owner == story.cast.manager
    handed = story.case.events.get(kind=EventKind.CASE_ASSIGNED)
    assert handed.at == story.at(DAY, "7:55")
    assert (handed.facts["before"], handed.facts["after"]) == ("Tom Reyes", "Priya Shah")


def test_the_duty_manager_owns_it_five_minutes_later(perform: Perform) -> None:
    story, play = perform(Chairs)
    play.until(DAY, "8:00")
    acknowledged = story.case.steps.get(kind=StepKind.ACKNOWLEDGE)
    assert acknowledged.settled_at == story.at(DAY, "8:00")
    assert "it was ours" in acknowledged.acknowledgement.ownership


def test_the_chairs_stand_after_an_hour_and_fifty_five_minutes(perform: Perform) -> None:
    story, play = perform(Chairs)
    play.until(DAY, "9:25")
    assert took(story.case, StepKind.CORRECT) == timedelta(hours=1, minutes=55)
    assert story.case.promises.get().status == PromiseStatus.KEPT


def test_the_loss_and_the_trouble_are_two_ledgers(perform: Perform) -> None:
    story, play = perform(Chairs)
    play.until(DAY, "12:00")
    assert given(story.case, CompensationNature.RESTITUTION) == Decimal(180)
    assert given(story.case, CompensationNature.GOODWILL) == Decimal(120)
    assert story.case.contacts.filter(summary=COVER_NOTE, at=story.at(DAY, "9:40")).exists()


def test_it_ends_satisfied_in_time_and_the_letter_names_the_second_pair_of_eyes(perform: Perform) -> None:
    story, play = perform(Chairs)
    play.sweep((DAY, "9:01"), ((11, 10), "9:59"), ((11, 17), "17:01"))
    now = play.to_the_end()
    assert story.case.outcome == Outcome.SATISFIED
    assert story.case.satisfaction_checks.get().answered_at == story.at((11, 10), "10:00")
    letter = story.case.follow_ups.get()
    assert letter.sent_at == story.at((11, 18), "10:00")
    assert "Done: The loading sheet is counted by two people." in letter.body
    assert late(story.case, now) == []
