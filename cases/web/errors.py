"""Pages for what went wrong, in our own design and with what to do next."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

from django.db import OperationalError
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

if TYPE_CHECKING:
    from django.http import HttpRequest

logger = logging.getLogger(__name__)

WITHOUT_A_TEMPLATE = (
    "That was our mistake, not yours. Something broke on our side. Please go back and try again in a minute."
)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  # Django passes it by name
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Not allowed; the sentence of the rule says who could."""
    return render(request, "errors/403.html", {"sentence": str(exception or "")}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  # Django passes it by name
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  # Django passes it by name
    """Without the request: what broke may be the database, and the page must not need it.

    503 where the database is gone or its disk is full: that passes, and nothing was saved.
    """
    is_database = isinstance(sys.exception(), OperationalError)
    template, status = ("errors/503.html", 503) if is_database else ("errors/500.html", 500)
    try:
        return HttpResponse(render_to_string(template), status=status)
    except Exception:  # what broke may be the templates, or the static files that they name
        logger.exception("The page of an error broke")
        return HttpResponse(WITHOUT_A_TEMPLATE, status=status, content_type="text/plain; charset=utf-8")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  # Django's signature
    return render(request, "errors/csrf.html", status=403)
