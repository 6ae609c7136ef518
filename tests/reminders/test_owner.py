"""The owner of something overdue gets one mail about it."""

from datetime import datetime, timedelta

import pytest
from django.core.mail import EmailMultiAlternatives

from cases.actions import learning, promises, updates
from cases.actions.events import ReminderSent, Told, facts_of
from cases.actions.learning import Plan
from cases.actions.promises import Pledge
from cases.models import Case, Event, Message, Promise, Reminder, User
from cases.reminders.sweep import sweep
from cases.rules.vocabulary import (
    Channel,
    CommitmentKind,
    EventKind,
    MessagePurpose,
    PreventionKind,
    PromiseStatus,
    Rung,
    Severity,
    StepKind,
)
from tests.conftest import Log

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("late_only")]

HOUR = timedelta(hours=1)
DUE = 4 * HOUR
"""A moderate mistake is to be acknowledged within four working hours."""


def promised(case: Case, agent: User, now: datetime, after: timedelta) -> Promise:
    pledge = Pledge(words="A call with the new date", due_at=now + after, channel=Channel.PHONE)
    return promises.make_promise(case=case, pledge=pledge, actor=agent, now=now)


def test_nothing_is_sent_before_something_is_late(
    log: Log, mailoutbox: list[EmailMultiAlternatives], now: datetime
) -> None:
    log()
    sweep(now + DUE - timedelta(seconds=1))
    assert mailoutbox == []


def test_the_subject_tells_what_is_late_by_how_much_and_whom_for(
    log: Log, mailoutbox: list[EmailMultiAlternatives], agent: User, now: datetime
) -> None:
    case = log()
    sweep(now + DUE + 2 * HOUR)
    [mail] = mailoutbox
    assert mail.to == [agent.email]
    assert mail.subject == f"Overdue 2 h: acknowledge Grace Whitlock, {case.reference}"


def test_in_the_first_minute_the_subject_does_not_count(
    log: Log, mailoutbox: list[EmailMultiAlternatives], now: datetime
) -> None:
    case = log()
    sweep(now + DUE + timedelta(seconds=20))
    assert mailoutbox[0].subject == f"Overdue: acknowledge Grace Whitlock, {case.reference}"


def test_both_forms_say_since_when_and_lead_straight_to_the_step(log: Log, now: datetime) -> None:
    case = log()
    sweep(now + DUE + 2 * HOUR + timedelta(minutes=10))
    mail = Message.objects.get()
    for form in (mail.text, mail.html):
        assert f"http://localhost:8000/cases/{case.reference}/?step=acknowledge" in form
        assert "2 h 10 min of working time late" in form
        assert "Mon 15 Sep, 14:00 EDT" in form
        assert "Parcel sent to the old address" in form
        assert "because you own what is listed here" in form


def test_lateness_is_told_in_the_time_that_the_deadline_was_given_in(
    log: Log, mailoutbox: list[EmailMultiAlternatives], now: datetime
) -> None:
    evening = now + 10 * HOUR
    case = log(at=evening, severity=Severity.CRITICAL)
    sweep(evening + HOUR)
    assert mailoutbox[0].subject == f"Overdue 30 min: acknowledge Grace Whitlock, {case.reference}"


def test_one_mail_tells_all_that_is_overdue_the_most_urgent_first(
    log: Log, mailoutbox: list[EmailMultiAlternatives], agent: User, now: datetime
) -> None:
    log(title="A wrong invoice", severity=Severity.MINOR)
    urgent = log(title="A leaking tank", severity=Severity.CRITICAL)
    sweep(now + timedelta(days=1, minutes=30))
    [mail] = mailoutbox
    late = Reminder.objects.filter(message__isnull=False, rung=Rung.DUE).count()
    assert late == 6
    assert mail.subject == f"6 things are overdue, first: acknowledge Grace Whitlock, {urgent.reference}"
    assert str(mail.body).index("A leaking tank") < str(mail.body).index("A wrong invoice")


