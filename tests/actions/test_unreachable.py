"""A colleague whose mail server refuses us: written down, told once, and no notice about notices."""

from datetime import datetime, timedelta

import pytest

from cases.actions import people
from cases.actions.bounces import take_notice
from cases.actions.deliveries import deliver_owed
from cases.errors import NotAllowedError
from cases.mail import compose
from cases.models import Event, Message, Team, User
from cases.rules.vocabulary import MessagePurpose, MessageStatus
from tests.conftest import Log
from tests.mail_server import MailServer, mail_server, mail_through
from tests.notices import bounce_of
from tests.refusals import refused

__all__ = ["mail_server", "mail_through"]

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def remind(user: User, now: datetime) -> Message:
    """Any mail to a colleague, which has left."""
    mail = compose.notice(user, heading="Please look", lines=[], now=now)
    Message.objects.filter(pk=mail.pk).update(status=MessageStatus.SENT, sent_at=now, concluded_at=now)
    return mail


def told() -> list[str]:
    mails = Message.objects.filter(purpose=MessagePurpose.UNDELIVERED).order_by("pk")
    return list(mails.values_list("to_address", flat=True))


def test_a_colleague_whose_mail_came_back_is_known_as_unreachable_and_the_manager_told_once(
    agent: User, manager: User, now: datetime
) -> None:
    for hours in (1, 2):
        take_notice(raw=bounce_of(remind(agent, now)), now=now + hours * HOUR)
    agent.refresh_from_db()

    assert agent.unreachable_since == now + HOUR
    assert agent.unreachable_because.startswith("It came back: 550 5.1.1")
    assert told() == [manager.email]
    mail = Message.objects.get(to_user=manager)
    assert mail.subject == "Mail to Maya Osei does not arrive"
    assert b"Auto-Submitted: auto-generated" in bytes(mail.raw)


def test_an_address_that_is_refused_at_once_is_the_same(
    agent: User, manager: User, mail_server: MailServer, now: datetime
) -> None:
    mail_server.refusals[agent.email] = "550 5.1.1 Nobody of that name"
    compose.notice(agent, heading="Please look", lines=[], now=now)
    deliver_owed(now=now)
    agent.refresh_from_db()

    assert agent.unreachable_since == now
    assert [mail["To"] for mail in mail_server.taken] == [manager.email]


def test_no_mail_is_written_about_a_mail_about_a_mail(agent: User, manager: User, now: datetime) -> None:
    take_notice(raw=bounce_of(remind(agent, now)), now=now)
    about = Message.objects.get(to_user=manager)
    Message.objects.filter(pk=about.pk).update(status=MessageStatus.SENT, sent_at=now)
    take_notice(raw=bounce_of(about), now=now + HOUR)
    manager.refresh_from_db()

    assert manager.unreachable_since == now + HOUR
    assert told() == [manager.email]


def test_a_manager_who_is_unreachable_is_told_to_somebody_else(
    manager: User, administrator: User, now: datetime
) -> None:
    take_notice(raw=bounce_of(remind(manager, now)), now=now)

    assert told() == [administrator.email]


def test_a_server_that_gave_up_says_nothing_about_the_person(
    agent: User, manager: User, mail_server: MailServer, now: datetime
) -> None:
    late = bounce_of(remind(agent, now), status="4.4.7", diagnostic="smtp; 451 4.4.7 Timed out")
    take_notice(raw=late, now=now)
    mail_server.data_reply = "554 5.7.1 We do not like the words"
    compose.notice(agent, heading="Please look", lines=[], now=now)
    deliver_owed(now=now)
    agent.refresh_from_db()

    assert (agent.unreachable_since, told()) == (None, [])


def test_a_bounce_from_an_address_that_is_no_longer_theirs_is_no_news(
    agent: User, manager: User, now: datetime
) -> None:
    mail = remind(agent, now)
    User.objects.filter(pk=agent.pk).update(email="maya.osei@example.com")
    take_notice(raw=bounce_of(mail), now=now)
    agent.refresh_from_db()

    assert (agent.unreachable_since, told()) == (None, [])


def test_a_notice_about_a_case_that_came_back_is_no_event_of_the_case(
    log: Log, agent: User, manager: User, now: datetime
) -> None:
    mail = compose.notice(agent, heading="Please look", lines=[], now=now, case=log())
    Message.objects.filter(pk=mail.pk).update(status=MessageStatus.SENT, sent_at=now)
    before = Event.objects.count()
    take_notice(raw=bounce_of(mail), now=now)

    assert Event.objects.count() == before


def test_of_two_teams_both_managers_are_told(
    agent: User, manager: User, administrator: User, team: Team, now: datetime
) -> None:
    agent.teams.add(Team.objects.create(name="Warehouse", calendar=team.calendar, manager=administrator))
    take_notice(raw=bounce_of(remind(agent, now)), now=now)

    assert sorted(told()) == sorted([manager.email, administrator.email])


def test_an_administrator_confirms_that_mail_arrives_again(agent: User, administrator: User, now: datetime) -> None:
    take_notice(raw=bounce_of(remind(agent, now)), now=now)
    with refused("Your role does not let you", by=NotAllowedError):
        people.confirm_address(user=agent, actor=agent)
    confirmed = people.confirm_address(user=agent, actor=administrator)

    assert (confirmed.unreachable_since, confirmed.unreachable_because) == (None, "")
    with refused("Mail to maya@example.com has not failed"):
        people.confirm_address(user=agent, actor=administrator)
