"""A conversation with the mailbox to which mail servers send what did not arrive, over IMAP and TLS.

Limit: it fetches and marks; what a mail says, and what follows, is decided by others. Nothing is ever deleted there.
"""

from __future__ import annotations

import ssl
from contextlib import contextmanager, suppress
from imaplib import IMAP4, IMAP4_SSL
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

_TIMEOUT = 15
"""Seconds for each answer."""


class UnreadableError(Exception):
    """The mailbox cannot be read just now. The sentence says why, and never holds the password."""


class Address(Protocol):
    """Where the mailbox is, as the settings have it."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def user(self) -> str: ...
    @property
    def password(self) -> str: ...
    @property
    def folder(self) -> str: ...


class Mailbox:
    """Open for as long as the block lasts. Whatever fails raises ``UnreadableError``."""

    def __init__(self, address: Address) -> None:
        self._address = address

    def __enter__(self) -> Self:
        address = self._address
        with _explained(f"{address.host} does not answer as a mailbox does"):
            self._server = IMAP4_SSL(
                address.host, address.port, ssl_context=ssl.create_default_context(), timeout=_TIMEOUT
            )
        try:
            with _explained(f"{address.host} does not know this name with this password", speaks=False):
                self._server.login(_quoted(address.user), address.password)
            with _explained(f"there is no folder {address.folder}"):
                _done(self._server.select(_quoted(address.folder)))
        except UnreadableError:
            self._hang_up()
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def unread(self) -> list[str]:
        """The keys of the mails that nobody has marked, the oldest first."""
        with _explained("it broke off"):
            found = _done(self._server.uid("search", "UNSEEN"))
        return found[0].decode("ascii", "replace").split() if found and isinstance(found[0], bytes) else []

    def fetch(self, key: str, *, most: int) -> bytes:
        """The beginning of a mail, unmarked. Empty, if it is gone."""
        with _explained("it broke off"):
            found = _done(self._server.uid("fetch", key, f"(BODY.PEEK[]<0.{most}>)"))
        return next((answer[1] for answer in found if isinstance(answer, tuple)), b"")

    def mark_read(self, key: str, *, flagged: bool = False) -> None:
        with _explained("it broke off"):
            _done(self._server.uid("store", key, "+FLAGS.SILENT", r"(\Seen \Flagged)" if flagged else r"(\Seen)"))

    def _hang_up(self) -> None:
        with suppress(OSError, IMAP4.error):
            self._server.logout()
        with suppress(OSError):
            self._server.shutdown()  # a goodbye that nobody answers leaves the socket open


@contextmanager
def _explained(sentence: str, *, speaks: bool = True) -> Iterator[None]:
    """``speaks``: the server's own words may be repeated. Those about a password may repeat it."""
    try:
        yield
    except (OSError, IMAP4.error) as error:
        said = f" ({error})" if speaks and str(error) else ""
        raise UnreadableError(f"{sentence}{said}.") from (error if speaks else None)


def _done[T](answer: tuple[str, list[T]]) -> list[T]:
    status, found = answer
    if status != "OK":
        raise IMAP4.error(*(part.decode(errors="replace") for part in found if isinstance(part, bytes)))
    return found


def _quoted(words: str) -> str:
    """``imaplib`` does this for passwords only."""
    escaped = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
