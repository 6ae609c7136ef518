"""Runs the services of docker-compose.yml without an engine: ``make containers``.

The image is a folder that nobody may write to, mounted read-only where that is allowed. Commands, environment and
health checks come from docker-compose.yml, and .env is .env.example with a key. It needs PostgreSQL and Redis.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2  # type: ignore[import-untyped]
import yaml
from dotenv import dotenv_values

from tests.browser.site import free_port

ROOT = Path(__file__).resolve().parents[2]
USER = 10001
"""The user of the Dockerfile."""
PATIENCE = 60
"""Seconds until a process must be healthy."""
PUBLIC = {
    "AMENDS_BASE_URL": "https://desk.example.com",
    "ALLOWED_HOSTS": ".example.com, other.test",
    "SMTP_HOST": "mail",
}

_VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<sign>[-?])(?P<word>(?:[^{}]|\$\{[^{}]*\})*))?\}")
_READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'


def interpolated(text: str, given: dict[str, str]) -> str:
    """As Compose reads a value: ``${NAME}``, ``${NAME:-default}``, ``${NAME:?sentence}``, and ``$$`` for a dollar."""

    def of(found: re.Match[str]) -> str:
        value = given.get(found["name"], "")
        if not value and found["sign"] == "?":
            raise ValueError(found["word"])
        return value or interpolated(found["word"] or "", given)

    return _VARIABLE.sub(of, text).replace("$$", "$")


def services() -> dict[str, Any]:
    composed: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    return composed


def example(**more: str) -> dict[str, str]:
    """A ``.env`` that somebody wrote from the example."""
    named = dotenv_values(ROOT / ".env.example", interpolate=False)
    return {name: value or "" for name, value in named.items()} | {"SECRET_KEY": secrets.token_hex(40)} | more


def environment_of(service: dict[str, Any], given: dict[str, str]) -> dict[str, str]:
    """``environment`` wins over ``env_file``."""
    own = {name: interpolated(str(value), given) for name, value in service["environment"].items()}
    return {**given, **own}


@dataclass(slots=True)
class Image:
    """What is built once. ``folder`` stands for the root of a container's file system."""

    folder: Path
    wrap: list[str] = field(default_factory=list)

    @property
    def app(self) -> Path:
        return self.folder / "app"

    def build(self) -> None:
        wanted = [line[1:] for line in (ROOT / ".dockerignore").read_text().split() if line.startswith("!")]
        for name in wanted:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            self.app.mkdir(parents=True, exist_ok=True)
            copy(ROOT / name, self.app / name)
        uv = shutil.which("uv") or str(ROOT / ".uv/bin/uv")
        words = [
            "pip",
            "install",
            "--quiet",
            "--compile-bytecode",
            "--python",
            sys.executable,
            "--target",
            str(self.folder / "site"),
        ]
        run([uv, *words, "--require-hashes", "-r", str(ROOT / "requirements.txt")])
        self._place_python()
        run(["python", "-m", "compileall", "-q", "cases", "recovery"], env=self.base(), cwd=self.app)
        with tempfile.TemporaryDirectory() as var:
            more = {"AMENDS_VAR": var, "AMENDS_STATIC": str(self.app / "collected")}
            run(["python", "manage.py", "collectstatic", "--noinput", "-v0"], env=self.base() | more, cwd=self.app)
        self._close()

    def _place_python(self) -> None:
        """A link to this Python, or a copy where only its owner may read it."""
        (self.folder / "bin").mkdir()
        real = Path(sys.executable).resolve()
        if not self._everybody_reads(real):
            home = self.folder / "python"
            (home / "bin").mkdir(parents=True)
            shutil.copy(real, home / "bin")
            unneeded = shutil.ignore_patterns("site-packages", "test", "tests", "config-*", "*.a")
            library = Path(os.__file__).parent
            shutil.copytree(library, home / "lib" / library.name, ignore=unneeded)
            for shared in library.parent.glob("libpython*.so*"):
                shutil.copy(shared, home / "lib")
            real = home / "bin" / real.name
        (self.folder / "bin/python").symlink_to(real)

    @staticmethod
    def _everybody_reads(path: Path) -> bool:
        return all(folder.stat().st_mode & 0o001 for folder in [path, *path.parents])

    def _close(self) -> None:
        """Nobody but root may write; with a mount of its own, not even root."""
        run(["chmod", "-R", "a+rX,a-w", str(self.folder)])
        if os.geteuid() != 0:
            return
        run(["chown", "-R", "0:0", str(self.folder)])
        drop = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--no-new-privs"]
        mounted = ["unshare", "--mount", "sh", "-c", _READ_ONLY, str(self.folder), *drop]
        can = subprocess.run([*mounted, "true"], stderr=subprocess.DEVNULL, check=False)  # noqa: S603
        self.wrap = mounted if can.returncode == 0 else drop
        say("mounted read-only" if can.returncode == 0 else "no mounts here: a copy that cannot be written")

    def base(self) -> dict[str, str]:
        """What the Dockerfile sets."""
        path = f"{self.folder / 'bin'}:/usr/local/bin:/usr/bin:/bin"
        library = str(self.folder / "python/lib")
        return {
            "PATH": path,
            "PYTHONPATH": str(self.folder / "site"),
            "LD_LIBRARY_PATH": library,
            "LANG": "C.UTF-8",
        } | {
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUNBUFFERED": "1",
            "HOSTNAME": socket.gethostname(),
        }


