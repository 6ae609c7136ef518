"""Asking whether we made it right: the customer's own answer, never assumed and never overwritten."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from cases.actions.deliveries import deliver_owed
from cases.actions.satisfaction import (
    answer_by_customer,
    ask_by_mail,
    last_answer,
    make_link,
    open_link,
    record_answer,
    record_no_answer,
)
from cases.errors import AlreadyDoneError
from cases.models import Case, Customer, CustomerLink, Message, SatisfactionCheck, Team, User, WorkingCalendar
from cases.rules.evidence import AnswerEvidence
from cases.rules.vocabulary import (
    Answer,
    Channel,
    CheckStatus,
    MessageStatus,
    Outcome,
    StepKind,
    StepStatus,
    WaivedBecause,
)
from tests.actions.evidence import SATISFIED
from tests.conftest import Log
from tests.refusals import refused
from tests.reports import recovery

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
THEIRS = AnswerEvidence(channel=Channel.WEB, answer=Answer.SATISFIED, score=4)
MORE = replace(THEIRS, answer=Answer.WANTS_MORE, score=2, words="A letter for my boss")


@pytest.fixture
def case(log: Log, agent: User, now: datetime) -> Case:
    """One whose customer is to be asked."""
    return recovery.until_confirm(log(), agent, now)


@pytest.fixture
def link(case: Case, agent: User, now: datetime) -> CustomerLink:
    return open_link(make_link(case=case, actor=agent, now=now + HOUR), now + HOUR)


def confirm_step(case: Case) -> str:
    return case.steps.filter(kind=StepKind.CONFIRM).latest("round").status


def test_asking_by_mail_waits_for_the_customer(case: Case, agent: User, now: datetime) -> None:
    check = ask_by_mail(case=case, words="Dear Grace, did we make it right?", actor=agent, now=now + HOUR)

    assert (check.status, confirm_step(case)) == (CheckStatus.ASKED, StepStatus.PENDING)
    mail = Message.objects.get()
    assert mail.to_address == "grace@example.org"
    assert "/made-right/" in mail.text


def test_a_question_needs_words_an_address_and_its_turn(
    log: Log, case: Case, agent: User, customer: Customer, now: datetime
) -> None:
    with refused("in your own words", field="words"):
        ask_by_mail(case=case, words=" ", actor=agent, now=now + HOUR)
    young = log()
    with refused("First settle “Correct” and “Compensate”"):
        ask_by_mail(case=young, words="All right?", actor=agent, now=now)
    Customer.objects.filter(pk=customer.pk).update(email="")
    with refused("We have no mail address of this customer", field="words"):
        ask_by_mail(case=recovery.fresh(case), words="All right?", actor=agent, now=now + HOUR)


def test_a_spoken_answer_settles_the_step(case: Case, agent: User, now: datetime) -> None:
    check = record_answer(case=case, evidence=SATISFIED, actor=agent, now=now + HOUR)

    assert (check.status, check.answer, check.score, check.by_customer) == ("answered", "satisfied", 5, False)
    assert confirm_step(case) == StepStatus.DONE
    with refused("is settled already", by=AlreadyDoneError):
        record_answer(case=case, evidence=SATISFIED, actor=agent, now=now + HOUR)


@pytest.mark.parametrize(
    ("evidence", "words", "field"),
    [
        (replace(SATISFIED, score=6), "Choose one of the five faces", "score"),
        (replace(SATISFIED, score=0), "Choose one of the five faces", "score"),
        (replace(SATISFIED, answer=Answer.WANTS_MORE, words=" "), "what the customer would like", "words"),
        (replace(SATISFIED, score=1), "“Satisfied” and 1 of 5 do not go together", "answer"),
        (replace(SATISFIED, answer=Answer.NOT_SATISFIED, score=4), "“Not satisfied” and 4 of 5 do not", "answer"),
    ],
)
def test_an_answer_that_cannot_be_is_refused(
    case: Case, agent: User, now: datetime, evidence: AnswerEvidence, words: str, field: str
) -> None:
    with refused(words, field=field):
        record_answer(case=case, evidence=evidence, actor=agent, now=now + HOUR)

    assert not SatisfactionCheck.objects.exists()


def test_satisfied_with_a_three_is_partly_whoever_writes_it_down(case: Case, agent: User, now: datetime) -> None:
    check = record_answer(case=case, evidence=replace(SATISFIED, score=3), actor=agent, now=now + HOUR)

    assert (check.answer, check.score) == (Answer.PARTLY, 3)


def test_the_customers_own_answer_fills_the_question_that_waits(
    case: Case, agent: User, link: CustomerLink, now: datetime
) -> None:
    asked = ask_by_mail(case=case, words="All right?", actor=agent, now=now + HOUR)

    check = answer_by_customer(link=link, evidence=THEIRS, now=now + 2 * HOUR)

    assert (check.pk, check.by_customer, check.answered_at) == (asked.pk, True, now + 2 * HOUR)
    assert (confirm_step(case), case.steps.get(kind=StepKind.CONFIRM).settled_by) == (StepStatus.DONE, None)


def test_a_later_answer_is_kept_beside_the_first_and_told_to_the_owner(
    case: Case, link: CustomerLink, agent: User, now: datetime
) -> None:
    first = answer_by_customer(link=link, evidence=THEIRS, now=now + HOUR)

    second = answer_by_customer(link=link, evidence=replace(THEIRS, answer=Answer.PARTLY), now=now + DAY)

    first.refresh_from_db()
    assert (first.answer, first.status) == (Answer.SATISFIED, CheckStatus.SUPERSEDED)
    assert last_answer(case) == second
    assert {mail.to_user for mail in Message.objects.all()} == {agent}


def test_wanting_more_opens_a_round_with_fresh_clocks_and_tells_owner_and_manager(
    case: Case, link: CustomerLink, agent: User, manager: User, now: datetime
) -> None:
    answer_by_customer(link=link, evidence=MORE, now=now + DAY)

    fresh = recovery.fresh(case)
    steps = list(case.steps.filter(round=2))
    assert fresh.round == 2
    assert [step.kind for step in steps] == ["correct", "compensate", "confirm", "follow_up"]
    assert {step.started_at for step in steps} == {now + DAY}
    assert fresh.next_due_at == now + 4 * DAY
    assert {mail.to_user for mail in Message.objects.all()} == {agent, manager}
    assert "A letter for my boss" in Message.objects.all()[0].text


def test_who_is_not_satisfied_is_listened_to_from_the_beginning(case: Case, agent: User, now: datetime) -> None:
    unhappy = replace(SATISFIED, answer=Answer.NOT_SATISFIED, score=1)

    record_answer(case=case, evidence=unhappy, actor=agent, now=now + DAY)

    assert case.steps.filter(round=2).count() == len(StepKind)
    assert recovery.fresh(case).current_step == StepKind.ACKNOWLEDGE
    assert case.steps.get(round=1, kind=StepKind.FOLLOW_UP).waived_because == WaivedBecause.NEXT_ROUND


def asked_by_mail(case: Case, actor: User, at: datetime) -> None:
    """And it leaves at that moment."""
    ask_by_mail(case=case, words="All right?", actor=actor, now=at)
    deliver_owed(now=at)


def test_silence_counts_after_two_days_of_asking_and_not_before(case: Case, agent: User, now: datetime) -> None:
    asked_by_mail(case, agent, now + HOUR)
    asked_by_mail(case, agent, now + 2 * HOUR)
    with refused("Ask on 2 different days .* asked on 1"):
        record_no_answer(case=case, actor=agent, now=now + 3 * DAY)

    asked_by_mail(case, agent, now + DAY)
    record_no_answer(case=case, actor=agent, now=now + 3 * DAY)

    assert confirm_step(case) == StepStatus.DONE
    assert last_answer(case) is None
    assert not case.satisfaction_checks.filter(status=CheckStatus.ASKED).exists()


def test_a_question_that_has_not_left_asked_nobody(case: Case, agent: User, now: datetime) -> None:
    asked_by_mail(case, agent, now + HOUR)
    ask_by_mail(case=case, words="All right?", actor=agent, now=now + DAY)
    with refused("asked on 1"):
        record_no_answer(case=case, actor=agent, now=now + 3 * DAY)
    assert case.satisfaction_checks.left().count() == 1

    deliver_owed(now=now + 3 * DAY)

    record_no_answer(case=case, actor=agent, now=now + 3 * DAY)


@pytest.mark.parametrize("status", [MessageStatus.FAILED, MessageStatus.BOUNCED, MessageStatus.CANCELLED])
def test_a_question_whose_mail_did_not_arrive_asked_nobody(
    case: Case, agent: User, now: datetime, status: MessageStatus
) -> None:
    for days in (1, 2):
        asked_by_mail(case, agent, now + days * DAY)
    Message.objects.filter(pk=Message.objects.latest("pk").pk).update(status=status)

    with refused("asked on 1"):
        record_no_answer(case=case, actor=agent, now=now + 3 * DAY)


@pytest.mark.parametrize(
    ("zone", "moments", "days"),
    [
        ("Australia/Sydney", ("2025-09-23 23:30", "2025-09-24 00:30"), 1),  # 9:30 and 10:30 of one Sydney morning
        ("Australia/Sydney", ("2025-09-24 13:30", "2025-09-24 14:30"), 2),
        ("America/New_York", ("2025-09-24 23:30", "2025-09-25 00:30"), 1),
        ("America/New_York", ("2025-09-24 03:30", "2025-09-24 04:30"), 2),
    ],
)
def test_days_of_asking_are_days_of_the_team(
    case: Case, agent: User, team: Team, zone: str, moments: tuple[str, ...], days: int
) -> None:
    team.calendar = WorkingCalendar.objects.create(name=zone, zone=zone)
    team.calendar.windows.create(weekday=0, start=time(9), end=time(17))
    team.save()
    for moment in moments:
        asked_by_mail(case, agent, datetime.fromisoformat(f"{moment}+00:00"))

    at = datetime.fromisoformat("2025-09-26 12:00+00:00")
    if days == 1:
        with refused("asked on 1"):
            record_no_answer(case=case, actor=agent, now=at)
    else:
        assert record_no_answer(case=case, actor=agent, now=at).status == StepStatus.DONE


def test_silence_in_the_second_round_is_no_answer_and_not_the_first_rounds(
    case: Case, agent: User, now: datetime
) -> None:
    record_answer(case=case, evidence=replace(SATISFIED, answer=Answer.WANTS_MORE), actor=agent, now=now + HOUR)
    for step in (recovery.correct, recovery.give_nothing):
        step(case, agent, now + 2 * HOUR)
    for days in (1, 2):
        asked_by_mail(case, agent, now + days * DAY)
    record_no_answer(case=case, actor=agent, now=now + 3 * DAY)
    recovery.follow_up(case, agent, now + 3 * DAY)

    closed = recovery.close(case, agent, now + 4 * DAY, Outcome.RESOLVED_NO_ANSWER)

    assert closed.outcome == Outcome.RESOLVED_NO_ANSWER


def test_an_answer_to_a_closed_case_is_kept_and_opens_no_round_by_itself(
    case: Case, link: CustomerLink, agent: User, now: datetime
) -> None:
    recovery.answer(case, agent, now + HOUR)
    recovery.follow_up(case, agent, now + HOUR)
    closed = recovery.close(case, agent, now + 2 * HOUR)

    answer_by_customer(link=link, evidence=MORE, now=now + DAY)

    after = recovery.fresh(closed)
    assert (after.outcome, after.round, after.closed_at) == (Outcome.SATISFIED_LATER_NOT, 1, closed.closed_at)
    assert "Reopen it if the same failure still stands." in Message.objects.all()[0].text


def test_a_link_works_until_it_expires_is_revoked_or_is_cut(case: Case, agent: User, now: datetime) -> None:
    token = make_link(case=case, actor=agent, now=now)
    link = open_link(token, now + 30 * DAY - HOUR)
    assert link.case == case

    for broken in (token[:-1], token.replace(":", ";"), "", "\x00", f"{token}x"):
        with refused("This address is not complete"):
            open_link(broken, now)
    with refused("This link has expired"):
        open_link(token, now + 30 * DAY)
    CustomerLink.objects.update(revoked_at=now)
    with refused("This link has been taken back"):
        open_link(token, now)
