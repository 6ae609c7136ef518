"""How soon and how reliably we act: C1, C3, C4, C7 and C12."""

from datetime import UTC, datetime, time, timedelta

import pytest

from cases.actions import clocks, corrections, handling, promises
from cases.models import CalendarWindow, Case, Category, Step, Team, User
from cases.reports.frames import Frame
from cases.reports.periods import Period
from cases.reports.rates import Rate
from cases.reports.timing import intake, on_time, promises_kept, second_failures
from cases.reports.traits import Trait
from cases.rules.vocabulary import Answer, CriticalGround, Direction, Origin, Outcome, Reached, Severity, StepKind
from tests.conftest import Log
from tests.reports.recovery import (
    DAY,
    HOUR,
    MINUTE,
    acknowledge,
    another_customer,
    answer,
    close,
    contact,
    fresh,
    promise,
    recover,
    until_confirm,
    waive,
)

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


def last_90_days(user: User, now: datetime, team: Team | None = None) -> Frame:
    return Frame.of(user, Period.ending_today(90, now, user.zone), now=now, team=team)


def acknowledged(manager: User, now: datetime) -> Rate:
    return on_time(last_90_days(manager, now)).acknowledged.rate


def test_done_at_the_due_moment_is_on_time_and_a_second_later_is_late(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    acknowledge(log(whom=another_customer("Ada", now)), agent, now + 4 * HOUR)
    assert acknowledged(manager, now + DAY) == Rate(1, 1)
    acknowledge(log(whom=another_customer("Bela", now)), agent, now + 4 * HOUR + SECOND)
    assert acknowledged(manager, now + DAY) == Rate(1, 2)


def test_what_is_open_counts_from_the_moment_it_is_late(log: Log, manager: User, now: datetime) -> None:
    log()
    assert acknowledged(manager, now + 4 * HOUR) == Rate(0, 0)
    assert acknowledged(manager, now + 4 * HOUR + SECOND) == Rate(0, 1)


def test_a_waived_step_is_neither_on_time_nor_late(log: Log, agent: User, manager: User, now: datetime) -> None:
    waive(log(), StepKind.ACKNOWLEDGE, agent, manager, now + 2 * DAY)
    assert acknowledged(manager, now + 3 * DAY) == Rate(0, 0)


@pytest.mark.parametrize("outcome", [Outcome.DUPLICATE, Outcome.WITHDRAWN])
def test_cases_that_were_no_case_are_out(outcome: Outcome, log: Log, agent: User, manager: User, now: datetime) -> None:
    case = log()
    acknowledge(case, agent, now + 2 * DAY)
    close(case, agent, now + 2 * DAY, outcome)
    assert acknowledged(manager, now + 3 * DAY) == Rate(0, 0)
    assert intake(last_90_days(manager, now + 3 * DAY)).known.value == 0


def test_severity_raised_after_it_was_done_changes_no_judgment(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    case = log()
    acknowledge(case, agent, now + 3 * HOUR)
    handling.change_severity(
        case=case,
        severity=Severity.CRITICAL,
        reason="A child lives there",
        actor=agent,
        now=now + 3 * HOUR,
        critical_because=CriticalGround.SAFETY,
    )
    assert acknowledged(manager, now + DAY) == Rate(1, 1)


def test_the_period_before_is_compared(log: Log, agent: User, manager: User, now: datetime) -> None:
    for title, before, late in (("Old", 100, False), ("Older", 120, True), ("New", 3, False)):
        at = now - before * DAY
        case = log(at=at, whom=another_customer(title, at))
        acknowledge(case, agent, at + (9 * DAY if late else MINUTE))
    found = on_time(last_90_days(manager, now)).acknowledged
    assert (found.rate, found.before, found.change) == (Rate(1, 1), Rate(1, 2), "up 50 points")


def test_owners_have_all_six_steps_judged(log: Log, agent: User, teammate: User, manager: User, now: datetime) -> None:
    recover(log(whom=another_customer("Ada", now)), agent, now + HOUR)
    log(whom=another_customer("Bela", now), owner=teammate)
    owners = on_time(last_90_days(manager, now + 2 * DAY)).owners
    assert owners[agent.pk].rate == Rate(6, 6)
    assert owners[teammate.pk].rate == Rate(0, 2)  # acknowledge and apologize; correct has three days
    assert (owners[agent.pk].late_cases, owners[teammate.pk].late_cases) == (0, 1)


def test_time_to_acknowledge_ends_when_the_customer_is_reached(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    case = log()
    contact(case, agent, now + 5 * MINUTE, Direction.IN)
    contact(case, agent, now + 10 * MINUTE, reached=Reached.VOICEMAIL)
    contact(case, agent, now + 20 * MINUTE, reached=Reached.NO_ANSWER)
    assert intake(last_90_days(manager, now + HOUR)).not_reached.value == 1
    acknowledge(case, agent, now + 30 * MINUTE)
    contact(case, agent, now + 40 * MINUTE)
    found = intake(last_90_days(manager, now + HOUR))
    assert (found.clock.median, found.clock.n, found.not_reached.value) == (30, 1, 0)


def test_working_time_passes_only_in_working_hours(log: Log, agent: User, manager: User) -> None:
    friday_evening = datetime(2025, 9, 12, 20, 30, tzinfo=UTC)  # half past four in New York
    acknowledge(log(at=friday_evening), agent, friday_evening + 3 * DAY - 7 * HOUR)  # Monday, half past nine
    found = intake(last_90_days(manager, friday_evening + 4 * DAY))
    assert (found.working.median, found.clock.median) == (60, 65 * 60)


def test_who_was_never_reached_is_counted_with_the_oldest_wait(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    for days in (1, 9):
        log(at=now - days * DAY, whom=another_customer(f"Customer {days}", now))
    gone = log(at=now - 20 * DAY, whom=another_customer("Gone", now))
    close(gone, agent, now - 19 * DAY, Outcome.NOT_UPHELD)
    found = intake(last_90_days(manager, now))
    assert (found.not_reached.value, found.waiting_since, found.clock.n) == (3, now - 9 * DAY, 0)


def test_noticing_it_ourselves_is_counted(log: Log, manager: User, now: datetime) -> None:
    log(origin=Origin.SELF_REPORTED, whom=another_customer("Ada", now))
    log(whom=another_customer("Bela", now))
    assert intake(last_90_days(manager, now)).self_reported == Rate(1, 2)


def test_promises_are_kept_broken_or_not_due_yet(log: Log, agent: User, manager: User, now: datetime) -> None:
    case = log()
    made = [promise(case, agent, now, now + hours * HOUR) for hours in (1, 2, 3, 60)]
    promises.keep_promise(promise=made[0], actor=agent, now=now + HOUR)
    promises.keep_promise(promise=made[1], actor=agent, now=now + 2 * HOUR + SECOND)
    promises.cancel_promise(promise=made[2], reason="No need any more", actor=agent, now=now + 2 * HOUR + SECOND)
    found = promises_kept(last_90_days(manager, now + DAY))
    assert (found.kept.rate, found.kept.behind.value) == (Rate(1, 2), 1)


def test_a_renegotiated_promise_is_judged_on_its_new_date(log: Log, agent: User, manager: User, now: datetime) -> None:
    moved = promise(log(), agent, now, now + HOUR)
    promises.renegotiate_promise(
        promise=moved, due_at=now + 5 * HOUR, reason="They agreed", actor=agent, now=now + MINUTE
    )
    promises.keep_promise(promise=moved, actor=agent, now=now + 4 * HOUR)
    found = promises_kept(last_90_days(manager, now + DAY))
    assert (found.kept.rate, found.renegotiated) == (Rate(1, 1), Rate(1, 1))


def test_a_lapsed_promise_is_broken_though_nobody_wrote_it_down(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    promise(log(), agent, now, now + HOUR)
    assert promises_kept(last_90_days(manager, now + HOUR)).kept.rate == Rate(0, 0)
    assert promises_kept(last_90_days(manager, now + HOUR + SECOND)).kept.rate == Rate(0, 1)


def reasons(manager: User, now: datetime) -> dict[Trait, int]:
    found = second_failures(last_90_days(manager, now), known=9)
    return {trait: number.value for trait, number in found.reasons if number.value}


def test_a_missed_appointment_is_a_broken_promise_and_its_own_reason(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    promise(log(), agent, now, now + HOUR, is_appointment=True)
    assert reasons(manager, now + DAY) == {Trait.PROMISE_BROKEN: 1, Trait.APPOINTMENT_MISSED: 1}
    assert second_failures(last_90_days(manager, now + DAY), known=9).rate == Rate(1, 9)


def test_a_fix_that_failed_or_was_done_again_is_a_second_failure(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    failed = until_confirm(log(whom=another_customer("Ada", now)), agent, now)
    corrections.record_failed_correction(
        correction=failed.corrections.get(), because="It broke again", actor=agent, now=now + HOUR
    )
    again = until_confirm(log(whom=another_customer("Bela", now)), agent, now)
    answer(again, agent, now + HOUR, 1, Answer.NOT_SATISFIED)
    assert reasons(manager, now + DAY) == {Trait.CORRECTION_FAILED: 1}
    until_confirm(fresh(again), agent, now + 2 * HOUR)
    assert reasons(manager, now + DAY) == {Trait.CORRECTION_FAILED: 2}


def test_the_same_kind_of_failure_within_a_year_is_a_second_failure(log: Log, manager: User, now: datetime) -> None:
    for days, kind in ((380, "Delivery"), (200, "Billing"), (10, "Delivery"), (5, "Delivery")):
        case = log(at=now - days * DAY)
        case.incident.category = Category.objects.get_or_create(name=kind)[0]
        case.incident.save()
    log(at=now - 4 * DAY)  # of no category
    assert reasons(manager, now) == {Trait.HIT_AGAIN: 1}


def test_who_had_to_ask_again_is_a_chase(log: Log, agent: User, manager: User, now: datetime) -> None:
    case = log()
    contact(case, agent, now + MINUTE, Direction.IN)
    assert second_failures(last_90_days(manager, now + DAY), known=1).chased == Rate(0, 1)
    promise(case, agent, now + 2 * MINUTE, now + 9 * DAY)
    contact(case, agent, now + HOUR, Direction.IN)
    assert second_failures(last_90_days(manager, now + DAY), known=1).chased == Rate(1, 1)


def test_imported_history_judges_nobody(log: Log, agent: User, manager: User, now: datetime) -> None:
    Case.objects.filter(pk=log().pk).update(is_timed=False)
    frame = last_90_days(manager, now + 9 * DAY)
    assert on_time(frame).acknowledged.rate == Rate(0, 0)
    assert (intake(frame).known.value, intake(frame).not_reached.value) == (0, 0)


def test_a_team_is_asked_about_by_itself(log: Log, manager: User, team: Team, now: datetime) -> None:
    log(team=None)
    log(whom=another_customer("Ada", now))
    assert intake(last_90_days(manager, now)).known.value == 2
    assert intake(last_90_days(manager, now, team)).known.value == 1


def test_a_calendar_that_changes_later_changes_no_time_that_was_worked(
    log: Log, agent: User, manager: User, team: Team, now: datetime
) -> None:
    acknowledge(log(), agent, now + 2 * HOUR)
    assert intake(last_90_days(manager, now + DAY)).working.median == 120
    CalendarWindow.objects.filter(calendar=team.calendar).update(start=time(20), end=time(21))
    clocks.forget_calendar(team.calendar_id)
    assert intake(last_90_days(manager, now + DAY)).working.median == 120
    step = Step.objects.get(kind=StepKind.ACKNOWLEDGE)
    assert (step.working_time, step.is_reconstructed) == (2 * HOUR, False)
