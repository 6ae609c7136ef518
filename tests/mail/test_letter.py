"""The bytes of a mail: headers that every reader understands, lines that every server takes, and no 8 bits."""

import email
import re
from datetime import datetime
from email import policy
from email.message import EmailMessage

import pytest
from django.conf import settings as site
from pytest_django.fixtures import Settings

from cases.actions.deliveries import deliver_owed
from cases.mail import compose, letter
from cases.models import Message, User
from cases.rules.vocabulary import Audience, MessagePurpose, MessageStatus
from tests.conftest import Log
from tests.mail_server import MailServer, Through

pytestmark = pytest.mark.django_db

LONG = f"https://{'h' * 60}.{'g' * 60}.example.com"
ENCODED = re.compile(rb"=\?[^?\s]+\?[bq]\?", re.IGNORECASE)
NO_NAME = (b"To", b"Message-ID", b"List-Unsubscribe", b"List-Unsubscribe-Post", b"Auto-Submitted")


def written(**words: object) -> bytes:
    usual = {"audience": Audience.STAFF, "purpose": MessagePurpose.EARLY, "to_address": "maya@example.com"}
    return letter.written(Message(**{**usual, "subject": "Look", "text": "Hello\n", "html": "<p>Hello</p>", **words}))


def headers(raw: bytes) -> dict[bytes, bytes]:
    """As they stand there, folded."""
    head = raw.partition(b"\r\n\r\n")[0] + b"\r\n"
    found = re.findall(rb"^([^:\s]+):((?:.*\r\n)(?:[ \t].*\r\n)*)", head, re.MULTILINE)
    return dict(found)


def read(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=policy.default)


@pytest.mark.parametrize(
    "base", ["http://localhost:8000", LONG, "https://[2001:db8::1]", "https://xn--strae-oqa.example"]
)
def test_no_header_that_machines_read_is_encoded_or_cut_however_long(base: str, settings: Settings) -> None:
    settings.AMENDS_BASE_URL = base
    raw = written(to_address=f"{'m' * 60}@{'b' * 60}.{'c' * 60}.example")
    found = headers(raw)
    assert not any(ENCODED.search(found[name]) for name in NO_NAME)
    assert re.fullmatch(rb" <\S+/stop/>\r\n", found[b"List-Unsubscribe"])
    assert re.fullmatch(rb" <[^<>@\s]+@[^<>@\s]+>\r\n", found[b"Message-ID"])
    for asked in (policy.compat32, policy.default):
        parsed = email.message_from_bytes(raw, policy=asked)
        assert str(parsed["List-Unsubscribe"]).startswith(f"<{base}/mail/")
        assert str(parsed["To"]).endswith(".example")


