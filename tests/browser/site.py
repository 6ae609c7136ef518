"""The site as ``make run`` starts it, with the demo, in a folder and on a port of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 300
"""Seconds for the first start, which loads the demo."""


@contextmanager
def running_site() -> Iterator[str]:
    """The address of a site that is up; it ends with all its processes."""
    with tempfile.TemporaryDirectory(prefix="amends-browser-") as folder:
        port = free_port()
        address = f"http://localhost:{port}"
        process = subprocess.Popen(  # our own command, nothing from outside
            [sys.executable, "-m", "recovery.serve"],
            cwd=ROOT,
            env={**_clean_environment(), "AMENDS_VAR": folder, "AMENDS_DEMO": "1", "PORT": str(port)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            _wait_for(f"{address}/readyz", process)
            yield address
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _clean_environment() -> dict[str, str]:
    """Without what would make it another site than the embedded one."""
    ours = ("DATABASE_URL", "CELERY_", "CACHE_", "AMENDS_", "SMTP_", "DJANGO_SETTINGS_MODULE", "PORT")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"The site ended with code {process.returncode} before it was up.")
        try:
            with urlopen(address, timeout=5) as answer:  # noqa: S310  # the site that was just started
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"The site was not up after {PATIENCE} s.")
