"""Asks the web process of this machine whether it is ready: ``python -m recovery.healthcheck``, as containers do.

It asks by the host of ``AMENDS_BASE_URL``, to which the site answers whatever else ``ALLOWED_HOSTS`` names.
"""

import sys
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from recovery import settings

#: Seconds; less than the health check of a container may take.
PATIENCE = 4
_READY = 200
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # noqa: S104  (nothing listens here)


def ask() -> tuple[bool, str]:
    """Whether it is ready, and its answer."""
    listening_at = _EVERYWHERE.get(settings.AMENDS_LISTEN, settings.AMENDS_LISTEN)
    connection = HTTPConnection(listening_at.strip("[]"), settings.PORT, timeout=PATIENCE)
    try:
        connection.request("GET", "/readyz", headers={"Host": urlsplit(settings.AMENDS_BASE_URL).netloc})
        answer = connection.getresponse()
        return answer.status == _READY, f"{answer.status} {answer.read().decode(errors='replace')}"
    except (OSError, HTTPException) as error:
        return False, f"No answer: {error}"
    finally:
        connection.close()


def main() -> int:
    is_ready, answer = ask()
    (sys.stdout if is_ready else sys.stderr).write(f"{answer}\n")
    return 0 if is_ready else 1


if __name__ == "__main__":
    sys.exit(main())
