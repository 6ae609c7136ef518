"""Where the faults happen: a PostgreSQL database of their own, and mail servers in processes of their own.

Imported before Django is set up. Everything is taken away at the end, also after Ctrl-C.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bench.database import database_named

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
ANSWERS_WITHIN = 0.3
"""Seconds that a mail server has for each answer, in place of half a minute."""


@contextmanager
def database() -> Iterator[None]:
    """An empty one, which the environment names from now on."""
    with (
        database_named(f"amends_faults_{os.getpid()}") as address,
        tempfile.TemporaryDirectory(prefix="amends-faults-") as folder,
    ):
        os.environ.update(
            DJANGO_SETTINGS_MODULE="recovery.settings",
            DATABASE_URL=address,
            AMENDS_VAR=folder,
            AMENDS_LOG_LEVEL="error",
            DEBUG="off",
        )
        yield


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
