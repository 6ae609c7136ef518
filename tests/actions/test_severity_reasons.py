"""Why Amends raises a severity: once for each reason, to major at most, and taken back when a reason is void."""

from datetime import datetime, timedelta

import pytest

from cases.actions import closing
from cases.actions.handling import change_severity, make_safe_within
from cases.actions.promises import break_lapsed, keep_promise
from cases.models import Case, Event, SeverityReason, User
from cases.rules.vocabulary import CriticalGround, EventKind, Outcome, RaiseReason, Severity, StepKind
from tests.conftest import Log
from tests.refusals import refused
from tests.reports import recovery

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NO_FAILURE = (Outcome.NOT_UPHELD, Outcome.DUPLICATE, Outcome.WITHDRAWN)


def reasons(case: Case) -> set[str]:
    return set(SeverityReason.objects.filter(case=case, void_at__isnull=True).values_list("reason", flat=True))


def end(case: Case, outcome: Outcome, actor: User, at: datetime) -> None:
    recovery.close(case, actor, at, outcome)


@pytest.mark.parametrize("outcome", NO_FAILURE)
def test_a_case_that_turned_out_to_be_none_raises_nothing(
    log: Log, agent: User, now: datetime, outcome: Outcome
) -> None:
    end(log(at=now - DAY), outcome, agent, now - HOUR)
    case = log()
    assert (case.severity, reasons(case)) == (Severity.MODERATE, set())


@pytest.mark.parametrize("outcome", NO_FAILURE)
def test_a_raise_is_taken_back_when_the_earlier_case_turns_out_to_be_none(
    log: Log, agent: User, now: datetime, outcome: Outcome
) -> None:
    earlier, case = log(at=now - DAY), log()
    assert recovery.fresh(case).severity == Severity.MAJOR

    end(earlier, outcome, agent, now + HOUR)

    fresh = recovery.fresh(case)
    assert (fresh.severity, reasons(case)) == (Severity.MODERATE, set())
    facts = Event.objects.get(case=case, kind=EventKind.SEVERITY_CHANGED).facts
    assert (facts["before"], facts["after"], facts["void"]) == ("major", "moderate", [RaiseReason.SECOND_FAILURE])
    assert case.steps.get(kind=StepKind.CORRECT).due_at == now + 3 * DAY


def test_what_fell_due_under_the_raised_severity_stays_late(log: Log, agent: User, now: datetime) -> None:
    earlier, case = log(at=now - DAY), log()
    end(earlier, Outcome.DUPLICATE, agent, now + 2 * HOUR)
    assert case.steps.get(kind=StepKind.ACKNOWLEDGE).due_at == now + HOUR


def test_a_case_that_is_a_failure_after_all_raises_again(log: Log, agent: User, manager: User, now: datetime) -> None:
    earlier, case = log(at=now - DAY), log()
    end(earlier, Outcome.NOT_UPHELD, agent, now + HOUR)
    closing.reopen(case=earlier, reason="It was ours after all", actor=manager, now=now + 2 * HOUR)
    assert (recovery.fresh(case).severity, reasons(case)) == (Severity.MAJOR, {RaiseReason.SECOND_FAILURE})


def test_another_failure_before_keeps_the_raise(log: Log, agent: User, now: datetime) -> None:
    log(at=now - 2 * DAY)
    earlier, case = log(at=now - DAY), log()
    end(earlier, Outcome.DUPLICATE, agent, now + HOUR)
    assert recovery.fresh(case).severity == Severity.MAJOR


def test_a_second_case_of_the_same_incident_is_no_second_failure(log: Log, now: datetime) -> None:
    first = log(at=now - DAY)
    assert log(incident=first.incident).severity == Severity.MODERATE


def test_all_reasons_at_logging_add_one_level_and_each_is_a_row(log: Log, agent: User, now: datetime) -> None:
    earlier = log(at=now - DAY)
    case = log(severity=Severity.MINOR, attempt=3)
    both = {RaiseReason.ATTEMPT, RaiseReason.SECOND_FAILURE}
    assert (case.severity, reasons(case), set(case.raised_because)) == (Severity.MODERATE, both, both)

    end(earlier, Outcome.WITHDRAWN, agent, now + HOUR)

    assert (recovery.fresh(case).severity, reasons(case)) == (Severity.MODERATE, {RaiseReason.ATTEMPT})


def test_what_is_major_already_is_never_raised_to_critical(log: Log, agent: User, now: datetime) -> None:
    case = log(severity=Severity.MAJOR, attempt=2)
    promise = recovery.promise(case, agent, now, now + HOUR)
    recovery.promise(case, agent, now, now + HOUR)
    keep_promise(promise=promise, actor=agent, now=now + 2 * HOUR)
    assert recovery.fresh(case).severity == Severity.MAJOR


def test_broken_promises_raise_once(log: Log, agent: User, now: datetime) -> None:
    case = log(severity=Severity.MINOR)
    for hours in (1, 2):
        break_lapsed(promise=recovery.promise(case, agent, now, now + hours * HOUR), now=now + 3 * HOUR)
    assert (recovery.fresh(case).severity, reasons(case)) == (Severity.MODERATE, {RaiseReason.BROKEN_PROMISE})


def test_what_a_person_chose_later_stands_when_a_reason_is_void(log: Log, agent: User, now: datetime) -> None:
    earlier, case = log(at=now - DAY), log()
    change_severity(case=case, severity=Severity.MINOR, reason="They laughed", actor=agent, now=now + HOUR)
    end(earlier, Outcome.DUPLICATE, agent, now + 2 * HOUR)
    assert recovery.fresh(case).severity == Severity.MINOR


def test_critical_needs_a_ground_that_holds(log: Log, agent: User, now: datetime) -> None:
    case = log()
    with refused("Say why it is critical", field="critical_because"):
        change_severity(case=case, severity=Severity.CRITICAL, reason="Bad", actor=agent, now=now)
    with refused("Fewer than 10 customers", field="critical_because"):
        log(severity=Severity.CRITICAL, critical_because=CriticalGround.MANY_CUSTOMERS)
    with refused("Say why it is critical", field="critical_because"):
        log(severity=Severity.CRITICAL, critical_because=None)


def test_ten_customers_of_one_incident_are_a_ground_and_no_danger(log: Log, now: datetime) -> None:
    incident = log().incident
    for number in range(8):
        log(whom=recovery.another_customer(f"Customer {number}", now), incident=incident)
    tenth = log(
        whom=recovery.another_customer("The tenth", now),
        severity=Severity.CRITICAL,
        critical_because=CriticalGround.MANY_CUSTOMERS,
        incident=incident,
    )
    assert (tenth.severity, make_safe_within(tenth)) == (Severity.CRITICAL, None)


@pytest.mark.parametrize("ground", [CriticalGround.SAFETY, CriticalGround.HEALTH, CriticalGround.PRIVACY])
def test_it_is_made_safe_first_where_somebody_may_come_to_harm(log: Log, ground: CriticalGround) -> None:
    assert make_safe_within(log(severity=Severity.CRITICAL, critical_because=ground)) == 4 * HOUR
