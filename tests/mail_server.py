"""A mail server for tests: it speaks enough SMTP to take mail, to refuse it, to hang up, and to be down."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from pytest_django.fixtures import Settings


class MailServer:
    """``taken`` is what it said yes to, ``senders`` whom each was from on the envelope. ``refusals`` maps an address to
    the reply it gets, such as "550 Unknown"; ``data_reply`` replaces its yes; an empty one hangs up in the middle.
    ``on_mail`` is called before it says yes. ``heard`` are the commands; ``start_reply`` replaces its answer to DATA
    where the recipient was refused."""

    def __init__(self, *extensions: str) -> None:
        self.extensions = extensions
        self.heard: list[str] = []
        self.start_reply = "354 Go on"
        self.taken: list[EmailMessage] = []
        self.senders: list[str] = []
        self.refusals: dict[str, str] = {}
        self.data_reply = "250 Taken"
        self.on_mail: Callable[[], None] = lambda: None
        self.conversations = 0
        self._server = _listening(self, 0)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @contextmanager
    def down(self) -> Iterator[None]:
        """Nobody answers meanwhile."""
        port = self.port
        self.stop()
        yield
        self._server = _listening(self, port)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    mail: MailServer


class _Conversation(socketserver.StreamRequestHandler):
    server: _Server

    is_refused = False

    def handle(self) -> None:
        self.server.mail.conversations += 1
        self.say("220 mail.example.com")
        with suppress(ConnectionError):
            while (line := self.rfile.readline().decode().strip()) and self.answer(line):
                pass

    def answer(self, line: str) -> bool:
        """Says whether the conversation goes on."""
        mail, verb = self.server.mail, line[:4].upper()
        mail.heard.append(line)
        if verb == "MAIL":
            mail.senders.append(line.partition("<")[2].partition(">")[0])
        if verb == "DATA":
            return self.take()
        refusal = mail.refusals.get(line.partition("<")[2].partition(">")[0], "")
        self.is_refused = bool(refusal)
        if verb == "EHLO":
            self.say("\r\n".join(["250-mail.example.com", *(f"250-{name}" for name in mail.extensions), "250 HELP"]))
        else:
            self.say(refusal or ("221 Bye" if verb == "QUIT" else "250 OK"))
        return verb != "QUIT" and not refusal.startswith("421")

    def take(self) -> bool:
        mail = self.server.mail
        start = mail.start_reply if self.is_refused else "354 Go on"
        if start:
            self.say(start)
        if not start.startswith("354"):
            return bool(start)
        lines = list(self.lines())
        if self.is_refused:
            mail.heard.append("." if not lines else "words")
            if mail.data_reply:
                self.say("554 No recipient")
            return bool(mail.data_reply)
        words = b"".join(line.removeprefix(b".") for line in lines)
        mail.on_mail()
        if mail.data_reply.startswith("250"):
            mail.taken.append(message_from_bytes(words, policy=policy.default))
        if mail.data_reply:
            self.say(mail.data_reply)
        return bool(mail.data_reply)

    def lines(self) -> Iterator[bytes]:
        """Of a mail, up to its dot. Raises ``ConnectionError`` where somebody hangs up before that."""
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise ConnectionError
            yield line

    def say(self, reply: str) -> None:
        self.wfile.write(f"{reply}\r\n".encode())


def _listening(mail: MailServer, port: int) -> _Server:
    server = _Server(("127.0.0.1", port), _Conversation)
    server.mail = mail
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return server


type Through = Callable[..., MailServer]


@pytest.fixture
def mail_through(settings: Settings) -> Iterator[Through]:
    """Lets the site send through a server that says these extensions."""
    servers: list[MailServer] = []

    def through(*extensions: str) -> MailServer:
        servers.append(MailServer(*extensions))
        settings.MAILERS = {
            "default": {
                "BACKEND": "cases.mail.smtp.EmailBackend",
                "OPTIONS": {"host": "127.0.0.1", "port": servers[-1].port, "timeout": 5},
            }
        }
        return servers[-1]

    yield through
    for server in servers:
        server.stop()


@pytest.fixture(params=[(), ("PIPELINING",)], ids=["plain", "pipelining"])
def mail_server(request: pytest.FixtureRequest, mail_through: Through) -> MailServer:
    """One of its own for each test, and the site sends through it: what holds of mail holds of either kind."""
    return mail_through(*request.param)
