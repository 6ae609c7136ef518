"""Two schedulers, a second run, workers side by side: nobody gets a mail twice. With real transactions, so that the
locks are real as well."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection

from cases.actions.deliveries import deliver_owed
from cases.mail.outbox import LEASE
from cases.models import Event, Message, Reminder, User
from cases.reminders.bundle import bundle
from cases.reminders.sweep import sweep
from cases.rules.vocabulary import CommitmentKind, EventKind, MessageStatus, Role, Rung, Severity
from tests.conftest import Log, person
from tests.mail_server import MailServer
from tests.reminders.engine import foresee_and_plan

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("late_only")]

LATE = timedelta(hours=4, minutes=1)


def at_once(*works: Callable[[], object]) -> None:
    """Each in a thread and with a database connection of its own, let go together."""
    gate, broken = threading.Barrier(len(works)), list[Exception]()

    def run(work: Callable[[], object]) -> None:
        try:
            gate.wait(10)
            work()
        except Exception as error:  # noqa: BLE001  (a thread cannot raise into its test)
            broken.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert broken == []


def test_a_second_sweep_sends_nothing(log: Log, mail_server: MailServer, now: datetime) -> None:
    log()
    sweep(now + LATE)
    again = sweep(now + LATE + timedelta(minutes=1))
    assert (again.planned, again.mails) == (0, 0)
    assert len(mail_server.taken) == 1


def test_four_schedulers_at_once_send_each_owner_one_mail(
    log: Log, agent: User, teammate: User, mail_server: MailServer, now: datetime
) -> None:
    for owner in (agent, teammate, agent, teammate):
        log(owner=owner, severity=Severity.MAJOR)
    at_once(*[lambda: sweep(now + LATE)] * 4)
    assert sorted(mail["To"] for mail in mail_server.taken) == [agent.email, teammate.email]
    assert (
        Reminder.objects.filter(kind=CommitmentKind.STEP, rung=Rung.DUE, message__status=MessageStatus.SENT).count()
        == 8
    )
    assert Reminder.objects.filter(kind=CommitmentKind.STEP, rung=Rung.DUE).count() == 8
    assert Event.objects.filter(kind=EventKind.REMINDER_SENT).count() == 4


def test_four_workers_at_once_send_each_of_many_mails_once(log: Log, mail_server: MailServer, now: datetime) -> None:
    people = [person(f"Agent{number} Example", Role.AGENT) for number in range(20)]
    for owner in people:
        log(owner=owner, severity=Severity.MAJOR)
    foresee_and_plan(now + LATE)
    bundle(now=now + LATE)
    at_once(*[lambda: deliver_owed(now=now + LATE)] * 4)
    assert sorted(mail["To"] for mail in mail_server.taken) == sorted(owner.email for owner in people)


def test_a_mail_that_is_just_being_handed_over_is_nobody_elses(
    log: Log, mail_server: MailServer, now: datetime
) -> None:
    log()

    def another_scheduler() -> None:
        mail_server.on_mail = lambda: None
        at_once(lambda: sweep(now + LATE + timedelta(minutes=1)))

    mail_server.on_mail = another_scheduler
    sweep(now + LATE)
    assert len(mail_server.taken) == 1
    assert Message.objects.get().status == MessageStatus.SENT


def test_a_server_that_was_down_for_long_gets_one_true_mail_when_it_is_back(
    log: Log, mail_server: MailServer, now: datetime
) -> None:
    first = log()
    with mail_server.down():
        sweep(now + LATE)
        second = log(at=now + timedelta(hours=1), severity=Severity.MINOR)
        sweep(now + timedelta(hours=6))
    tally = sweep(now + timedelta(hours=6, minutes=1))
    [mail] = mail_server.taken
    assert mail["Subject"].startswith("2 things are overdue")
    assert tally.deliveries is not None
    assert tally.deliveries.sent == 1
    statuses = set(Message.objects.values_list("status", flat=True))
    assert statuses == {MessageStatus.SENT, MessageStatus.CANCELLED}
    assert {row.case for row in Reminder.objects.filter(message__status=MessageStatus.SENT)} == {first, second}
    sweep(now + LEASE * 100)
    assert Message.objects.filter(status=MessageStatus.SENT).count() == len(mail_server.taken)


def test_what_was_settled_while_the_server_was_down_is_not_told_when_it_is_back(
    log: Log, agent: User, mail_server: MailServer, now: datetime
) -> None:
    case = log()
    with mail_server.down():
        sweep(now + LATE)
        case.steps.filter(kind="acknowledge").update(status="done", settled_at=now + LATE)
    sweep(now + LATE + timedelta(minutes=1))
    assert mail_server.taken == []
    assert Message.objects.get().status == MessageStatus.CANCELLED
