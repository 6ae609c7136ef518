"""How cases ended and what it cost: C5, C6, C8 and the reopen rate of C12."""

from datetime import datetime
from decimal import Decimal

import pytest

from cases.actions import closing, satisfaction
from cases.actions.compensations import record_payer
from cases.actions.events import MessageBounced
from cases.models import Case, Compensation, User
from cases.reports.outcomes import Endings, Satisfied, endings, satisfied
from cases.reports.rates import Rate
from cases.reports.spending import Spending, spending
from cases.rules.evidence import AnswerEvidence
from cases.rules.money import Money
from cases.rules.vocabulary import (
    Answer,
    Channel,
    CompensationNature,
    CompensationStatus,
    Outcome,
    Payer,
    Severity,
)
from tests.conftest import Log
from tests.reports.recovery import (
    DAY,
    HOUR,
    MINUTE,
    acknowledge,
    another_customer,
    answer,
    apologize,
    close,
    correct,
    follow_up,
    fresh,
    give_nothing,
    move,
    propose,
    recover,
    until_confirm,
)
from tests.reports.test_timing import last_90_days

pytestmark = pytest.mark.django_db


def answers(manager: User, now: datetime) -> Satisfied:
    return satisfied(last_90_days(manager, now))


def ended(manager: User, now: datetime) -> Endings:
    return endings(last_90_days(manager, now))


def spent(manager: User, now: datetime) -> Spending:
    frame = last_90_days(manager, now)
    return spending(frame, endings(frame).timed)


@pytest.fixture
def closed(log: Log, agent: User, now: datetime) -> None:
    """Four closed cases: answers of 5, 4 and 3, and one customer who was asked and gave no number."""
    for name, score in (("Ada", 5), ("Bela", 4), ("Clara", 3), ("Dora", None)):
        recover(log(whom=another_customer(name, now)), agent, now + HOUR, score)


def test_four_and_five_are_satisfied_and_n_is_all_answers(closed: None, manager: User, now: datetime) -> None:
    found = answers(manager, now + DAY)
    assert (found.satisfied.rate, found.answered.value) == (Rate(2, 3), 3)
    assert found.satisfied.behind.value == 1
    assert ended(manager, now + DAY).asked.value == 4


def test_a_customer_whose_question_came_back_was_not_asked(log: Log, agent: User, manager: User, now: datetime) -> None:
    case = until_confirm(log(), agent, now)
    check = satisfaction.ask_by_mail(case=case, words="Did we make it right?", actor=agent, now=now + HOUR)
    satisfaction.question_failed(check, lost=MessageBounced, at=now + HOUR, error="550")
    close(case, agent, now + 2 * HOUR, Outcome.NOT_UPHELD)

    asked = ended(manager, now + DAY).asked
    assert (asked.value, ended(manager, now + DAY).closed.value) == (0, 1)
    recover(log(whom=another_customer("Ada", now)), agent, now + 4 * HOUR)
    assert ended(manager, now + DAY).asked.value == 1


