"""A mail server that may be told several things at once (RFC 2920), and what it may answer to each."""

from datetime import datetime

import pytest

from cases.actions.deliveries import DeliveryTally, deliver_owed
from cases.mail import compose, outbox, smtp
from cases.models import Message, User
from cases.rules.vocabulary import MessageStatus
from tests.mail_server import MailServer

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("mail_server", [("PIPELINING",)], indirect=True)]


def notice(to: User, now: datetime, line: str = "Please look.") -> Message:
    return compose.notice(to, heading="The customer wants more", lines=[line], now=now)


def answers(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.status, message.last_error


def test_the_next_envelope_goes_with_each_mail(
    mail_server: MailServer, agent: User, teammate: User, now: datetime
) -> None:
    first, second = notice(agent, now), notice(teammate, now)
    ahead = list[str]()
    with outbox.Carrier() as carrier:
        for mail, following in ((first, second), (second, None)):
            carrier.hand_over(mail, following=following)
            backend = carrier.reach()
            assert isinstance(backend, smtp.EmailBackend)
            ahead.append(backend.connection.opened if backend.connection else "?")
    assert ahead == [teammate.email, ""]
    assert (len(mail_server.taken), mail_server.conversations) == (2, 1)


def test_a_line_that_begins_with_a_dot_arrives_as_it_is(mail_server: MailServer, agent: User, now: datetime) -> None:
    notice(agent, now, line="\n.\n..and so on")
    deliver_owed(now=now)
    [mail] = mail_server.taken
    words = mail.get_body(("plain",))
    assert words is not None
    assert words.get_content().splitlines()[4:6] == [".", "..and so on"]


@pytest.mark.parametrize("start_reply", ["354 Go on", "503 No recipient", ""])
def test_a_refused_address_is_told_whatever_the_server_then_says_to_data(
    mail_server: MailServer, agent: User, teammate: User, now: datetime, start_reply: str
) -> None:
    refused, other = notice(agent, now), notice(teammate, now)
    mail_server.refusals[agent.email] = "550 5.1.1 Nobody of that name"
    mail_server.start_reply = start_reply
    assert deliver_owed(now=now) == DeliveryTally(sent=1, failed=1)
    assert answers(refused) == ("failed", "The mail server refused the address: 550 5.1.1 Nobody of that name")
    assert answers(other)[0] == MessageStatus.SENT
    assert len(mail_server.taken) == 1


def test_a_server_that_waits_for_a_mail_to_nobody_gets_a_lone_dot(
    mail_server: MailServer, agent: User, now: datetime
) -> None:
    notice(agent, now)
    mail_server.refusals[agent.email] = "550 Nobody of that name"
    deliver_owed(now=now)
    assert mail_server.heard[-2:] == [".", "quit"]
    assert mail_server.taken == []


def test_a_refused_address_is_told_even_where_the_server_hangs_up_on_the_dot(
    mail_server: MailServer, agent: User, now: datetime
) -> None:
    message = notice(agent, now)
    mail_server.refusals[agent.email] = "550 Nobody of that name"
    mail_server.data_reply = ""
    assert deliver_owed(now=now) == DeliveryTally(failed=1)
    assert answers(message)[1] == "The mail server refused the address: 550 Nobody of that name"


def test_a_sender_that_is_refused_is_no_fault_of_the_mail(mail_server: MailServer, agent: User, now: datetime) -> None:
    message = notice(agent, now)
    mail_server.refusals["amends@localhost"] = "550 5.7.1 Not from here"
    assert deliver_owed(now=now) == DeliveryTally(postponed=1)
    assert answers(message) == ("queued", "The mail server did not take it: 550 5.7.1 Not from here")


@pytest.mark.parametrize("address", ["amends@localhost", "maya@example.com"])
def test_a_server_that_says_goodbye_to_an_envelope_is_asked_again_later(
    mail_server: MailServer, agent: User, now: datetime, address: str
) -> None:
    message = notice(agent, now)
    mail_server.refusals[address] = "421 4.3.2 Closing"
    assert deliver_owed(now=now) == DeliveryTally(postponed=1)
    assert answers(message)[1].endswith("421 4.3.2 Closing")


def test_a_refused_mail_does_not_take_the_next_one_with_it(
    mail_server: MailServer, agent: User, teammate: User, now: datetime
) -> None:
    refused, other = notice(agent, now), notice(teammate, now)
    replies = ["250 Taken", "554 Spam"]
    mail_server.on_mail = lambda: setattr(mail_server, "data_reply", replies.pop())
    assert deliver_owed(now=now) == DeliveryTally(sent=1, failed=1)
    assert answers(refused) == ("failed", "The mail server refused the mail: 554 Spam")
    assert answers(other)[0] == MessageStatus.SENT


def test_whoever_hangs_up_after_an_envelope_has_sent_nothing(
    mail_server: MailServer, agent: User, teammate: User, now: datetime
) -> None:
    first, second = notice(agent, now), notice(teammate, now)
    with outbox.Carrier() as carrier:
        assert carrier.hand_over(first, following=second).status == MessageStatus.SENT
    assert [mail["To"] for mail in mail_server.taken] == [agent.email]
    assert "quit" not in mail_server.heard


def test_another_mail_than_the_one_foretold_goes_to_its_own_address(
    mail_server: MailServer, agent: User, teammate: User, manager: User, now: datetime
) -> None:
    first, foretold, other = (notice(who, now) for who in (agent, teammate, manager))
    with outbox.Carrier() as carrier:
        carrier.hand_over(first, following=foretold)
        carrier.hand_over(other)
    assert [mail["To"] for mail in mail_server.taken] == [agent.email, manager.email]
    assert mail_server.conversations == 2
