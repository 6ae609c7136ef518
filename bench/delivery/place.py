"""Where deliveries are measured: a database, a folder and two mail servers of their own; all gone afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bench.database import database_named
from bench.place import ROOT, own_environment, told_by

if TYPE_CHECKING:
    from collections.abc import Iterator

TAKES = 0.005
"""Seconds that the slow server takes over each mail, so that it is not the processors that one worker waits for."""


def measured() -> dict[str, Any]:
    """What ``bench.delivery.rounds`` found."""
    with (
        database_named(f"amends_bench_{os.getpid()}_delivery") as database,
        tempfile.TemporaryDirectory(prefix="amends-bench-") as folder,
        _sink(0) as port,
        _sink(TAKES) as slow_port,
    ):
        servers = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": port, "SMTP_SECURITY": "none", "SLOW_SMTP_PORT": slow_port}
        environment = own_environment(database, folder, **servers)
        found: dict[str, Any] = told_by("bench.delivery.rounds", environment=environment)
    return found


@contextmanager
def _sink(takes: float) -> Iterator[str]:
    """Yields its port."""
    command = [sys.executable, "-m", "bench.delivery.sink", str(takes)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            yield process.stdout.readline().strip() if process.stdout else ""
        finally:
            process.kill()
