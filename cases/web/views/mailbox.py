"""The mail of the embedded run, in the browser: for a look at the demo, where no mail server is named.

Shows people their own mail and mail to customers of cases that they may see, because links in a mail act as its reader.
Limit: text and links only; the style of the HTML part would need a weaker Content-Security-Policy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC
from email import message_from_bytes, policy
from email.utils import getaddresses
from html.parser import HTMLParser
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, cast, override
from uuid import UUID

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from cases.models import Case, Message
from cases.rules import addresses
from cases.rules.vocabulary import Audience
from cases.web.requests import StaffRequest, staff

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from email.message import EmailMessage

    from django.http import HttpResponse

    from cases.models import User

MOST_MAILS = 100
MOST_READ = 2000
"""Of the latest, to find those that may be shown."""
_BETWEEN = b"\n" + b"-" * 79 + b"\n"
_NAME = re.compile(r"(?P<file>\d{8}-\d{6}-\d+)-(?P<place>\d{1,6})")
_MESSAGE_ID = re.compile(r"<([0-9a-f-]{36})@")
_SAFE = ("http://", "https://", "mailto:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    label: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail. ``name`` is how its page is addressed; ``at`` is missing where the mail does not say it.

    ``key`` is that of its row in the outbox, if it has one.
    """

    name: str
    key: UUID | None
    subject: str
    sender: str
    recipient: str
    at: datetime | None
    text: str
    links: tuple[Link, ...]


@staff
@require_safe
def mailbox(request: StaffRequest) -> HttpResponse:
    latest = list(islice(_mails(_folder()), MOST_READ))
    mails = _shown_to(request.user, latest)[:MOST_MAILS]
    return render(request, "mailbox/list.html", {"mails": mails, "most": MOST_MAILS})


@staff
@require_safe
def mail(request: StaffRequest, name: str) -> HttpResponse:
    asked = _NAME.fullmatch(name)
    file = _folder() / f"{asked['file']}.log" if asked else None
    if asked is None or file is None or not file.is_file():
        raise Http404
    found = _shown_to(request.user, [each for each in _read(file) if each.name == name])
    if not found:
        raise Http404
    return render(request, "mailbox/mail.html", {"mail": found[0]})


def _shown_to(user: User, mails: Iterable[Mail]) -> list[Mail]:
    """Mail that no row of the outbox explains is its reader's alone: it may be one that signs them in."""
    mails = list(mails)
    keys = [mail.key for mail in mails if mail.key]
    to_customers = Message.objects.filter(public_id__in=keys, audience=Audience.CUSTOMER)
    shown = set(to_customers.filter(case__in=Case.objects.visible_to(user)).values_list("public_id", flat=True))
    return [mail for mail in mails if mail.key in shown or _is_to(user, mail)]


def _is_to(user: User, mail: Mail) -> bool:
    """Compared as addresses are, never by ``casefold``: ``straße.example`` and ``strasse.example`` are two people's."""
    return {addresses.folded(address) for _, address in getaddresses([mail.recipient])} == {
        addresses.folded(user.email)
    }


def _folder() -> Path:
    """Where mails are written to as files; 404 but in the embedded run without a mail server."""
    if not settings.AMENDS_MAILBOX:
        raise Http404
    options = cast("dict[str, str]", settings.MAILERS["default"]["OPTIONS"])
    return Path(options["file_path"])


def _mails(folder: Path) -> Iterator[Mail]:
    """Newest first: the names of the files begin with the moment."""
    for file in sorted(folder.glob("*.log"), reverse=True):
        yield from reversed(_read(file))


def _read(file: Path) -> list[Mail]:
    """The mails of one file: as many as were sent over one connection."""
    parts = [part for part in file.read_bytes().split(_BETWEEN) if part.strip()]
    return [_parsed(part, f"{file.stem}-{place}") for place, part in enumerate(parts)]


def _parsed(source: bytes, name: str) -> Mail:
    message = message_from_bytes(source, policy=policy.default)
    html = _part(message, "html")
    return Mail(
        name=name,
        key=_key(str(message["Message-ID"] or "")),
        subject=str(message["Subject"] or ""),
        sender=str(message["From"] or ""),
        recipient=str(message["To"] or ""),
        at=_moment(message),
        text=_part(message, "plain"),
        links=_links(html),
    )


def _key(message_id: str) -> UUID | None:
    found = _MESSAGE_ID.search(message_id)
    try:
        return UUID(found[1]) if found else None
    except ValueError:
        return None


def _moment(message: EmailMessage) -> datetime | None:
    """When it says it was written; none where it says nothing that can be read."""
    said: datetime | None = getattr(message["Date"], "datetime", None)
    return said.replace(tzinfo=UTC) if said is not None and said.tzinfo is None else said


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body(preferencelist=(kind,))
    return str(body.get_content()) if body is not None else ""


def _links(html: str) -> tuple[Link, ...]:
    collector = _LinkCollector()
    collector.feed(html)
    return tuple(collector.found)


class _LinkCollector(HTMLParser):
    """The links of a page that lead where a browser may go, with their words."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Link] = []
        self._address = ""
        self._words: list[str] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = dict(attrs).get("href") or ""
        if tag == "a" and address.startswith(_SAFE):
            self._address, self._words = address, []

    @override
    def handle_data(self, data: str) -> None:
        self._words.append(data)

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._address:
            label = " ".join("".join(self._words).split()) or self._address
            self.found.append(Link(label=label, address=self._address))
            self._address = ""


urlpatterns = [path("mailbox/", mailbox, name="mailbox"), path("mailbox/<slug:name>/", mail, name="mail")]
