"""How a case ends: each guard named, each outcome earned, and how it begins again."""

from datetime import UTC, datetime, time, timedelta

import pytest

from cases.actions import handling
from cases.actions.closing import ask_unreconciled, close, reopen
from cases.actions.contacts import Exchange, log_contact
from cases.actions.promises import break_lapsed
from cases.errors import GuardError, NotAllowedError, RuleError
from cases.models import Case, Event, Team, User, WorkingCalendar
from cases.rules.closing import CHOOSABLE, NO_RECOVERY_OWED, NOT_CHOOSABLE
from cases.rules.vocabulary import (
    Answer,
    Channel,
    ConcernStatus,
    Direction,
    EventKind,
    Outcome,
    PauseKind,
    Priority,
    Reached,
    StepKind,
    StepStatus,
)
from tests.actions.endings import settle_concerns
from tests.conftest import Log
from tests.refusals import refused
from tests.reports import recovery

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
RECOVERED = tuple(outcome for outcome in CHOOSABLE if outcome not in NO_RECOVERY_OWED)


@pytest.fixture
def case(log: Log) -> Case:
    return log()


def ended(case: Case, by: User, now: datetime, said: Answer = Answer.SATISFIED) -> Case:
    """All six steps done and the concern resolved."""
    recovery.until_confirm(case, by, now)
    recovery.answer(case, by, now + HOUR, said=said)
    recovery.follow_up(case, by, now + HOUR)
    settle_concerns(case, by, now + HOUR)
    return recovery.fresh(case)


def test_everything_that_is_still_owed_is_listed_at_once(case: Case, agent: User, now: datetime) -> None:
    recovery.promise(case, agent, now, now + HOUR)
    recovery.propose(case, agent, now)

    with pytest.raises(GuardError) as caught:
        close(case=case, outcome=Outcome.SATISFIED, reason="", actor=agent, now=now)

    assert caught.value.missing == (
        *(f"“{kind.label}” is still open." for kind in StepKind),
        "1 concern is still open: resolve or refuse each with a reason.",
        "1 compensation is not decided or not delivered yet.",
        "1 promise is still open: keep each, or agree on something else.",
        "The customer has not said that they are satisfied.",
    )
    assert recovery.fresh(case).is_open


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (Answer.SATISFIED, Outcome.SATISFIED),
        (Answer.SATISFIED, Outcome.PARTLY_SATISFIED),
        (Answer.PARTLY, Outcome.PARTLY_SATISFIED),
        (Answer.WONT_SAY, Outcome.RESOLVED_NO_ANSWER),
    ],
)
def test_a_case_ends_as_the_customer_said(
    case: Case, agent: User, now: datetime, said: Answer, outcome: Outcome
) -> None:
    ended(case, agent, now, said)

    closed = close(case=case, outcome=outcome, reason="As they said", actor=agent, now=now + DAY)

    assert (closed.outcome, closed.closed_at, closed.closed_by) == (outcome, now + DAY, agent)
    assert closed.next_due_at is None
    assert Event.objects.get(kind=EventKind.CASE_CLOSED).facts["outcome"] == outcome


@pytest.mark.parametrize(
    ("said", "outcome", "words"),
    [
        (Answer.PARTLY, Outcome.SATISFIED, "has not said that they are satisfied"),
        (Answer.WONT_SAY, Outcome.SATISFIED_AFTER_MORE, "has not said that they are satisfied"),
        (Answer.WONT_SAY, Outcome.PARTLY_SATISFIED, "has not said that they are partly satisfied"),
        (Answer.PARTLY, Outcome.RESOLVED_NO_ANSWER, "The customer has answered"),
    ],
)
def test_a_case_does_not_end_as_what_the_customer_did_not_say(
    case: Case, agent: User, now: datetime, said: Answer, outcome: Outcome, words: str
) -> None:
    ended(case, agent, now, said)

    with refused(words, by=GuardError):
        close(case=case, outcome=outcome, reason="As they said", actor=agent, now=now + DAY)


@pytest.mark.parametrize("outcome", RECOVERED)
def test_a_recovery_that_is_owed_is_not_closed_over(case: Case, agent: User, now: datetime, outcome: Outcome) -> None:
    by = GuardError if outcome is not Outcome.UNRECONCILED else RuleError

    with refused("“Acknowledge” is still open|ask for it", by=by):
        close(case=case, outcome=outcome, reason="Enough", actor=agent, now=now)


@pytest.mark.parametrize("outcome", [Outcome.NOT_UPHELD, Outcome.WITHDRAWN, Outcome.REFERRED])
def test_where_nothing_is_owed_a_case_ends_with_a_reason_and_its_steps_waived(
    case: Case, agent: User, now: datetime, outcome: Outcome
) -> None:
    with refused("Say how it ended", field="reason"):
        close(case=case, outcome=outcome, reason=" ", actor=agent, now=now)

    close(case=case, outcome=outcome, reason="The same as SR-1001", actor=agent, now=now)

    assert {step.status for step in case.steps.all()} == {StepStatus.WAIVED}
    assert {step.waived_because for step in case.steps.all()} == {outcome}


