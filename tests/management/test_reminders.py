"""``manage.py reminders``."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.mail import EmailMultiAlternatives
from django.core.management import CommandError, call_command
from django.utils import timezone

from cases.actions import promises
from cases.actions.promises import Pledge
from cases.models import Message, Promise, Reminder, User
from cases.rules.vocabulary import Channel, PromiseStatus
from tests.conftest import Log

pytestmark = pytest.mark.django_db


def swept(*words: str) -> str:
    said = StringIO()
    call_command("reminders", *words, stdout=said)
    return said.getvalue()


def test_it_sweeps_once_and_says_what_it_did(log: Log, mailoutbox: list[EmailMultiAlternatives], now: datetime) -> None:
    log()
    said = swept("--at", (now + timedelta(hours=5)).isoformat())
    assert "Reminders planned: 2; no longer owed: 0\nReminder mails written: 1\nMails sent: 1;" in said
    assert len(mailoutbox) == 1


def test_a_rehearsal_names_the_mails_and_keeps_nothing(
    log: Log, agent: User, mailoutbox: list[EmailMultiAlternatives], now: datetime
) -> None:
    case = log()
    pledge = Pledge(words="A call", due_at=now + timedelta(hours=1), channel=Channel.PHONE)
    promises.make_promise(case=case, pledge=pledge, actor=agent, now=now)
    said = swept("--dry-run", "--at", (now + timedelta(hours=1, minutes=30)).isoformat())
    first = f"1 of them overdue, first: do what was promised to Grace Whitlock, {case.reference}"
    assert f"to {agent.email}: 2 things are due, {first}" in said
    assert "Nothing was kept or sent." in said
    assert mailoutbox == []
    assert not Reminder.objects.exists()
    assert not Message.objects.exists()
    assert Promise.objects.get().status == PromiseStatus.OPEN


def test_a_moment_without_a_zone_is_in_the_zone_of_the_site(
    log: Log, mailoutbox: list[EmailMultiAlternatives], now: datetime
) -> None:
    log()
    swept("--at", "2025-09-15T11:59")
    assert mailoutbox == []
    swept("--at", "2025-09-15T12:00")
    assert len(mailoutbox) == 1


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [
        ("tomorrow", "Write the moment as in"),
        ("2099-01-01T10:00", "add --dry-run to look"),
        ("9999-12-31T23:59", "Choose a moment from 1970 to 2199"),
    ],
)
def test_a_moment_that_makes_no_sense_is_refused(moment: str, sentence: str, team: object) -> None:
    with pytest.raises(CommandError, match=sentence):
        swept("--at", moment)


def test_the_future_can_be_rehearsed(team: object) -> None:
    assert "Nothing was kept" in swept("--dry-run", "--at", (timezone.now() + timedelta(days=1)).isoformat())
