"""Who answers for the team is told after the time that policy gives, and at once where nobody owns what is late."""

from datetime import datetime, timedelta

import pytest
from django.core.mail import EmailMultiAlternatives

from cases.actions import handling
from cases.models import Case, Message, Reminder, Team, User
from cases.reminders.sweep import sweep
from cases.rules.vocabulary import MessagePurpose, Role, Rung, Severity
from tests.conftest import Log, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("late_only")]

LATE = timedelta(hours=4, minutes=1)
TOLD = timedelta(days=1, hours=4)
"""A moderate mistake is due after four working hours; eight more, and the manager is told."""


def of_step(rung: Rung) -> Reminder:
    return Reminder.objects.filter(rung=rung).order_by("due_at")[0]


def test_the_manager_is_told_after_the_time_of_the_policy_and_not_before(
    log: Log, manager: User, mailoutbox: list[EmailMultiAlternatives], now: datetime
) -> None:
    case = log()
    sweep(now + TOLD - timedelta(minutes=1))
    assert [mail.to for mail in mailoutbox] == [[case.owner.email]] if case.owner else []
    sweep(now + TOLD)
    assert mailoutbox[-1].to == [manager.email]
    assert mailoutbox[-1].subject == f"Your team, overdue 8 h: acknowledge Grace Whitlock, {case.reference}"
    assert "Maya Osei owns it." in mailoutbox[-1].body
    assert of_step(Rung.MANAGER).recipient == manager


def test_the_manager_is_told_once(
    log: Log, manager: User, mailoutbox: list[EmailMultiAlternatives], now: datetime
) -> None:
    log()
    sweep(now + TOLD)
    sweep(now + TOLD + timedelta(minutes=1))
    assert [mail.to for mail in mailoutbox].count([manager.email]) == 1


def test_a_step_that_nobody_owns_goes_to_the_manager_at_once(
    log: Log, manager: User, mailoutbox: list[EmailMultiAlternatives], now: datetime
) -> None:
    log(owner=None)
    sweep(now + LATE)
    [mail] = mailoutbox
    assert mail.to == [manager.email]
    assert "Nobody owns it yet." in mail.body


def test_what_somebody_owned_who_left_goes_to_the_manager(
    log: Log, agent: User, manager: User, mailoutbox: list[EmailMultiAlternatives], now: datetime
) -> None:
    log()
    agent.is_active = False
    agent.save()
    sweep(now + LATE)
    [mail] = mailoutbox
    assert mail.to == [manager.email]
    assert "Maya Osei owned it, and no longer works here." in mail.body


def test_a_manager_who_is_late_is_not_told_by_themselves_but_another_manager_is(
    log: Log, team: Team, manager: User, administrator: User, now: datetime
) -> None:
    other = person("Ines Duarte", Role.MANAGER, team)
    log(owner=manager)
    sweep(now + TOLD)
    assert of_step(Rung.DUE).recipient == manager
    assert of_step(Rung.MANAGER).recipient == other


def test_without_another_manager_the_administrator_is_told(
    log: Log, manager: User, administrator: User, now: datetime
) -> None:
    log(owner=manager)
    sweep(now + TOLD)
    assert of_step(Rung.MANAGER).recipient == administrator


def test_a_case_of_no_team_reaches_the_administrator(log: Log, administrator: User, now: datetime) -> None:
    log(owner=None, team=None)
    sweep(now + LATE)
    assert of_step(Rung.DUE).recipient == administrator


def test_where_nobody_is_left_to_tell_it_waits_for_somebody(
    log: Log, mailoutbox: list[EmailMultiAlternatives], team: Team, now: datetime
) -> None:
    log(owner=None)
    assert sweep(now + LATE).mails == 0
    arrived = person("Priya Shah", Role.MANAGER, team)
    sweep(now + LATE)
    assert [mail.to for mail in mailoutbox] == [[arrived.email]]


def test_who_is_given_what_nobody_owned_is_told_although_the_manager_would_have_been(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    case, night = log(owner=None), now + timedelta(days=1, hours=10)
    sweep(night)
    handling.assign(case=case, to=agent, actor=manager, now=night)
    sweep(now + timedelta(days=2))
    told = [of_step(rung) for rung in (Rung.DUE, Rung.MANAGER)]
    assert [row.message.to_user for row in told if row.message] == [agent, manager]


def test_a_manager_with_work_of_their_own_gets_one_mail_about_both(
    log: Log, manager: User, mailoutbox: list[EmailMultiAlternatives], now: datetime
) -> None:
    log(title="A wrong invoice")
    own = log(title="A leaking tank", owner=manager, at=now + timedelta(days=1), severity=Severity.MINOR)
    sweep(now + TOLD + timedelta(minutes=1))
    [mail] = [mail for mail in mailoutbox if mail.to == [manager.email]]
    assert mail.subject.startswith("2 things are overdue, 1 of them yours, first: ")
    assert str(mail.body).index("A wrong invoice") < str(mail.body).index("Yours:")
    assert str(mail.body).index("Yours:") < str(mail.body).index(own.reference)
    assert Message.objects.filter(purpose=MessagePurpose.ESCALATION).count() == 1


def test_who_takes_over_is_told_by_the_manager_mail_whose_it_is_now(
    log: Log, agent: User, teammate: User, manager: User, now: datetime
) -> None:
    case: Case = log()
    sweep(now + LATE)
    handling.assign(case=case, to=teammate, actor=agent, now=now + LATE)
    sweep(now + TOLD)
    assert "Tom Reyes owns it." in Message.objects.get(to_user=manager).text
