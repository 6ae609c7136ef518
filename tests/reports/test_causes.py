"""Why it happens: C9, C10 and C11."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from cases.actions import learning
from cases.actions.learning import Finding, Plan
from cases.models import Case, Cause, Incident, PreventionAction, User
from cases.reports.causes import NOT_YET_KNOWN, Measure, Pareto, Recurrence, pareto, prevention, recurrence
from cases.reports.rates import Rate
from cases.rules.vocabulary import CauseStatus, CompensationStatus, Direction, FaultParty, Outcome, PreventionKind
from tests.conftest import Log
from tests.reports.recovery import (
    DAY,
    HOUR,
    MINUTE,
    acknowledge,
    another_customer,
    apologize,
    close,
    contact,
    move,
    propose,
)
from tests.reports.test_timing import last_90_days

pytestmark = pytest.mark.django_db


def because(case: Case, name: str, agent: User, now: datetime, status: CauseStatus = CauseStatus.CONFIRMED) -> Incident:
    finding = Finding(cause=learning.add_cause(name=name, actor=agent), status=status, fault_party=FaultParty.US)
    return learning.set_cause(incident=case.incident, finding=finding, actor=agent, now=now)


def planned(incident: Incident, agent: User, now: datetime, due_at: datetime) -> PreventionAction:
    plan = Plan(kind=PreventionKind.PROCESS, change="Two people read the label", owner=agent, due_at=due_at)
    return learning.plan_prevention(incident=incident, plan=plan, actor=agent, now=now)


def bars(found: Pareto) -> list[tuple[str, Decimal, str]]:
    return [(bar.name, bar.value, str(bar.cumulative)) for bar in found.bars]


@pytest.fixture
def known_causes(log: Log, agent: User, now: datetime) -> None:
    """Three cases of one incident whose cause is the label, one of another, four of which nobody knows why."""
    first = log(whom=another_customer("Ada", now))
    because(first, "Label not read", agent, now)
    for name in ("Bela", "Clara"):
        log(whom=another_customer(name, now), incident=first.incident)
    because(log(whom=another_customer("Dora", now)), "Diary not read", agent, now, CauseStatus.SUSPECTED)
    for number in range(4):
        log(whom=another_customer(f"Customer {number}", now))


def test_bars_are_sorted_and_what_is_not_known_stands_last(known_causes: None, manager: User, now: datetime) -> None:
    found = pareto(last_90_days(manager, now))
    assert bars(found) == [
        ("Label not read", Decimal(3), "38%"),
        ("Diary not read", Decimal(1), "50%"),
        (NOT_YET_KNOWN, Decimal(4), "100%"),
    ]
    assert [bar.confirmed for bar in found.bars] == [3, 0, 0]


def test_an_incident_of_three_customers_may_count_as_one(known_causes: None, manager: User, now: datetime) -> None:
    found = pareto(last_90_days(manager, now), Measure.INCIDENTS)
    assert [bar.value for bar in found.bars] == [1, 1, 4]


def test_bars_may_be_long_by_contacts_or_by_money(
    known_causes: None, agent: User, manager: User, now: datetime
) -> None:
    case = Case.objects.get(customer__name="Dora")
    for minutes in (1, 2):
        contact(case, agent, now + minutes * MINUTE, Direction.IN)
    acknowledge(case, agent, now + 3 * MINUTE)
    apologize(case, agent, now + 4 * MINUTE)
    move(propose(case, agent, now + 5 * MINUTE, 25), agent, now + 5 * MINUTE, CompensationStatus.ISSUED)
    frame = last_90_days(manager, now + DAY)
    assert bars(pareto(frame, Measure.CONTACTS))[0] == ("Diary not read", Decimal(3), "30%")
    assert bars(pareto(frame, Measure.GOODWILL))[0] == ("Diary not read", Decimal(25), "100%")


def test_a_cause_with_a_change_that_was_not_dropped_is_prevented(
    known_causes: None, agent: User, manager: User, now: datetime
) -> None:
    incident = Case.objects.get(customer__name="Ada").incident
    dropped = planned(Case.objects.get(customer__name="Dora").incident, agent, now, now + DAY)
    learning.drop_prevention(action=dropped, reason="Too dear", actor=agent, now=now)
    assert pareto(last_90_days(manager, now)).prevented == Rate(0, 2)
    planned(incident, agent, now, now + DAY)
    found = pareto(last_90_days(manager, now))
    assert [bar.has_prevention for bar in found.bars] == [True, False, False]
    assert str(found.prevented) == "50%"


def test_duplicates_have_no_cause(known_causes: None, agent: User, manager: User, now: datetime) -> None:
    close(Case.objects.get(customer__name="Dora"), agent, now, Outcome.DUPLICATE)
    assert [bar.name for bar in pareto(last_90_days(manager, now)).bars] == ["Label not read", NOT_YET_KNOWN]


def test_no_cases_make_no_bars(manager: User, now: datetime) -> None:
    assert pareto(last_90_days(manager, now)).bars == ()
    assert recurrence(last_90_days(manager, now)) == ()


def recurred(manager: User, now: datetime) -> Recurrence:
    (found,) = recurrence(last_90_days(manager, now))
    return found


def test_a_cause_recurs_within_ninety_days_and_not_after(log: Log, agent: User, manager: User, now: datetime) -> None:
    for days in (191, 100, 10, 9):
        because(log(at=now - days * DAY, whom=another_customer(f"{days}", now)), "Label not read", agent, now)
    found = recurred(manager, now)
    assert (found.rate, found.recurred.value) == (Rate(2, 2), 2)
    because(log(at=now - 300 * DAY, whom=another_customer("Old", now)), "Diary not read", agent, now)
    because(log(at=now - 80 * DAY, whom=another_customer("New", now)), "Diary not read", agent, now)
    assert recurrence(last_90_days(manager, now))[0].rate == Rate(0, 1)


def test_two_cases_of_one_moment_are_no_recurrence(log: Log, agent: User, manager: User, now: datetime) -> None:
    for name in ("Ada", "Bela"):
        because(log(whom=another_customer(name, now)), "Label not read", agent, now)
    assert recurred(manager, now).rate == Rate(0, 2)


def test_a_case_after_the_fix_is_counted(log: Log, agent: User, manager: User, now: datetime) -> None:
    incident = because(log(at=now - 20 * DAY, whom=another_customer("Ada", now)), "Label not read", agent, now)
    action = planned(incident, agent, now - 19 * DAY, now - 5 * DAY)
    because(log(at=now - 11 * DAY, whom=another_customer("Bela", now)), "Label not read", agent, now)
    assert recurred(manager, now).after_fix.value == 0
    learning.finish_prevention(action=action, actor=agent, now=now - 10 * DAY)
    assert recurred(manager, now).after_fix.value == 0
    because(log(at=now - 9 * DAY, whom=another_customer("Clara", now)), "Label not read", agent, now)
    assert recurred(manager, now).after_fix.value == 1


def test_changes_are_done_on_time_late_or_not_due_yet(log: Log, agent: User, manager: User, now: datetime) -> None:
    incident, at = log(at=now - 30 * DAY).incident, now - 30 * DAY
    early, late, *_ = [planned(incident, agent, at, at + days * DAY) for days in (1, 2, 3, 60)]
    learning.finish_prevention(action=early, actor=agent, now=at + DAY)
    learning.finish_prevention(action=late, actor=agent, now=at + 2 * DAY + timedelta(seconds=1))
    found = prevention(last_90_days(manager, now))
    assert (found.on_time, found.moved) == (Rate(1, 3), Rate(0, 3))


def test_a_change_that_was_moved_is_judged_on_its_new_date(log: Log, agent: User, manager: User, now: datetime) -> None:
    incident, at = log(at=now - 30 * DAY).incident, now - 30 * DAY
    action = planned(incident, agent, at, at + DAY)
    action = learning.move_prevention(
        action=action, due_at=at + 9 * DAY, reason="The printer is late", actor=agent, now=at + 2 * HOUR
    )
    learning.finish_prevention(action=action, actor=agent, now=at + 8 * DAY)
    found = prevention(last_90_days(manager, now))
    assert (found.on_time, found.moved) == (Rate(1, 1), Rate(1, 1))


def test_a_change_is_effective_after_sixty_days_without_a_case(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    at = now - 80 * DAY
    for name in ("Label not read", "Diary not read"):
        incident = because(log(at=at, whom=another_customer(name, at)), name, agent, at)
        learning.finish_prevention(action=planned(incident, agent, at, at + DAY), actor=agent, now=at + HOUR)
    assert prevention(last_90_days(manager, at + 30 * DAY)).effective == Rate(0, 0)
    because(log(at=at + 9 * DAY, whom=another_customer("Ada", at)), "Diary not read", agent, now)
    assert prevention(last_90_days(manager, now)).effective == Rate(1, 2)
    assert Cause.objects.count() == 2


def test_a_change_of_an_incident_without_a_cause_is_not_called_effective(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    at = now - 80 * DAY
    incident = log(at=at).incident
    learning.finish_prevention(action=planned(incident, agent, at, at + DAY), actor=agent, now=at + HOUR)
    log(at=at + 9 * DAY, whom=another_customer("Ada", at), incident=incident)
    assert prevention(last_90_days(manager, now)).effective == Rate(0, 0)
