"""Reads a notice that a mail of ours did not arrive. Pure: bytes in, what they say out.

It knows the standard form (RFC 3464: a part ``message/delivery-status``, whatever is around it) and the header by which
Exim tells the same in prose. Everything else is no bounce: delays, receipts, absence replies, letters. Whom the notice
is from proves nothing and is not looked at; what counts is that it names the ``Message-ID`` of ours, which nobody can
guess who has not had that mail.

Limit: what follows from a bounce is decided by ``cases.actions.bounces``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.parser import HeaderParser
from itertools import islice
from typing import TYPE_CHECKING
from uuid import UUID

from cases.mail.letter import flat
from cases.rules.vocabulary import NoticeReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MOST_BYTES = 128 * 1024
"""What is behind them is not read: the reason and the head of our mail come first. Anybody may write to a mailbox, and
a mail that is made to be hard to take apart costs seconds to read as a whole."""
_MOST_PARTS = 50
_LONGEST_WORDS = 400

_STATUS = ("message/delivery-status", "message/global-delivery-status")
_ORIGINAL = ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers")
_RECEIPT = "message/disposition-notification"
_ARRIVED = {"delivered", "relayed", "expanded"}
_NO_FAILURE = {*_ARRIVED, "delayed"}
_SERVER = re.compile(r"\b(mailer-daemon|postmaster)@", re.IGNORECASE)
"""A mail server's notice in prose is an automatic answer as well."""
_ADDRESS_OF_PAGE = re.compile(r"https?://\S+", re.IGNORECASE)
_ID = r"<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@[^<>@\s]{1,255}>"
_OUR_ID = re.compile(_ID, re.IGNORECASE)
_ID_OF_A_COPY = re.compile(rf"^message-id:\s{{0,80}}{_ID}", re.IGNORECASE | re.MULTILINE)
_CODE = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b")
_REPLY = re.compile(r"^.*\b[45]\d\d[ -].*$", re.MULTILINE)
_KIND = re.compile(r"^\s*[\w.-]{1,40}\s*;")
"""Of address or of code: ``rfc822;``, ``smtp;``."""
_WORD = re.compile(r"[a-z]+")
_NO_CODE = "5.0.0"


@dataclass(frozen=True, slots=True)
class Bounce:
    """``mails``: which of ours it may be about, by the left part of their ``Message-ID``; none where it does not say.
    ``status`` is an enhanced code of RFC 3463; ``diagnostic`` the words of the server that refused it."""

    mails: tuple[UUID, ...]
    recipient: str
    status: str
    diagnostic: str

    @property
    def is_permanent(self) -> bool:
        """The address or the mail was refused. Otherwise a server gave up after days of trying, which says nothing
        about the next mail."""
        return self.status.startswith("5")


def read(raw: bytes) -> Bounce | None:
    """What a notice says that reports a failure; else ``None``. Never raises, whatever the bytes."""
    try:
        return _read(message_from_bytes(raw[:MOST_BYTES]))
    except (ValueError, LookupError, RecursionError):  # a charset nobody knows, boxes in boxes in boxes
        return None


@dataclass(frozen=True, slots=True)
class Stray:
    """A mail that reports no failure. ``reason`` is missing where it is understood: a delay, a receipt, an absence."""

    reason: NoticeReason | None
    sender: str = ""
    subject: str = ""
    words: str = ""


def read_stray(raw: bytes) -> Stray:
    """Of a mail in which ``read`` found no failure, or that named no mail of ours. Never raises."""
    if not raw.strip():
        return Stray(NoticeReason.EMPTY)
    try:
        notice = message_from_bytes(raw[:MOST_BYTES])
        parts = list(islice(_parts(notice), _MOST_PARTS))
        sender, subject = (_clean(str(notice.get(name, ""))) for name in ("From", "Subject"))
        words = next((_text(part) for part in parts if part.get_content_type() == "text/plain"), "")
        return Stray(_stray_because(notice, parts), sender, subject, _ADDRESS_OF_PAGE.sub("[link]", _clean(words)))
    except (ValueError, LookupError, RecursionError):
        return Stray(NoticeReason.UNREADABLE)


def _stray_because(notice: Message, parts: Sequence[Message]) -> NoticeReason | None:
    groups = [fields for part in parts if part.get_content_type() in _STATUS for fields in _fields(part)]
    if groups:
        is_told = any(_action(group) in _NO_FAILURE for group in groups)
        return None if is_told else NoticeReason.NO_RESULT
    is_receipt = any(part.get_content_type() == _RECEIPT for part in parts)
    is_answer = str(notice.get("Auto-Submitted", "")).strip().lower().startswith("auto-replied")
    is_absence = is_answer and not _SERVER.search(str(notice.get("From", "")))
    return None if is_receipt or is_absence else NoticeReason.NO_REPORT


