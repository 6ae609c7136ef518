"""A worker that delivers when it is told to: ``python -m bench.delivery.worker``. Each line that it reads starts it; as
JSON it answers how many mails it sent, in how many seconds, and how large it is afterwards."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import django
from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Delivered:
    """``size``: resident memory in MB."""

    sent: int
    seconds: float
    size: float


class Worker:
    """Such a process, seen from outside."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def start(self) -> None:
        if self._process.stdin is None:
            raise RuntimeError("The worker cannot be told anything.")
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def wait(self) -> Delivered:
        if self._process.stdout is None or not (line := self._process.stdout.readline()):
            raise RuntimeError("The worker ended.")
        return Delivered(**json.loads(line))


@contextmanager
def worker(*, port: int) -> Iterator[Worker]:
    """One that is ready, and sends to the mail server at this port."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.delivery.worker"],
        env={**os.environ, "SMTP_PORT": str(port)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            begun = Worker(process)
            begun.start()  # with nothing owed: imports and the first connection are nobody's time
            begun.wait()
            yield begun
        finally:
            process.kill()


def deliver_all() -> int:
    """Run after run, as long as there is more. Says how many were sent."""
    from cases.actions.deliveries import deliver_owed

    sent, is_more = 0, True
    while is_more:
        tally = deliver_owed(now=timezone.now())
        sent, is_more = sent + tally.sent, tally.is_more
    return sent


def _size() -> float:
    command = ["/bin/ps", "-o", "rss=", "-p", str(os.getpid())]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout) / 1024  # noqa: S603


def main() -> None:
    django.setup()
    for _ in sys.stdin:
        begun = time.perf_counter()
        sent = deliver_all()
        answer = {"sent": sent, "seconds": time.perf_counter() - begun, "size": _size()}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
