"""Each rung of the default ladder, climbed by one step of a moderate mistake: due at 14:00 after four working hours."""

from datetime import datetime, timedelta

import pytest
from django.core.mail import EmailMultiAlternatives

from cases.actions import handling, learning, promises
from cases.actions.learning import Plan
from cases.actions.promises import Pledge
from cases.models import Alarm, Message, Reminder, Step, Team, User
from cases.reminders.sweep import sweep
from cases.rules.vocabulary import (
    Channel,
    CommitmentKind,
    CriticalGround,
    MessagePurpose,
    PreventionKind,
    Role,
    Rung,
    Severity,
    StepKind,
)
from tests.conftest import Log, person

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def rungs_told(kind: StepKind = StepKind.ACKNOWLEDGE) -> list[str]:
    """Of this step, in the order in which they were mailed."""
    told = Reminder.objects.filter(kind=CommitmentKind.STEP, message__isnull=False).order_by("message_id", "pk")
    steps = set(keys(kind))
    return [row.rung for row in told if row.commitment_id in steps]


def keys(kind: StepKind) -> list[int]:
    return list(Step.objects.filter(kind=kind).values_list("pk", flat=True))


def test_the_owner_climbs_from_half_of_the_time_to_every_day(log: Log, now: datetime) -> None:
    log()
    for at in (2 * HOUR, 3 * HOUR + 12 * MINUTE, 4 * HOUR, 5 * HOUR, DAY + 4 * HOUR, 2 * DAY + 4 * HOUR):
        sweep(now + at - MINUTE)
        sweep(now + at)
    assert rungs_told() == [Rung.EARLY, Rung.SOON, Rung.DUE, Rung.OVERDUE, Rung.AGAIN, Rung.AGAIN]


def test_it_never_falls_silent(log: Log, now: datetime) -> None:
    log()
    for day in range(1, 30):
        sweep(now + day * DAY + 6 * HOUR)
    workdays = sum((now + day * DAY).weekday() < 5 for day in range(1, 30))
    columbus_day = 1
    assert rungs_told().count(Rung.AGAIN) == workdays - columbus_day


def test_before_it_is_due_the_mail_says_how_long_there_still_is(
    log: Log, mailoutbox: list[EmailMultiAlternatives], now: datetime
) -> None:
    case = log()
    sweep(now + 2 * HOUR)
    [mail] = mailoutbox
    assert mail.subject == f"Due in 2 h: acknowledge Grace Whitlock, {case.reference}"
    assert "Due in 2 h of working time, at Mon 15 Sep, 14:00 EDT." in mail.body
    assert Message.objects.get().purpose == MessagePurpose.EARLY


def test_the_manager_then_the_executive_then_the_manager_again(
    log: Log, team: Team, manager: User, now: datetime
) -> None:
    team.executive = person("Ruth Abara", Role.ADMINISTRATOR)
    team.save()
    log()
    for day in range(5):
        sweep(now + day * DAY + 4 * HOUR)
    above = Reminder.objects.filter(rung__in=(Rung.MANAGER, Rung.MANAGER_AGAIN, Rung.EXECUTIVE), message__isnull=False)
    first = above.filter(kind=CommitmentKind.STEP, commitment_id__in=keys(StepKind.ACKNOWLEDGE)).order_by(
        "message_id", "pk"
    )
    assert list(first.values_list("rung", "recipient__name")) == [
        (Rung.MANAGER, "Priya Shah"),
        (Rung.MANAGER_AGAIN, "Priya Shah"),
        (Rung.MANAGER_AGAIN, "Priya Shah"),
        (Rung.EXECUTIVE, "Ruth Abara"),
        (Rung.MANAGER_AGAIN, "Priya Shah"),
    ]


def test_a_ladder_of_its_own_for_each_commitment(log: Log, now: datetime) -> None:
    log()
    for day in range(6):
        sweep(now + day * DAY + 6 * HOUR)
        sweep(now + day * DAY + 23 * HOUR)
    assert rungs_told(StepKind.CORRECT)[0] == Rung.EARLY
    assert Rung.OVERDUE in rungs_told(StepKind.CORRECT)


