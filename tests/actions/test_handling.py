"""Who has the case, how bad it is, whether its clocks run, and who has been called in."""

from datetime import datetime, timedelta

import pytest

from cases.actions.contacts import Exchange, log_contact
from cases.actions.handling import (
    assign,
    calm,
    change_severity,
    escalate,
    pause,
    record_made_safe,
    resume,
    start_clocks,
    take_over,
)
from cases.errors import NotAllowedError
from cases.models import Case, Event, Message, User
from cases.rules.vocabulary import (
    Channel,
    CriticalGround,
    Direction,
    EventKind,
    PauseKind,
    Priority,
    Severity,
    StepKind,
)
from tests.actions.endings import withdraw
from tests.conftest import Log
from tests.refusals import refused
from tests.reports import recovery

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WAIT = PauseKind.CUSTOMER


@pytest.fixture
def case(log: Log) -> Case:
    """Moderate, and Maya's: to be acknowledged within four hours."""
    return log()


def test_whoever_gets_the_case_gets_what_is_owed_in_it(case: Case, agent: User, teammate: User, now: datetime) -> None:
    promise = recovery.promise(case, agent, now, now + HOUR)

    assign(case=case, to=teammate, actor=agent, now=now, note="My day off")

    promise.refresh_from_db()
    assert promise.owner == teammate
    assert {step.owner for step in case.steps.all()} == {teammate}
    facts = Event.objects.get(kind=EventKind.CASE_ASSIGNED).facts
    assert (facts["before"], facts["after"], facts["note"]) == ("Maya Osei", "Tom Reyes", "My day off")


def test_a_case_may_wait_for_an_owner(case: Case, agent: User, now: datetime) -> None:
    assert assign(case=case, to=None, actor=agent, now=now).owner is None
    assert {step.owner for step in case.steps.all()} == {None}


def test_nobody_gets_a_case_that_they_could_not_see_or_who_has_left(
    case: Case, agent: User, teammate: User, outsider: User, now: datetime
) -> None:
    with refused("Omar Haddad is not in the team Support, and could not see the case", field="to"):
        assign(case=case, to=outsider, actor=agent, now=now)
    teammate.is_active = False
    teammate.save()
    with refused("Tom Reyes does not work here any more", field="to"):
        assign(case=case, to=teammate, actor=agent, now=now)


def test_a_case_is_taken_over_once(case: Case, teammate: User, outsider: User, now: datetime) -> None:
    assert take_over(case=case, actor=teammate, now=now).owner == teammate
    with refused("This case is yours already"):
        take_over(case=case, actor=teammate, now=now)
    with refused("another team", by=NotAllowedError):
        take_over(case=case, actor=outsider, now=now)


def test_a_higher_severity_brings_deadlines_forward_and_leaves_an_hour(case: Case, agent: User, now: datetime) -> None:
    change_severity(
        case=case,
        severity=Severity.CRITICAL,
        reason="It is a gas valve",
        actor=agent,
        now=now + HOUR,
        critical_because=CriticalGround.SAFETY,
    )

    fresh = recovery.fresh(case)
    assert (fresh.severity, fresh.next_due_at) == (Severity.CRITICAL, now + 2 * HOUR)
    facts = Event.objects.get(kind=EventKind.SEVERITY_CHANGED).facts
    assert (facts["before"], facts["after"], facts["reason"]) == ("moderate", "critical", "It is a gas valve")


def test_what_was_settled_before_is_judged_by_its_own_deadline(case: Case, agent: User, now: datetime) -> None:
    recovery.acknowledge(case, agent, now + 2 * HOUR)
    due = case.steps.get(kind=StepKind.ACKNOWLEDGE).due_at

    change_severity(case=case, severity=Severity.MAJOR, reason="Worse", actor=agent, now=now + 3 * HOUR)

    assert case.steps.get(kind=StepKind.ACKNOWLEDGE).due_at == due


def test_severity_changes_for_a_reason_and_not_to_what_it_is(case: Case, agent: User, now: datetime) -> None:
    with refused("Say why; the reason stays", field="reason"):
        change_severity(case=case, severity=Severity.MINOR, reason=" ", actor=agent, now=now)
    with refused("The case is moderate already", field="severity"):
        change_severity(case=case, severity=Severity.MODERATE, reason="Same", actor=agent, now=now)


def due(case: Case, kind: StepKind) -> datetime | None:
    return case.steps.get(round=1, kind=kind).due_at


def test_waiting_moves_the_fix_and_not_the_acknowledgement_or_the_apology(
    case: Case, agent: User, now: datetime
) -> None:
    before = {kind: due(case, kind) for kind in StepKind}

    pause(case=case, question="Which address?", until=now + 2 * DAY, actor=agent, now=now, kind=WAIT)

    assert due(case, StepKind.ACKNOWLEDGE) == before[StepKind.ACKNOWLEDGE]
    assert due(case, StepKind.APOLOGIZE) == before[StepKind.APOLOGIZE]
    assert due(case, StepKind.CORRECT) == datetime.fromisoformat("2025-09-22T14:00Z")


def test_running_again_early_gives_back_only_the_time_that_was_waited(case: Case, agent: User, now: datetime) -> None:
    pause(case=case, question="Which address?", until=now + 9 * DAY, actor=agent, now=now, kind=WAIT)

    resume(case=case, actor=agent, now=now + 2 * HOUR)

    assert due(case, StepKind.CORRECT) == datetime.fromisoformat("2025-09-18T16:00Z")
    with refused("The clock is running"):
        resume(case=case, actor=agent, now=now + 3 * HOUR)


