"""Mails of sign-in: ours, by the outbox, to whom has an account, and without a word about who has."""

import importlib
import logging
import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from cases.actions import people
from cases.actions.bounces import take_notice
from cases.actions.deliveries import deliver_owed
from cases.actions.people import Position
from cases.admin.people import set_password_link
from cases.mail import compose
from cases.models import Message, User
from cases.rules.vocabulary import MessagePurpose, MessageStatus, Role
from tests.mail_server import MailServer, mail_server, mail_through
from tests.notices import bounce_of

__all__ = ["mail_server", "mail_through"]

pytestmark = pytest.mark.django_db

RESET = reverse("account_reset_password")
ODD = [
    *(
        "ma ya@example.com",
        '"maya"@example.com',
        '"a b"@example.com',
        "maya@straße.example",
        "maya@xn--strae-oqa.example",
    ),
    *(
        "jörg@example.com",
        "m" * 242 + "@example.com",
        "m" * 400 + "@example.com",
        "maya\0@example.com",
        "maya@\0",
        "@",
        "",
    ),
    *(
        "maya@example.com\r\nBcc: x@example.com",
        "maya@[127.0.0.1]",
        "\uff2daya\uff20example.com",
        "maya@a\u200db.example",
        "<b>@x.y",
    ),
    *("maya@☃.example", "maya@" + "a." * 120 + "example", "\ud7ff@x.example", "maya@xn--a.example", "%00@example.com"),
]


def ask(email: str, **headers: str) -> tuple[int, str]:
    page = Client().post(RESET, {"email": email}, headers=headers)
    return page.status_code, page.headers.get("Location", "")


def link_in(mail: Message) -> str:
    found = re.search(r"https?://\S+/accounts/password/reset/key/\S+/", mail.text)
    assert found is not None
    return found[0]


