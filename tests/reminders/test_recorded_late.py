"""What is recorded late tells its owner once, is judged by its own clock, and climbs from the moment of recording."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from cases.actions import contacts, corrections, facts, satisfaction
from cases.actions.bounces import take_notice
from cases.actions.contacts import Exchange
from cases.actions.deliveries import deliver_owed
from cases.models import Case, Message, Reminder, StatusUpdate, Step, Team, User
from cases.reminders.sweep import sweep
from cases.rules.evidence import AnswerEvidence
from cases.rules.vocabulary import (
    Answer,
    Channel,
    Direction,
    MessagePurpose,
    Role,
    Rung,
    Severity,
    StepKind,
    UpdateReason,
)
from tests.actions.evidence import CORRECTED
from tests.conftest import Log, person
from tests.notices import bounce_of
from tests.reports import recovery

pytestmark = pytest.mark.django_db

HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
UNHAPPY = AnswerEvidence(channel=Channel.PHONE, answer=Answer.NOT_SATISFIED, score=1, words="It broke again")

Deed = Callable[[Case, User, datetime, datetime], object]
"""With the moment at which it happened, and the moment at which it is recorded."""


@pytest.fixture(autouse=True)
def executive(team: Team, manager: User) -> User:
    """The manager's manager."""
    team.executive = person("Ruth Abara", Role.ADMINISTRATOR)
    team.save()
    return team.executive


def until_now(now: datetime) -> None:
    """All that had come due by then was told by then."""
    for moment in (now - 2 * MINUTE, now - MINUTE):
        sweep(moment)


def unhappy(case: Case, agent: User, at: datetime, now: datetime) -> None:
    recovery.until_confirm(case, agent, at)
    until_now(now)
    satisfaction.record_answer(case=case, evidence=UNHAPPY, actor=agent, now=now, at=at + HOUR)


def unhappy_after_closing(case: Case, agent: User, at: datetime, now: datetime) -> None:
    recovery.recover(case, agent, at + HOUR)
    until_now(now)
    satisfaction.record_later_answer(case=case, evidence=UNHAPPY, actor=agent, now=now, at=at + HOUR)


def called(case: Case, agent: User, at: datetime, now: datetime, *, times: int = 1) -> None:
    recovery.until_confirm(case, agent, at)
    until_now(now)
    for number in range(times):
        exchange = Exchange(
            direction=Direction.IN,
            channel=Channel.PHONE,
            summary="Where is it?",
            at=at + HOUR + number * MINUTE,
            is_chase=True,
        )
        contacts.log_contact(case=case, exchange=exchange, actor=agent, now=now)


def called_often(case: Case, agent: User, at: datetime, now: datetime) -> None:
    called(case, agent, at, now, times=4)


def put_right(case: Case, agent: User, at: datetime, now: datetime) -> None:
    for step in (recovery.acknowledge, recovery.apologize, recovery.give_nothing):
        step(case, agent, at)
    until_now(now)
    corrections.record_correction(case=case, evidence=CORRECTED, actor=agent, now=now, at=at + HOUR)


def known_before(case: Case, agent: User, at: datetime, now: datetime) -> None:
    until_now(now)
    case = facts.correct_facts(case=case, facts={"known_at": at - 20 * DAY}, reason="A mail", actor=agent, now=now)
    assert case.steps.filter(due_at__lt=now).count() == 4


def needed_before(case: Case, agent: User, at: datetime, now: datetime) -> None:
    for step in (recovery.acknowledge, recovery.apologize, recovery.give_nothing):
        step(case, agent, at)
    until_now(now)
    facts.correct_facts(case=case, facts={"needed_by": at + HOUR}, reason="A wedding", actor=agent, now=now)