def test_a_lapsed_promise_is_written_down_as_broken_and_its_owner_reminded(
    log: Log, mailoutbox: list[EmailMultiAlternatives], agent: User, now: datetime
) -> None:
    case = log(severity=Severity.MAJOR)
    promise = promised(case, agent, now, timedelta(minutes=30))
    assert sweep(now + timedelta(minutes=40)).promises_broken == 1
    promise.refresh_from_db()
    assert promise.status == PromiseStatus.BROKEN
    assert mailoutbox[0].subject == f"Overdue 10 min: do what was promised to Grace Whitlock, {case.reference}"
    assert f"/cases/{case.reference}/#promise-{promise.public_id}" in mailoutbox[0].body


def test_a_prevention_action_reminds_its_owner_of_the_incident(
    log: Log, mailoutbox: list[EmailMultiAlternatives], agent: User, teammate: User, now: datetime
) -> None:
    case = log(severity=Severity.MINOR)
    plan = Plan(kind=PreventionKind.PROCESS, change="Two people count", owner=teammate, due_at=now + HOUR)
    learning.plan_prevention(incident=case.incident, plan=plan, actor=agent, now=now)
    sweep(now + 2 * HOUR)
    [mail] = mailoutbox
    assert mail.to == [teammate.email]
    assert mail.subject == f"Overdue 1 h: make the change “Two people count”, {case.incident.reference}"
    assert f"/learning/{case.incident.reference}/" in mail.body
    assert Event.objects.get(kind=EventKind.REMINDER_SENT).incident == case.incident


def test_many_things_are_counted_and_not_all_listed(
    log: Log, mailoutbox: list[EmailMultiAlternatives], now: datetime
) -> None:
    for _ in range(27):
        log(severity=Severity.MAJOR)
    sweep(now + HOUR + timedelta(minutes=1))
    [mail] = mailoutbox
    assert mail.subject.startswith("27 things are overdue")
    assert str(mail.body).count("Acknowledge Grace Whitlock") == 25
    assert "And 2 more: http://localhost:8000/" in mail.body


def test_the_timeline_tells_who_was_reminded_of_what_and_the_version_stays(
    log: Log, mailoutbox: list[EmailMultiAlternatives], agent: User, now: datetime
) -> None:
    case, at = log(), now + DUE + HOUR
    sweep(at)
    event = Event.objects.get(kind=EventKind.REMINDER_SENT)
    before = case.version
    case.refresh_from_db()
    assert case.version == before == event.version
    assert (event.case, event.actor, event.at) == (case, agent, at)
    assert event.facts == {
        "who": "Maya Osei",
        "rung": Rung.DUE,
        "what": [{"kind": "step", "name": StepKind.ACKNOWLEDGE}],
    }
    assert Message.objects.get().purpose == MessagePurpose.REMINDER


def test_what_the_database_writes_is_what_the_event_s_class_would(
    log: Log, mailoutbox: list[EmailMultiAlternatives], now: datetime
) -> None:
    log()
    sweep(now + DUE + HOUR)
    event = Event.objects.get(kind=EventKind.REMINDER_SENT)
    what = (Told(kind=CommitmentKind.STEP, name=StepKind.ACKNOWLEDGE),)
    expected = ReminderSent(who="Maya Osei", rung=Rung.DUE, what=what)
    assert (facts_of(event), event.facts_version) == (expected, ReminderSent.version)
    assert event.facts == expected.as_json()
    assert event.recorded_at == event.at


def test_a_name_with_a_line_break_leaves_the_subject_one_line(
    log: Log, mailoutbox: list[EmailMultiAlternatives], now: datetime
) -> None:
    case = log()
    case.customer.name = "Grace\nBcc: everybody@example.com"
    case.customer.save()
    sweep(now + DUE + HOUR)
    assert mailoutbox[0].subject == f"Overdue 1 h: acknowledge Grace Bcc: everybody@example.com, {case.reference}"
    assert set(mailoutbox[0].extra_headers) == {"From", "Message-ID", "Auto-Submitted"}


def test_the_timeline_tells_of_promises_in_their_words_and_of_a_word_to_the_customer_by_its_reason(
    log: Log, agent: User, now: datetime
) -> None:
    case = log(severity=Severity.MAJOR)
    promised(case, agent, now, HOUR)
    updates.note_chase(case, at=now, now=now)
    sweep(now + 2 * HOUR)
    told = [each for event in Event.objects.filter(kind=EventKind.REMINDER_SENT) for each in event.facts["what"]]
    assert {"kind": "promise", "name": "A call with the new date"} in told
    assert {"kind": "update", "name": "asked"} in told