def test_even_where_nothing_is_owed_a_promise_is(case: Case, agent: User, now: datetime) -> None:
    recovery.promise(case, agent, now, now + HOUR)

    with refused("1 promise is still open", by=GuardError):
        close(case=case, outcome=Outcome.WITHDRAWN, reason="They said so", actor=agent, now=now)


def test_a_broken_promise_that_was_never_done_keeps_the_case_open(case: Case, agent: User, now: datetime) -> None:
    promise = recovery.promise(case, agent, now, now + HOUR)
    ended(case, agent, now)
    break_lapsed(promise=promise, now=now + 2 * HOUR)

    with refused("1 promise is still open", by=GuardError):
        close(case=case, outcome=Outcome.SATISFIED, reason="", actor=agent, now=now + DAY)


@pytest.mark.parametrize("outcome", sorted(NOT_CHOOSABLE))
def test_what_nobody_recorded_or_only_the_customer_can_say_is_no_way_to_end_a_case(
    case: Case, agent: User, now: datetime, outcome: Outcome
) -> None:
    with refused("Choose how the case ended", field="outcome"):
        close(case=case, outcome=outcome, reason="Old", actor=agent, now=now)


def waive_all(case: Case, agent: User, manager: User, at: datetime) -> None:
    for kind in StepKind:
        recovery.waive(case, kind, agent, manager, at)
    settle_concerns(case, agent, at, ConcernStatus.REFUSED)


def test_no_contact_possible_needs_three_tries_two_ways_on_two_days(
    case: Case, agent: User, manager: User, now: datetime
) -> None:
    waive_all(case, agent, manager, now)
    for hours in (1, 2, 30):
        recovery.contact(case, agent, now + hours * HOUR, reached=Reached.VOICEMAIL)
    with refused("So far: 3 tries, 1 channels, 2 days"):
        close(case=case, outcome=Outcome.NO_CONTACT_POSSIBLE, reason="Gone", actor=agent, now=now + 2 * DAY)

    letter = Exchange(direction=Direction.OUT, channel=Channel.LETTER, summary="Wrote", at=now + 2 * DAY)
    log_contact(case=case, exchange=letter, actor=agent, now=now + 2 * DAY)
    close(case=case, outcome=Outcome.NO_CONTACT_POSSIBLE, reason="Gone", actor=agent, now=now + 3 * DAY)

    assert recovery.fresh(case).outcome == Outcome.NO_CONTACT_POSSIBLE


def try_in_vain(case: Case, by: User, since: datetime) -> None:
    """Enough: by two ways, on two days."""
    for hours, channel in ((1, Channel.PHONE), (2, Channel.SMS), (26, Channel.LETTER)):
        at, reached = since + hours * HOUR, Reached.REACHED if channel is Channel.LETTER else Reached.NO_ANSWER
        exchange = Exchange(direction=Direction.OUT, channel=channel, reached=reached, summary="Tried", at=at)
        log_contact(case=case, exchange=exchange, actor=by, now=at)


@pytest.mark.parametrize("direction", [Direction.IN, Direction.OUT])
def test_tries_count_anew_once_we_have_heard_of_each_other(
    case: Case, agent: User, manager: User, now: datetime, direction: Direction
) -> None:
    waive_all(case, agent, manager, now)
    try_in_vain(case, agent, now)
    recovery.contact(case, agent, now + 27 * HOUR, direction)
    recovery.contact(case, agent, now + 28 * HOUR, reached=Reached.VOICEMAIL)
    with refused("So far: 1 tries, 1 channels, 1 days. What reached the customer is no try"):
        close(case=case, outcome=Outcome.NO_CONTACT_POSSIBLE, reason="Gone", actor=agent, now=now + 3 * DAY)

    try_in_vain(case, agent, now + 3 * DAY)
    close(case=case, outcome=Outcome.NO_CONTACT_POSSIBLE, reason="Gone", actor=agent, now=now + 5 * DAY)


def test_calls_that_reached_the_customer_are_no_tries(case: Case, agent: User, manager: User, now: datetime) -> None:
    waive_all(case, agent, manager, now)
    for hours, channel in ((1, Channel.PHONE), (2, Channel.EMAIL), (30, Channel.IN_PERSON)):
        at = now + hours * HOUR
        exchange = Exchange(direction=Direction.OUT, channel=channel, summary="Spoke", at=at)
        log_contact(case=case, exchange=exchange, actor=agent, now=at)

    with refused("So far: 0 tries"):
        close(case=case, outcome=Outcome.NO_CONTACT_POSSIBLE, reason="Gone", actor=agent, now=now + 3 * DAY)


@pytest.mark.parametrize("said", [Answer.PARTLY, Answer.WONT_SAY])
def test_whoever_has_answered_in_this_round_could_be_reached(
    case: Case, agent: User, now: datetime, said: Answer
) -> None:
    recovery.until_confirm(case, agent, now)
    recovery.answer(case, agent, now + HOUR, None, said)
    recovery.follow_up(case, agent, now + HOUR)
    settle_concerns(case, agent, now + HOUR)
    try_in_vain(case, agent, now + DAY)
    with refused("The customer has answered, so contact was possible", by=GuardError):
        close(case=case, outcome=Outcome.NO_CONTACT_POSSIBLE, reason="Gone", actor=agent, now=now + 3 * DAY)