def bounced(case: Case, agent: User, at: datetime, now: datetime) -> None:
    """The step, and the word that the mail had been: both were in time."""
    recovery.acknowledge(case, agent, at)
    recovery.contact(case, agent, at, Direction.IN, is_chase=True)
    recovery.write_apology(case, agent, at + MINUTE)
    deliver_owed(now=at + 2 * MINUTE)
    until_now(now)
    take_notice(raw=bounce_of(Message.objects.get(purpose=MessagePurpose.APOLOGY)), now=now)
    assert case.steps.get(kind=StepKind.APOLOGIZE).is_late(now)
    assert case.status_updates.unsettled().filter(reason=UpdateReason.ASKED, due_at__lt=now).exists()


DEEDS: dict[str, tuple[Deed, timedelta]] = {
    "an answer": (unhappy, 8 * DAY),
    "a later answer": (unhappy_after_closing, 6 * DAY),
    "a chase": (called, 7 * DAY),
    "four calls": (called_often, 5 * DAY),
    "a fix": (put_right, 9 * DAY),
    "T0": (known_before, 3 * HOUR),
    "a need": (needed_before, DAY),
    "a bounce": (bounced, 3 * DAY),
}


def above() -> list[Message]:
    return list(Message.objects.filter(purpose=MessagePurpose.ESCALATION))


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        *((name, Severity.MODERATE) for name in DEEDS),
        *((name, Severity.CRITICAL) for name in ("a chase", "four calls", "T0", "a need")),
    ],
)
def test_it_tells_its_owner_only(log: Log, agent: User, now: datetime, name: str, severity: Severity) -> None:
    deed, later = DEEDS[name]
    case = log(severity=severity)
    deed(case, agent, now, now + later)
    before = Reminder.objects.count()
    sweep(now + later + MINUTE)
    sweep(now + later + 2 * MINUTE)
    rungs = list(Reminder.objects.order_by("pk").values_list("rung", flat=True))[before:]
    assert rungs
    assert [rung for rung in rungs if Rung(rung).is_above_owner] == []


@pytest.mark.parametrize("name", [name for name in DEEDS if name != "a need"])
def test_it_climbs_from_the_moment_of_recording(log: Log, agent: User, now: datetime, name: str) -> None:
    deed, later = DEEDS[name]
    deed(log(), agent, now, now + later)
    sweep(now + later + MINUTE)
    before = above()
    for days in (3, 4, 6, 7):
        sweep(now + later + days * DAY)
    assert len(above()) > len(before)


def test_what_is_owed_is_judged_by_its_own_clock(log: Log, agent: User, now: datetime) -> None:
    case = log()
    unhappy(case, agent, now, now + 8 * DAY)
    step = Step.objects.get(case=case, round=2, kind=StepKind.CORRECT)
    assert step.due_at is not None
    assert step.due_at < now + 6 * DAY
    assert step.is_late(now + 8 * DAY)


def test_the_executive_s_word_is_late_by_the_call_and_climbs_from_the_recording(
    log: Log, agent: User, now: datetime
) -> None:
    case, later = log(), now + 5 * DAY
    called_often(case, agent, now, later)
    word = StatusUpdate.objects.get(case=case, reason=UpdateReason.ESCALATED)
    assert word.due_at == now + HOUR + MINUTE + 30 * MINUTE
    assert word.escalate_at is not None
    assert word.escalate_at > later


def test_what_was_late_already_does_not_begin_anew(log: Log, agent: User, now: datetime) -> None:
    case = log()
    step = case.steps.get(kind=StepKind.ACKNOWLEDGE)
    facts.correct_facts(case=case, facts={"known_at": now - HOUR}, reason="A mail", actor=agent, now=now + 5 * HOUR)
    moved = case.steps.get(kind=StepKind.ACKNOWLEDGE)
    assert step.due_at == now + 4 * HOUR
    assert moved.due_at == now + 3 * HOUR
    assert (moved.heard_at, moved.escalate_at) == (step.due_at, step.escalate_at)


def test_an_answer_in_time_is_heard_of_as_before(log: Log, agent: User, now: datetime) -> None:
    case = recovery.until_confirm(log(), agent, now)
    satisfaction.record_answer(case=case, evidence=UNHAPPY, actor=agent, now=now + HOUR)
    assert not Step.objects.filter(case=case).exclude(heard_at=None).exists()
