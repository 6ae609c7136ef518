"""Django's way to a mail server, which also tells what the server said when it took a mail, and which waits less often
for it: what a server need not be asked one by one is written in one go, where it says that it may be (RFC 2920).

A mail then goes together with the envelope of the next one (MAIL, RCPT and DATA), so that one answer is waited for
instead of four. The next mail itself is not begun by that: whoever hangs up before it has sent nothing.

Limit: one recipient a mail. Everything else, and every server that does not say PIPELINING, goes Python's way. So
does a mail to an address with letters outside ASCII before its ``@``, where the server takes it (SMTPUTF8, RFC 6531).
"""

from __future__ import annotations

import re
import smtplib
from contextlib import suppress
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any, override

from django.core.mail.backends import smtp

from cases.rules.addresses import wire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.mail import EmailMessage

    _Base = smtplib.SMTP
else:
    _Base = object

_PLAIN = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_YES, _YES_ELSEWHERE, _GO_ON, _GOODBYE = 250, 251, 354, 421
_END = b".\r\n"


class _Telling(_Base):
    """``said``: the answer to the last mail. ``following``: who gets the next one, if that is known. ``opened``: whose
    envelope the server was given ahead, its answers yet unread."""

    said = ""
    following = ""
    opened = ""

    @override
    def data(self, msg: Any) -> tuple[int, bytes]:
        return self._tell(super().data(msg))

    @override
    def sendmail(
        self, from_addr: str, to_addrs: str | Sequence[str], msg: Any, *args: Any, **options: Any
    ) -> dict[str, tuple[int, bytes]]:
        self.ehlo_or_helo_if_needed()
        if not self.has_extn("pipelining") or isinstance(to_addrs, str) or len(to_addrs) > 1 or args or options:
            return super().sendmail(from_addr, to_addrs, msg, *args, **options)
        self._send_in_one_go(from_addr, to_addrs[0], msg)
        return {}

    @override
    def quit(self) -> tuple[int, bytes]:
        """After an envelope the server would take a goodbye for words of the mail."""
        if not self.opened:
            return super().quit()
        self.close()
        return 221, b"Hung up"

    @override
    def close(self) -> None:
        self.opened = ""
        super().close()

    def _send_in_one_go(self, sender: str, to: str, words: bytes) -> None:
        if self.opened != to:
            self.send(_envelope(sender, to))
        self.opened = ""
        self._read_answers_to_envelope(sender, to)
        self.opened, self.following = self.following, ""
        self.send(_quoted(words) + (_envelope(sender, self.opened) if self.opened else b""))
        code, reply = self._tell(self.getreply())
        if code != _YES:
            raise smtplib.SMTPDataError(code, reply)

    def _read_answers_to_envelope(self, sender: str, to: str) -> None:
        """All three, because the next answer is about something else. Who refused is told even where the server hangs
        up on it."""
        refusal: smtplib.SMTPException | None = None
        code = 0
        for judge in (_judge_sender, _judge_recipient, _judge_start):
            try:
                code, reply = self.getreply()
            except smtplib.SMTPServerDisconnected as error:
                raise refusal or error from None
            refusal = refusal or judge(code, reply, sender, to)
            if code == _GOODBYE:
                self.close()
                break
        if refusal is None:
            return
        if code == _GO_ON:  # it waits for a mail to nobody (RFC 2920, 3.1)
            with suppress(smtplib.SMTPServerDisconnected):
                self.send(_END)
                self.getreply()
        raise refusal

    def _tell(self, answer: tuple[int, bytes]) -> tuple[int, bytes]:
        code, reply = answer
        self.said = f"{code} {' '.join(reply.decode(errors='replace').split())}"
        return answer


def _judge_sender(code: int, reply: bytes, sender: str, _to: str) -> smtplib.SMTPException | None:
    return None if code == _YES else smtplib.SMTPSenderRefused(code, reply, sender)


def _judge_recipient(code: int, reply: bytes, _sender: str, to: str) -> smtplib.SMTPException | None:
    return None if code in {_YES, _YES_ELSEWHERE} else smtplib.SMTPRecipientsRefused({to: (code, reply)})


def _judge_start(code: int, reply: bytes, _sender: str, _to: str) -> smtplib.SMTPException | None:
    return None if code == _GO_ON else smtplib.SMTPDataError(code, reply)


def _envelope(sender: str, to: str) -> bytes:
    return f"MAIL FROM:<{sender}>\r\nRCPT TO:<{to}>\r\nDATA\r\n".encode("ascii")


def _quoted(words: bytes) -> bytes:
    """With a second dot where a line begins with one, and the dot that ends it (RFC 5321, 4.5.2)."""
    words = words.replace(b"\r\n.", b"\r\n..")
    words = b"." + words if words.startswith(b".") else words
    return words + (_END if words.endswith(b"\r\n") else b"\r\n" + _END)


class _Plain(_Telling, smtplib.SMTP):
    pass


class _Encrypted(_Telling, smtplib.SMTP_SSL):
    pass


class UnsaidAddressError(ValueError):
    """The address has letters that this mail server cannot be told."""

    def __init__(self) -> None:
        super().__init__("the mail server takes no address with such letters before the @")


class EmailBackend(smtp.EmailBackend):
    """``said``: the server's last answer to a whole mail. One conversation's; so what it remembers is little."""

    connection: _Telling | None

    @override
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._prepared: dict[str, str] = {}

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _Encrypted if self.use_ssl else _Plain

    @property
    def said(self) -> str:
        return self.connection.said if self.connection else ""

    def send_one(self, letter: EmailMessage, *, following: str = "") -> int:
        """As ``send_messages``. ``following``: who gets the next mail, sent by the next call or by none."""
        if self.connection and self.connection.opened not in {"", *letter.to}:
            self.close()
            self.open()
        if self.connection:
            self.connection.following = following if _PLAIN.fullmatch(following) else ""
        return self.send_messages([letter])

    def _send(self, email_message: EmailMessage) -> bool:
        """Django's own tells no server of letters outside ASCII."""
        if all(address.isascii() for address in email_message.to) or self.connection is None:
            return bool(super()._send(email_message))  # type: ignore[misc]  # a private name of Django's
        self.connection.ehlo_or_helo_if_needed()
        if not self.connection.has_extn("smtputf8"):
            raise UnsaidAddressError
        sender = self.prep_address(email_message.from_email)
        words = email_message.message().as_bytes()
        self.connection.sendmail(sender, email_message.to, words, mail_options=["SMTPUTF8", "BODY=8BITMIME"])
        return True

    @override
    def prep_address(self, address: str, force_ascii: bool = True) -> str:
        """As a mail server is told it. Nearly every address is plain, and the sender always the same."""
        if _PLAIN.fullmatch(address):
            return address
        if address not in self._prepared:
            self._prepared[address] = wire(parseaddr(address)[1] if "<" in address else address)
        return self._prepared[address]
