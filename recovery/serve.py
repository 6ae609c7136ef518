"""The embedded run: ``python -m recovery.serve``, which is what ``make run`` does.

Makes the database ready, then keeps web server, worker and beat running side by side until Ctrl-C, or until
one of them ends. Larger installations let their own supervisor run the same three commands.
"""

import hashlib
import io
import os
import shlex
import signal
import socket
import sys
from pathlib import Path
from types import FrameType

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.db import connections
from honcho import manager

from recovery.celery import declare_queues
from recovery.environment import refuse, writable_folder

COMMANDS = {
    "web": ["gunicorn", "--config", "python:recovery.server", "recovery.wsgi"],
    "worker": ["celery", "-A", "recovery", "--quiet", "worker", "--without-gossip", "--without-mingle"],
    "beat": ["celery", "-A", "recovery", "--quiet", "beat", "--pidfile="],
}

# Somebody waits for the page; the others may come up a second later.
PRIORITY = {"web": "0", "worker": "5", "beat": "5"}

#: Seconds that a worker gets to finish its mail after Ctrl-C; honcho's five would cut a slow one in two.
PATIENCE = 30


class Supervisor(manager.Manager):  # type: ignore[misc]  # honcho has no types
    """honcho's, which also ends its processes when the terminal is closed."""

    def _start(self) -> None:
        # Ignored while the children are made, because they inherit it: only the supervisor acts on it.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        super()._start()
        signal.signal(signal.SIGHUP, self._hang_up)

    def _hang_up(self, _signal: int, _frame: FrameType | None) -> None:
        self._printer.output = io.StringIO()  # the terminal takes no more words
        os.kill(os.getpid(), signal.SIGTERM)


def main() -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "recovery.embedded"
    django.setup()
    refuse_taken_port()
    make_ready()
    manager.KILL_WAIT = PATIENCE
    supervisor = Supervisor()
    for name, words in COMMANDS.items():
        command = "exec nice -n " + shlex.join([PRIORITY[name], sys.executable, "-m", *words])
        supervisor.add_process(name, command, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    supervisor.loop()
    stopped_by_request = {128 + signal.SIGINT, 128 + signal.SIGTERM}
    return 0 if supervisor.returncode in stopped_by_request else int(supervisor.returncode or 1)


def refuse_taken_port() -> None:
    """A sentence now is clearer than a traceback of a process among three."""
    address = settings.AMENDS_LISTEN.strip("[]")
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, settings.PORT))
        except OSError:
            refuse(f"port {settings.PORT} is taken; choose another, as in: make run PORT={settings.PORT + 1}")


def make_ready() -> None:
    """Bring database and static files up to date; fill an empty database with the demo if that is wanted."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("install_defaults", stdout=io.StringIO())
    if settings.AMENDS_DEMO:
        call_command("demo", if_empty=True)
    collect_static_files()
    declare_queues()
    connections.close_all()


def collect_static_files() -> None:
    """Collecting hashes and compresses every file: done only when one of them changed since the last time."""
    kept: Path = settings.VAR / "static.fingerprint"
    now = f"{settings.STATIC_ROOT} {fingerprint_of_static_files()}"
    if kept.exists() and kept.read_text(errors="replace") == now and not getattr(staticfiles_storage, "missing", str)():
        return
    folder = writable_folder(Path(settings.STATIC_ROOT), named_by="AMENDS_STATIC")
    try:
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        kept.write_text(now)
    except OSError as error:
        refuse(f"the static files cannot be written to {folder}: {error.strerror}.")


def fingerprint_of_static_files() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            facts = Path(storage.path(name)).stat()
            digest.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
