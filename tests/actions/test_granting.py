"""What one may give alone: in one currency, by a severity that one did not choose, and recorded in one go."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from pytest_django.fixtures import Settings

from cases.actions import closing, promises
from cases.actions.compensations import (
    approve_compensation,
    give_compensation,
    move_compensation,
    record_payer,
)
from cases.actions.facts import correct_facts
from cases.actions.handling import change_severity
from cases.models import AuthorityLimit, Case, Compensation, Event, Message, User
from cases.rules.vocabulary import (
    CompensationStatus,
    EventKind,
    GivenSoFar,
    Outcome,
    Payer,
    Role,
    Severity,
    StepKind,
    StepStatus,
)
from tests.actions.limits import may_approve_up_to
from tests.actions.test_compensations import GIFT, propose
from tests.conftest import Log
from tests.refusals import refused
from tests.reports import recovery
from tests.reports.recovery import another_customer

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def case(log: Log, agent: User, now: datetime) -> Case:
    """A moderate one that has been acknowledged and apologized for."""
    logged = log()
    recovery.acknowledge(logged, agent, now)
    recovery.apologize(logged, agent, now)
    return logged


def test_a_second_currency_of_goodwill_needs_somebody_else(
    case: Case, agent: User, manager: User, now: datetime
) -> None:
    for role in (Role.AGENT, Role.MANAGER):
        AuthorityLimit.objects.create(role=role, severity=Severity.MODERATE, amount=Decimal(50), currency="EUR")
    assert propose(case, agent, now, "10").status == CompensationStatus.APPROVED
    assert may_approve_up_to(agent, case, currency="EUR") == 0

    asked = propose(case, agent, now, "10", replace(GIFT, currency="EUR"))
    assert (asked.status, asked.asked_to) == (CompensationStatus.PROPOSED, manager)
    assert approve_compensation(compensation=asked, actor=manager, now=now).status == CompensationStatus.APPROVED


def test_a_gift_is_not_split_over_two_cases_of_one_mistake(case: Case, log: Log, agent: User, now: datetime) -> None:
    twin = log(incident=case.incident)
    assert propose(case, agent, now, "40").status == CompensationStatus.APPROVED
    assert propose(twin, agent, now, "40").status == CompensationStatus.PROPOSED


@pytest.mark.parametrize(
    ("currency", "amount", "words"),
    [
        ("JPY", "500.5", "Amounts in JPY have no decimals"),
        ("USD", "1.005", "Amounts in USD have at most 2 decimals"),
        ("KWD", "1.0005", "Amounts in KWD have at most 3 decimals"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency(
    case: Case, agent: User, now: datetime, currency: str, amount: str, words: str
) -> None:
    with refused(words, field="amount"):
        propose(case, agent, now, amount, replace(GIFT, currency=currency))


def test_amounts_are_written_with_the_minor_units_of_their_currency(case: Case, agent: User, now: datetime) -> None:
    for amount, currency in (("12.5", "KWD"), ("5000", "JPY")):
        propose(case, agent, now, amount, replace(GIFT, currency=currency))

    assert [str(one.money) for one in case.compensations.all()] == ["12.500 KWD", "5,000 JPY"]
    told = Event.objects.filter(kind=EventKind.COMPENSATION_PROPOSED).order_by("pk")
    assert [(one.facts["amount"], one.facts["currency"]) for one in told] == [("12.5", "KWD"), ("5000", "JPY")]


def test_only_the_currencies_of_the_setting_are_taken(
    case: Case, agent: User, now: datetime, settings: Settings
) -> None:
    settings.AMENDS_CURRENCIES = frozenset({"USD", "EUR"})
    with refused("CHF is not used here. Choose one of these: EUR, USD.", field="currency"):
        propose(case, agent, now, "1", replace(GIFT, currency="CHF"))
    with refused("ABC is no currency of ISO 4217", field="currency"):
        propose(case, agent, now, "1", replace(GIFT, currency="abc"))


def test_raising_the_severity_oneself_widens_nothing(case: Case, agent: User, teammate: User, now: datetime) -> None:
    change_severity(case=case, severity=Severity.MAJOR, reason="Worse", actor=agent, now=now)
    assert may_approve_up_to(agent, case) == Decimal(50)
    assert may_approve_up_to(teammate, case) == Decimal(100)
    assert propose(case, agent, now, "100").status == CompensationStatus.PROPOSED


def test_what_was_granted_alone_is_not_offered_once_the_severity_is_lower(
    case: Case, agent: User, now: datetime
) -> None:
    gift = propose(case, agent, now, "50")
    change_severity(case=case, severity=Severity.MINOR, reason="Less bad", actor=agent, now=now)

    with refused("above what Maya Osei may grant alone by now. Withdraw it and propose it again"):
        move_compensation(compensation=gift, to=CompensationStatus.OFFERED, actor=agent, now=now)


def test_what_one_may_give_alone_is_given_in_one_go(case: Case, agent: User, now: datetime) -> None:
    given = give_compensation(
        case=case, proposal=GIFT, so_far=GivenSoFar.ISSUED, actor=agent, now=now + HOUR, note="R-17"
    )

    assert (given.status, given.delivered_at, given.proof) == (CompensationStatus.ISSUED, now + HOUR, "R-17")
    moved = Event.objects.filter(kind=EventKind.COMPENSATION_CHANGED).order_by("pk")
    assert [event.facts["after"] for event in moved] == ["offered", "accepted", "issued"]
    assert case.steps.get(kind=StepKind.COMPENSATE).status == StepStatus.DONE


def test_nothing_is_offered_in_one_go_before_somebody_else_agreed(
    case: Case, agent: User, manager: User, now: datetime
) -> None:
    with refused("somebody else decides before the customer is told", field="so_far"):
        give_compensation(
            case=case,
            proposal=replace(GIFT, amount=Decimal(90)),
            so_far=GivenSoFar.OFFERED,
            actor=agent,
            now=now,
        )
    assert not Compensation.objects.exists()
    assert not Message.objects.filter(to_user=manager).exists()


def test_who_pays_is_recorded_later_with_how_we_know(case: Case, agent: User, now: datetime) -> None:
    gift = propose(case, agent, now)
    with refused("Say how we know", field="note"):
        record_payer(compensation=gift, paid_by=Payer.SUPPLIER, actor=agent, now=now, note=" ")
    record_payer(compensation=gift, paid_by=Payer.SUPPLIER, actor=agent, now=now, note="Claim 12")

    assert not Compensation.objects.our_cost().exists()
    assert may_approve_up_to(agent, case) == Decimal(20)


def test_a_raise_that_one_brought_about_widens_nothing_and_its_end_narrows_nothing(
    log: Log, agent: User, teammate: User, now: datetime
) -> None:
    earlier, later = log(at=now - HOUR), log()
    assert (later.severity, may_approve_up_to(agent, later)) == (Severity.MAJOR, Decimal(50))
    assert may_approve_up_to(teammate, later) == Decimal(100)

    recovery.close(earlier, agent, now, Outcome.DUPLICATE)

    later = recovery.fresh(later)
    assert (later.severity, may_approve_up_to(agent, later)) == (Severity.MODERATE, Decimal(50))
    assert may_approve_up_to(teammate, later) == Decimal(50)


def test_whoever_opens_the_earlier_failure_again_may_grant_no_more_by_it(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    earlier, later = log(at=now - HOUR), log()
    recovery.close(earlier, agent, now, Outcome.DUPLICATE)
    closing.reopen(case=earlier, reason="It was ours after all", actor=manager, now=now)

    later = recovery.fresh(later)
    assert (later.severity, may_approve_up_to(manager, later)) == (Severity.MAJOR, Decimal(500))


def test_the_reason_of_a_case_that_is_major_already_counts_until_it_is_void(
    log: Log, agent: User, now: datetime
) -> None:
    earlier = log(at=now - 48 * HOUR)
    later = log(severity=Severity.MAJOR)
    assert may_approve_up_to(agent, later) == Decimal(100)
    recovery.close(earlier, agent, now, Outcome.DUPLICATE)
    assert may_approve_up_to(agent, recovery.fresh(later)) == Decimal(50)


@pytest.mark.parametrize("severity", [Severity.MINOR, Severity.MODERATE, Severity.MAJOR])
def test_correcting_the_attempt_widens_nothing_and_taking_it_back_narrows_nothing(
    log: Log, agent: User, now: datetime, severity: Severity
) -> None:
    alone = may_approve_up_to(agent, log(severity=severity))
    case = log(severity=severity, whom=another_customer("Cleo", now))
    correct_facts(case=case, facts={"attempt": 3}, reason="They said so", actor=agent, now=now)

    assert may_approve_up_to(agent, recovery.fresh(case)) == alone
    correct_facts(case=case, facts={"attempt": 1}, reason="A mix-up", actor=agent, now=now)
    assert may_approve_up_to(agent, recovery.fresh(case)) == alone


def test_of_two_raises_in_one_second_the_right_one_is_taken_back(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    earlier, later = log(at=now - 48 * HOUR), log(severity=Severity.MINOR)
    promise = recovery.promise(later, agent, now, now + HOUR)
    recovery.close(earlier, agent, now, Outcome.WITHDRAWN)
    promises.break_lapsed(promise=promise, now=now + 2 * HOUR)
    closing.reopen(case=earlier, reason="It was ours after all", actor=manager, now=now + 2 * HOUR)
    recovery.close(earlier, agent, now + 3 * HOUR, Outcome.WITHDRAWN)

    changes = later.severity_changes.order_by("pk")
    assert [change.severity for change in changes] == ["minor", "moderate", "minor", "moderate", "major", "moderate"]
    assert list(changes.reverse()[0].caused_by.all()) == [manager]
