"""The words that a customer is owed: when they have heard nothing for long, had to ask, or the case was escalated."""

from datetime import datetime, timedelta

import pytest

from cases.actions import closing, contacts, handling, promises, satisfaction
from cases.actions.contacts import Exchange
from cases.actions.promises import Pledge
from cases.models import Case, StatusUpdate, Team, User
from cases.rules.evidence import AnswerEvidence
from cases.rules.vocabulary import Answer, Channel, Direction, Outcome, Reached, Severity, UpdateReason
from tests.conftest import Log
from tests.reports import recovery

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def speak(case: Case, actor: User, at: datetime, direction: Direction = Direction.OUT, **other: object) -> None:
    exchange = Exchange(direction=direction, channel=Channel.PHONE, summary="We spoke", at=at, **other)  # type: ignore[arg-type]
    contacts.log_contact(case=case, exchange=exchange, actor=actor, now=at)


def owed(case: Case, reason: UpdateReason = UpdateReason.SILENCE) -> StatusUpdate | None:
    return case.status_updates.unsettled().filter(reason=reason).first()


def due(case: Case, reason: UpdateReason = UpdateReason.SILENCE) -> datetime | None:
    update = owed(case, reason)
    return update.due_at if update is not None else None


@pytest.mark.parametrize(
    ("severity", "after"),
    [
        (Severity.MINOR, 7 * DAY),
        (Severity.MODERATE, 2 * DAY),
        (Severity.MAJOR, DAY),
        (Severity.CRITICAL, 4 * HOUR),
    ],
)
def test_how_long_a_customer_may_hear_nothing(log: Log, now: datetime, severity: Severity, after: timedelta) -> None:
    assert due(log(severity=severity)) == now + after


def test_each_word_that_reaches_them_begins_it_anew(log: Log, agent: User, now: datetime) -> None:
    case = log()
    speak(case, agent, now + HOUR)
    assert due(case) == now + 2 * DAY + HOUR
    settled = case.status_updates.exclude(settled_at=None).get()
    assert settled.settled_at == now + HOUR


def test_a_voicemail_is_no_word(log: Log, agent: User, now: datetime) -> None:
    case = log()
    speak(case, agent, now + HOUR, reached=Reached.VOICEMAIL)
    assert due(case) == now + 2 * DAY


def test_a_word_that_is_written_down_later_counts_from_when_it_was_said(log: Log, agent: User, now: datetime) -> None:
    case = log()
    speak(case, agent, now + 2 * HOUR)
    speak(case, agent, now + HOUR)
    assert due(case) == now + 2 * DAY + 2 * HOUR


def test_another_severity_allows_another_silence(log: Log, agent: User, now: datetime) -> None:
    case = log()
    handling.change_severity(case=case, severity=Severity.MAJOR, reason="Worse", actor=agent, now=now + HOUR)
    assert due(case) == now + DAY


def test_a_closed_case_owes_no_word(log: Log, agent: User, now: datetime) -> None:
    case = log()
    closing.close(case=case, outcome=Outcome.WITHDRAWN, reason="A mix-up", actor=agent, now=now + HOUR)
    assert owed(case) is None
    closing.reopen(case=case, reason="None after all", actor=agent, now=now + 2 * HOUR)
    assert due(case) == now + 2 * DAY + 2 * HOUR


def test_who_had_to_ask_is_owed_an_answer_as_soon_as_an_acknowledgement(log: Log, agent: User, now: datetime) -> None:
    case = log()
    pledge = Pledge(words="A call", due_at=now + DAY, channel=Channel.PHONE)
    promises.make_promise(case=case, pledge=pledge, actor=agent, now=now)
    speak(case, agent, now + HOUR, Direction.IN)
    assert due(case, UpdateReason.ASKED) == now + 5 * HOUR
    speak(case, agent, now + 2 * HOUR, Direction.IN)
    assert due(case, UpdateReason.ASKED) == now + 5 * HOUR
    speak(case, agent, now + 3 * HOUR)
    assert owed(case, UpdateReason.ASKED) is None


def test_the_third_time_the_accountable_executive_has_half_an_hour(
    log: Log, agent: User, team: Team, manager: User, administrator: User, now: datetime
) -> None:
    team.executive = administrator
    team.save()
    case = log()
    pledge = Pledge(words="A call", due_at=now + DAY, channel=Channel.PHONE)
    promises.make_promise(case=case, pledge=pledge, actor=agent, now=now)
    for minutes in (10, 20):
        speak(case, agent, now + minutes * MINUTE, Direction.IN)
    update = owed(case, UpdateReason.ESCALATED)
    assert update is not None
    assert (update.due_at, update.owner) == (now + 50 * MINUTE, administrator)


def test_imported_history_owes_nobody_a_word(log: Log, agent: User, now: datetime) -> None:
    case = log()
    Case.objects.filter(pk=case.pk).update(is_timed=False)
    StatusUpdate.objects.all().delete()
    speak(case, agent, now + HOUR, Direction.IN, is_chase=True)
    assert not case.status_updates.exists()


def test_a_case_that_a_person_escalates_owes_them_a_word_as_well(log: Log, agent: User, now: datetime) -> None:
    case = log()
    handling.escalate(case=case, reason="They will go to the press", actor=agent, now=now + HOUR)
    assert due(case, UpdateReason.ESCALATED) == now + HOUR + 30 * MINUTE


def answered_late(case: Case, agent: User, said: Answer, at: datetime, now: datetime) -> None:
    evidence = AnswerEvidence(channel=Channel.PHONE, answer=said, score=None, words="As they said it")
    satisfaction.record_answer(case=case, evidence=evidence, actor=agent, now=now, at=at)


@pytest.mark.parametrize("said", [Answer.SATISFIED, Answer.NOT_SATISFIED])
def test_what_they_asked_for_after_their_answer_is_owed_although_the_answer_is_recorded_later(
    log: Log, agent: User, now: datetime, said: Answer
) -> None:
    case = recovery.until_confirm(log(), agent, now)
    speak(case, agent, now + 4 * HOUR, Direction.IN, is_chase=True)
    answered_late(case, agent, said, now + 2 * HOUR, now + 7 * HOUR)
    assert due(case, UpdateReason.ASKED) == now + DAY
    speak(case, agent, now + 8 * HOUR)
    assert owed(case, UpdateReason.ASKED) is None


@pytest.mark.parametrize(("said", "still"), [(Answer.SATISFIED, None), (Answer.NOT_SATISFIED, 2 * HOUR + 2 * DAY)])
def test_a_silence_since_a_later_word_ends_with_an_answer_that_is_recorded_late(
    log: Log, agent: User, now: datetime, said: Answer, still: timedelta | None
) -> None:
    case = recovery.until_confirm(log(), agent, now)
    speak(case, agent, now + 4 * HOUR)
    answered_late(case, agent, said, now + 2 * HOUR, now + 7 * HOUR)
    assert due(case) == (still and now + still)
