"""Where the faults happen: servers and a database of their own, and mail servers in processes of their own.

Imported before Django is set up. Everything is taken away at the end, also after Ctrl-C.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.reminders.faults import servers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.reminders.faults.servers import Broker, Database

ROOT = Path(__file__).parents[3]
ANSWERS_WITHIN = 0.3
"""Seconds that a mail server has for each answer, in place of half a minute."""


@dataclass(frozen=True, slots=True)
class Place:
    database: Database
    broker: Broker


@contextmanager
def made() -> Iterator[Place]:
    """Empty servers, which the environment names from now on."""
    with tempfile.TemporaryDirectory(prefix="amends-faults-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # where PostgreSQL is another user's, they have to find their folder in it
        with servers.postgresql(folder) as database, servers.redis(folder) as broker:
            os.environ.update(
                DJANGO_SETTINGS_MODULE="recovery.settings",
                DATABASE_URL=database.address,
                CELERY_BROKER_URL=broker.address,
                CACHE_URL="",
                AMENDS_VAR=str(folder / "var"),
                AMENDS_LOG_LEVEL="error",
                DEBUG="off",
            )
            yield Place(database, broker)


@contextmanager
def mail_server(manner: str, folder: Path) -> Iterator[Path]:
    """A sink of this manner, and the site sends through it. Yields the list of what it has taken."""
    from django.conf import settings

    log = folder / f"taken-{manner}"
    log.write_text("")
    command = [sys.executable, "-m", "tests.reminders.faults.sink", str(log), manner]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            port = int(process.stdout.readline()) if process.stdout else 0
            options = {"host": "127.0.0.1", "port": port, "timeout": ANSWERS_WITHIN}
            settings.MAILERS = {"default": {"BACKEND": "cases.mail.smtp.EmailBackend", "OPTIONS": options}}
            yield log
        finally:
            process.kill()
