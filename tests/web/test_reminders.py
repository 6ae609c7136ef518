"""The page that shows why reminders may be trusted."""

import re
from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.actions.deliveries import deliver_owed
from cases.models import Case, Message, Reminder, User
from cases.reminders.preview import preview
from cases.reminders.sweep import sweep
from cases.rules.vocabulary import HeldBecause, MessageStatus, Rung, Severity
from tests.conftest import Log

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def page(client: Client, who: User, tab: str) -> str:
    client.force_login(who)
    return re.sub(r"\s+", " ", client.get(f"/reminders/?show={tab}").text)


@pytest.fixture
def case(log: Log) -> Case:
    """Critical, so that its mails come at any hour; logged now, because the page looks at the clock."""
    return log(at=timezone.now() - 5 * MINUTE, severity=Severity.CRITICAL)


def test_what_comes_in_the_next_seven_days_with_whom_and_by_which_rule(
    client: Client, case: Case, manager: User, agent: User
) -> None:
    sweep(timezone.now())
    shown = page(client, manager, "next")
    for words in ("Acknowledge Grace Whitlock", case.reference, agent.name, manager.name, "Due soon", "to the manager"):
        assert words in shown


def test_the_preview_tells_the_very_mails_that_are_sent(case: Case, manager: User, agent: User) -> None:
    now = timezone.now()
    sweep(now)
    foreseen = {(each.person.pk, each.rung, each.leaves_at) for each in preview(now=now, until=now + DAY)}
    at = sorted({moment for _, _, moment in foreseen})
    for moment in at:
        sweep(moment)
    left = Reminder.objects.filter(message__isnull=False).exclude(rung__in=(Rung.AGAIN, Rung.MANAGER_AGAIN))
    sent = {(row.recipient_id, Rung(row.rung), row.planned_at) for row in left}
    assert sent
    assert sent <= foreseen


def test_the_timeline_of_a_case_says_who_will_be_reminded_next(client: Client, case: Case, agent: User) -> None:
    sweep(timezone.now())
    client.force_login(agent)
    shown = re.sub(r"\s+", " ", client.get(f"/cases/{case.reference}/timeline/").text)
    for words in ("Who will be reminded next", agent.name, "Acknowledge Grace Whitlock", "Due now"):
        assert words in shown


def test_what_is_settled_is_not_foreseen(case: Case) -> None:
    now = timezone.now()
    sweep(now)
    case.steps.update(status="done", settled_at=now)
    case.status_updates.update(settled_at=now)
    assert preview(now=now, until=now + 7 * DAY) == []


def test_what_was_sent_and_what_the_server_said(client: Client, case: Case, manager: User) -> None:
    sweep(timezone.now() + 30 * MINUTE)
    Message.objects.filter(status=MessageStatus.SENT).update(reply="250 Taken as 7", sent_at=timezone.now())
    shown = page(client, manager, "sent")
    for words in ("Acknowledge", case.reference, "Due now", "250 Taken as 7"):
        assert words in shown


def test_what_is_held_until_when_and_why(client: Client, case: Case, manager: User, agent: User) -> None:
    Reminder.objects.create(
        kind="step", commitment_id=case.steps.get(kind="acknowledge").pk, rung=Rung.DUE,
        due_at=timezone.now(), case=case,
        planned_at=timezone.now(), recipient=agent, hold_until=timezone.now() + DAY, held_because=HeldBecause.NIGHT,
    )  # fmt: skip
    assert "Outside working hours" in page(client, manager, "held")


def test_what_failed_and_why(client: Client, case: Case, manager: User) -> None:
    sweep(timezone.now() + 30 * MINUTE)
    Message.objects.update(status=MessageStatus.FAILED, last_error="550 No such user")
    shown = page(client, manager, "failed")
    assert "Could not be sent" in shown
    assert "550 No such user" in shown


def test_that_there_is_nobody_to_be_told(client: Client, log: Log, manager: User) -> None:
    log(owner=None, team=None, at=timezone.now() - 40 * MINUTE, severity=Severity.CRITICAL)
    User.objects.filter(pk=manager.pk).update(unreachable_since=timezone.now())
    sweep(timezone.now() - 6 * MINUTE)
    assert "there is nobody to be told" in page(client, manager, "next")


def test_a_test_mail_says_what_became_of_it(client: Client, manager: User) -> None:
    client.force_login(manager)
    client.post("/reminders/test/")
    assert "is on its way" in page(client, manager, "next")
    deliver_owed(now=timezone.now())
    assert "The last test mail left" in page(client, manager, "next")


@pytest.mark.parametrize("tab", ["next", "sent", "held", "failed"])
def test_it_takes_as_many_queries_for_one_case_as_for_many(client: Client, log: Log, manager: User, tab: str) -> None:
    client.force_login(manager)
    counted = []
    for number in (1, 5):
        for _ in range(number):
            log(at=timezone.now() - HOUR, severity=Severity.CRITICAL)
            log(at=timezone.now() - 3 * DAY, severity=Severity.MINOR)
        sweep(timezone.now())
        page(client, manager, tab)
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/reminders/?show={tab}")
        counted.append(len(asked))
    assert counted[0] <= counted[1] <= min(counted[0] + 1, 21)  # one for each kind of thing that is listed


def test_what_is_held_until_then_is_foreseen_too(log: Log, agent: User, now: datetime) -> None:
    agent.digest_at = time(16, 0)
    agent.save()
    log()
    sweep(now + 4 * HOUR)
    held = Reminder.objects.get(held_because=HeldBecause.DIGEST, rung=Rung.DUE)
    found = [each for each in preview(now=now + 4 * HOUR, until=now + DAY) if each.rung is Rung.DUE]
    assert held.hold_until in {each.leaves_at for each in found}
