"""Are reminders sent, and if not, what is said about it; no alarm where none is due."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.actions.deliveries import deliver_owed
from cases.mail import compose
from cases.models import Message, Sweep, User
from cases.reminders import letters
from cases.reminders.heartbeat import sweep_and_tell
from cases.reminders.lease import hold
from cases.reports.health import GROWTHS, LEAST_GROWN, figures, troubles
from cases.rules.vocabulary import MessageStatus
from tests.conftest import Log
from tests.mail_server import MailServer, mail_server, mail_through

__all__ = ["mail_server", "mail_through"]

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def swept(at: datetime, **words: object) -> Sweep:
    return Sweep.objects.create(begun_at=at, ended_at=at, **words)


def codes(now: datetime) -> list[str]:
    return [trouble.code for trouble in troubles(now)]


def waits(agent: User, since: datetime) -> Message:
    return compose.notice(agent, heading="Please look", lines=[], now=since)


def grow(now: datetime, *lengths: int) -> None:
    """Sweeps of the last minutes, after each of which so many mails waited."""
    for minutes, length in enumerate(reversed(lengths)):
        swept(now - minutes * MINUTE, outbox=length)


def test_all_is_well_after_a_sweep(agent: User, now: datetime) -> None:
    swept(now - 10 * MINUTE)
    assert codes(now) == []


def test_no_sweep_for_ten_minutes_is_told_with_its_beginning(agent: User, now: datetime) -> None:
    swept(now - timedelta(minutes=10, seconds=1))
    [trouble] = troubles(now)
    assert (trouble.code, trouble.since) == ("silence", now - timedelta(minutes=10, seconds=1))


def test_a_sweep_that_began_and_never_ended_is_no_sign_of_life(agent: User, now: datetime) -> None:
    swept(now - 11 * MINUTE)
    Sweep.objects.create(begun_at=now - MINUTE)
    assert codes(now) == ["silence"]


def test_a_sweep_that_ends_in_the_future_is_no_sign_of_life(agent: User, now: datetime) -> None:
    swept(now - 11 * MINUTE)
    swept(now + timedelta(hours=1))
    assert codes(now) == ["silence"]


def test_a_new_site_alarms_nobody_in_its_first_ten_minutes(agent: User, now: datetime) -> None:
    User.objects.update(joined_at=now)
    assert codes(now + 10 * MINUTE) == []
    assert codes(now + 11 * MINUTE) == ["silence"]


def test_a_site_without_people_alarms_nobody(now: datetime) -> None:
    assert codes(now) == []


def test_mail_that_waits_for_more_than_fifteen_minutes_is_told(agent: User, now: datetime) -> None:
    swept(now)
    waits(agent, now - 15 * MINUTE)
    assert codes(now) == []
    waits(agent, now - 16 * MINUTE)
    [trouble] = troubles(now)
    assert (trouble.code, trouble.since) == ("old_mail", now - 16 * MINUTE)


def test_old_mail_whose_fate_is_known_is_no_trouble(agent: User, now: datetime) -> None:
    swept(now)
    waits(agent, now - 60 * MINUTE)
    Message.objects.update(status=MessageStatus.FAILED)
    assert codes(now) == []


def test_an_outbox_that_grows_with_every_sweep_is_told(now: datetime) -> None:
    grow(now, 0, 200, 300, 400, 450, LEAST_GROWN)
    [trouble] = troubles(now)
    assert trouble.code == "growth"
    assert trouble.since == now - GROWTHS * MINUTE
    assert "500 mails wait" in trouble.sentence


@pytest.mark.parametrize(
    "lengths",
    [
        (0, 100, 200, 300, 400, LEAST_GROWN - 1),  # the next sweep sends it all
        (0, 9000, 8500, 8000, 7500, 7000),  # a burst that is worked off
        (8000, 9000, 9000, 9500, 9600, 9700),  # it stood still in between
        (600, 700, 800, 900, 1000),  # not for long enough
    ],
)
def test_a_full_outbox_is_no_growing_one(now: datetime, lengths: tuple[int, ...]) -> None:
    grow(now, *lengths)
    assert codes(now) == []


def test_a_mail_server_that_is_gone_for_a_moment_is_not_told(now: datetime) -> None:
    swept(now - 5 * MINUTE)
    for minutes in (4, 3, 2, 1):
        swept(now - minutes * MINUTE, is_server_reached=False)
    assert codes(now) == []


def test_a_mail_server_that_stays_away_is_told_since_it_did(now: datetime) -> None:
    swept(now - 91 * MINUTE)
    for minutes in range(90, -1, -1):
        swept(now - minutes * MINUTE, is_server_reached=False)
    [trouble] = troubles(now)
    assert (trouble.code, trouble.since) == ("unreached", now - 90 * MINUTE)


def test_a_mail_server_that_was_never_reached_is_told_since_the_first_sweep(now: datetime) -> None:
    for minutes in range(20, -1, -1):
        swept(now - minutes * MINUTE, is_server_reached=False)
    [trouble] = troubles(now)
    assert (trouble.code, trouble.since) == ("unreached", now - 20 * MINUTE)


def test_a_mail_server_that_is_back_is_no_trouble(now: datetime) -> None:
    swept(now - 20 * MINUTE, is_server_reached=False)
    swept(now)
    assert codes(now) == []


def test_it_asks_as_little_with_much_mail_as_with_none(agent: User, now: datetime) -> None:
    swept(now)
    with CaptureQueriesContext(connection) as none:
        troubles(now)
    for _ in range(20):
        waits(agent, now)
    with CaptureQueriesContext(connection) as many:
        troubles(now)
    assert len(none) == len(many) == 3


def test_figures_tell_what_waits_what_left_and_how_fast(agent: User, now: datetime) -> None:
    for status in (MessageStatus.SENT, MessageStatus.SENT, MessageStatus.FAILED, MessageStatus.CANCELLED):
        sent = waits(agent, now)
        Message.objects.filter(pk=sent.pk).update(status=status, sent_at=now)
    waits(agent, now - 2 * MINUTE)
    Sweep.objects.create(begun_at=now - 3 * MINUTE, ended_at=now - 2 * MINUTE, sent=120)
    Sweep.objects.create(begun_at=now - MINUTE, ended_at=now - MINUTE / 2)
    found = figures(now)
    assert (found.owed, found.sent, found.failed, found.oldest_age) == (1, 2, 1, 120.0)
    assert (found.sweep_seconds, found.sweep_age, found.mails_per_second) == (30.0, 30.0, 2.0)


def test_figures_of_a_new_site_claim_no_sweep(now: datetime) -> None:
    found = figures(now)
    assert (found.sweep_seconds, found.sweep_age, found.mails_per_second, found.leader) == (None, None, None, None)


def test_figures_name_who_leads_for_as_long_as_they_do(now: datetime) -> None:
    hold("beat", "host:7", now)
    assert figures(now + MINUTE).leader == ("host:7", now)
    assert figures(now + 2 * MINUTE).leader is None


def test_a_reminder_that_no_sweep_can_write_is_told(
    log: Log, agent: User, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(letters, "write", breaks)
    log()
    for minutes in (0, 10, 16):
        sweep_and_tell(now + timedelta(hours=4, minutes=minutes))
    [trouble] = troubles(now + timedelta(hours=4, minutes=17))
    assert (trouble.code, trouble.since) == ("unwritten", now + timedelta(hours=4))


def put_off(server: MailServer, user: User, *addresses: str, at: datetime, reply: str = "450 4.2.0 Greylisted") -> None:
    """Mails that were written to these and that the server puts off."""
    for address in addresses:
        server.refusals[address] = reply
        user.email = address
        compose.notice(user, heading="Please look", lines=[], now=at)
    deliver_owed(now=at)


def test_one_recipient_s_greylisting_is_no_outage(mail_server: MailServer, agent: User, now: datetime) -> None:
    put_off(mail_server, agent, "a@slow.example", "b@slow.example", at=now - 16 * MINUTE)
    swept(now)
    assert codes(now) == []
    assert figures(now).put_off == 2
    waits(User.objects.get(pk=agent.pk), now - 16 * MINUTE)
    assert codes(now) == ["old_mail"]


def test_two_that_are_put_off_while_other_mail_leaves_are_no_outage(
    mail_server: MailServer, agent: User, now: datetime
) -> None:
    put_off(mail_server, agent, "a@slow.example", "b@slower.example", at=now - 16 * MINUTE)
    waits(User.objects.get(pk=agent.pk), now - 5 * MINUTE)
    deliver_owed(now=now - 5 * MINUTE)
    swept(now)
    assert codes(now) == []


@pytest.mark.parametrize(
    ("addresses", "reply"),
    [
        (("a@one.example", "b@two.example"), "450 4.7.1 Try again later"),
        (("a@one.example",), "452 4.3.1 Insufficient system storage"),
        (("a@one.example",), "421 4.7.0 Too many connections"),
    ],
)
def test_a_server_that_puts_off_whatever_it_is_given_is_an_outage(
    mail_server: MailServer, agent: User, now: datetime, addresses: tuple[str, ...], reply: str
) -> None:
    put_off(mail_server, agent, *addresses, at=now - 16 * MINUTE, reply=reply)
    swept(now)
    [trouble] = troubles(now)
    assert (trouble.code, trouble.since) == ("old_mail", now - 16 * MINUTE)


def test_what_was_put_off_and_then_waits_for_a_server_that_is_gone_is_an_outage(
    mail_server: MailServer, agent: User, now: datetime
) -> None:
    put_off(mail_server, agent, "a@slow.example", at=now - 30 * MINUTE)
    with mail_server.down():
        deliver_owed(now=now - 20 * MINUTE)
    swept(now)
    assert codes(now) == ["old_mail"]
