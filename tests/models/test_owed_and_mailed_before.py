"""Rows from before keys and codes: what can be told from events and moments is filled in, and nothing is guessed."""

from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps

from cases.actions import apologies, handling
from cases.actions.deliveries import deliver_owed
from cases.models import Case, Contact, Message, Promise, Reminder, StatusUpdate, Step, User
from cases.rules.vocabulary import DroppedBecause, MailFailure, MessageStatus, StepKind, StepStatus
from tests.actions.evidence import APOLOGIZED
from tests.conftest import Log
from tests.reports import recovery

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
before = import_module("cases.migrations.0032_owed_and_mailed_before")


def forget() -> None:
    """As the rows were before the keys."""
    for noun in (Step, Promise):
        noun.objects.update(owed_by=None)
    for mailed in (Step, Contact):
        mailed.objects.update(message=None)
    StatusUpdate.objects.update(begun_by=None, settled_in=None)


@pytest.fixture
def case(log: Log) -> Case:
    return log()


def test_who_owed_at_a_lapse_comes_from_the_events(case: Case, agent: User, manager: User, now: datetime) -> None:
    lapsed = recovery.promise(case, agent, now, now + 2 * HOUR)
    ahead = recovery.promise(case, agent, now, now + 90 * HOUR)
    handling.take_over(case=case, actor=manager, now=now + 5 * HOUR)
    forget()

    before.fill_owed(apps)

    assert (owed_by(lapsed), owed_by(ahead)) == (agent, manager)
    assert case.steps.get(kind=StepKind.ACKNOWLEDGE).owed_by == agent
    assert case.steps.get(kind=StepKind.APOLOGIZE).owed_by == manager


def owed_by(promise: Promise) -> User | None:
    return Promise.objects.get(pk=promise.pk).owed_by


def test_a_name_that_two_people_bear_tells_nothing(case: Case, agent: User, manager: User, now: datetime) -> None:
    lapsed = recovery.promise(case, agent, now, now + 2 * HOUR)
    handling.take_over(case=case, actor=manager, now=now + 5 * HOUR)
    User.objects.create_user("other@example.com", "correct horse", name=agent.name)
    forget()

    before.fill_owed(apps)

    assert owed_by(lapsed) is None


def test_a_mail_that_left_before_takes_its_step_back_all_the_same(case: Case, agent: User, now: datetime) -> None:
    recovery.acknowledge(case, agent, now)
    apologies.send_apology(case=case, evidence=APOLOGIZED, actor=agent, now=now)
    deliver_owed(now=now + HOUR)
    forget()

    before.fill_mails(apps)
    before.fill_words(apps)

    step, mail = case.steps.get(kind=StepKind.APOLOGIZE), Message.objects.get(purpose="apology")
    assert (step.status, step.message) == (StepStatus.DONE, mail)
    contact = case.contacts.get(message=mail)
    assert case.status_updates.get(settled_at__isnull=True).begun_by == contact
    assert case.status_updates.filter(settled_in=contact).count() == 1


def test_sentences_become_codes(case: Case, agent: User, now: datetime) -> None:
    said = {"The mail server refused the address: 550": MailFailure.ADDRESS, "Gave up after 10": MailFailure.GIVEN_UP}
    for error in said:
        Message.objects.create(
            status=MessageStatus.FAILED, last_error=error, purpose="notice", to_address="a@b.c", created_at=now
        )
    row = {"kind": "step", "rung": "due", "due_at": now, "planned_at": now, "hold_until": now}
    Reminder.objects.create(**row, commitment_id=1, dropped_because="no longer owed")

    before.fill(apps, None)

    assert dict(Message.objects.values_list("last_error", "failure")) == said
    assert Reminder.objects.get().dropped_because == DroppedBecause.NO_LONGER_OWED
