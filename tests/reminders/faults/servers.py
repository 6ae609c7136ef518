"""PostgreSQL and Redis of the faults' own, which are broken on purpose and disturb nobody else.

Both in a folder that is given, on free ports of this machine. Limit: their programs must be installed; without them
there is a sentence and no run.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from redis import Redis
from redis.exceptions import ConnectionError as NoConnectionError

if TYPE_CHECKING:
    from collections.abc import Iterator

UP_WITHIN = 30
"""Seconds that a server may take to be there."""


@dataclass(frozen=True, slots=True)
class Database:
    """A cluster that flushes to disk, as a real one does: what was committed must outlive the server."""

    programs: Path
    folder: Path
    port: int

    @property
    def address(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def make(self) -> None:
        self.folder.mkdir()
        if owner := _owner():
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        self._run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
        settings = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=on"
        self._run("pg_ctl", "start", "-o", settings, *self._patience)

    def restart(self, manner: str) -> None:
        """``fast``: sessions are ended. ``immediate``: as if it had crashed. Returns when it is there again."""
        self._run("pg_ctl", "restart", "-m", manner, *self._patience)

    def end(self) -> None:
        if (self.folder / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "-m", "immediate")

    @property
    def _patience(self) -> tuple[str, ...]:
        return "-w", "-t", str(UP_WITHIN), "-l", str(self.folder / "server.log")

    def _run(self, program: str, *words: str) -> None:
        command = [str(self.programs / program), "-D", str(self.folder), *words]
        owner = _owner()
        other: dict[str, Any] = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False, **other)  # noqa: S603
        if done.returncode:
            raise SystemExit(f"PostgreSQL of the faults: {program} failed.\n{done.stdout}{done.stderr}")


@dataclass(slots=True)
class Broker:
    """A Redis that keeps nothing: ended and started again, it is empty."""

    program: str
    folder: Path
    port: int
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def address(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        place = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        command = [self.program, *place, "--save", "", "--appendonly", "no"]
        # A session of its own, so that Ctrl-C reaches the faults first, which then end it.
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
        until = time.monotonic() + UP_WITHIN
        while not self._answers():
            if time.monotonic() > until or self._process.poll() is not None:
                raise SystemExit("Redis of the faults did not start.")
            time.sleep(0.05)

    def flush(self) -> None:
        with Redis(port=self.port) as client:
            client.flushall()

    def end(self) -> None:
        """Without a goodbye to anybody."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()

    def _answers(self) -> bool:
        try:
            with Redis(port=self.port) as client:
                return bool(client.ping())
        except NoConnectionError:
            return False


@contextmanager
def postgresql(folder: Path) -> Iterator[Database]:
    server = Database(_postgresql_programs(), folder / "postgresql", _free_port())
    try:
        server.make()
        yield server
    finally:
        server.end()


@contextmanager
def redis(folder: Path) -> Iterator[Broker]:
    program = shutil.which("redis-server")
    if program is None:
        raise SystemExit("The faults need redis-server: install it (on Debian and Ubuntu: apt install redis-server).")
    server = Broker(program, folder, _free_port())
    try:
        server.start()
        yield server
    finally:
        server.end()


def _postgresql_programs() -> Path:
    """Debian keeps them off the PATH, a folder for each version; elsewhere the PATH or pg_config knows them."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda bin_: float(bin_.parent.name))
    found = [*reversed(versions), *(Path(program).parent for program in [shutil.which("initdb")] if program)]
    if pg_config := shutil.which("pg_config"):
        told = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=True)  # noqa: S603
        found.append(Path(told.stdout.strip()))
    for folder in found:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    raise SystemExit(
        "The faults need PostgreSQL's programs: install them (on Debian and Ubuntu: apt install postgresql)."
    )


def _owner() -> pwd.struct_passwd | None:
    """Whose the cluster is, where it cannot be our own: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        raise SystemExit(
            "The faults run as root, and PostgreSQL does not: add a user postgres, or run them as another."
        ) from None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
