"""After an outage: what lapsed meanwhile is told together."""

from datetime import datetime, timedelta

import pytest

from cases.actions import promises
from cases.actions.promises import Pledge
from cases.models import Absence, Message, Promise, User
from cases.reminders import sweep as sweeping
from cases.reminders.sweep import rehearse, sweep
from cases.rules.vocabulary import Channel, MessagePurpose, Priority, PromiseStatus
from tests.conftest import Log

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
CASES = 30


@pytest.fixture
def lapsed(log: Log, agent: User, manager: User, now: datetime) -> None:
    """Two promises in each of many cases, which nobody has kept."""
    for _ in range(CASES):
        case = log()
        for number in (1, 2):
            pledge = Pledge(words=f"Call {number}", due_at=now + HOUR, channel=Channel.PHONE)
            promises.make_promise(case=case, pledge=pledge, actor=agent, now=now)


def notices_to(user: User) -> list[Message]:
    return list(Message.objects.filter(to_user=user, purpose=MessagePurpose.NOTICE).order_by("pk"))


def test_the_manager_is_told_of_all_escalations_in_one_mail(lapsed: None, manager: User, now: datetime) -> None:
    sweep(now + 3 * HOUR)
    [told] = notices_to(manager)
    assert told.subject.startswith(f"{CASES} cases need you, first: Escalated: Grace Whitlock, SR-1001")
    assert "SR-1025. 2 promises were broken." in told.text
    assert "And 5 more." in told.text


def test_a_rehearsal_tells_of_those_mails_too(lapsed: None, manager: User, now: datetime) -> None:
    _, letters = rehearse(now + 3 * HOUR)
    assert any(address == manager.email and "cases need you" in subject for address, subject in letters)


def test_who_stands_in_for_the_manager_is_told(lapsed: None, manager: User, teammate: User, now: datetime) -> None:
    Absence.objects.create(user=manager, start=now, end=now + 24 * HOUR, substitute=teammate)
    sweep(now + 3 * HOUR)
    assert notices_to(manager) == []
    assert len(notices_to(teammate)) == 1


def test_so_many_that_it_takes_long_are_left_to_the_next_sweep(
    lapsed: None, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    moments = iter(range(0, 1000, 7))
    with monkeypatch.context() as patch:
        patch.setattr(sweeping, "monotonic", lambda: next(moments))
        assert sweep(now + 3 * HOUR).promises_broken == 2
    sweep(now + 3 * HOUR)
    assert not Promise.objects.exclude(status=PromiseStatus.BROKEN).exists()
    assert not Promise.objects.exclude(case__priority=Priority.ESCALATED).exists()