def test_the_link_leads_to_our_own_address_whatever_host_is_asked_for(agent: User, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    for host in ("localhost:8123", "evil.example", "localhost"):
        assert ask(agent.email, host=host, **{"x-forwarded-proto": "https"})[0] == 302
    mails = Message.objects.filter(purpose=MessagePurpose.SIGN_IN)
    assert [link_in(mail).partition("/accounts/")[0] for mail in mails] == [settings.AMENDS_BASE_URL] * 3
    assert not any("evil" in f"{mail.text}{mail.html}" or "8123" in mail.text for mail in mails)


def test_the_link_opens_and_the_new_password_is_told(agent: User, client: Client) -> None:
    ask(agent.email)
    page = client.get(link_in(Message.objects.get()), follow=True)
    new = {"password1": "a fresh staple 9", "password2": "a fresh staple 9"}
    client.post(page.redirect_chain[-1][0], new)
    agent.refresh_from_db()
    assert agent.check_password("a fresh staple 9")
    told = Message.objects.get(purpose=MessagePurpose.NOTICE)
    assert (told.subject, told.to_user) == ("A new password was chosen for your account", agent)


def test_whoever_changes_a_password_is_told(agent: User, client: Client) -> None:
    client.force_login(agent)
    new = {"oldpassword": "correct horse", "password1": "a fresh staple 9", "password2": "a fresh staple 9"}
    client.post(reverse("account_change_password"), new)
    assert Message.objects.get().subject == "A new password was chosen for your account"


def test_the_page_says_the_same_of_an_address_that_nobody_has_and_mails_it_nothing(agent: User) -> None:
    known = ask(agent.email)
    Message.objects.all().delete()
    User.objects.filter(pk=agent.pk).update(is_active=False)
    assert ask(agent.email) == ask("nobody@example.org") == known
    assert not Message.objects.exists()


def test_it_does_as_much_for_an_address_that_nobody_has(agent: User, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def written(mail: Message) -> bytes:
        done.append(mail.purpose)
        return b""

    monkeypatch.setattr("cases.mail.letter.written", written)
    monkeypatch.setattr("cases.mail.outbox.announce", lambda: done.append("told"))
    ask("nobody@example.org")
    assert done == [MessagePurpose.SIGN_IN, "told"]


@pytest.mark.parametrize("address", ODD)
def test_an_odd_address_is_never_an_error_of_ours(agent: User, address: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        assert ask(address)[0] in {200, 302}
        sign_in = Client().post(reverse("account_login"), {"login": address, "password": "correct horse"})
    assert sign_in.status_code == 200
    assert not Message.objects.filter(to_address__contains="straße").exists()
    assert "maya" not in caplog.text


def test_a_look_alike_that_was_typed_gets_nothing(agent: User) -> None:
    User.objects.filter(pk=agent.pk).update(email="maya@straße.example")
    for typed in ("maya@STRAẞE.example", "maya@xn--strae-oqa.example", "maya@strasse.example"):
        ask(typed)
    assert [mail.to_address for mail in Message.objects.all()] == ["maya@straße.example"] * 2
    good = {"login": "Maya@xn--strae-oqa.example", "password": "correct horse"}
    assert Client().post(reverse("account_login"), good).status_code == 302


def test_nobody_asks_without_end(agent: User) -> None:
    assert 429 in {ask(agent.email)[0] for _ in range(30)}


def test_a_mail_server_that_is_down_or_says_no_is_no_error_of_the_page(agent: User, mail_server: MailServer) -> None:
    now = timezone.now()
    with mail_server.down():
        assert ask(agent.email)[0] == 302
        deliver_owed(now=now)
    mail_server.refusals[agent.email] = "550 5.1.1 Unknown"
    deliver_owed(now=now + timedelta(minutes=1))
    mail = Message.objects.filter(purpose=MessagePurpose.SIGN_IN).get()
    assert (mail.status, mail.text, mail.html, bytes(mail.raw)) == (MessageStatus.FAILED, "", "", b"")
    agent.refresh_from_db()
    assert agent.unreachable_since is not None


def test_it_is_a_letter_of_ours_and_its_link_is_forgotten_when_it_left(
    agent: User, mail_server: MailServer, settings: Settings
) -> None:
    settings.AMENDS_BOUNCE_ADDRESS = "bounces@amends.example.com"
    ask(agent.email)
    mail = Message.objects.get()
    deliver_owed(now=timezone.now())
    [taken] = mail_server.taken
    assert mail_server.senders == ["bounces@amends.example.com"]
    assert (taken["Message-ID"], taken["Auto-Submitted"]) == (f"<{mail.public_id}@localhost>", "auto-generated")
    assert {part.get_content_type() for part in taken.walk()} >= {"text/plain", "text/html"}
    assert link_in(mail) in str(taken.get_body(preferencelist=("plain",)).get_content())  # type: ignore[union-attr]
    mail.refresh_from_db()
    assert (mail.status, mail.text, mail.html, bytes(mail.raw)) == (MessageStatus.SENT, "", "", b"")


def test_one_that_comes_back_is_noticed(agent: User, mail_server: MailServer) -> None:
    ask(agent.email)
    deliver_owed(now=timezone.now())
    take_notice(raw=bounce_of(Message.objects.get()), now=timezone.now())
    assert Message.objects.get(purpose=MessagePurpose.SIGN_IN).status == MessageStatus.BOUNCED
    agent.refresh_from_db()
    assert agent.unreachable_since is not None


def test_it_leaves_before_all_that_waited_longer(agent: User, mail_server: MailServer) -> None:
    now = timezone.now()
    for _ in range(3):
        compose.notice(agent, heading="Please look", lines=[], now=now - timedelta(minutes=9))
    ask(agent.email)
    deliver_owed(now=timezone.now())
    assert [mail["Subject"].split()[0] for mail in mail_server.taken] == ["Choose", "Please", "Please", "Please"]


def test_after_an_hour_it_is_given_up_even_while_the_server_is_down(agent: User, mail_server: MailServer) -> None:
    ask(agent.email)
    written = Message.objects.get().created_at
    with mail_server.down():
        deliver_owed(now=written + timedelta(minutes=59))
        assert Message.objects.get().status == MessageStatus.QUEUED
        deliver_owed(now=written + timedelta(hours=1))
    mail = Message.objects.get()
    assert (mail.status, mail.text, bytes(mail.raw)) == (MessageStatus.FAILED, "", b"")
    assert "asks for a new one" in mail.last_error
    deliver_owed(now=written + timedelta(hours=2))
    assert mail_server.taken == []


def test_an_invitation_is_such_a_mail_and_stands_in_no_record(
    administrator: User, mail_server: MailServer, client: Client
) -> None:
    now = timezone.now()
    position = Position(name="New", role=Role.AGENT, zone="UTC")
    new = people.add_user(email="New@Example.com", position=position, actor=administrator, now=now)
    mail = people.invite(user=new, link=set_password_link(new), actor=administrator, now=now)
    client.force_login(administrator)
    pages = [reverse("admin:cases_message_change", args=(mail.pk,)), reverse("cases:reminders") + "?show=failed"]
    assert mail.purpose == MessagePurpose.SIGN_IN
    assert not any("reset/key" in client.get(page, follow=True).text for page in pages)
    deliver_owed(now=now)
    mail.refresh_from_db()
    assert (mail.status, mail.text, mail.html) == (MessageStatus.SENT, "", "")


@pytest.mark.parametrize("address", ["jörg@example.com", "maya@a\u200db.example", "maya", "maya@☃.example"])
def test_an_address_that_nobody_could_sign_in_with_is_refused_with_a_sentence(
    administrator: User, client: Client, address: str
) -> None:
    client.force_login(administrator)
    form = {"name": "New", "email": address, "role": Role.AGENT, "time_zone": "UTC"}
    page = client.post(reverse("admin:cases_user_add"), form)
    assert page.status_code == 200
    assert not User.objects.filter(name="New").exists()


def test_invitations_of_earlier_releases_lose_their_link_where_their_fate_is_known(agent: User) -> None:
    now = timezone.now()
    migration = importlib.import_module("cases.migrations.0027_forget_links_to_passwords")
    rows = [
        compose.notice(agent, heading="Welcome", lines=[f"x/accounts/password/reset/key/{n}/"], now=now) for n in "ab"
    ]
    rows.append(compose.notice(agent, heading="Something else", lines=[], now=now))
    Message.objects.filter(pk=rows[0].pk).update(status=MessageStatus.SENT, sent_at=now)
    migration.forget_links(apps, None)
    found = Message.objects.order_by("pk").values_list("purpose", "text")
    assert [(purpose, bool(text)) for purpose, text in found] == [
        (MessagePurpose.SIGN_IN, False),
        (MessagePurpose.SIGN_IN, True),
        (MessagePurpose.NOTICE, True),
    ]
