"""The health check of a container asks by a host that the site answers to, whatever ALLOWED_HOSTS names."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.http.request import validate_host

from recovery import environment, healthcheck
from recovery import settings as site

BASE = "desk.example.com"


class Readiness(BaseHTTPRequestHandler):
    """A web process that is ready where its host is asked for."""

    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status if self.headers["Host"] == BASE and self.path == "/readyz" else 400)
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002  (its own signature)
        pass


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    server = HTTPServer(("127.0.0.1", 0), Readiness)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(site, "PORT", server.server_port)
    monkeypatch.setattr(site, "AMENDS_LISTEN", "0.0.0.0")  # noqa: S104  (as in a container)
    monkeypatch.setattr(site, "AMENDS_BASE_URL", f"https://{BASE}")
    yield
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("allowed", ["*", ".example.com", "other.test, desk.example.com", "DESK.example.com"])
def test_the_host_that_is_asked_by_is_one_that_the_site_allows(
    web: None, monkeypatch: pytest.MonkeyPatch, allowed: str
) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", allowed)
    assert validate_host(BASE, environment.host_names("ALLOWED_HOSTS", base=BASE, local=[]))
    assert healthcheck.main() == 0


def test_a_site_that_is_not_ready_is_unhealthy(
    web: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Readiness, "status", 503)
    assert healthcheck.main() == 1
    assert capsys.readouterr().err == "503 ok\n"


def test_a_site_that_is_not_there_is_unhealthy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(site, "PORT", 1)
    assert healthcheck.main() == 1
    assert capsys.readouterr().err.startswith("No answer: ")