def test_a_pause_wakes_by_itself_and_can_follow_another(case: Case, agent: User, now: datetime) -> None:
    pause(case=case, question="Which address?", until=now + HOUR, actor=agent, now=now, kind=WAIT)
    with refused("The clock stands still already"):
        pause(case=case, question="And when?", until=now + DAY, actor=agent, now=now, kind=WAIT)

    later = now + 3 * HOUR
    with refused("The clock is running"):
        resume(case=case, actor=agent, now=later)
    pause(case=case, question="And when?", until=later + HOUR, actor=agent, now=later, kind=WAIT)

    assert due(case, StepKind.CORRECT) == datetime.fromisoformat("2025-09-18T16:00Z")


def test_only_a_question_and_a_moment_ahead_pause_the_clock(case: Case, agent: User, now: datetime) -> None:
    with refused("only a question pauses the clock", field="question"):
        pause(case=case, question=" ", until=now + DAY, actor=agent, now=now, kind=WAIT)
    with refused("Choose a moment in the future", field="until"):
        pause(case=case, question="Which?", until=now, actor=agent, now=now, kind=WAIT)


def test_the_customer_who_comes_to_us_ends_the_pause(case: Case, agent: User, now: datetime) -> None:
    pause(case=case, question="Which address?", until=now + 9 * DAY, actor=agent, now=now, kind=WAIT)

    recovery.contact(case, agent, now + HOUR, Direction.IN)

    assert case.pauses.get().ended_at == now + HOUR


def test_a_call_before_the_question_was_asked_does_not_end_the_pause(case: Case, agent: User, now: datetime) -> None:
    pause(case=case, question="Which address?", until=now + 9 * DAY, actor=agent, now=now + 2 * HOUR, kind=WAIT)

    exchange = Exchange(direction=Direction.IN, channel=Channel.PHONE, summary="Asked when", at=now + HOUR)
    log_contact(case=case, exchange=exchange, actor=agent, now=now + 3 * HOUR)

    assert case.pauses.get().ended_at is None


def test_the_manager_is_called_in_once_and_lets_go(case: Case, agent: User, manager: User, now: datetime) -> None:
    with refused("what the manager should know", field="reason"):
        escalate(case=case, reason=" ", actor=agent, now=now)
    escalated = escalate(case=case, reason="They want to speak to the boss", actor=agent, now=now)

    assert (escalated.priority, escalated.escalated_at) == (Priority.ESCALATED, now)
    assert Message.objects.get().to_user == manager
    with refused("has been asked in already"):
        escalate(case=case, reason="Again", actor=agent, now=now)
    with refused("Your role does not let you", by=NotAllowedError):
        calm(case=case, reason="Fine", actor=agent, now=now)
    assert calm(case=case, reason="I called them", actor=manager, now=now + HOUR).priority == Priority.RAISED
    with refused("This case is not escalated"):
        calm(case=case, reason="Again", actor=manager, now=now + HOUR)


def test_a_danger_is_made_safe_once_between_knowing_and_now(log: Log, agent: User, now: datetime) -> None:
    case = log(severity=Severity.CRITICAL)
    for moment, words in ((now - HOUR, "before anyone here knew"), (now + 2 * HOUR, "in the future")):
        with refused(words, field="at"):
            record_made_safe(case=case, at=moment, actor=agent, now=now + HOUR)

    assert record_made_safe(case=case, at=now, actor=agent, now=now + HOUR).made_safe_at == now
    with refused("It is recorded already when"):
        record_made_safe(case=case, at=now, actor=agent, now=now + HOUR)


def test_the_clocks_of_an_imported_case_start_with_its_owner(
    case: Case, agent: User, teammate: User, now: datetime
) -> None:
    with refused("The clocks of this case are running"):
        start_clocks(case=case, actor=agent, now=now)
    Case.objects.filter(pk=case.pk).update(is_timed=False)
    case.status_updates.all().delete()  # nothing was ever owed in imported history

    with refused("Only the owner or a manager", by=NotAllowedError):
        start_clocks(case=case, actor=teammate, now=now + DAY)
    started = start_clocks(case=case, actor=agent, now=now + DAY)

    assert started.next_due_at == now + DAY + 4 * HOUR


def test_a_closed_case_is_not_handled(case: Case, agent: User, teammate: User, now: datetime) -> None:
    withdraw(case, agent, now)

    with refused("This case is closed"):
        assign(case=case, to=teammate, actor=agent, now=now)
    with refused("This case is closed"):
        change_severity(case=case, severity=Severity.MINOR, reason="Less", actor=agent, now=now)
    with refused("This case is closed"):
        pause(case=case, question="Which?", until=now + DAY, actor=agent, now=now, kind=WAIT)


@pytest.mark.parametrize("is_owned", [True, False])
def test_a_case_is_not_handed_to_whom_it_is_with_already(
    log: Log, agent: User, now: datetime, *, is_owned: bool
) -> None:
    owner = agent if is_owned else None
    case = log(owner=owner)

    with refused("Maya Osei owns this case already" if is_owned else "Nobody owns it already", field="to"):
        assign(case=case, to=owner, actor=agent, now=now)
