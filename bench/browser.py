"""Requests as a browser makes them, with a stopwatch: a session that was signed in over HTTP, kept alive connections.

Only ever to this machine.
"""

from __future__ import annotations

import http.client
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from bench.forms import hidden_fields

HOST = "localhost"
KEPT_FOR = 1.0
"""Seconds. gunicorn closes a connection that has been idle for two; a new one is opened before that."""
CONNECTIONS = 4
"""In turn, so that both workers are asked."""
TIMEOUT = 60


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    text: str
    milliseconds: float


@dataclass(slots=True)
class _Line:
    """One connection."""

    connection: http.client.HTTPConnection
    used_at: float = 0.0


@dataclass(slots=True)
class Browser:
    """One person at one site."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    _lines: list[_Line] = field(default_factory=list)
    _turn: int = 0

    def sign_in(self, email: str, password: str) -> None:
        typed = {**hidden_fields(self.get("/accounts/login/").text), "login": email, "password": password}
        answer = self.post("/accounts/login/", typed)
        if answer.status != http.client.FOUND or "sessionid" not in self.cookies:
            raise RuntimeError(f"{email} could not sign in: the site answered {answer.status}.")

    def get(self, address: str) -> Answer:
        return self._ask("GET", address)

    def post(self, address: str, fields: dict[str, str]) -> Answer:
        return self._ask("POST", address, urlencode(fields))

    def _ask(self, method: str, address: str, body: str | None = None) -> Answer:
        """The time runs from the first byte that is sent to the last one that is read."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        line = self._next_line()
        begun = time.perf_counter()
        line.connection.request(method, address, body, headers)
        response = line.connection.getresponse()
        content = response.read()
        took = time.perf_counter() - begun
        line.used_at = time.monotonic()
        for header in response.headers.get_all("Set-Cookie", []):
            self.cookies.update((name, cookie.value) for name, cookie in SimpleCookie(header).items())
        return Answer(response.status, content.decode(), took * 1000)

    def _next_line(self) -> _Line:
        """A connection that is open: its opening is nobody's time."""
        while len(self._lines) < CONNECTIONS:
            self._lines.append(_Line(http.client.HTTPConnection(HOST, self.port, timeout=TIMEOUT)))
        self._turn = (self._turn + 1) % CONNECTIONS
        line = self._lines[self._turn]
        if line.connection.sock is None or time.monotonic() - line.used_at > KEPT_FOR:
            line.connection.close()
            line.connection.connect()
        return line
