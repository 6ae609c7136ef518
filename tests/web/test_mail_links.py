"""The two links in a reminder that need no sign-in: "I have seen this", and no more early mail."""

import re
import time
from datetime import datetime, timedelta

import pytest
from django.core.signing import Signer
from django.test import Client

from cases.actions import handling
from cases.actions.events import ReminderSeen, facts_of
from cases.mail import tokens
from cases.models import Alarm, Case, Event, Message, User
from cases.reminders.sweep import sweep
from cases.rules.vocabulary import EventKind, Rung
from tests.conftest import Log

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def link(which: str) -> str:
    """As it stands in the newest mail."""
    found = re.search(rf"http://localhost:8000(/mail/\S+/{which}/)", Message.objects.order_by("-pk")[0].text)
    assert found is not None
    return found[1]


@pytest.fixture
def reminded(log: Log, now: datetime) -> datetime:
    log()
    sweep(now + 4 * HOUR)
    return now + 4 * HOUR


def test_looking_writes_nothing(reminded: datetime, client: Client) -> None:
    page = client.get(link("seen"))
    assert page.status_code == 200
    assert "I have seen it" in page.text
    assert page["Referrer-Policy"] == "no-referrer"
    assert not page.cookies
    assert not Event.objects.filter(kind=EventKind.REMINDER_SEEN).exists()


def test_the_button_is_kept_in_the_timeline_once(reminded: datetime, agent: User) -> None:
    outside = Client(enforce_csrf_checks=True)
    for _ in range(2):
        assert "Noted" in outside.post(link("seen")).text
    event = Event.objects.get(kind=EventKind.REMINDER_SEEN)
    assert event.actor == agent
    assert facts_of(event) is not None
    assert (set(event.facts), event.facts_version) == ({"who", "what"}, ReminderSeen.version)
    assert event.facts["what"] == [
        {"kind": "step", "name": "acknowledge"},
        {"kind": "step", "name": "apologize"},
    ]


def test_what_comes_again_comes_once_less_and_the_manager_hears_as_before(reminded: datetime, client: Client) -> None:
    before = dict(Alarm.objects.values_list("rung", "at"))
    client.post(link("seen"))
    after = dict(Alarm.objects.values_list("rung", "at"))
    assert after[Rung.AGAIN] > before[Rung.AGAIN]
    assert after[Rung.MANAGER] == before[Rung.MANAGER]


def test_who_owned_it_before_puts_off_nothing_for_who_owns_it_now(
    reminded: datetime, agent: User, teammate: User, client: Client
) -> None:
    handling.assign(case=Case.objects.get(), to=teammate, actor=agent, now=reminded)
    before = dict(Alarm.objects.values_list("rung", "at"))
    assert "Noted" in client.post(link("seen")).text
    assert dict(Alarm.objects.values_list("rung", "at")) == before


@pytest.mark.parametrize("path", ["/mail/nonsense/seen/", "/mail/nonsense/stop/"])
def test_a_link_that_is_not_ours_is_refused_with_a_sentence(path: str, client: Client) -> None:
    for page in (client.get(path), client.post(path)):
        assert page.status_code == 404
        assert "Open it from the mail once more" in page.text


@pytest.mark.parametrize(("days", "status"), [(29, 200), (31, 410), (400, 410)])
def test_a_link_opens_for_a_month_and_then_says_what_to_do(
    log: Log, client: Client, now: datetime, monkeypatch: pytest.MonkeyPatch, days: int, status: int
) -> None:
    log()
    sweep(now + 2 * HOUR)
    links = [link("seen"), link("stop")]
    later = time.time() + days * 24 * 60 * 60
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    pages = [client.get(links[0]), client.post(links[0]), client.get(links[1]), client.post(links[1])]
    assert [page.status_code for page in pages] == [status] * 4
    assert all(("Sign in instead" in page.text) == (status == 410) for page in pages)
    assert Event.objects.filter(kind=EventKind.REMINDER_SEEN).exists() == (status == 200)


@pytest.mark.parametrize(("purpose", "which"), [(tokens.SEEN, "seen"), (tokens.STOP, "stop")])
def test_a_link_of_earlier_releases_has_no_moment_and_opens_no_more(
    reminded: datetime, client: Client, purpose: str, which: str
) -> None:
    key = Message.objects.order_by("-pk")[0].public_id
    old = Signer(salt=purpose).sign(key.hex).replace(":", ".")
    assert client.post(f"/mail/{old}/{which}/").status_code == 410
    assert client.post(f"/mail/{old[:-1]}/{which}/").status_code == 404


def test_a_link_for_one_thing_opens_no_other(log: Log, client: Client, now: datetime) -> None:
    log()
    sweep(now + 2 * HOUR)
    assert client.post(link("seen").replace("/seen/", "/stop/")).status_code == 404


def test_who_left_can_say_nothing_any_more(reminded: datetime, agent: User, client: Client) -> None:
    agent.is_active = False
    agent.save()
    assert "does not work here any more" in client.post(link("seen")).text


def test_early_mail_is_ended_by_the_button_or_the_mail_program_alone(
    log: Log, agent: User, client: Client, now: datetime
) -> None:
    log()
    sweep(now + 2 * HOUR)
    assert "Stop the early mails" in client.get(link("stop")).text
    agent.refresh_from_db()
    assert agent.wants_early
    client.post(link("stop"), {"List-Unsubscribe": "One-Click"})
    agent.refresh_from_db()
    assert not agent.wants_early
