"""A parcel in the wrong place: the follow-up names what changed, and nothing that has not."""

from decimal import Decimal

import pytest

from cases.actions.follow_ups import whole_letter
from cases.demo.stories import Parcel
from cases.reminders.sweep import sweep
from cases.rules.vocabulary import CompensationNature, FollowUpResponse, Outcome, PreventionStatus, StepKind
from tests.stories.conftest import Perform
from tests.stories.looks import LATE, given, late, reminded, step

pytestmark = pytest.mark.django_db


def test_two_people_of_one_name_are_told_apart_by_what_they_are(perform: Perform) -> None:
    story, play = perform(Parcel)
    play.to_the_end()
    clerk = story.case.owner
    assert clerk is not None
    assert clerk.get_short_name() == story.case.customer.name.split()[0] == "Kristina"
    assert story.case.follow_ups.get().author == clerk


def test_the_parcel_is_there_on_monday_and_a_certificate_beside_it(perform: Perform) -> None:
    story, play = perform(Parcel)
    play.until((10, 7), "12:00")
    assert step(story.case, StepKind.CORRECT).settled_at == story.at((10, 6), "13:20")
    assert given(story.case, CompensationNature.GOODWILL) == Decimal(25)
    assert story.case.current_step == StepKind.FOLLOW_UP


def test_a_change_that_is_not_made_yet_is_never_told_as_made(perform: Perform) -> None:
    story, play = perform(Parcel)
    play.until((10, 16), "11:00")
    words = [change.words for change in story.follow_up.changes.all()]
    assert words == [
        "Done: Everybody at order entry was trained to read addresses back.",
        "Not done yet, by October 24: At packing, every label is held against the order.",
    ]
    letter = whole_letter(story.case, story.letter("Both have been fixed."))
    assert "Not done yet, by October 24: At packing" in letter


def test_without_the_letter_the_alarm_would_have_gone_on_the_22nd(perform: Perform) -> None:
    story, play = perform(Parcel)
    play.until((10, 20), "18:00")
    sweep(story.at((10, 20), "18:01"))
    assert reminded(LATE) == []
    now = story.at((10, 22), "9:00")
    sweep(now)
    assert late(story.case, now) == [StepKind.FOLLOW_UP]
    assert reminded(LATE) == [("Kristina Boyle", "step")]


def test_the_letter_in_time_names_both_findings_and_both_changes(perform: Perform) -> None:
    story, play = perform(Parcel)
    play.sweep(((10, 20), "18:01"), ((10, 22), "9:00"))
    now = play.to_the_end()
    letter = story.case.follow_ups.get()
    assert letter.sent_at == story.at((10, 21), "10:00")
    assert "order entry" in letter.found
    assert "packing" in letter.found
    assert letter.body.count("Done: ") == 2
    assert "Not done yet" not in letter.body
    assert letter.body.lower().count("sorry") == 1
    assert late(story.case, now) == []
    assert reminded(LATE) == []


def test_the_customer_stays(perform: Perform) -> None:
    story, play = perform(Parcel)
    play.to_the_end()
    assert story.case.outcome == Outcome.SATISFIED
    assert story.case.follow_ups.get().response == FollowUpResponse.WILL_STAY
    assert {action.status for action in story.case.incident.prevention_actions.all()} == {PreventionStatus.DONE}
