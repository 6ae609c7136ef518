"""The mailbox for bounces: read mail by mail, marked after its effect is kept, and patient when it cannot be read."""

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from cases import tasks
from cases.actions import bounces
from cases.actions.bounces import MailboxTally, read_mailbox, take_notice
from cases.mail import compose
from cases.mail.bounces import MOST_BYTES
from cases.models import Message, StrayNotice, Sweep, User
from cases.reports import health
from cases.rules.vocabulary import MessageStatus, NoticeDoor, NoticeReason
from tests.mailbox_server import PASSWORD, MailboxServer, address_of, mailbox_server
from tests.notices import absence, bounce_of, notice, original, report

__all__ = ["mailbox_server"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail(agent: User, manager: User, now: datetime) -> Message:
    """One that has left."""
    written = compose.notice(agent, heading="Please look", lines=[], now=now)
    Message.objects.filter(pk=written.pk).update(status=MessageStatus.SENT, sent_at=now, concluded_at=now)
    return written


def status_of(mail: Message) -> str:
    return Message.objects.get(pk=mail.pk).status


def test_each_mail_is_read_once_and_marked_whatever_it_is(
    mailbox_server: MailboxServer, mail: Message, now: datetime
) -> None:
    mailbox_server.put(absence(mail.public_id), bounce_of(mail), notice(report(), original(uuid4())), b"")

    assert read_mailbox(now=now) == MailboxTally(bounces=1, unknown=1, others=2)
    assert mailbox_server.flags == dict.fromkeys((1, 2, 3, 4), r"\Seen")
    assert status_of(mail) == MessageStatus.BOUNCED
    assert read_mailbox(now=now) == MailboxTally()
    listed = StrayNotice.objects.values_list("reason", "door")
    assert sorted(listed) == [(NoticeReason.EMPTY, NoticeDoor.MAILBOX), (NoticeReason.NOT_OURS, NoticeDoor.MAILBOX)]


def test_of_a_huge_mail_only_the_beginning_is_fetched(
    mailbox_server: MailboxServer, mail: Message, now: datetime
) -> None:
    mailbox_server.put(bounce_of(mail) + b"x" * 3 * MOST_BYTES)

    assert read_mailbox(now=now).bounces == 1


def test_a_run_ends_where_it_is_told_to(
    mailbox_server: MailboxServer, mail: Message, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    mailbox_server.put(*[absence(mail.public_id)] * 3)
    with monkeypatch.context() as short:
        short.setattr(bounces, "MOST_A_RUN", 2)
        assert read_mailbox(now=now).others == 2
    monkeypatch.setattr(bounces, "LONGEST_RUN", -1)
    assert read_mailbox(now=now).others == 0


def test_what_breaks_something_is_flagged_and_holds_up_no_other(
    mailbox_server: MailboxServer,
    mail: Message,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    now: datetime,
) -> None:
    def breaks(message: Message, **_: Any) -> None:
        raise RuntimeError(message.to_address)

    monkeypatch.setattr("cases.actions.undelivered.follow", breaks)
    mailbox_server.put(bounce_of(mail), absence(mail.public_id))

    assert read_mailbox(now=now) == MailboxTally(others=1, set_aside=1)
    assert mailbox_server.flags == {1: r"\Seen \Flagged", 2: r"\Seen"}
    assert status_of(mail) == MessageStatus.SENT
    assert "could not be worked on; it is flagged there" in caplog.text
    assert StrayNotice.objects.get().reason == NoticeReason.BROKE


def test_a_database_that_is_busy_leaves_the_notice_for_the_next_run(
    mailbox_server: MailboxServer, mail: Message, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    def busy(message: Message, **_: Any) -> None:
        raise OperationalError

    mailbox_server.put(bounce_of(mail))
    with monkeypatch.context() as broken:
        broken.setattr("cases.actions.undelivered.follow", busy)
        assert read_mailbox(now=now) == MailboxTally()
    assert mailbox_server.flags == {}
    assert read_mailbox(now=now).bounces == 1


@pytest.mark.parametrize(
    ("command", "flags"), [("SELECT", {}), ("SEARCH", {}), ("FETCH 2", {1: r"\Seen"}), ("STORE 2", {1: r"\Seen"})]
)
def test_a_server_that_hangs_up_is_asked_again(
    mailbox_server: MailboxServer, mail: Message, command: str, flags: dict[int, str], now: datetime
) -> None:
    mailbox_server.put(absence(mail.public_id), bounce_of(mail))
    mailbox_server.breaks_at = command
    assert not read_mailbox(now=now).readable
    assert mailbox_server.flags == flags

    mailbox_server.breaks_at = ""
    assert read_mailbox(now=now + timedelta(minutes=1)).readable
    assert mailbox_server.flags == dict.fromkeys((1, 2), r"\Seen")
    assert status_of(mail) == MessageStatus.BOUNCED


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"password": f"{PASSWORD}!"}, "127.0.0.1 does not know this name with this password."),
        ({"folder": "INBOX"}, "there is no folder INBOX (There is no such folder)."),
        ({"port": 0}, "127.0.0.1 does not answer as a mailbox does ([Errno 111] Connection refused)."),
    ],
)
def test_a_mailbox_that_cannot_be_read_is_told_of_in_the_log_without_the_password(
    mailbox_server: MailboxServer,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    changed: dict[str, Any],
    sentence: str,
) -> None:
    usual = address_of(mailbox_server, **{name: changed[name] for name in changed if name != "port"})
    settings.AMENDS_BOUNCE_MAILBOX = usual
    if "port" in changed:
        mailbox_server.stop()
    with caplog.at_level(logging.DEBUG):
        tasks.read_bounces()

    assert f"The mailbox for bounces cannot be read: {sentence}" in caplog.text
    assert "pond" not in caplog.text
    assert "pond" not in repr(usual)


