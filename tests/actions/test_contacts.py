"""Exchanges with the customer: who asks again and again is heard louder."""

from datetime import datetime, timedelta

import pytest

from cases.actions.contacts import Exchange, add_concern, add_note, log_contact, settle_concern
from cases.errors import NotAllowedError
from cases.models import Case, Contact, Event, User
from cases.rules.vocabulary import Channel, ConcernStatus, Direction, EventKind, Priority, Reached
from tests.actions.endings import withdraw
from tests.conftest import Log
from tests.refusals import refused
from tests.reports import recovery

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def case(log: Log) -> Case:
    return log()


def call(at: datetime, summary: str = "Asked when it comes", direction: Direction = Direction.IN) -> Exchange:
    return Exchange(direction=direction, channel=Channel.PHONE, summary=summary, at=at)


def test_a_contact_says_what_was_said_and_when(case: Case, agent: User, now: datetime) -> None:
    with refused("Write in a sentence what was said", field="summary"):
        log_contact(case=case, exchange=call(now, " "), actor=agent, now=now)
    with refused("lies in the future", field="at"):
        log_contact(case=case, exchange=call(now + HOUR), actor=agent, now=now)
    with refused("before the mistake was known", field="at"):
        log_contact(case=case, exchange=call(now - HOUR), actor=agent, now=now)

    assert log_contact(case=case, exchange=call(now), actor=agent, now=now + HOUR).at == now


def test_coming_to_us_while_we_owe_an_answer_is_a_chase(case: Case, agent: User, now: datetime) -> None:
    free = log_contact(case=case, exchange=call(now), actor=agent, now=now)
    recovery.promise(case, agent, now, now + 9 * HOUR)
    chase = log_contact(case=case, exchange=call(now + HOUR), actor=agent, now=now + HOUR)
    ours = log_contact(case=case, exchange=call(now + HOUR, direction=Direction.OUT), actor=agent, now=now + HOUR)

    assert (free.is_chase, chase.is_chase, ours.is_chase) == (False, True, False)


def test_two_chases_raise_the_priority_and_the_third_coming_escalates(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    case = log(origin="self_reported")
    recovery.promise(case, agent, now, now + 9 * HOUR)
    seen = []
    for hours in (1, 2, 3):
        log_contact(case=case, exchange=call(now + hours * HOUR), actor=agent, now=now + hours * HOUR)
        seen.append(recovery.fresh(case).priority)

    assert seen == [Priority.NORMAL, Priority.RAISED, Priority.ESCALATED]
    assert "3 times" in recovery.fresh(case).escalated_because


def test_their_voicemail_is_an_attempt_and_no_chase(case: Case, agent: User, now: datetime) -> None:
    recovery.promise(case, agent, now, now + 9 * HOUR)

    recovery.contact(case, agent, now + HOUR, Direction.IN, Reached.VOICEMAIL)

    assert not Contact.objects.filter(is_chase=True).exists()


def test_a_contact_with_a_closed_case_is_kept(case: Case, agent: User, now: datetime) -> None:
    withdraw(case, agent, now)

    log_contact(case=case, exchange=call(now + DAY, "Thanked us"), actor=agent, now=now + DAY)
    add_note(case=case, text="Nice of them.", actor=agent, now=now + DAY)

    assert Event.objects.filter(kind=EventKind.NOTE_ADDED).get().facts["text"] == "Nice of them."


def test_an_empty_note_is_no_note(case: Case, agent: User, outsider: User, now: datetime) -> None:
    with refused("Write the note first", field="text"):
        add_note(case=case, text=" \n ", actor=agent, now=now)
    with refused("another team", by=NotAllowedError):
        add_note(case=case, text="Hello", actor=outsider, now=now)


def test_each_concern_ends_once_and_says_how(case: Case, agent: User, now: datetime) -> None:
    with refused("Write what troubles the customer", field="text"):
        add_concern(case=case, text=" ", actor=agent, now=now)
    concern = add_concern(case=case, text="Nobody called back", actor=agent, now=now)

    with refused("whether it is resolved or refused", field="status"):
        settle_concern(concern=concern, status=ConcernStatus.OPEN, outcome="-", actor=agent, now=now)
    with refused("Say how it ended", field="outcome"):
        settle_concern(concern=concern, status=ConcernStatus.REFUSED, outcome=" ", actor=agent, now=now)
    settle_concern(concern=concern, status=ConcernStatus.RESOLVED, outcome="We called", actor=agent, now=now)
    with refused("settled already"):
        settle_concern(concern=concern, status=ConcernStatus.REFUSED, outcome="No", actor=agent, now=now)
