"""Whether the process lives, and whether it is ready to serve. For machines; no sign-in, and no word about cases."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cases.reports.health import troubles

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

logger = logging.getLogger(__name__)

OK = "ok"
LEAST_FREE = 20 * 1024 * 1024
"""Bytes. With less, a database that is a file soon takes no more, nor does the folder of mails and messages."""


@never_cache
@require_safe
def livez(_request: HttpRequest) -> HttpResponse:
    """Alive: asks nothing of anybody."""
    return HttpResponse(OK, content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Each part with "ok" or what is wrong with it; 503 unless all are well that a page needs.

    A cache that is gone and reminders that are not sent are told and make no 503: no page is the worse for it, and a
    load balancer would take the whole site away. The same holds for the disk where the database is elsewhere.
    Whoever watches asks ``/readyz?all``, and gets 503 for them too.
    """
    parts = {name: _asked(name, check) for name, check in _CHECKS.items()}
    spared = _PAGES_DO_WITHOUT if connection.vendor == "sqlite" else {*_PAGES_DO_WITHOUT, "disk"}
    needed = {word for name, word in parts.items() if name not in spared or "all" in request.GET}
    return JsonResponse(parts, status=200 if needed == {OK} else 503)


def _asked(name: str, check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception:  # whatever goes wrong in a part is the answer that was asked for
        logger.exception("Not ready: %s", name)
        return "cannot be reached"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return OK


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(waiting)} still to be applied" if waiting else OK


def _cache() -> str:
    ping = getattr(cache, "ping", None)  # one that lives elsewhere, and that pages do without while it is gone
    if ping is not None:
        ping()
    return OK


def _static() -> str:
    missing = getattr(staticfiles_storage, "missing", str)  # of a storage that collects
    return missing() or OK


def _disk() -> str:
    disk = os.statvfs(settings.VAR)
    free = disk.f_bavail * disk.f_frsize
    if free >= LEAST_FREE and (disk.f_favail or not disk.f_files):
        return OK
    return f"The disk of {settings.VAR} is full: {free // 1024 // 1024} MB and {disk.f_favail} files are free."


def _reminders() -> str:
    found = troubles(timezone.now())
    return " ".join(f"{each.sentence} since {each.since.isoformat(timespec='seconds')}." for each in found) or OK


_CHECKS = {
    "database": _database,
    "migrations": _migrations,
    "static": _static,
    "disk": _disk,
    "cache": _cache,
    "reminders": _reminders,
}
_PAGES_DO_WITHOUT = {"cache", "reminders"}

urlpatterns = [path("livez", livez, name="livez"), path("readyz", readyz, name="readyz")]