def test_the_last_answer_of_a_case_counts_and_the_first_is_superseded(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    case = until_confirm(log(), agent, now)
    answer(case, agent, now + HOUR, 1, Answer.NOT_SATISFIED)
    recover(fresh(case), agent, now + 3 * HOUR, score=None)
    assert answers(manager, now + DAY).answered.value == 0
    Case.objects.get().satisfaction_checks.filter(round=2).update(score=4)
    assert answers(manager, now + DAY).satisfied.rate == Rate(1, 1)


def test_an_answer_after_closing_replaces_the_first(log: Log, agent: User, manager: User, now: datetime) -> None:
    case = until_confirm(log(), agent, now)
    token = satisfaction.make_link(case=case, actor=agent, now=now)
    recover_rest(case, agent, now + HOUR)
    later = AnswerEvidence(channel=Channel.WEB, answer=Answer.PARTLY, score=2)
    satisfaction.answer_by_customer(link=satisfaction.open_link(token, now), evidence=later, now=now + DAY)
    assert answers(manager, now + DAY).satisfied.rate == Rate(0, 1)


def recover_rest(case: Case, agent: User, at: datetime) -> None:
    answer(case, agent, at, 5)
    follow_up(case, agent, at)
    close(case, agent, at)


def test_an_open_case_has_no_say_yet(log: Log, agent: User, manager: User, now: datetime) -> None:
    answer(until_confirm(log(), agent, now), agent, now + HOUR, 5)
    assert answers(manager, now + DAY).answered.value == 0


def test_weeks_are_those_of_the_period_and_empty_ones_are_shown(
    closed: None, log: Log, agent: User, manager: User, now: datetime
) -> None:
    at = now - 14 * DAY
    recover(log(at=at, whom=another_customer("Early", at)), agent, at + HOUR, 1)
    weeks = answers(manager, now + DAY).weeks
    assert [week.rate for week in weeks[-3:]] == [Rate(0, 1), Rate(0, 0), Rate(2, 3)]
    assert len(weeks) == 14


def test_owners_are_told_apart(
    closed: None, log: Log, agent: User, teammate: User, manager: User, now: datetime
) -> None:
    recover(log(whom=another_customer("Tom's", now), owner=teammate), agent, now + HOUR, 5)
    assert answers(manager, now + DAY).owners == {agent.pk: Rate(2, 3), teammate.pk: Rate(1, 1)}


@pytest.fixture
def every_ending(log: Log, agent: User, now: datetime) -> None:
    """One closed case of every outcome."""
    for number, outcome in enumerate(Outcome):
        case = log(whom=another_customer(f"Customer {number}", now))
        Case.objects.filter(pk=case.pk).update(closed_at=now + HOUR, outcome=outcome)


def test_recovery_counts_where_asking_was_possible(every_ending: None, manager: User, now: datetime) -> None:
    found = ended(manager, now + DAY)
    assert (found.recovery, found.confirmed) == (Rate(2, 7), Rate(2, 6))
    assert (found.recovered.value, found.no_contact.value) == (2, 1)


def test_all_closed_but_duplicates_and_withdrawn_are_closed(every_ending: None, manager: User, now: datetime) -> None:
    assert ended(manager, now + DAY).closed.value == len(Outcome) - 2


def test_a_case_closed_before_the_period_is_out(closed: None, manager: User, now: datetime) -> None:
    assert ended(manager, now + 89 * DAY).closed.value == 4
    assert ended(manager, now + 90 * DAY).closed.value == 0


def test_reopened_within_thirty_days_is_a_share_of_those_closed_for_the_first_time(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    for name, days in (("Soon", 30), ("Late", 31)):
        case = recover(log(whom=another_customer(name, now)), agent, now + HOUR)
        closing.reopen(case=case, reason="It broke again", actor=agent, now=now + HOUR + days * DAY)
    found = ended(manager, now + 40 * DAY)
    assert (found.reopened, found.reopened_cases.value) == (Rate(1, 2), 1)


def test_a_second_reopening_does_not_hide_the_first(log: Log, agent: User, manager: User, now: datetime) -> None:
    case = recover(log(), agent, now + HOUR)
    for days in (10, 50):
        case = closing.reopen(case=case, reason="Again", actor=agent, now=now + days * DAY)
        case = recover(case, agent, now + days * DAY + 2 * HOUR)
    assert ended(manager, now + 60 * DAY).reopened == Rate(1, 1)


def give(case: Case, agent: User, at: datetime, amount: int, nature: CompensationNature, currency: str) -> None:
    move(propose(case, agent, at, amount, nature, currency), agent, at, CompensationStatus.ISSUED)


@pytest.fixture
def given(log: Log, agent: User, now: datetime) -> None:
    """Three closed cases: one got 20 USD for the trouble and 460 USD of a loss back; one refused; one got nothing."""
    cases = [log(whom=another_customer(name, now)) for name in ("Ada", "Bela", "Clara")]
    for case in cases:
        acknowledge(case, agent, now)
        apologize(case, agent, now)
        correct(case, agent, now)
    give(cases[0], agent, now, 20, CompensationNature.GOODWILL, "USD")
    give(cases[0], agent, now, 460, CompensationNature.RESTITUTION, "USD")
    move(propose(cases[1], agent, now, 10), agent, now, CompensationStatus.OFFERED, CompensationStatus.REFUSED)
    give_nothing(cases[2], agent, now)
    for case in cases:
        recover_rest(case, agent, now + HOUR)


def test_goodwill_and_restitution_are_never_added(given: None, manager: User, now: datetime) -> None:
    found = spent(manager, now + DAY)
    assert [str(money) for money in found.goodwill.total] == ["20 USD"]
    assert [str(money) for money in found.restitution.total] == ["460 USD"]


def test_cost_is_spread_over_all_closed_cases_and_over_those_compensated(
    given: None, manager: User, now: datetime
) -> None:
    goodwill = spent(manager, now + DAY).goodwill
    assert goodwill.a_case == (Money(Decimal("6.67"), "USD"),)
    assert goodwill.a_compensated_case == (Money(Decimal("20.00"), "USD"),)
    assert goodwill.by_severity[Severity.MODERATE] == goodwill.a_case
    assert goodwill.compensated.value == 1


def test_what_others_reimburse_is_no_cost_of_ours(given: None, agent: User, manager: User, now: datetime) -> None:
    loss = Compensation.objects.get(nature=CompensationNature.RESTITUTION)
    record_payer(compensation=loss, paid_by=Payer.INSURER, actor=agent, now=now + 2 * HOUR, note="Claim 12")

    found = spent(manager, now + DAY).restitution
    assert (found.total, found.a_case) == ((), ())
    assert [str(money) for money in found.reimbursed] == ["460 USD"]
    assert found.compensated.value == 1


def test_what_was_refused_costs_nothing_and_is_counted(given: None, manager: User, now: datetime) -> None:
    assert spent(manager, now + DAY).refused.value == 1


def test_what_is_proposed_or_promised_costs_nothing_yet(log: Log, agent: User, manager: User, now: datetime) -> None:
    case = log()
    propose(case, agent, now, 20)
    close(case, agent, now, Outcome.NOT_UPHELD)
    assert spent(manager, now + DAY).goodwill.total == ()


def test_two_currencies_are_two_sums(log: Log, agent: User, administrator: User, now: datetime) -> None:
    case = log()
    acknowledge(case, agent, now)
    apologize(case, agent, now)
    for currency in ("USD", "EUR"):
        given = propose(case, administrator, now, 10, currency=currency)
        move(given, agent, now, CompensationStatus.ISSUED)
    close(case, agent, now + MINUTE, Outcome.NOT_UPHELD)
    goodwill = spent(administrator, now + DAY).goodwill
    assert ([str(money) for money in goodwill.total], goodwill.compensated.value) == (["10 EUR", "10 USD"], 1)


def test_nothing_closed_costs_nothing_and_says_so(manager: User, now: datetime) -> None:
    found = spent(manager, now)
    assert (found.goodwill.total, found.goodwill.a_case, found.refused.value) == ((), (), 0)
    assert str(ended(manager, now).recovery) == str(answers(manager, now).satisfied.rate) == "–"
