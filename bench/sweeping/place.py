"""Where sweeps are measured: a database and a folder of their own for each size; both gone afterwards."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from typing import Any

from bench.database import database_named
from bench.place import ROOT

SIZES = (10_000, 1_000_000)


def measured() -> dict[int, Any]:
    """What ``bench.sweeping.rounds`` found, by the number of open commitments."""
    return {commitments: _measured(commitments) for commitments in SIZES}


def _measured(commitments: int) -> Any:
    name = f"amends_bench_{os.getpid()}_sweeping"
    with database_named(name) as database, tempfile.TemporaryDirectory(prefix="amends-bench-") as folder:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "recovery.settings",
            "AMENDS_VAR": folder,
            "AMENDS_BASE_URL": "http://localhost",
            "AMENDS_LOG_LEVEL": "warning",
            "DEBUG": "off",
            "DATABASE_URL": database,
        }
        environment.pop("CELERY_BROKER_URL", None)
        command = [sys.executable, "-m", "bench.sweeping.rounds", str(commitments)]
        done = subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE)  # noqa: S603
    return json.loads(done.stdout)
