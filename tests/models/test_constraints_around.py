"""The same of mail, reminders, forms, settings and people: the database refuses what must not be."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import models

from cases.models import (
    AuthorityLimit,
    CalendarDay,
    CalendarWindow,
    Case,
    Customer,
    DeadlinePolicy,
    DeadlineTarget,
    Incident,
    Message,
    Reminder,
    Submission,
    User,
    WorkingCalendar,
)
from cases.rules.vocabulary import (
    Audience,
    CommitmentKind,
    MessagePurpose,
    MessageStatus,
    Rung,
)
from tests.conftest import Log
from tests.models.refusals import changed, refused

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def case(log: Log) -> Case:
    return log()


def mail(case: Case, **fields: Any) -> Message:
    kind = {"purpose": MessagePurpose.NOTICE, "audience": Audience.STAFF, "to_address": "maya@example.com"}
    return Message(case=case, subject="-", text="-", created_at=case.known_at, **kind, **fields)


def test_a_mail_that_waits_for_no_moment_or_left_at_none(case: Case) -> None:
    refused("message_queued_until", mail(case).save)
    refused("message_sent_when", mail(case, status=MessageStatus.SENT).save)
    refused("message_sent_when", mail(case, status=MessageStatus.BOUNCED).save)
    mail(case, next_attempt_at=case.known_at).save()


def test_the_same_reminder_twice(case: Case, agent: User) -> None:
    key = {
        "kind": CommitmentKind.STEP,
        "commitment_id": 1,
        "rung": Rung.OVERDUE,
        "hold_until": case.known_at,
        "due_at": case.known_at,
    }
    Reminder.objects.create(recipient=agent, planned_at=case.known_at, **key)

    refused("reminder_once", Reminder(recipient=agent, planned_at=case.known_at, **key).save)
    Reminder.objects.create(recipient=agent, planned_at=case.known_at, **{**key, "rung": Rung.MANAGER})


def test_a_form_acted_on_twice(case: Case, agent: User) -> None:
    first = Submission.objects.create(key="0b8b6c9e-0d3c-4a54-9a6f-3f4f7a6f3c11", at=case.known_at, actor=agent)

    refused("key", Submission(key=first.key, at=case.known_at, actor=agent).save)


def test_a_target_of_no_time_or_of_more_than_a_year(case: Case) -> None:
    target = DeadlineTarget.objects.all()[0]

    refused("target_minutes", lambda: changed(target, minutes=0))
    refused("target_minutes", lambda: changed(target, minutes=600_000))


def test_the_same_version_target_or_limit_twice(case: Case) -> None:
    target, limit = DeadlineTarget.objects.all()[0], AuthorityLimit.objects.all()[0]
    for row in (target, limit):
        row.pk = None

    refused("target_unique", target.save)
    refused("authority_unique", limit.save)
    refused("version", DeadlinePolicy(version=1, name="Again").save)


def test_a_calendar_day_that_is_half_open_or_there_twice(case: Case) -> None:
    calendar = WorkingCalendar.objects.get()
    CalendarDay.objects.create(calendar=calendar, date="2025-12-24", name="Eve")

    refused("day_unique", CalendarDay(calendar=calendar, date="2025-12-24", name="Eve").save)
    refused("day_hours_both_or_none", CalendarDay(calendar=calendar, date="2025-12-25", name="-", start="09:00").save)
    refused("window_weekday", CalendarWindow(calendar=calendar, weekday=7, start="09:00", end="10:00").save)
    refused("window_unique", CalendarWindow(calendar=calendar, weekday=0, start="09:00", end="10:00").save)


def test_an_address_in_capitals_or_used_twice(agent: User, teammate: User) -> None:
    refused("user_email_lower", lambda: changed(agent, email="Maya@example.com"))
    refused("email", lambda: changed(teammate, email=agent.email))


def test_whatever_has_a_history_is_not_deleted(case: Case, agent: User, customer: Customer) -> None:
    for row in (customer, agent, case.policy, case.team, Incident.objects.get(), case):
        with pytest.raises(models.ProtectedError):
            row.delete()  # type: ignore[union-attr]