def test_two_tries_in_one_morning_of_the_team_are_one_day(
    case: Case, agent: User, manager: User, team: Team, now: datetime
) -> None:
    """At 9:30, 10:30 and 10:40 of one Sydney morning: two days in UTC."""
    team.calendar = WorkingCalendar.objects.create(name="Sydney", zone="Australia/Sydney")
    team.calendar.windows.create(weekday=0, start=time(9), end=time(17))
    team.save()
    waive_all(case, agent, manager, now)
    morning = datetime(2025, 9, 16, 23, 30, tzinfo=UTC)
    for minutes, channel in ((0, Channel.PHONE), (60, Channel.LETTER), (70, Channel.PHONE)):
        at = morning + timedelta(minutes=minutes)
        exchange = Exchange(direction=Direction.OUT, channel=channel, reached=Reached.NO_ANSWER, summary="Tried", at=at)
        log_contact(case=case, exchange=exchange, actor=agent, now=at)

    with refused("So far: 3 tries, 2 channels, 1 days"):
        close(case=case, outcome=Outcome.NO_CONTACT_POSSIBLE, reason="Gone", actor=agent, now=now + 3 * DAY)


def test_giving_up_needs_a_last_offer_a_reason_and_what_is_owed_to_everybody(
    case: Case, agent: User, now: datetime
) -> None:
    with refused("Write the last offer", field="last_offer"):
        ask_unreconciled(case=case, last_offer=" ", reason="Nothing helps", actor=agent, now=now)
    with refused("Say what was tried", field="reason"):
        ask_unreconciled(case=case, last_offer="A refund", reason="", actor=agent, now=now)
    with refused("Nobody has acknowledged the mistake yet. No apology has left or was spoken", by=GuardError):
        ask_unreconciled(case=case, last_offer="A refund", reason="Nothing helps", actor=agent, now=now)

    recovery.acknowledge(case, agent, now)
    recovery.apologize(case, agent, now)
    ask_unreconciled(case=case, last_offer="A refund", reason="Nothing helps", actor=agent, now=now + DAY)

    with refused("needs a last written offer and a second person: ask for it"):
        close(case=case, outcome=Outcome.UNRECONCILED, reason="Enough", actor=agent, now=now + DAY)


def test_closing_ends_the_pause_and_the_escalation(case: Case, agent: User, now: datetime) -> None:
    handling.pause(case=case, question="Which?", until=now + 9 * DAY, actor=agent, now=now, kind=PauseKind.CUSTOMER)
    handling.escalate(case=case, reason="They are furious", actor=agent, now=now)

    closed = close(case=case, outcome=Outcome.WITHDRAWN, reason="A mistake", actor=agent, now=now + HOUR)

    assert (closed.priority, closed.escalated_at) == (Priority.NORMAL, None)
    assert case.pauses.get().ended_at == now + HOUR


def test_a_closed_case_is_closed_once_and_by_its_own_team(
    case: Case, agent: User, outsider: User, now: datetime
) -> None:
    with refused("another team", by=NotAllowedError):
        close(case=case, outcome=Outcome.WITHDRAWN, reason="No", actor=outsider, now=now)
    close(case=case, outcome=Outcome.WITHDRAWN, reason="A mistake", actor=agent, now=now)

    with refused("This case is closed"):
        close(case=case, outcome=Outcome.WITHDRAWN, reason="A mistake", actor=agent, now=now)


def test_a_reopened_case_starts_afresh_and_keeps_its_first_end(case: Case, agent: User, now: datetime) -> None:
    ended(case, agent, now)
    close(case=case, outcome=Outcome.SATISFIED, reason="", actor=agent, now=now + DAY)
    with refused("Say why; the reason stays", field="reason"):
        reopen(case=case, reason=" ", actor=agent, now=now + 2 * DAY)

    opened = reopen(case=case, reason="It broke again", actor=agent, now=now + 2 * DAY)

    assert (opened.outcome, opened.closed_at, opened.first_closed_at) == ("", None, now + DAY)
    assert (opened.round, opened.next_due_at) == (2, now + 2 * DAY + 4 * HOUR)
    assert case.steps.filter(round=2, status=StepStatus.PENDING).count() == len(StepKind)
    with refused("This case is open"):
        reopen(case=case, reason="Again", actor=agent, now=now + 2 * DAY)


def test_the_answer_before_reopening_does_not_close_it_again(
    case: Case, agent: User, manager: User, now: datetime
) -> None:
    ended(case, agent, now)
    close(case=case, outcome=Outcome.SATISFIED, reason="", actor=agent, now=now + DAY)
    reopen(case=case, reason="It broke again", actor=agent, now=now + 2 * DAY)
    waive_all(case, agent, manager, now + 2 * DAY)

    with refused("The customer has not said that they are satisfied", by=GuardError):
        close(case=case, outcome=Outcome.SATISFIED, reason="", actor=agent, now=now + 3 * DAY)
