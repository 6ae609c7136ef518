"""What a log line tells, and what it keeps to itself."""

import json
import logging
import smtplib
import sys
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.db import IntegrityError, OperationalError
from django.urls import reverse
from django.utils import timezone

from cases.actions.satisfaction import make_link
from cases.mail import links
from cases.models import Message, User
from recovery.logs import LEFT_OUT, Lines, redacted
from tests.conftest import Log


def line(error: Exception | None = None, *, verbose: bool = False, **extra: object) -> dict[str, object]:
    """The line that is written of an event, or of an error that was caught."""
    record = logging.LogRecord("cases.mail", logging.ERROR, __file__, 1, "delivered %d", (3,), None)
    record.__dict__.update(extra)
    if error:
        try:
            raise error
        except type(error):
            record.exc_info = sys.exc_info()
    told: dict[str, object] = json.loads(Lines(verbose=verbose).format(record))
    return told


def test_a_line_tells_when_where_and_what() -> None:
    told = line()

    assert (told["level"], told["logger"], told["event"]) == ("error", "cases.mail", "delivered 3")
    assert str(told["at"]).endswith("+00:00")


def test_an_error_tells_its_kind_and_place_but_not_what_somebody_typed() -> None:
    told = line(IntegrityError("Key (email)=(dora@example.com) already exists"))

    assert told["error"] == "IntegrityError"
    assert "test_logs.py" in str(told["trace"])
    assert "dora" not in json.dumps(told)


def test_an_error_of_the_machine_speaks() -> None:
    assert line(OperationalError("could not connect to server"))["says"] == "could not connect to server"


def test_a_developer_reads_every_word() -> None:
    assert line(ValueError("dora@example.com"), verbose=True)["says"] == "dora@example.com"


def test_a_failed_page_is_named_without_its_address() -> None:
    request = SimpleNamespace(
        method="GET", path="/c/secret-link/", resolver_match=SimpleNamespace(view_name="cases:reply")
    )

    told = line(request=request, status_code=500)

    assert told["event"] == "500 at GET cases:reply"
    assert "secret-link" not in json.dumps(told)


@pytest.fixture
def secrets(log: Log, agent: User) -> dict[str, str]:
    """Addresses whose reader may do something, and the word by which each lets them."""
    token = make_link(case=log(), actor=agent, now=timezone.now())
    key = default_token_generator.make_token(agent)
    reset = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(agent), "key": key})
    mail = Message()
    return {
        links.customer_page(token): token,
        links.customer_page(quote(token)): quote(token),
        links.seen(mail): links.seen(mail).split("/")[-3],
        links.stop_early(mail): links.stop_early(mail).split("/")[-3],
        reset: key,
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sentence", ["Error handling request {}", "Forbidden (CSRF): '{}'", '"GET {}?a=b HTTP/1.1" 200', "at {}.", "({})"]
)
def test_no_line_has_the_key_of_a_link(secrets: dict[str, str], sentence: str) -> None:
    for address, key in secrets.items():
        for words in (sentence.format(address), sentence.format(key)):
            assert key not in redacted(words)
            assert LEFT_OUT in redacted(words)


@pytest.mark.django_db
def test_what_the_machine_says_has_no_key_and_no_mail_address_either(secrets: dict[str, str]) -> None:
    for address, key in secrets.items():
        said = line(OSError(f"550 <dora@example.com> at {address}"))["says"]
        assert key not in str(said)
        assert "dora" not in str(said)


@pytest.mark.parametrize(
    "sentence",
    [
        "could not connect to server postgres:5432 as amends",
        f"{Path(__file__)}:12 test_what_helps_whoever_repairs_it_stays_as_it_is",
        "Task cases.tasks.sweep_reminders[6f1f3a9e-1f8c-4a38-9c7e-0a4c2d6c8b11] received",
        "2026-11-29T14:42:08.123456+00:00 sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    ],
)
def test_what_helps_whoever_repairs_it_stays_as_it_is(sentence: str) -> None:
    assert redacted(sentence) == sentence


@pytest.mark.parametrize(
    "words",
    [
        "no such user <dora@example.com>",
        "RCPT TO:dora@straße.example refused",
        '"dora lee"@example.com is full',
        "/accounts/?email=dora%40example.com",
        "döra@example.com,dora@example.org",
        "dora\uff20example.com",
        "dora@localhost is unknown",
        "dora@[192.0.2.1] refused",
        "dora@example.हिन्दी.भारत",
        "dora.o'neill@example.org",
        "to=dora@example.org",
        "dora/sales@example.org",
        "550 5.1.1 (dora+tag@example.com): unknown",
    ],
)
def test_no_mail_address_is_logged_whatever_logs_it(words: str) -> None:
    record = logging.LogRecord("any.library", logging.WARNING, __file__, 1, "It said: %s", (words,), None)
    told = Lines().format(record)
    assert "It said" in told
    assert "dora" not in told
    assert "dör" not in told
    assert "example" not in told


def test_what_a_mail_server_says_of_an_address_is_told_without_it() -> None:
    told = line(smtplib.SMTPRecipientsRefused({"dora@example.com": (550, b"<dora@example.com> unknown")}))
    assert "dora" not in json.dumps(told)
    assert "550" in str(told["says"])
