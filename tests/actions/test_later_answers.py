"""An answer after closing: both are kept, the last one counts, and somebody deals with a worse one."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cases.actions import absences, closing
from cases.actions.absences import Away
from cases.actions.satisfaction import (
    answer_by_customer,
    make_link,
    open_link,
    record_later_answer,
    settle_later_answer,
)
from cases.models import Case, Event, Message, StatusUpdate, User
from cases.reminders.sweep import sweep
from cases.reports.frames import Frame
from cases.reports.outcomes import endings
from cases.reports.periods import Period
from cases.reports.rates import Rate
from cases.reports.work import Scope, my_work
from cases.rules.evidence import AnswerEvidence
from cases.rules.vocabulary import Answer, Channel, EventKind, Outcome, UpdateReason
from tests.conftest import Log
from tests.refusals import refused
from tests.reports import recovery

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
UNHAPPY = AnswerEvidence(channel=Channel.WEB, answer=Answer.NOT_SATISFIED, score=1, words="It broke again")


@pytest.fixture
def closed(log: Log, agent: User, now: datetime) -> Case:
    """As satisfied, with five of five."""
    return recovery.recover(log(), agent, now + HOUR)


def later(case: Case, by: User, at: datetime, evidence: AnswerEvidence = UNHAPPY) -> Case:
    """By the link that they have."""
    link = open_link(make_link(case=case, actor=by, now=at), at)
    answer_by_customer(link=link, evidence=evidence, now=at)
    return recovery.fresh(case)


def owed(case: Case) -> StatusUpdate | None:
    return case.status_updates.unsettled().filter(reason=UpdateReason.LATER_NOT).first()


def test_a_one_after_satisfied_changes_what_the_case_says_and_keeps_both_answers(
    closed: Case, agent: User, now: datetime
) -> None:
    after = later(closed, agent, now + DAY)

    assert (after.outcome, after.closed_at) == (Outcome.SATISFIED_LATER_NOT, closed.closed_at)
    assert [(one.answer, one.score) for one in closed.satisfaction_checks.all()] == [
        (Answer.SATISFIED, 5),
        (Answer.NOT_SATISFIED, 1),
    ]
    facts = Event.objects.filter(kind=EventKind.CUSTOMER_ANSWERED).latest("pk").facts
    assert (facts["before"], facts["after"]) == (Outcome.SATISFIED, Outcome.SATISFIED_LATER_NOT)


def test_the_owner_has_four_working_hours_to_deal_with_it(closed: Case, agent: User, now: datetime) -> None:
    """From Tuesday 15:00, with two hours of that day left."""
    later(closed, agent, now + DAY + 5 * HOUR)

    update = owed(closed)
    assert update is not None
    assert (update.owner, update.due_at) == (agent, now + 2 * DAY + HOUR)


def test_it_stands_at_the_top_of_their_work_until_it_is_dealt_with(closed: Case, agent: User, now: datetime) -> None:
    later(closed, agent, now + DAY + 6 * HOUR)

    at = now + DAY + 6 * HOUR
    assert [row.reference for row in my_work(agent, now=at).later_answers] == [closed.reference]
    assert [row.reference for row in my_work(agent, now=at, scope=Scope.TEAM).later_answers] == [closed.reference]

    settle_later_answer(case=closed, reason="It is another device", actor=agent, now=at)
    assert my_work(agent, now=at).later_answers == ()


def test_who_stands_in_owes_it_while_the_owner_is_away(
    closed: Case, agent: User, teammate: User, now: datetime
) -> None:
    away = Away(start=now + 2 * HOUR, end=now + 9 * DAY, substitute=teammate)
    absences.plan_absence(user=agent, away=away, actor=agent, now=now)

    later(closed, agent, now + DAY)

    update = owed(closed)
    assert update is not None
    assert update.owner == teammate


def test_a_reminder_comes_although_the_case_is_closed(closed: Case, agent: User, now: datetime) -> None:
    later(closed, agent, now + DAY)
    Message.objects.all().delete()

    sweep(now + DAY + 5 * HOUR)

    assert "do/settle-answer/" in Message.objects.filter(to_user=agent).latest("pk").text


def test_reopening_settles_it(closed: Case, agent: User, now: datetime) -> None:
    later(closed, agent, now + DAY)

    opened = closing.reopen(case=closed, reason="The same fault", actor=agent, now=now + DAY + HOUR)

    assert owed(opened) is None
    assert (opened.outcome, opened.round) == ("", 2)


def test_it_is_settled_by_a_reason_or_by_another_case_of_theirs(
    closed: Case, log: Log, agent: User, now: datetime
) -> None:
    later(closed, agent, now + DAY)
    with refused("Say what came of it", field="reason"):
        settle_later_answer(case=closed, reason=" ", actor=agent, now=now + DAY)
    stranger = log(at=now + DAY, whom=recovery.another_customer("Ada", now))
    with refused("Name another case of this customer", field="linked"):
        settle_later_answer(case=closed, reason="", linked=stranger, actor=agent, now=now + DAY)

    another = log(at=now + DAY)
    settle_later_answer(case=closed, reason="", linked=another, actor=agent, now=now + DAY)

    update = closed.status_updates.get(reason=UpdateReason.LATER_NOT)
    assert (update.linked_case, update.settled_by) == (another, agent)
    assert recovery.fresh(closed).outcome == Outcome.SATISFIED_LATER_NOT
    with refused("no later answer that still has to be dealt with"):
        settle_later_answer(case=closed, reason="Again", actor=agent, now=now + DAY)


def test_a_closed_month_is_restated(closed: Case, agent: User, manager: User, now: datetime) -> None:
    def recovered() -> Rate:
        frame = Frame.of(manager, Period.ending_today(90, now + 40 * DAY, manager.zone), now=now + 40 * DAY)
        return endings(frame).recovery

    assert recovered() == Rate(1, 1)
    later(closed, agent, now + 39 * DAY)
    assert recovered() == Rate(0, 1)


def test_a_better_answer_upgrades_and_leaves_nothing_to_deal_with(closed: Case, agent: User, now: datetime) -> None:
    later(closed, agent, now + DAY)
    thankful = replace(UNHAPPY, answer=Answer.SATISFIED, score=5, words="All right now")

    assert later(closed, agent, now + 2 * DAY, thankful).outcome == Outcome.SATISFIED
    assert owed(closed) is None


def test_staff_write_down_what_they_are_told_after_closing(closed: Case, agent: User, now: datetime) -> None:
    said = replace(UNHAPPY, channel=Channel.PHONE)
    with refused("A later answer comes after", field="at"):
        record_later_answer(case=closed, evidence=said, actor=agent, now=now + DAY, at=now)

    record_later_answer(case=closed, evidence=said, actor=agent, now=now + DAY)

    assert recovery.fresh(closed).outcome == Outcome.SATISFIED_LATER_NOT
    assert closed.contacts.latest("pk").summary == "It broke again"


def test_in_an_open_case_a_later_no_opens_another_round(log: Log, agent: User, now: datetime) -> None:
    case = recovery.until_confirm(log(), agent, now)
    recovery.answer(case, agent, now + HOUR)

    after = later(case, agent, now + 2 * HOUR)

    assert (after.round, after.outcome) == (2, "")
    assert owed(case) is None
    with refused("still to be asked in this round"):
        record_later_answer(case=case, evidence=UNHAPPY, actor=agent, now=now + 3 * HOUR)
