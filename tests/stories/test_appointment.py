"""A missed appointment: own up the same hour, then do more than was asked."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cases.actions.closing import close
from cases.demo.stories import Appointment
from cases.errors import GuardError
from cases.models import Case
from cases.reports.traits import Trait
from cases.rules.vocabulary import (
    Answer,
    CompensationNature,
    CompensationStatus,
    Origin,
    Outcome,
    PromiseStatus,
    RaiseReason,
    Reaction,
    Severity,
    StepKind,
)
from tests.stories.conftest import Perform
from tests.stories.looks import counts, given, late, took

pytestmark = pytest.mark.django_db


def test_she_notices_it_herself_and_the_severity_shows_why_it_was_raised(perform: Perform) -> None:
    story, play = perform(Appointment)
    play.until((10, 6), "18:31")
    case = story.case
    assert (case.origin, case.severity, case.attempt) == (Origin.SELF_REPORTED, Severity.MAJOR, 2)
    assert [reason.reason for reason in case.severity_reasons.all()] == [RaiseReason.ATTEMPT]
    assert case.severity_reasons.get().upon.severity == Severity.MODERATE
    assert case.known_at == story.at((10, 6), "18:30")
    assert "ten years" in case.events.get(kind="note.added").facts["text"]


def test_who_canceled_first_stays_among_ourselves(perform: Perform) -> None:
    story, play = perform(Appointment)
    play.to_the_end()
    assert "canceled" in story.case.contribution
    told = [*story.case.contacts.values_list("summary", flat=True), story.case.follow_ups.get().body]
    assert not any("cancel" in words for words in told)


def test_she_rings_within_five_minutes_and_apologizes_in_the_same_call(perform: Perform) -> None:
    story, play = perform(Appointment)
    play.until((10, 6), "18:36")
    assert took(story.case, StepKind.ACKNOWLEDGE) == timedelta(minutes=5)
    assert took(story.case, StepKind.APOLOGIZE) == timedelta(minutes=5)
    call = story.case.contacts.exclude(private_note="").get()
    assert call.reaction == Reaction.CALM
    assert "mother" in call.private_note


def test_closing_right_after_the_calm_call_is_refused_with_all_that_is_open(perform: Perform) -> None:
    story, play = perform(Appointment)
    now = play.until((10, 6), "18:36")
    with pytest.raises(GuardError) as refused:
        close(case=story.case, outcome=Outcome.SATISFIED, reason="", actor=story.cast.agent, now=now)
    assert refused.value.missing == (
        "“Correct” is still open.",
        "“Compensate” is still open.",
        "“Confirm” is still open.",
        "“Follow up” is still open.",
        "1 concern is still open: resolve or refuse each with a reason.",
        "The customer has not said that they are satisfied.",
    )
    assert story.case.is_open


def test_two_presents_that_nobody_asked_for_cost_ninety_dollars(perform: Perform) -> None:
    story, play = perform(Appointment)
    play.until((10, 7), "12:00")
    presents = list(story.case.compensations.all())
    assert [present.amount for present in presents] == [Decimal(50), Decimal(40)]
    assert len({present.recipient for present in presents}) == 2
    assert not any(present.was_asked_for or present.approved_by for present in presents)
    assert {present.status for present in presents} == {CompensationStatus.ISSUED}
    assert given(story.case, CompensationNature.GOODWILL) == Decimal(90)


def test_the_meeting_is_a_promise_that_is_kept_to_the_minute(perform: Perform) -> None:
    story, play = perform(Appointment)
    play.until((10, 9), "20:00")
    promise = story.case.promises.get()
    assert promise.is_appointment
    assert promise.status == PromiseStatus.KEPT
    assert promise.due_at == promise.settled_at == story.at((10, 9), "18:00")


def test_it_ends_as_one_case_with_every_step_on_time_and_a_delighted_couple(perform: Perform) -> None:
    story, play = perform(Appointment)
    play.sweep(((10, 7), "9:01"), ((10, 8), "17:01"), ((10, 9), "17:59"), ((10, 20), "9:59"))
    now = play.to_the_end()
    assert Case.objects.get() == story.case
    assert late(story.case, now) == []
    assert story.case.outcome == Outcome.SATISFIED
    answer = story.case.satisfaction_checks.get()
    assert (answer.answer, answer.score) == (Answer.SATISFIED, 5)
    assert counts(story.case, Trait.RECOVERED, now)
    assert not counts(story.case, Trait.SECOND_FAILURE, now)


def test_the_note_names_the_change(perform: Perform) -> None:
    story, play = perform(Appointment)
    play.to_the_end()
    note = story.case.follow_ups.get()
    assert note.sent_at == story.at((10, 20), "10:00")
    assert "Done: The day before, every adviser calls over the next day's appointments with the office." in note.body