@dataclass(slots=True)
class Site:
    """The containers of one ``.env``."""

    image: Image
    given: dict[str, str]
    places: dict[str, str]
    """What stands in docker-compose.yml, and where that is here."""
    log: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def here(self, words: str) -> str:
        for there, here in self.places.items():
            words = words.replace(there, here)
        return words

    def environment(self, name: str) -> dict[str, str]:
        own = environment_of(services()[name], self.given) | {"PORT": self.places[":8000"][1:]}
        return self.image.base() | {key: self.here(value) for key, value in own.items()}

    def start(self, name: str) -> None:
        words = [interpolated(word, self.given) for word in services()[name]["command"]]
        with (self.log / name).open("wb") as log:
            self.running[name] = subprocess.Popen(  # noqa: S603  (our own words)
                [*self.image.wrap, *words], env=self.environment(name), cwd=self.image.app, stdout=log, stderr=log
            )
        self.await_health(name)

    def await_health(self, name: str) -> None:
        kind, *words = services()[name]["healthcheck"]["test"]
        words = [interpolated(word, self.given) for word in words]
        check = [*self.image.wrap, *(["sh", "-c", *words] if kind == "CMD-SHELL" else words)]
        deadline = time.monotonic() + PATIENCE
        while True:
            asked = subprocess.run(  # noqa: S603
                check, env=self.environment(name), cwd=self.image.app, capture_output=True, text=True, check=False
            )
            if asked.returncode == 0:
                return say(f"{name} is healthy")
            if self.running[name].poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{name}: {asked.stdout}{asked.stderr}\n{(self.log / name).read_text()}")
            time.sleep(0.3)

    def stop(self) -> dict[str, int]:
        """The exit code of each."""
        for process in self.running.values():
            process.send_signal(signal.SIGTERM)
        return {name: process.wait(timeout=PATIENCE) for name, process in self.running.items()}


@contextmanager
def database(server: str, name: str) -> Iterator[str]:
    """The address of an empty one, which is dropped at the end."""
    connection = psycopg2.connect(server)
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
    cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        connection.close()


def run(words: list[str], **options: Any) -> None:
    subprocess.run(words, check=True, **options)  # noqa: S603


def say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def main() -> None:
    server = os.environ["DATABASE_URL"]
    redis = os.environ["CELERY_BROKER_URL"].rpartition("/")[0]
    with tempfile.TemporaryDirectory(prefix="amends-containers-") as place:
        folder = Path(place)
        folder.chmod(0o755)
        image = Image(folder / "image")
        image.build()
        with database(server, f"containers_{os.getpid()}") as address:
            for given, names in (({}, ("web", "worker", "beat")), (PUBLIC, ("web",))):
                var = Path(tempfile.mkdtemp(dir=folder, prefix="var-"))
                if os.geteuid() == 0:
                    os.chown(var, USER, USER)
                places = {
                    "postgresql://amends:amends@postgres:5432/amends": address,
                    "redis://redis:6379": redis,
                    "/var/lib/amends": str(var),
                    "/app/": f"{image.app}/",
                    ":8000": f":{free_port()}",
                }
                say(f"ALLOWED_HOSTS={given.get('ALLOWED_HOSTS', '')}")
                site = Site(image, example(**given), places, folder)
                try:
                    for name in names:
                        site.start(name)
                finally:
                    ends = site.stop()
                say(f"ended: {ends}")
                if any(ends.values()):
                    raise SystemExit(f"Not all ended well: {ends}")
    say("gone")


if __name__ == "__main__":
    main()