def told(client: Client, reader: User) -> tuple[bool, str, int, int]:
    """Whether a manager reads it, what the metrics say, and the answers of /readyz with and without ``all``."""
    cache.clear()
    client.force_login(reader)
    is_on_page = "mail that comes back cannot be read" in client.get("/").text
    metrics = client.get("/metrics", headers={"Authorization": f"Bearer {'m' * 32}"}).text
    line = next(line for line in metrics.splitlines() if 'trouble{code="mailbox"}' in line)
    return is_on_page, line[-3:], client.get("/readyz?all").status_code, client.get("/readyz").status_code


def test_a_mailbox_that_cannot_be_read_is_told_on_pages_to_metrics_and_to_who_watches(
    mailbox_server: MailboxServer, manager: User, client: Client, settings: Settings
) -> None:
    now = timezone.now()
    Sweep.objects.create(begun_at=now, ended_at=now)
    settings.AMENDS_METRICS_TOKEN = "m" * 32
    mailbox_server.breaks_at = "SELECT"
    read_mailbox(now=now)
    read_mailbox(now=now + timedelta(minutes=1))
    [trouble] = health.troubles(now)
    assert (trouble.code, trouble.since) == ("mailbox", now)
    assert told(client, manager) == (True, "1.0", 503, 200)

    mailbox_server.breaks_at = ""
    read_mailbox(now=now + timedelta(minutes=2))
    assert told(client, manager) == (False, "0.0", 200, 200)


def test_a_mailbox_that_is_named_no_more_troubles_nobody(
    mailbox_server: MailboxServer, settings: Settings, now: datetime
) -> None:
    mailbox_server.breaks_at = "SELECT"
    read_mailbox(now=now)
    settings.AMENDS_BOUNCE_MAILBOX = None
    assert health.troubles(now) == []


def test_mail_that_came_back_is_counted(mail: Message, now: datetime) -> None:
    take_notice(raw=bounce_of(mail), now=now)
    take_notice(raw=bounce_of(mail), now=now)
    take_notice(raw=b"", now=now)
    assert (health.figures(now).bounced, health.figures(now).strays) == (1, 1)


def test_what_was_listed_is_forgotten_after_a_season(now: datetime) -> None:
    for days in (91, 89):
        take_notice(raw=b"", now=now - timedelta(days=days))
    assert bounces.prune_strays(now=now) == 1
    assert StrayNotice.objects.count() == 1


def test_without_a_mailbox_nothing_is_read(mailbox_server: MailboxServer, settings: Settings) -> None:
    settings.AMENDS_BOUNCE_MAILBOX = None

    assert read_mailbox(now=timezone.now()) == MailboxTally()
    assert mailbox_server.conversations == 0
