"""A sweep beside another, and after one that is gone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest

from cases.actions.deliveries import DeliveryTally
from cases.mail import outbox
from cases.mail.outbox import WAITS
from cases.models import Case, Message, Sweep, User
from cases.reminders import sweep as sweeping
from cases.reminders.heartbeat import sweep_and_tell
from cases.reminders.sweep import deliver, sweep
from cases.reports import health
from cases.rules.vocabulary import MessageStatus
from tests.conftest import Log
from tests.mail_server import MailServer
from tests.reports import recovery

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
LATE = 4 * HOUR


@pytest.fixture
def another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another sweep is at it, and does not end."""

    @contextmanager
    def taken() -> Iterator[bool]:
        yield False

    monkeypatch.setattr(sweeping, "alone", taken)


def died_with(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sweep that wrote its mails, claimed them, and is gone."""

    def dies(**_: object) -> DeliveryTally:
        outbox.claim(now)
        return DeliveryTally()

    with monkeypatch.context() as patch:
        patch.setattr(sweeping, "deliver_owed", dies)
        sweep(now)


def test_one_that_never_ends_is_no_sign_of_life(log: Log, another: None, now: datetime) -> None:
    sweep_and_tell(now)
    log()
    for minutes in range(0, 30, 2):
        sweep_and_tell(now + LATE + minutes * MINUTE)
    assert not Message.objects.exists()
    assert Sweep.objects.get().begun_at == now
    assert [trouble.code for trouble in health.troubles(now + LATE + HOUR)] == ["silence"]


def test_old_mail_that_reminds_waits_for_the_sweep_that_looks_at_it_again(
    log: Log, agent: User, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    case = log()
    with mail_server.down():
        sweep(now + LATE)
    recovery.acknowledge(Case.objects.get(pk=case.pk), agent, now + LATE)
    with monkeypatch.context() as patch:
        patch.setattr(sweeping, "alone", contextmanager(lambda: iter([False])))
        for after in (HOUR, WAITS[0] + MINUTE / 2):  # the second: it may be tried again since half a minute
            Message.objects.update(next_attempt_at=now + LATE + after - MINUTE / 2)
            deliver(now + LATE + after)
            sweep(now + LATE + after)
    assert mail_server.taken == []


@pytest.mark.usefixtures("late_only")
def test_what_a_dead_run_held_is_looked_at_again_before_it_goes(
    log: Log, agent: User, teammate: User, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    for owner in (agent, teammate):
        log(owner=owner)
    died_with(now + LATE + HOUR, monkeypatch)
    assert Message.objects.count() == 2
    for case in Case.objects.select_related("owner"):
        assert case.owner is not None
        recovery.acknowledge(case, case.owner, now + LATE + HOUR)
    for minutes in range(1, 15):
        sweep(now + LATE + HOUR + minutes * MINUTE)
    assert [mail["Subject"] for mail in mail_server.taken] == [
        "Overdue 1 h 6 min: apologize to Grace Whitlock, SR-1002"
    ]


def test_what_may_have_left_goes_again_as_it_was_while_anything_in_it_is_true(
    log: Log, agent: User, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    first, _ = log(), log()
    died_with(now + LATE, monkeypatch)
    recovery.acknowledge(Case.objects.get(pk=first.pk), agent, now + LATE)
    sweep(now + LATE + 10 * MINUTE)
    mail = Message.objects.earliest("pk")
    assert (mail.status, mail.doubts) == (MessageStatus.SENT, 1)
    assert str(mail.public_id) in str(mail_server.taken[0]["Message-ID"])
