"""Whoever is away, left or has no address is not written to: somebody who is there is."""

from datetime import datetime, timedelta

import pytest

from cases.actions import people, quiet
from cases.actions.people import Position
from cases.models import Absence, Message, Reminder, User
from cases.reminders.sweep import sweep
from cases.reports import health
from cases.rules.vocabulary import CommitmentKind, MessageStatus, Role, Rung, StepKind
from tests.conftest import Log, person
from tests.mail_server import MailServer

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def away(user: User, now: datetime, substitute: User | None = None) -> None:
    Absence.objects.create(user=user, start=now - DAY, end=now + DAY, substitute=substitute)


def told() -> list[User | None]:
    return [mail.to_user for mail in Message.objects.order_by("pk")]


def test_the_substitute_is_told_and_reads_whose_it_is(log: Log, agent: User, teammate: User, now: datetime) -> None:
    away(agent, now, teammate)
    log()
    sweep(now + 4 * HOUR)
    assert told() == [teammate]
    assert "Maya Osei owns it and is away or cannot be reached." in Message.objects.get().text


def test_a_substitute_who_is_away_passes_it_on(log: Log, agent: User, teammate: User, now: datetime) -> None:
    case = log()
    assert case.team is not None
    third = person("Ada Nwosu", Role.AGENT, case.team)
    away(agent, now, teammate)
    away(teammate, now, third)
    sweep(now + 4 * HOUR)
    assert told() == [third]


def test_a_chain_that_comes_back_ends_at_the_manager(
    log: Log, agent: User, teammate: User, manager: User, now: datetime
) -> None:
    away(agent, now, teammate)
    away(teammate, now, agent)
    log()
    sweep(now + 4 * HOUR)
    assert told() == [manager]


def test_who_may_not_see_the_case_does_not_stand_in(
    log: Log, agent: User, outsider: User, manager: User, now: datetime
) -> None:
    away(agent, now, outsider)
    log()
    sweep(now + 4 * HOUR)
    assert told() == [manager]


def test_who_is_back_is_reminded_again_of_what_is_still_late(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    Absence.objects.create(user=agent, start=now + 12 * HOUR, end=now + 2 * DAY)
    step = log().steps.get(kind=StepKind.ACKNOWLEDGE)
    for hours in range(120):
        sweep(now + hours * HOUR)
    again = Reminder.objects.filter(kind=CommitmentKind.STEP, commitment_id=step.pk, rung=Rung.AGAIN)
    assert again.filter(recipient=agent, message__sent_at__gt=now + 2 * DAY).exists()


@pytest.mark.parametrize("how", ["nobody stands in", "the substitute left", "no address"])
def test_without_anybody_who_can_be_told_it_is_the_manager(
    log: Log, agent: User, teammate: User, manager: User, now: datetime, how: str
) -> None:
    if how == "no address":
        User.objects.filter(pk=agent.pk).update(email="")
    else:
        away(agent, now, None if how == "nobody stands in" else teammate)
    User.objects.filter(pk=teammate.pk).update(is_active=how != "the substitute left")
    log()
    sweep(now + 4 * HOUR)
    assert told() == [manager]


def test_a_manager_who_is_away_is_stood_in_for_as_well(
    log: Log, agent: User, teammate: User, manager: User, now: datetime
) -> None:
    away(manager, now, teammate)
    log(owner=None)
    sweep(now + 4 * HOUR)
    assert told() == [teammate]


def test_an_absence_that_is_over_changes_nothing(log: Log, agent: User, teammate: User, now: datetime) -> None:
    Absence.objects.create(user=agent, start=now - 2 * DAY, end=now, substitute=teammate)
    log()
    sweep(now + 4 * HOUR)
    assert told() == [agent]


def test_what_waits_for_who_leaves_goes_to_whoever_answers_at_once(
    log: Log, agent: User, manager: User, administrator: User, now: datetime
) -> None:
    case = log()
    quiet.put_off_reminders(case=case, until=now + 2 * DAY, reason="The carrier calls then", actor=agent, now=now)
    sweep(now + 4 * HOUR)
    assert told() == []
    role = Position(name=agent.name, role=Role.AGENT, zone=agent.time_zone, teams=(), is_active=False)
    people.change_user(user=agent, position=role, actor=administrator, now=now + 4 * HOUR)
    assert "unwritten" not in {trouble.code for trouble in health.troubles(now + 4 * HOUR)}
    sweep(now + 4 * HOUR + timedelta(minutes=1))
    assert told() == [manager]


def test_what_a_mail_told_that_was_refused_is_told_to_whoever_answers(
    log: Log, agent: User, manager: User, mail_server: MailServer, now: datetime
) -> None:
    log()
    mail_server.refusals[agent.email] = "550 No such user"
    sweep(now + 4 * HOUR)
    sweep(now + 4 * HOUR + timedelta(minutes=1))
    due = Reminder.objects.get(rung=Rung.DUE)
    assert (due.recipient, due.message and due.message.to_address) == (manager, manager.email)
    assert Message.objects.filter(to_user=agent).get().status == MessageStatus.FAILED
