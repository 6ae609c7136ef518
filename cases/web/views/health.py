"""Whether the process lives, and whether it is ready to serve. For machines; no sign-in, and no word about cases."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

logger = logging.getLogger(__name__)

OK = "ok"


@never_cache
@require_safe
def livez(_request: HttpRequest) -> HttpResponse:
    """Alive: asks nothing of anybody."""
    return HttpResponse(OK, content_type="text/plain")


@never_cache
@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """Each part that a page needs, with "ok" or what is wrong with it; 503 unless all are well."""
    parts = {name: _asked(name, check) for name, check in _CHECKS.items()}
    return JsonResponse(parts, status=200 if set(parts.values()) == {OK} else 503)


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
    cache.get("readyz")
    return OK


_CHECKS = {"database": _database, "migrations": _migrations, "cache": _cache}

urlpatterns = [path("livez", livez, name="livez"), path("readyz", readyz, name="readyz")]
