"""A mail as the bytes that leave: made once, when it is written, so that every attempt sends the same ones.

Making them takes several times as long as handing them over, and a retry under the same ``Message-ID`` must not differ.
"""

from __future__ import annotations

import email.policy
import re
from dataclasses import dataclass
from email.header import Header
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.utils import formataddr
from typing import TYPE_CHECKING, Any, override
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from cases.mail import links
from cases.rules import addresses
from cases.rules.vocabulary import Audience, MessagePurpose

if TYPE_CHECKING:
    from email.policy import Policy

    from cases.models import Message


_NO_CHARACTER = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\s]+")


def flat(words: str) -> str:
    """In one line, without what no page and no header may hold: a line break in a name must never begin a header."""
    return _NO_CHARACTER.sub(" ", words).strip()


class Letter(EmailMultiAlternatives):
    """What a mail backend of Django takes. ``message`` gives the bytes that are there already, where they are; whoever
    sends those alone needs no words (``in_words``)."""

    def __init__(self, message: Message, *, in_words: bool = True) -> None:
        headers = {"Message-ID": f"<{message.public_id}@{_host()}>"}
        if message.audience == Audience.STAFF:
            headers["Auto-Submitted"] = "auto-generated"
        if message.purpose == MessagePurpose.EARLY:
            headers["List-Unsubscribe"] = f"<{links.stop_early(message)}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        ours = addresses.wire(settings.AMENDS_MAIL_FROM)
        headers["From"] = _with_name(settings.AMENDS_ORGANIZATION, ours)
        # People see and answer that one; only servers see the other.
        sender = settings.AMENDS_BOUNCE_ADDRESS or ours
        to = [addresses.wire(message.to_address)] if message.to_address else []
        self._raw = bytes(message.raw)
        words, html = (message.text, message.html) if in_words or not self._raw else ("", "")
        super().__init__(message.subject, words, sender, to=to, headers=headers)
        if html:
            self.attach_alternative(html, "text/html")

    @override
    def message(self, **_: Any) -> Any:
        """The same whatever policy a backend asks for."""
        if self._raw:
            return _Written(self._raw)
        return super().message(policy=_POLICY if "".join(self.to).isascii() else _POLICY.clone(utf8=True))


def _host() -> str:
    """On the right side of our ``Message-ID``."""
    host = urlsplit(settings.AMENDS_BASE_URL).hostname or ""
    return f"[IPv6:{host}]" if ":" in host else addresses.ascii_domain(host)


def _with_name(name: str, address: str) -> str:
    """The name is quoted, or encoded as a whole. Python 3.13 loses quotes where it folds a long name."""
    name = flat(name)
    return formataddr((name, address)) if _is_plain(name) else f"{_encoded(name)} <{address}>"


def _is_plain(words: str) -> bool:
    """Without a letter that must be encoded, and nothing that a reader would take for an encoded word."""
    return words.isascii() and "=?" not in words


def _encoded(words: str) -> str:
    """In encoded words, one blank apart, each short enough for the first line of a header."""
    return " ".join(Header(words, "utf-8").encode(maxlinelen=_LONGEST_LINE - len("Subject: ")).split())


class _Verbatim(UnstructuredHeader, BaseHeader):
    """A header that says already what it shall say: of its words none may become an encoded word (RFC 2047, 5)."""

    @classmethod
    @override
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        super().parse(value, kwds)
        kwds["decoded"] = value

    @override
    def fold(self, *, policy: Policy[Any]) -> str:
        """Between words, and not before the first: some readers take an empty line for an empty header."""
        lines = [f"{self.name}:"]
        for place, word in enumerate(self.told().split()):
            if place and len(f"{lines[-1]} {word}") > _LONGEST_LINE:
                lines.append("")
            lines[-1] += f" {word}"
        return policy.linesep.join([*lines, ""])

    def told(self) -> str:
        return str(self)


class _Subject(_Verbatim):
    @override
    def told(self) -> str:
        return str(self) if _is_plain(self) else _encoded(self)


_LONGEST_LINE = 78
"""RFC 5322, 2.1.1."""
_VERBATIM = ("from", "to", "message-id", "auto-submitted", "list-unsubscribe", "list-unsubscribe-post")
"""``To`` is an address without a name here, so that it has nothing to encode."""


class _HeaderClasses(HeaderRegistry):
    """Python would make the class of a header anew for each header: a quarter of the time that a mail takes."""

    def __init__(self) -> None:
        super().__init__()
        self._made: dict[str, type] = {}
        for name in _VERBATIM:
            self.map_to_type(name, _Verbatim)
        self.map_to_type("subject", _Subject)

    @override
    def __getitem__(self, name: str) -> type:
        kind = name.lower()
        if kind not in self._made:
            self._made[kind] = super().__getitem__(name)
        return self._made[kind]


_POLICY = email.policy.SMTP.clone(header_factory=_HeaderClasses(), cte_type="7bit")
"""Bodies are encoded where they have other letters than ASCII, so that no server needs to take 8 bits (RFC 6152)."""


def written(message: Message) -> bytes:
    """Text and HTML, with CRLF at the ends of lines. Raises ``ValueError``: Python's mail policy refuses line breaks in
    any header, so none can be smuggled in."""
    words: bytes = Letter(message).message().as_bytes()
    return words


@dataclass(frozen=True, slots=True)
class _Written:
    """All that a backend asks of a message."""

    raw: bytes

    def as_bytes(self) -> bytes:
        return self.raw
