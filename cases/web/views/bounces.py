"""Where a mail server hands over what did not arrive: one whole mail in each request, with a token instead of a
sign-in. Closed unless ``AMENDS_BOUNCE_TOKEN`` is set."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.urls import path
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt

from cases.actions.bounces import take_notice

if TYPE_CHECKING:
    from django.http import HttpRequest

logger = logging.getLogger(__name__)

MOST_BYTES = 1024 * 1024
"""Mail servers send our own mail back with the notice, and ours are much smaller."""


@csrf_exempt
def bounces(request: HttpRequest) -> HttpResponse:
    """204 for whatever was read, because a server would only try again what is no bounce."""
    if not settings.AMENDS_BOUNCE_TOKEN:
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.AMENDS_BOUNCE_TOKEN}"):
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": "Bearer"})
    raw = request.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        return HttpResponse(status=HTTPStatus.CONTENT_TOO_LARGE)
    logger.info("A notice came in: %s", take_notice(raw=raw, now=timezone.now()))
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


urlpatterns = [path("hooks/bounces", bounces, name="bounces")]
