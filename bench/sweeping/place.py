"""Where sweeps are measured: a database and a folder of their own for each size; both gone afterwards."""

from __future__ import annotations

import os
import tempfile
from typing import Any

from bench.database import database_named
from bench.place import own_environment, told_by

SIZES = (10_000, 1_000_000)


def measured() -> dict[int, Any]:
    """What ``bench.sweeping.rounds`` found, by the number of open commitments."""
    return {commitments: _measured(commitments) for commitments in SIZES}


def _measured(commitments: int) -> Any:
    name = f"amends_bench_{os.getpid()}_sweeping"
    with database_named(name) as database, tempfile.TemporaryDirectory(prefix="amends-bench-") as folder:
        return told_by("bench.sweeping.rounds", str(commitments), environment=own_environment(database, folder))