def _read(notice: Message) -> Bounce | None:
    parts = list(islice(_parts(notice), _MOST_PARTS))
    reports = [part for part in parts if part.get_content_type() in _STATUS]
    found = _reported([fields for part in reports for fields in _fields(part)]) if reports else _told(notice, parts)
    if found is None:
        return None
    recipient, status, diagnostic = found
    return Bounce(_about(notice, parts), _clean(recipient), status, _clean(diagnostic))


def _parts(message: Message) -> Iterator[Message]:
    """What the notice itself consists of. Mails within it keep their parts to themselves."""
    boxes = _within(message) if message.get_content_maintype() == "multipart" else []
    for part in boxes:
        yield from _parts(part)
    if not boxes:
        yield message


def _within(part: Message) -> list[Message]:
    """Parts of a part, groups of fields of a report, or the one mail that a mail holds."""
    payload = part.get_payload()
    return [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) else []


def _fields(report: Message) -> Iterator[Mapping[str, str]]:
    """Groups of fields: one about the mail, then one for each recipient."""
    for group in _within(report):
        yield _lowered(group)
        rest = group.get_payload()
        for more in re.split(r"\n[ \t\r]*\n", rest) if isinstance(rest, str) else ():
            yield _lowered(HeaderParser().parsestr(more.lstrip()))


def _lowered(group: Message) -> Mapping[str, str]:
    return {name.lower(): str(value) for name, value in group.items()}


def _reported(groups: Sequence[Mapping[str, str]]) -> tuple[str, str, str] | None:
    """Recipient, status and diagnostic of what failed. "Failed" is final whatever its code (RFC 3464, 2.3.3): 4.4.7 is
    a server that has tried for days. Where somebody behind the address got it, it has arrived."""
    recipients = [group for group in groups if {"action", "status"} & group.keys()]
    if any(_action(group) in _ARRIVED for group in recipients):
        return None
    for group in recipients:
        diagnostic = _KIND.sub("", group.get("diagnostic-code", ""))
        code = _CODE.search(group.get("status", "")) or _CODE.search(diagnostic)
        is_failure = _action(group) == "failed" or (not _action(group) and code is not None and code[1] == "5")
        if is_failure and (code is None or code[1] != "2"):
            recipient = group.get("original-recipient") or group.get("final-recipient", "")
            return _KIND.sub("", recipient), code[0] if code else _NO_CODE, diagnostic
    return None


def _action(group: Mapping[str, str]) -> str:
    """Some servers put a comment behind it."""
    word = _WORD.match(group.get("action", "").strip().lower())
    return word[0] if word else ""


def _told(notice: Message, parts: Sequence[Message]) -> tuple[str, str, str] | None:
    """Exim names whom it could not reach in a header, and says why in prose, before a copy of the mail."""
    recipient = str(notice.get("X-Failed-Recipients", ""))
    if not recipient:
        return None
    prose = _text(parts[0]).partition("------")[0] if parts else ""
    reply = _REPLY.search(prose)
    words = reply[0] if reply else ""
    code = _CODE.search(words)
    return recipient, code[0] if code and code[1] != "2" else _NO_CODE, words


def _about(notice: Message, parts: Sequence[Message]) -> tuple[UUID, ...]:
    """Of which mail it speaks: of the one that came back with it; or that is quoted in the text; or, where nothing came
    back, that it answers. A mail that came back and is not ours settles it."""
    originals = [part for part in parts if part.get_content_type() in _ORIGINAL]
    if originals:
        return _ids(_OUR_ID, "\n".join(_own_id(part) for part in originals))
    copied = _ids(_ID_OF_A_COPY, "\n".join(_text(part) for part in parts))
    return copied or _ids(_OUR_ID, f"{notice.get('In-Reply-To', '')} {notice.get('References', '')}")


def _own_id(original: Message) -> str:
    copies = _within(original) or [HeaderParser().parsestr(_text(original).lstrip())]
    return str(copies[0].get("Message-ID", ""))


def _ids(shape: re.Pattern[str], text: str) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(UUID(found) for found in shape.findall(text)))


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode("ascii", "replace") if isinstance(payload, bytes) else ""


def _clean(words: str) -> str:
    """One line that any database takes and any page can show."""
    line = flat(words)[:_LONGEST_WORDS]
    return line.encode("utf-8", "replace").decode("utf-8")
