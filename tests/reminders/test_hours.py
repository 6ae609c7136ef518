"""Reminders come in the working hours of whoever is written to, in one mail, and not more of them than a person can
read."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives

from cases.actions import absences, handling, learning, promises, quiet
from cases.actions.absences import Away
from cases.actions.learning import Plan
from cases.actions.promises import Pledge
from cases.models import Case, Message, Reminder, ReminderLadder, User, WorkingCalendar
from cases.reminders import letters
from cases.reminders.sweep import sweep
from cases.rules.vocabulary import (
    Channel,
    CommitmentKind,
    CriticalGround,
    DroppedBecause,
    HeldBecause,
    PreventionKind,
    Rung,
    Severity,
    StepKind,
)
from tests.conftest import Log

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
EVENING = datetime(2025, 9, 15, 23, 0, tzinfo=UTC)
"""19:00 in New York."""
MORNING = datetime(2025, 9, 16, 13, 0, tzinfo=UTC)
"""9:00 there, on the day after."""


def sent_at() -> list[datetime | None]:
    return list(Message.objects.order_by("pk").values_list("sent_at", flat=True))


def test_what_came_due_at_night_comes_once_when_work_begins(
    log: Log, mailoutbox: list[EmailMultiAlternatives], now: datetime
) -> None:
    log(at=EVENING - 3 * HOUR)
    for minutes in range(0, 15 * 60, 30):
        sweep(EVENING + minutes * MINUTE)
    log(at=MORNING - HOUR, severity=Severity.MINOR)
    sweep(MORNING - MINUTE)
    assert mailoutbox == []
    assert set(Reminder.objects.values_list("held_because", flat=True)) <= {HeldBecause.NIGHT}
    sweep(MORNING + 3 * HOUR)
    assert len(mailoutbox) == 1


def test_what_is_critical_comes_at_any_hour(log: Log, mailoutbox: list[EmailMultiAlternatives]) -> None:
    log(at=EVENING, severity=Severity.CRITICAL)
    sweep(EVENING + 31 * MINUTE)
    assert len(mailoutbox) == 1


def test_a_colleague_elsewhere_is_told_in_their_own_day(log: Log, teammate: User, now: datetime) -> None:
    teammate.time_zone = "Asia/Kolkata"
    teammate.save()
    log(owner=teammate)
    for minutes in range(0, 16 * 60, 10):
        sweep(now + 4 * HOUR + minutes * MINUTE)
    assert sent_at() == [datetime(2025, 9, 16, 3, 30, tzinfo=UTC)]


def test_nothing_comes_at_the_weekend(log: Log, mailoutbox: list[EmailMultiAlternatives]) -> None:
    friday = datetime(2025, 9, 19, 20, 0, tzinfo=UTC)
    log(at=friday, severity=Severity.MAJOR)
    for hours in range(1, 65):
        sweep(friday + hours * HOUR)
    assert mailoutbox == []
    sweep(datetime(2025, 9, 22, 13, 0, tzinfo=UTC))
    assert len(mailoutbox) == 1


FRIDAY = datetime(2025, 9, 19, 14, 0, tzinfo=UTC)
"""10:00 in New York: half of the working time between the Monday before and the Thursday after."""


def until_thursday(case: Case, owner: User, at: datetime) -> None:
    plan = Plan(kind=PreventionKind.PROCESS, change="Two people count", owner=owner, due_at=at + 10 * DAY)
    learning.plan_prevention(incident=case.incident, plan=plan, actor=owner, now=at)


def test_what_is_not_due_for_days_comes_with_the_mail_of_the_next_morning(
    log: Log, agent: User, teammate: User, now: datetime
) -> None:
    until_thursday(log(severity=Severity.MINOR, owner=None), teammate, now)
    sweep(FRIDAY)
    assert Reminder.objects.get(recipient=teammate).held_because == HeldBecause.MORNING
    monday = datetime(2025, 9, 22, 13, 0, tzinfo=UTC)
    sweep(monday - MINUTE)
    sweep(monday)
    assert list(Message.objects.filter(to_user=teammate).values_list("sent_at", flat=True)) == [monday]


def test_what_is_due_on_the_next_working_day_waits_for_no_morning(
    log: Log, agent: User, teammate: User, now: datetime
) -> None:
    plan = Plan(kind=PreventionKind.PROCESS, change="Two people count", owner=teammate, due_at=now + DAY)
    learning.plan_prevention(incident=log().incident, plan=plan, actor=agent, now=now)
    sweep(now + 4 * HOUR)
    assert Message.objects.filter(to_user=teammate).get().sent_at == now + 4 * HOUR


def test_what_is_critical_waits_for_no_morning(log: Log, agent: User, now: datetime) -> None:
    ReminderLadder.objects.filter(kind=CommitmentKind.PROMISE).update(early_percent=40)
    pledge = Pledge(words="A new lock", due_at=now + 10 * DAY, channel=Channel.PHONE)
    promises.make_promise(case=log(severity=Severity.CRITICAL), pledge=pledge, actor=agent, now=now)
    sweep(FRIDAY)
    told = Reminder.objects.get(kind=CommitmentKind.PROMISE)
    assert (told.rung, told.message is not None) == (Rung.EARLY, True)


def test_a_digest_gathers_the_day_at_the_hour_that_the_person_chose(log: Log, agent: User, now: datetime) -> None:
    agent.digest_at = time(8, 30)
    agent.save()
    log()
    for minutes in range(0, 48 * 60, 30):
        sweep(now + minutes * MINUTE)
    half_past_eight = datetime(2025, 9, 16, 12, 30, tzinfo=UTC)
    assert sent_at() == [half_past_eight, half_past_eight + DAY]


def test_what_is_critical_waits_for_no_digest(log: Log, agent: User, now: datetime) -> None:
    agent.digest_at = time(8, 30)
    agent.save()
    log(severity=Severity.CRITICAL)
    sweep(now + 30 * MINUTE)
    assert sent_at() == [now + 30 * MINUTE]


def test_more_than_a_person_wants_in_a_day_is_told_the_next_morning(
    log: Log, agent: User, mailoutbox: list[EmailMultiAlternatives], now: datetime
) -> None:
    agent.most_reminders = 2
    agent.save()
    ReminderLadder.objects.update(at_night=False)
    for hours in range(4):
        log(at=now + hours * HOUR, severity=Severity.MINOR)
        log(at=now + hours * HOUR, severity=Severity.MAJOR)
        sweep(now + hours * HOUR + 30 * MINUTE)
        sweep(now + hours * HOUR + 48 * MINUTE)
    assert len(mailoutbox) == 2
    assert Reminder.objects.filter(held_because=HeldBecause.CAP).exists()
    sweep(MORNING)
    assert len(mailoutbox) == 3
    assert "held back, because you had as many mails that day as you want in one" in mailoutbox[-1].body


def test_what_may_wake_somebody_is_told_the_first_time_however_much_they_have_read(
    log: Log, agent: User, now: datetime
) -> None:
    agent.most_reminders = 1
    agent.save()
    first = log(severity=Severity.CRITICAL)
    for minutes in range(0, 240, 15):
        sweep(now + minutes * MINUTE)
    second = log(severity=Severity.CRITICAL, at=now + 4 * HOUR)
    for minutes in range(240, 480, 15):
        sweep(now + minutes * MINUTE)
    told = Reminder.objects.filter(recipient=agent, message__sent_at__isnull=False)
    assert {Rung.SOON, Rung.DUE, Rung.OVERDUE} <= set(told.filter(case=second).values_list("rung", flat=True))
    assert not told.filter(rung=Rung.AGAIN).exists()
    again = Reminder.objects.filter(case=first, rung=Rung.AGAIN, held_because=HeldBecause.CAP)
    assert set(again.values_list("hold_until", flat=True)) == {datetime(2025, 9, 16, 4, 0, tzinfo=UTC)}  # midnight


def test_an_early_word_that_was_held_until_it_was_late_is_not_told_any_more(
    log: Log, agent: User, now: datetime
) -> None:
    agent.digest_at = time(16, 0)
    agent.save()
    step = log().steps.get(kind=StepKind.ACKNOWLEDGE)
    sweep(now + 2 * HOUR)
    early = Reminder.objects.get(kind=CommitmentKind.STEP, commitment_id=step.pk)
    assert (early.rung, early.held_because) == (Rung.EARLY, HeldBecause.DIGEST)
    agent.digest_at = None
    agent.save()
    for minutes in range(0, 180, 15):
        sweep(now + 4 * HOUR + minutes * MINUTE)
    early.refresh_from_db()
    assert (early.message, early.dropped_because) == (None, DroppedBecause.TOLD_ABOVE)


def test_a_digest_that_comes_late_waits_for_the_next_day_where_its_reader_is_not_at_work(
    log: Log, agent: User, now: datetime
) -> None:
    agent.digest_at = time(15, 0)
    agent.save()
    log()
    sweep(now + 4 * HOUR)
    sweep(now + 12 * HOUR)
    assert not Message.objects.exists()
    sweep(datetime(2025, 9, 16, 19, 0, tzinfo=UTC))
    assert Message.objects.get().to_user == agent


def test_what_waits_for_the_digest_of_who_is_away_by_then_goes_to_who_stands_in(
    log: Log, agent: User, teammate: User, now: datetime
) -> None:
    agent.digest_at = time(16, 0)
    agent.save()
    log()
    sweep(now + 4 * HOUR)
    assert Reminder.objects.filter(recipient=agent, held_because=HeldBecause.DIGEST).exists()
    away = Away(start=now + 4 * HOUR, end=now + DAY, substitute=teammate)
    absences.plan_absence(user=agent, away=away, actor=agent, now=now + 4 * HOUR)
    sweep(now + 4 * HOUR + 16 * MINUTE)
    assert Message.objects.get().to_user == teammate


def test_what_was_put_off_with_a_reason_comes_when_it_was_put_off_to(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    case = log(severity=Severity.MAJOR)
    until = now + 3 * HOUR
    quiet.put_off_reminders(case=case, until=until, reason="The carrier calls at one", actor=agent, now=now)
    for minutes in range(0, 8 * 60, 15):
        sweep(now + minutes * MINUTE)
    mine = Message.objects.filter(to_user=agent).order_by("pk").values_list("sent_at", flat=True)
    assert mine[0] == until
    told = Reminder.objects.filter(rung=Rung.MANAGER, message__isnull=False)
    assert told.filter(message__sent_at__lte=now + 6 * HOUR).exists()


def test_who_gets_a_case_gets_what_was_held_for_somebody_else(
    log: Log, agent: User, teammate: User, now: datetime
) -> None:
    teammate.time_zone = "Asia/Kolkata"
    teammate.save()
    case = log(owner=teammate)
    sweep(now + 4 * HOUR)
    assert Reminder.objects.get(kind=CommitmentKind.STEP, rung=Rung.DUE).held_because == HeldBecause.NIGHT
    handling.assign(case=case, to=agent, actor=agent, now=now + 4 * HOUR)
    sweep(now + 4 * HOUR + MINUTE)
    assert [mail.to_user for mail in Message.objects.all()] == [agent]


def test_after_an_outage_each_person_gets_one_mail(
    log: Log, teammate: User, manager: User, mailoutbox: list[EmailMultiAlternatives], now: datetime
) -> None:
    for hours in range(6):
        log(at=now + hours * HOUR)
        log(at=now + hours * HOUR, owner=teammate)
    sweep(now + 3 * DAY)
    assert sorted(mail.to[0] for mail in mailoutbox) == [
        "maya@example.com",
        "priya@example.com",
        "tom@example.com",
    ]
    assert sweep(now + 3 * DAY + MINUTE).mails == 0


def test_ten_thousand_overdue_things_are_one_mail_that_can_be_read(
    log: Log, mailoutbox: list[EmailMultiAlternatives], now: datetime
) -> None:
    case = log()
    step = case.steps.get(kind="acknowledge")
    assert step.due_at is not None
    Reminder.objects.bulk_create(
        Reminder(kind="step", commitment_id=step.pk, rung=Rung.AGAIN, nth=nth, due_at=step.due_at, planned_at=now,
                 hold_until=now, case=case)
        for nth in range(1, 10_001)
    )  # fmt: skip
    sweep(now + 5 * HOUR)
    [mail] = mailoutbox
    assert len(str(mail.body)) < 5_000
    assert not Reminder.objects.ripe(now + 5 * HOUR).exists()


def test_a_mail_that_cannot_be_written_delays_no_other(
    log: Log, agent: User, teammate: User, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    real = letters.write

    def broken(person: User, *args: Any, **options: Any) -> Message:
        if person == agent:
            raise ValueError("An odd name")
        return real(person, *args, **options)

    log()
    log(owner=teammate)
    monkeypatch.setattr(letters, "write", broken)
    assert sweep(now + 4 * HOUR).mails == 1
    monkeypatch.undo()
    sweep(now + 4 * HOUR + MINUTE)
    assert [mail.to_user for mail in Message.objects.order_by("pk")] == [teammate, agent]


def test_who_puts_it_off_again_to_an_earlier_moment_is_told_then(log: Log, agent: User, now: datetime) -> None:
    case = log(severity=Severity.MAJOR)
    for until in (now + 5 * DAY, now + HOUR + 30 * MINUTE):
        quiet.put_off_reminders(case=case, until=until, reason="The carrier calls", actor=agent, now=now + HOUR)
        sweep(now + HOUR)
    sweep(now + HOUR + 30 * MINUTE)
    assert is_told(case, Rung.DUE)


def test_what_becomes_critical_waits_no_longer_until_it_was_put_off_to(log: Log, agent: User, now: datetime) -> None:
    case = log(severity=Severity.MAJOR)
    quiet.put_off_reminders(case=case, until=now + 5 * DAY, reason="The carrier calls", actor=agent, now=now)
    sweep(now + HOUR)
    assert not is_told(case, Rung.DUE)
    safety = CriticalGround.SAFETY
    handling.change_severity(
        case=case, severity=Severity.CRITICAL, reason="It leaks", actor=agent, now=now + HOUR, critical_because=safety
    )
    sweep(now + HOUR)
    assert is_told(case, Rung.DUE)


def is_told(case: Case, rung: Rung) -> bool:
    """Of the acknowledgement."""
    step = case.steps.get(kind=StepKind.ACKNOWLEDGE)
    rows = Reminder.objects.filter(kind=CommitmentKind.STEP, commitment_id=step.pk, rung=rung)
    return rows.filter(message__isnull=False).exists()


def test_working_hours_that_make_no_sense_silence_nobody(
    log: Log, agent: User, mailoutbox: list[EmailMultiAlternatives], now: datetime
) -> None:
    agent.calendar = WorkingCalendar.objects.create(name="No hours", zone="UTC")
    agent.save()
    log()
    sweep(now + 4 * HOUR)
    assert len(mailoutbox) == 1
