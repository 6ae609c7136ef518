"""Where the benchmark runs: a database of its own, a folder of its own, a server of its own; all gone afterwards."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import urlopen

import redis

from bench.database import database_named

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
WORKERS = 2
READY_WITHIN = 60
REDIS = os.environ.get("CELERY_BROKER_URL") or "redis://127.0.0.1:6379/0"


@dataclass(frozen=True, slots=True)
class Asked:
    cases: int
    is_longer: bool
    pages: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A filled site that answers at ``port``. ``told``: what its preparation said."""

    cases: int
    port: int
    password: str
    told: dict[str, Any]
    server: subprocess.Popen[bytes]

    def worker_sizes(self) -> list[float]:
        """Resident memory of gunicorn's workers, in MB; what they share is counted in each."""
        processes = subprocess.run(["/bin/ps", "-A", "-o", "ppid=,rss="], check=True, capture_output=True, text=True)
        rows = [line.split() for line in processes.stdout.splitlines()]
        return [int(size) / 1024 for parent, size in rows if int(parent) == self.server.pid]


@contextmanager
def served(asked: Asked) -> Iterator[Served]:
    """A site with that many cases, from the making of its database to the dropping of it."""
    name = f"amends_bench_{os.getpid()}_{asked.cases}"
    with _folder() as folder, database_named(name) as database, _cache(name), _port() as port:
        password = secrets.token_urlsafe()
        environment = _environment(name=name, database=database, folder=folder, port=port, password=password)
        told = _prepare(asked, environment)
        with _gunicorn(environment, port) as server:
            yield Served(cases=asked.cases, port=port, password=password, told=told, server=server)


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="amends-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _cache(name: str) -> Iterator[None]:
    """Takes the keys and the queue of this run away from a Redis that others use too."""
    try:
        yield
    finally:
        with redis.Redis.from_url(REDIS) as server:
            for key in server.scan_iter(match=f"*{name}*", count=1000):
                server.delete(key)


@contextmanager
def _port() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    yield port


def own_environment(database: str, folder: str, **more: str) -> dict[str, str]:
    """For what is measured in a process, without a site: a database and a folder of its own, no broker."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "recovery.settings",
        "AMENDS_VAR": folder,
        "AMENDS_BASE_URL": "http://localhost",
        "AMENDS_LOG_LEVEL": "warning",
        "DEBUG": "off",
        "DATABASE_URL": database,
        **more,
    }
    environment.pop("CELERY_BROKER_URL", None)
    return environment


def told_by(module: str, *arguments: str, environment: dict[str, str]) -> Any:
    """What a module of ours says when it has run, as JSON."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE)  # noqa: S603
    return json.loads(done.stdout)


def _environment(*, name: str, database: str, folder: Path, port: int, password: str) -> dict[str, str]:
    """What docker-compose.yml sets, on this machine; nothing of a site that runs here is touched."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "AMENDS_BENCH": name,
        "AMENDS_BENCH_PASSWORD": password,
        "AMENDS_VAR": str(folder),
        "AMENDS_STATIC": str(folder / "static"),
        "AMENDS_LISTEN": "127.0.0.1",
        "AMENDS_BASE_URL": f"http://localhost:{port}",
        "AMENDS_LOG_LEVEL": "warning",
        "AMENDS_HTTPS": "off",
        "AMENDS_PROXIES": "0",
        "ALLOWED_HOSTS": "localhost",
        "DEBUG": "off",
        "DATABASE_URL": database,
        "CELERY_BROKER_URL": REDIS,
        "CACHE_URL": REDIS,
        "PORT": str(port),
        "WEB_CONCURRENCY": str(WORKERS),
        "PYTHONPATH": str(ROOT),
    }


def _prepare(asked: Asked, environment: dict[str, str]) -> dict[str, Any]:
    arguments = ["--cases", str(asked.cases), "--pages", asked.pages, *(["--longer"] if asked.is_longer else [])]
    told: dict[str, Any] = told_by("bench.prepare", *arguments, environment=environment)
    return told


@contextmanager
def _gunicorn(environment: dict[str, str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The site's own configuration, as in the container."""
    command = [sys.executable, "-m", "gunicorn", "--config", "python:recovery.server", "recovery.wsgi"]
    server = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        _wait_until_ready(server, f"http://localhost:{port}/readyz")
        yield server
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_until_ready(server: subprocess.Popen[bytes], address: str) -> None:
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until:
        if server.poll() is not None:
            raise RuntimeError("The server ended before it was ready.")
        try:
            with urlopen(address, timeout=5):  # noqa: S310 - an address of this machine
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"The server was not ready within {READY_WITHIN} seconds.")