@pytest.mark.parametrize(
    ("name", "read_as"),
    [
        ("Müller, “Söhne” & Co.", None),
        ("Müller, Söhne & Partner (Gesellschaft mit beschränkter Haftung), Abteilung Kundendienst", None),
        ('Smith, Jones; "Partners" (Northern & Southern) <Offices> of the whole long County of Elsewhere', None),
        ("=?utf-8?q?Bank?=", None),
        ("Bank\r\nBcc: x@example.com", "Bank Bcc: x@example.com"),
        ("عيادة الشمال", None),
    ],
)
def test_our_name_stays_a_name_whatever_it_is(name: str, read_as: str | None, settings: Settings) -> None:
    settings.AMENDS_ORGANIZATION = name
    raw = written(subject="Grüße " * 20)
    [sender] = read(raw)["From"].addresses
    assert sender.addr_spec == site.AMENDS_MAIL_FROM
    # Python's reader puts a blank between two encoded words of a name.
    assert sender.display_name.replace(" ", "") == (read_as or name).replace(" ", "")
    assert all(len(line) <= 78 for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n") if b"List-" not in line)


@pytest.mark.parametrize(
    "subject", ["Grüße " * 30, "漢字" * 60, "=?utf-8?q?x?= stays", "word " * 39, "é" * 190, "a" * 190]
)
def test_a_subject_is_read_as_it_was_written(subject: str) -> None:
    raw = written(subject=subject.strip())
    assert "".join(read(raw)["Subject"].split()) == "".join(subject.split())
    assert all(len(line) <= 200 for line in raw.split(b"\r\n"))


@pytest.mark.parametrize("words", ["ö" * 1200, "x" * 1200, "日本語" * 400, "\u2028 \x85 ok", "From here\n.\n..\n"])
def test_a_body_leaves_in_seven_bits_and_short_lines(words: str) -> None:
    raw = written(text=f"{words}\n", html=f"<p>{words}</p>")
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    body = read(raw).get_body(preferencelist=("plain",))
    assert body is not None
    assert "".join(body.get_content().split()) == "".join(words.split())


def test_no_header_line_is_empty(agent: User, log: Log, now: datetime) -> None:
    case = log()
    empty = compose.to_customer(case, MessagePurpose.APOLOGY, subject="\u2028 \x00", body="Dear Grace", now=now)
    assert empty.subject == f"About {case.reference}"
    for mail in (empty, compose.notice(agent, heading="Look", lines=[], now=now)):
        assert all(value.strip() for value in headers(bytes(mail.raw)).values())


def test_words_from_right_to_left_are_shown_so_each_paragraph_for_itself(log: Log, now: datetime) -> None:
    body = "Dear Dana,\n\nנשלח אליך מכתב.\nאמת.\n\nYours"
    mail = compose.to_customer(log(), MessagePurpose.APOLOGY, subject="Sorry", body=body, now=now)
    assert '<p dir="auto">Dear Dana,</p><p dir="auto">נשלח אליך מכתב.<br>אמת.</p><p dir="auto">Yours</p>' in mail.html


def test_a_domain_is_told_by_its_own_name(mail_server: MailServer, agent: User, now: datetime) -> None:
    User.objects.filter(pk=agent.pk).update(email="maya@straße.example")
    agent.refresh_from_db()
    compose.notice(agent, heading="Look", lines=[], now=now)
    deliver_owed(now=now)
    assert [mail["To"] for mail in mail_server.taken] == ["maya@xn--strae-oqa.example"]
    assert "rcpt to:<maya@xn--strae-oqa.example>" in map(str.lower, mail_server.heard)


@pytest.mark.parametrize("extensions", [("SMTPUTF8", "8BITMIME"), ("PIPELINING", "SMTPUTF8", "8BITMIME")])
def test_other_letters_before_the_at_leave_where_the_server_takes_them(
    mail_through: Through, agent: User, extensions: tuple[str, ...], now: datetime
) -> None:
    server = mail_through(*extensions)
    for address in ("plain@example.com", "jörg@straße.example", "after@example.com"):
        agent.email = address
        compose.notice(agent, heading="Grüße", lines=["Ä"], now=now)
    deliver_owed(now=now)
    assert len(server.taken) == 3
    assert b"To: j\xc3\xb6rg@xn--strae-oqa.example" in server.taken[1].as_bytes(policy=policy.SMTPUTF8)
    heard = [line.lower() for line in server.heard]
    assert "rcpt to:<jörg@xn--strae-oqa.example>" in heard
    assert sum("smtputf8" in line for line in heard) == 1


def test_where_it_does_not_the_mail_s_fate_says_so(mail_server: MailServer, agent: User, now: datetime) -> None:
    agent.email = "jörg@example.com"
    mail = compose.notice(agent, heading="Look", lines=[], now=now)
    compose.notice(User.objects.get(pk=agent.pk), heading="Next", lines=[], now=now)
    deliver_owed(now=now)
    mail.refresh_from_db()
    assert mail.status == MessageStatus.FAILED
    assert "takes no address with such letters before the @" in mail.last_error
    assert len(mail_server.taken) == 1


@pytest.mark.parametrize("address", ["grace@exa mple.org", "grace@a\u200db.example", "grace", '"a\nb"@example.com'])
def test_an_address_that_nobody_can_be_told_fails_alone_and_with_a_sentence(
    mail_server: MailServer, agent: User, address: str, now: datetime
) -> None:
    agent.email = address
    mail = compose.notice(agent, heading="Look", lines=[], now=now)
    compose.notice(User.objects.get(pk=agent.pk), heading="Next", lines=[], now=now)
    deliver_owed(now=now)
    mail.refresh_from_db()
    assert mail.status == MessageStatus.FAILED
    assert mail.last_error.startswith("It cannot be sent as it is: ")
    assert len(mail_server.taken) == 1