def test_a_new_due_moment_begins_a_new_ladder_and_the_old_one_is_forgotten(
    log: Log, agent: User, now: datetime
) -> None:
    pledge = Pledge(words="A call", due_at=now + 4 * HOUR, channel=Channel.PHONE)
    promise = promises.make_promise(case=log(), pledge=pledge, actor=agent, now=now)
    sweep(now + HOUR)
    moved = now + 2 * DAY
    promises.renegotiate_promise(promise=promise, due_at=moved, reason="Agreed", actor=agent, now=now + HOUR)
    sweep(now + HOUR + MINUTE)
    alarms = Alarm.objects.filter(kind=CommitmentKind.PROMISE)
    assert set(alarms.values_list("due_at", flat=True)) == {moved}


def test_a_prevention_action_has_a_ladder_too(
    log: Log, teammate: User, agent: User, mailoutbox: list[EmailMultiAlternatives], now: datetime
) -> None:
    incident = log(severity=Severity.MINOR).incident
    plan = Plan(kind=PreventionKind.PROCESS, change="Two people count", owner=teammate, due_at=now + 4 * HOUR)
    learning.plan_prevention(incident=incident, plan=plan, actor=agent, now=now)
    sweep(now + 2 * HOUR)
    assert [mail.subject for mail in mailoutbox] == [
        f"Due in 2 h: make the change “Two people count”, {incident.reference}"
    ]


def test_promises_of_the_day_are_looked_through_before_closing(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    case = log(severity=Severity.MINOR)
    pledge = Pledge(words="A call", due_at=now + 6 * HOUR + 50 * MINUTE, channel=Channel.PHONE)
    promises.make_promise(case=case, pledge=pledge, actor=agent, now=now)
    sweep(now + 6 * HOUR)
    sweep(now + 7 * HOUR)
    sweep(now + 22 * HOUR + 59 * MINUTE)
    sweep(now + 23 * HOUR)
    told = Reminder.objects.filter(rung__in=(Rung.DAY_END, Rung.DAY_OVER), message__isnull=False)
    assert list(told.order_by("pk").values_list("rung", "recipient__name")) == [
        (Rung.DAY_END, "Maya Osei"),
        (Rung.DAY_OVER, "Priya Shah"),
    ]


def test_an_early_mail_can_be_ended_from_the_mail_program(
    log: Log, mailoutbox: list[EmailMultiAlternatives], now: datetime
) -> None:
    log()
    sweep(now + 2 * HOUR)
    sweep(now + 4 * HOUR)
    early, due = mailoutbox
    assert early.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert early.extra_headers["List-Unsubscribe"].startswith("<http://localhost:8000/mail/")
    assert "List-Unsubscribe" not in due.extra_headers


def test_who_wants_no_early_mail_gets_none(
    log: Log, agent: User, mailoutbox: list[EmailMultiAlternatives], now: datetime
) -> None:
    agent.wants_early = False
    agent.save()
    log()
    sweep(now + 2 * HOUR)
    sweep(now + 3 * HOUR + 12 * MINUTE)
    assert mailoutbox == []
    sweep(now + 4 * HOUR)
    assert len(mailoutbox) == 1


def test_what_is_late_climbs_the_ladder_of_its_present_severity(
    log: Log, team: Team, agent: User, manager: User, now: datetime
) -> None:
    team.executive = person("Ruth Abara", Role.ADMINISTRATOR)
    team.save()
    case, told = log(), now + DAY + 4 * HOUR
    sweep(told)
    safety = CriticalGround.SAFETY
    handling.change_severity(
        case=case, severity=Severity.CRITICAL, reason="It leaks", actor=agent, now=told, critical_because=safety
    )
    sweep(told + 30 * MINUTE)
    assert rungs_told()[-1] == Rung.EXECUTIVE
