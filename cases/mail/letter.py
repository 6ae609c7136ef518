"""A mail as the bytes that leave: made once, when it is written, so that every attempt sends the same ones.

Making them takes several times as long as handing them over, and a retry under the same ``Message-ID`` must not differ.
"""

from __future__ import annotations

import email.policy
import re
from dataclasses import dataclass
from email.headerregistry import HeaderRegistry
from typing import TYPE_CHECKING, Any, override
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from cases.mail import links
from cases.rules.vocabulary import Audience, MessagePurpose

if TYPE_CHECKING:
    from cases.models import Message


_NO_CHARACTER = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\s]+")


def flat(words: str) -> str:
    """In one line, without what no page and no header may hold: a line break in a name must never begin a header."""
    return _NO_CHARACTER.sub(" ", words).strip()


class Letter(EmailMultiAlternatives):
    """What a mail backend of Django takes. ``message`` gives the bytes that are there already, where they are; whoever
    sends those alone needs no words (``in_words``)."""

    def __init__(self, message: Message, *, in_words: bool = True) -> None:
        host = urlsplit(settings.AMENDS_BASE_URL).hostname
        headers = {"Message-ID": f"<{message.public_id}@{host}>"}
        if message.audience == Audience.STAFF:
            headers["Auto-Submitted"] = "auto-generated"
        if message.purpose == MessagePurpose.EARLY:
            headers["List-Unsubscribe"] = f"<{links.stop_early(message)}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        sender = settings.AMENDS_BOUNCE_ADDRESS or None
        if sender:
            headers["From"] = settings.DEFAULT_FROM_EMAIL  # people see and answer us; only servers see the other
        self._raw = bytes(message.raw)
        words, html = (message.text, message.html) if in_words or not self._raw else ("", "")
        super().__init__(message.subject, words, sender, to=[message.to_address], headers=headers)
        if html:
            self.attach_alternative(html, "text/html")

    @override
    def message(self, **options: Any) -> Any:
        return _Written(self._raw) if self._raw else super().message(**options)


class _HeaderClasses(HeaderRegistry):
    """Python would make the class of a header anew for each header: a quarter of the time that a mail takes."""

    def __init__(self) -> None:
        super().__init__()
        self._made: dict[str, type] = {}

    @override
    def __getitem__(self, name: str) -> type:
        kind = name.lower()
        if kind not in self._made:
            self._made[kind] = super().__getitem__(name)
        return self._made[kind]


_POLICY = email.policy.SMTP.clone(header_factory=_HeaderClasses())


def written(message: Message) -> bytes:
    """Text and HTML, with CRLF at the ends of lines. Raises ``ValueError``: Python's mail policy refuses line breaks in
    any header, so none can be smuggled in."""
    words: bytes = Letter(message).message(policy=_POLICY).as_bytes()
    return words


@dataclass(frozen=True, slots=True)
class _Written:
    """All that a backend asks of a message."""

    raw: bytes

    def as_bytes(self) -> bytes:
        return self.raw
