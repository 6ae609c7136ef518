"""Every sweep leaves a row: that it took place, what it did, what it left."""

from datetime import datetime, timedelta

import pytest

from cases.mail import compose
from cases.models import Sweep, User
from cases.reminders import heartbeat
from cases.reminders.heartbeat import KEPT, prune_sweeps, sweep_and_tell
from tests.conftest import Log
from tests.mail_server import MailServer

pytestmark = pytest.mark.django_db


def test_a_sweep_that_finds_nothing_leaves_its_heartbeat(team: object, now: datetime) -> None:
    sweep_and_tell(now)
    row = Sweep.objects.get()
    assert row.begun_at == now
    assert row.ended_at is not None
    assert now <= row.ended_at < now + timedelta(minutes=1)
    assert (row.planned, row.mails, row.sent, row.outbox, row.oldest_at) == (0, 0, 0, 0, None)


def test_it_says_what_the_sweep_did(mail_server: MailServer, log: Log, now: datetime) -> None:
    log()
    sweep_and_tell(now + timedelta(hours=5))
    row = Sweep.objects.get()
    assert (row.planned, row.mails, row.sent, row.failed, row.postponed) == (2, 1, 1, 0, 0)
    assert row.is_server_reached


def test_it_says_what_is_left_and_since_when(mail_server: MailServer, agent: User, now: datetime) -> None:
    for minutes in (5, 3):
        compose.notice(agent, heading="Please look", lines=[], now=now - timedelta(minutes=minutes))
    with mail_server.down():
        sweep_and_tell(now)
    row = Sweep.objects.get()
    assert not row.is_server_reached
    assert (row.outbox, row.oldest_at) == (2, now - timedelta(minutes=5))


def test_a_mail_that_is_to_be_tried_again_is_still_waiting(mail_server: MailServer, agent: User, now: datetime) -> None:
    compose.notice(agent, heading="Please look", lines=[], now=now)
    mail_server.refusals[agent.email] = "451 Later"
    sweep_and_tell(now)
    row = Sweep.objects.get()
    assert (row.sent, row.postponed, row.outbox) == (0, 1, 1)


def test_a_sweep_that_dies_has_no_end(team: object, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(heartbeat, "sweep", die)
    with pytest.raises(RuntimeError):
        sweep_and_tell(now)
    assert Sweep.objects.get().ended_at is None
    assert not Sweep.objects.ended(now + timedelta(days=1)).exists()


def test_sweeps_are_forgotten_after_a_month_and_not_before(now: datetime) -> None:
    Sweep.objects.create(begun_at=now - KEPT - timedelta(seconds=1))
    kept = Sweep.objects.create(begun_at=now - KEPT)
    assert prune_sweeps(now=now) == 1
    assert Sweep.objects.get() == kept
