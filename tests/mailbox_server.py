"""A mailbox for tests: it speaks as much IMAP as is needed to read mail and to mark it, without TLS."""

import re
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from imaplib import IMAP4
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from cases.mail import mailbox
from recovery.environment import MailboxAddress

PASSWORD = 'pond "in\\May'


class MailboxServer:
    """``mails`` by their keys; ``flags`` are what was stored with them. ``breaks_at`` is a command that hangs up."""

    def __init__(self) -> None:
        self.mails: dict[int, bytes] = {}
        self.flags: dict[int, str] = {}
        self.breaks_at = ""
        self.conversations = 0
        self._server = _Server(("127.0.0.1", 0), _Conversation)
        self._server.box = self
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def put(self, *mails: bytes) -> None:
        for raw in mails:
            self.mails[len(self.mails) + 1] = raw

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    box: MailboxServer


class _Conversation(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.server.box.conversations += 1
        self.say("* OK Mailbox")
        with suppress(ConnectionError):
            while line := self.rfile.readline().decode().strip():
                tag, _, rest = line.partition(" ")
                if self.server.box.breaks_at and self.server.box.breaks_at in rest:
                    return
                self.say(f"{tag} {self.answer(rest)}")

    def answer(self, command: str) -> str:
        verb = re.sub(r"^UID ", "", command).split()[0]
        return str(getattr(self, f"on_{verb.lower()}")(command))

    def on_capability(self, _command: str) -> str:
        self.say("* CAPABILITY IMAP4rev1")
        return "OK Done"

    def on_login(self, command: str) -> str:
        expected = r'LOGIN "bounces@example.com" "pond \"in\\May"'
        return "OK Done" if command == expected else f"NO [AUTHENTICATIONFAILED] {command}"

    def on_select(self, command: str) -> str:
        self.say(f"* {len(self.server.box.mails)} EXISTS")
        return "OK [READ-WRITE] Done" if command == 'SELECT "Not here"' else "NO There is no such folder"

    def on_search(self, _command: str) -> str:
        unseen = [str(key) for key in self.server.box.mails if key not in self.server.box.flags]
        self.say(" ".join(["* SEARCH", *unseen]))
        return "OK Done"

    def on_fetch(self, command: str) -> str:
        wanted = re.fullmatch(r"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", command)
        assert wanted is not None
        raw = self.server.box.mails[int(wanted[1])][: int(wanted[2])]
        self.say(f"* {wanted[1]} FETCH (UID {wanted[1]} BODY[]<0> {{{len(raw)}}}")
        self.wfile.write(raw)
        self.say(")")
        return "OK Done"

    def on_store(self, command: str) -> str:
        wanted = re.fullmatch(r"UID STORE (\d+) \+FLAGS\.SILENT \(([^)]+)\)", command)
        assert wanted is not None
        self.server.box.flags[int(wanted[1])] = wanted[2]
        return "OK Done"

    def on_logout(self, _command: str) -> str:
        self.say("* BYE")
        return "OK Done"

    def say(self, reply: str) -> None:
        self.wfile.write(f"{reply}\r\n".encode())


class _WithoutTLS(IMAP4):
    def __init__(self, host: str, port: int, *, ssl_context: ssl.SSLContext, timeout: float) -> None:
        assert ssl_context.check_hostname
        assert ssl_context.verify_mode is ssl.CERT_REQUIRED
        super().__init__(host, port, timeout)


@pytest.fixture
def mailbox_server(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailboxServer]:
    """One of its own for each test, and the site reads it."""
    server = MailboxServer()
    monkeypatch.setattr(mailbox, "IMAP4_SSL", _WithoutTLS)
    settings.AMENDS_BOUNCE_MAILBOX = address_of(server)
    yield server
    server.stop()


def address_of(server: MailboxServer, **changed: Any) -> MailboxAddress:
    usual = {"user": "bounces@example.com", "password": PASSWORD, "folder": "Not here"}
    return MailboxAddress(host="127.0.0.1", port=server.port, **{**usual, **changed})
