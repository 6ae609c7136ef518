"""A customer who cannot be satisfied: one decision, in whatever round, that settles what is still owed."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cases.actions import closing, compensations, contacts, promises, satisfaction
from cases.actions.approvals import decide
from cases.actions.contacts import Exchange
from cases.actions.deliveries import deliver_owed
from cases.errors import GuardError
from cases.mail import links
from cases.models import Apology, Approval, Case, Event, Message, User
from cases.reports.frames import Frame
from cases.reports.periods import Period
from cases.reports.timing import on_time
from cases.rules.evidence import AnswerEvidence
from cases.rules.vocabulary import (
    Answer,
    ApologyStatus,
    ApprovalStatus,
    Channel,
    CompensationStatus,
    ConcernStatus,
    Direction,
    EventKind,
    Outcome,
    Reached,
    Severity,
    StepKind,
    StepStatus,
    WaivedBecause,
)
from tests.conftest import Log
from tests.refusals import refused
from tests.reports import recovery

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
OFFER = "By letter of 12 September: the whole price back, or a new one."


def ask(case: Case, by: User, at: datetime) -> Approval:
    return closing.ask_unreconciled(case=case, last_offer=OFFER, reason="They want it undone", actor=by, now=at)


@pytest.fixture
def heard(log: Log, agent: User, now: datetime) -> Case:
    """Acknowledged and apologized to, and nothing else."""
    case = log()
    recovery.acknowledge(case, agent, now)
    recovery.apologize(case, agent, now)
    return recovery.fresh(case)


@pytest.mark.parametrize("rounds", [1, 2, 3])
def test_one_decision_settles_what_the_round_still_owes(
    log: Log, agent: User, manager: User, now: datetime, rounds: int
) -> None:
    case, at = log(), now
    for _ in range(rounds - 1):
        recovery.until_confirm(case, agent, at)
        recovery.answer(case, agent, at + HOUR, 1, said=Answer.NOT_SATISFIED)
        at += DAY
    if rounds == 1:
        recovery.acknowledge(case, agent, at)
        recovery.apologize(case, agent, at)

    decide(approval=ask(case, agent, at + HOUR), grant=True, note="", actor=manager, now=at + 2 * HOUR)

    closed = recovery.fresh(case)
    assert (closed.outcome, closed.round, closed.closed_at) == (Outcome.UNRECONCILED, rounds, at + 2 * HOUR)
    waived = case.steps.filter(round=rounds, status=StepStatus.WAIVED)
    assert {(step.waived_because, step.note, step.settled_by, step.approved_by) for step in waived} == {
        (WaivedBecause.UNRECONCILED, "", agent, manager)
    }
    assert not case.steps.filter(status=StepStatus.PENDING).exists()


def test_it_settles_open_concerns_and_proposals_that_nobody_decided_on(
    heard: Case, agent: User, manager: User, now: datetime
) -> None:
    proposed = recovery.propose(heard, agent, now, amount=90)

    decide(approval=ask(heard, agent, now), grant=True, note="", actor=manager, now=now + HOUR)

    concern = heard.concerns.get()
    assert (concern.status, concern.outcome) == (ConcernStatus.REFUSED, "They want it undone")
    proposed.refresh_from_db()
    assert proposed.status == CompensationStatus.WITHDRAWN
    assert Event.objects.get(kind=EventKind.CASE_CLOSED).facts["last_offer"] == OFFER


def test_each_open_promise_and_each_thing_not_issued_stands_in_the_way_by_name(
    heard: Case, agent: User, now: datetime
) -> None:
    promised = recovery.promise(heard, agent, now, now + DAY)
    granted = recovery.propose(heard, agent, now, amount=20)

    with refused("“We call you back” is open.*“Voucher” is approved and not issued", by=GuardError):
        ask(heard, agent, now)

    promises.cancel_promise(promise=promised, reason="They hung up on it", actor=agent, now=now + HOUR)
    compensations.move_compensation(compensation=granted, to=CompensationStatus.WITHDRAWN, actor=agent, now=now + HOUR)
    assert ask(heard, agent, now + HOUR).last_offer == OFFER


def test_an_apology_that_waits_in_the_outbox_is_none(log: Log, agent: User, now: datetime) -> None:
    case = log()
    recovery.acknowledge(case, agent, now)
    recovery.write_apology(case, agent, now)
    with refused("No apology has left or was spoken", by=GuardError):
        ask(case, agent, now)

    deliver_owed(now=now + HOUR)

    assert ask(case, agent, now + HOUR).asked_by == agent


def test_what_was_overdue_stays_late_in_figures(heard: Case, agent: User, manager: User, now: datetime) -> None:
    """Correct falls due after three working days; compensate after five."""
    at = now + 4 * DAY

    decide(approval=ask(heard, agent, at), grant=True, note="", actor=manager, now=at + HOUR)

    late = {step.kind: step.is_late(at + DAY) for step in heard.steps.filter(status=StepStatus.WAIVED)}
    assert (late[StepKind.CORRECT], late[StepKind.COMPENSATE]) == (True, False)
    frame = Frame.of(manager, Period.ending_today(90, at + DAY, manager.zone), now=at + DAY)
    owners = on_time(frame).owners
    assert (owners[agent.pk].rate.part, owners[agent.pk].rate.whole) == (2, 3)


@pytest.mark.parametrize("said", ["Grace Whitlock", "They want it undone", OFFER, "“Correct” (overdue)", "Refused for"])
def test_who_decides_is_told_by_mail_what_exactly(
    heard: Case, agent: User, manager: User, now: datetime, said: str
) -> None:
    approval = ask(heard, agent, now + 4 * DAY)

    mail = Message.objects.get(to_user=manager)
    assert said in mail.text
    assert links.decision(heard, approval) in mail.text


def test_every_kind_of_question_says_who_asks_what_for_whom_and_why(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    case = log(severity=Severity.MAJOR)
    recovery.acknowledge(case, agent, now)
    recovery.apologize(case, agent, now)
    recovery.propose(case, agent, now, amount=900)
    asked = [Message.objects.get(to_user=manager).text]
    compensations.move_compensation(
        compensation=case.compensations.get(), to=CompensationStatus.WITHDRAWN, actor=agent, now=now
    )
    compensations.decide_none(case=case, reason="By the receipt", actor=agent, now=now)
    asked.append(Message.objects.filter(to_user=manager).latest("pk").text)
    for text in asked:
        for said in ("Who asks: Maya Osei", f"For whom: Grace Whitlock, {case.reference}", "Why: By the receipt"):
            assert said in text
    assert "Give “Voucher” (900" in asked[0]
    assert "What: Offer no compensation" in asked[1]


def test_what_was_asked_before_the_case_was_reopened_is_asked_anew(
    heard: Case, agent: User, manager: User, now: datetime
) -> None:
    approval = ask(heard, agent, now)
    closing.close(case=heard, outcome=Outcome.WITHDRAWN, reason="They said so", actor=agent, now=now + HOUR)
    closing.reopen(case=heard, reason="After all", actor=agent, now=now + 2 * HOUR)

    for grant in (True, False):
        with refused("taken back, because there is nothing left to decide. Ask anew"):
            decide(approval=approval, grant=grant, note="Ask anew", actor=manager, now=now + 3 * HOUR)

    decide(approval=ask(heard, agent, now + 4 * HOUR), grant=True, note="", actor=manager, now=now + 5 * HOUR)
    assert recovery.fresh(heard).outcome == Outcome.UNRECONCILED


def answered(log: Log, agent: User, now: datetime, said: Answer) -> Case:
    """After all that comes before it."""
    case = log()
    recovery.until_confirm(case, agent, now)
    recovery.answer(case, agent, now + HOUR, said=said)
    return recovery.fresh(case)


def test_whoever_is_satisfied_is_not_given_up(log: Log, agent: User, now: datetime) -> None:
    case = answered(log, agent, now, Answer.SATISFIED)

    with refused("says that they are satisfied"):
        ask(case, agent, now + 2 * HOUR)


def test_whoever_is_satisfied_later_is_given_up_no_more(log: Log, agent: User, manager: User, now: datetime) -> None:
    case = answered(log, agent, now, Answer.PARTLY)
    approval = ask(case, agent, now + 2 * HOUR)
    link = satisfaction.open_link(satisfaction.make_link(case=case, actor=agent, now=now), now + DAY)
    said = AnswerEvidence(channel=Channel.WEB, answer=Answer.SATISFIED, score=4)
    Message.objects.all().delete()

    satisfaction.answer_by_customer(link=link, evidence=said, now=now + DAY)

    approval.refresh_from_db()
    assert (approval.status, approval.decided_by) == (ApprovalStatus.WITHDRAWN, None)
    assert Message.objects.filter(to_user=agent, subject__startswith="No second person is needed any more").exists()
    with refused("taken back, because there is nothing left to decide"):
        decide(approval=approval, grant=True, note="", actor=manager, now=now + 2 * DAY)


def test_a_yes_is_found_under_the_lock_of_the_decision(log: Log, agent: User, manager: User, now: datetime) -> None:
    """As asked before a satisfied answer took such questions back."""
    case = answered(log, agent, now, Answer.PARTLY)
    approval = ask(case, agent, now + 2 * HOUR)
    case.satisfaction_checks.update(answer=Answer.SATISFIED)

    with refused("says that they are satisfied"):
        decide(approval=approval, grant=True, note="", actor=manager, now=now + 3 * HOUR)


def test_a_yes_of_an_earlier_round_forbids_nothing(log: Log, agent: User, now: datetime) -> None:
    case = answered(log, agent, now, Answer.SATISFIED)
    recovery.follow_up(case, agent, now + HOUR)
    recovery.close(case, agent, now + HOUR)
    closing.reopen(case=case, reason="It broke again", actor=agent, now=now + DAY)

    assert ask(case, agent, now + DAY).last_offer == OFFER


def test_an_apology_that_came_back_is_none(log: Log, agent: User, now: datetime) -> None:
    case = log()
    recovery.acknowledge(case, agent, now)
    recovery.write_apology(case, agent, now)
    deliver_owed(now=now + HOUR)
    Apology.objects.update(status=ApologyStatus.BOUNCED)

    with refused("No apology has left or was spoken", by=GuardError):
        ask(case, agent, now + DAY)


def test_three_tries_by_two_ways_on_two_days_stand_for_the_apology(log: Log, agent: User, now: datetime) -> None:
    case = log()
    recovery.acknowledge(case, agent, now)
    for hours in (1, 30):
        recovery.contact(case, agent, now + hours * HOUR, reached=Reached.VOICEMAIL)
    letter = Exchange(direction=Direction.OUT, channel=Channel.LETTER, summary="Wrote", at=now)
    contacts.log_contact(case=case, exchange=letter, actor=agent, now=now + 31 * HOUR)
    with refused("No apology has left or was spoken", by=GuardError):
        ask(case, agent, now + 31 * HOUR)

    letter = replace(letter, at=now + 31 * HOUR)
    contacts.log_contact(case=case, exchange=letter, actor=agent, now=now + 31 * HOUR)

    assert ask(case, agent, now + 32 * HOUR).asked_by == agent
