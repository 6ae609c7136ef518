"""A customer who hears nothing: the owner is reminded, then the manager is told."""

from datetime import datetime, timedelta

import pytest

from cases.models import Reminder, User
from cases.reminders.sweep import sweep
from cases.rules.vocabulary import CommitmentKind, Rung, Severity
from tests.conftest import Log

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def told() -> list[tuple[str, str]]:
    words = Reminder.objects.filter(kind=CommitmentKind.UPDATE, message__isnull=False)
    return [(rung, name) for rung, name in words.order_by("pk").values_list("rung", "recipient__name")]


def test_the_owner_is_reminded_and_then_the_manager(log: Log, agent: User, manager: User, now: datetime) -> None:
    case = log(severity=Severity.MAJOR)
    for hours in (6, 24, 25):
        sweep(now + hours * HOUR)
    assert told()[:2] == [(Rung.DUE, "Maya Osei"), (Rung.MANAGER, "Priya Shah")]
    mail = Reminder.objects.filter(kind=CommitmentKind.UPDATE, rung=Rung.DUE).get().message
    assert mail is not None
    assert "Tell Grace Whitlock where things stand" in mail.text
    assert f"/cases/{case.reference}/do/contact/" in mail.text
