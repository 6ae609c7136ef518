"""Django's way to a mail server, which also tells what the server said when it took a mail."""

from __future__ import annotations

import re
import smtplib
from typing import TYPE_CHECKING, Any, override

from django.core.mail.backends import smtp

if TYPE_CHECKING:
    _Base = smtplib.SMTP
else:
    _Base = object

_PLAIN = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")


class _Telling(_Base):
    said = ""

    @override
    def data(self, msg: Any) -> tuple[int, bytes]:
        code, reply = super().data(msg)
        self.said = f"{code} {' '.join(reply.decode(errors='replace').split())}"
        return code, reply


class _Plain(_Telling, smtplib.SMTP):
    pass


class _Encrypted(_Telling, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    """``said``: the server's last answer to a whole mail. One conversation's; so what it remembers is little."""

    @override
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._prepared: dict[str, str] = {}

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _Encrypted if self.use_ssl else _Plain

    @property
    def said(self) -> str:
        return getattr(self.connection, "said", "")

    @override
    def prep_address(self, address: str, force_ascii: bool = True) -> str:
        """Nearly every address is plain, and the sender always the same. Django's parser takes as long over one address
        as the server over a mail."""
        if _PLAIN.fullmatch(address):
            return address
        if address not in self._prepared:
            self._prepared[address] = super().prep_address(address, force_ascii)
        return self._prepared[address]
