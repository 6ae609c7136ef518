"""gunicorn's configuration: ``gunicorn --config python:recovery.server recovery.wsgi``.

The same in the embedded run and in a container; only the number of workers, the port and the address listened
at come from the environment.
"""

import os
import sys
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recovery.settings")

from django.conf import settings

from recovery import environment

#: Rate limits are counted in the cache. One that every process shares allows more than one process.
_SHARED_CACHE = settings.CACHES["default"]["BACKEND"] == "recovery.cache.Cache"

bind = f"{settings.AMENDS_LISTEN}:{settings.PORT}"
workers = environment.whole_number("WEB_CONCURRENCY", 2, least=1, most=64) if _SHARED_CACHE else 1
threads = 8
worker_class = "gthread"
# Which peer may forward headers is decided in one place (recovery.proxies), which reads the scheme as well.
forwarded_allow_ips = ""
# Loaded before the workers are forked: they share its memory, and a mistake is told once.
preload_app = True
timeout = 60
graceful_timeout = 3
control_socket_disable = True
logconfig_dict = {
    **settings.LOGGING,
    "loggers": {
        "gunicorn.error": {"level": settings.AMENDS_LOG_LEVEL.upper(), "handlers": [], "propagate": True},
        # Addresses of pages do not belong into logs, and here is no way to leave them out.
        "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
    },
}


def when_ready(_: Any) -> None:  # noqa: ANN401  (gunicorn's Arbiter has no types)
    sys.stdout.write(f"Amends is ready at {settings.AMENDS_BASE_URL}\n")
    sys.stdout.flush()
