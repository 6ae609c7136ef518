"""The words of a mail: legible in both forms, for the right eyes, and harmless whatever somebody is called."""

from datetime import datetime

import pytest
from django.conf import settings as site
from pytest_django.fixtures import Settings

from cases.actions.deliveries import deliver_owed
from cases.mail import compose
from cases.models import User
from cases.rules.vocabulary import Audience, MessagePurpose
from tests.conftest import Log
from tests.mail_server import MailServer

pytestmark = pytest.mark.django_db

SMUGGLED = "Grace\r\nBcc: everybody@example.com\n\x85\u2028\x00Whitlock"


def test_a_line_break_in_a_name_never_becomes_a_header(
    mail_server: MailServer, agent: User, log: Log, now: datetime
) -> None:
    compose.notice(agent, heading=f"{SMUGGLED} wants more", lines=[], now=now)
    compose.to_customer(log(), MessagePurpose.APOLOGY, subject=SMUGGLED, body="Dear Grace", now=now)
    deliver_owed(now=now)
    assert sorted(mail["Subject"] for mail in mail_server.taken) == [
        "Grace Bcc: everybody@example.com Whitlock",
        "Grace Bcc: everybody@example.com Whitlock wants more",
    ]
    assert [mail["Bcc"] for mail in mail_server.taken] == [None, None]


def test_a_long_subject_is_cut_where_it_still_can_be_read() -> None:
    assert compose.one_line("word " * 60) == "word " * 39 + "word…"


def test_html_in_a_name_is_shown_and_not_obeyed(agent: User, log: Log, now: datetime) -> None:
    mail = compose.notice(agent, heading="<b>Grace</b> & sons", lines=["1 < 2"], now=now, case=log())
    assert "&lt;b&gt;Grace&lt;/b&gt; &amp; sons" in mail.html
    assert "<b>Grace</b> & sons" in mail.text
    assert "1 < 2" in mail.text


def test_a_customer_reads_our_words_and_our_name_and_nothing_internal(log: Log, now: datetime) -> None:
    case = log(title="Parcel sent to the old address")
    mail = compose.to_customer(
        case, MessagePurpose.APOLOGY, subject="We are sorry", body="Dear Grace,\n\nIt's our fault.", now=now
    )
    assert mail.audience == Audience.CUSTOMER
    assert mail.text == (
        f"Dear Grace,\n\nIt's our fault.\n\n-- \n{site.AMENDS_ORGANIZATION}\nOur reference: {case.reference}\n"
    )
    assert '<p dir="auto">Dear Grace,</p>' in mail.html
    assert "Amends" not in mail.html
    assert "moderate" not in mail.html.lower()


def test_the_question_to_a_customer_has_one_button(log: Log, now: datetime) -> None:
    link = "http://localhost:8000/made-right/token/"
    mail = compose.to_customer(log(), MessagePurpose.SATISFACTION, subject="?", body="Dear Grace", now=now, link=link)
    assert f"Tell us whether we made it right:\n{link}" in mail.text
    assert mail.html.count("<a ") == 1
    assert f'href="{link}"' in mail.html


def test_a_notice_leads_to_the_case_and_says_why_it_came(agent: User, log: Log, now: datetime) -> None:
    case = log()
    mail = compose.notice(agent, heading="Somebody must decide", lines=["Why: flowers"], now=now, case=case)
    assert mail.subject == "Somebody must decide"
    assert f"/cases/{case.reference}/" in mail.html
    assert f"because you own {case.reference} or answer for it" in mail.text


def test_what_cannot_be_delivered_goes_to_its_own_address_and_answers_to_us(
    mail_server: MailServer, agent: User, settings: Settings, now: datetime
) -> None:
    for address in ("", "bounces@amends.example.com"):
        settings.AMENDS_BOUNCE_ADDRESS = address
        compose.notice(agent, heading="Please look", lines=[], now=now)
        deliver_owed(now=now)

    assert mail_server.senders == [site.AMENDS_MAIL_FROM, "bounces@amends.example.com"]
    assert {mail["From"] for mail in mail_server.taken} == {site.DEFAULT_FROM_EMAIL}


def test_a_mail_that_nobody_wrote_says_so_and_a_person_s_letter_does_not(agent: User, log: Log, now: datetime) -> None:
    notice = compose.undelivered_notice(agent, heading="It did not arrive", lines=[], now=now)
    letter = compose.to_customer(log(), MessagePurpose.APOLOGY, subject="Sorry", body="Dear Grace", now=now)

    assert b"Auto-Submitted: auto-generated\r\n" in notice.raw
    assert b"Auto-Submitted" not in letter.raw


def test_a_mail_is_legible_in_the_dark_and_without_images(agent: User, now: datetime) -> None:
    mail = compose.notice(agent, heading="Hello", lines=[], now=now)
    assert "prefers-color-scheme: dark" in mail.html
    assert "<img" not in mail.html
    assert "url(" not in mail.html
