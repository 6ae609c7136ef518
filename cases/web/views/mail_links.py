"""What a button in a mail to a colleague leads to. No sign-in: the link is the key to this one thing.

Mail scanners open every link, so looking writes nothing; only the button acts, or a mail program that was told so by
the mail's own header (RFC 8058).
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cases.errors import LapsedLinkError, RuleError
from cases.mail import tokens
from cases.reminders.seen import note_seen, reminder_of, stop_early

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def seen(request: HttpRequest, token: str) -> HttpResponse:
    """No cookie is asked for: whoever could forge this form has the link, and needs to forge nothing."""
    try:
        mail = reminder_of(token, tokens.SEEN)
    except RuleError as error:
        return _refused(request, error)
    if request.method == "POST":
        note_seen(mail=mail, now=timezone.now())
        mail.refresh_from_db(fields=("seen_at",))
    return _page(request, "mail_links/seen.html", {"mail": mail})


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    try:
        mail = reminder_of(token, tokens.STOP)
    except RuleError as error:
        return _refused(request, error)
    person = stop_early(mail=mail) if request.method == "POST" else mail.to_user
    return _page(request, "mail_links/stop.html", {"person": person})


def _refused(request: HttpRequest, error: RuleError) -> HttpResponse:
    is_lapsed = isinstance(error, LapsedLinkError)
    status = HTTPStatus.GONE if is_lapsed else HTTPStatus.NOT_FOUND
    return _page(request, "mail_links/refused.html", {"sentence": error.sentence, "is_lapsed": is_lapsed}, status)


def _page(request: HttpRequest, name: str, context: dict[str, object], status: int = 200) -> HttpResponse:
    """The address is a key: it goes to no other site."""
    response = render(request, name, context, status=status)
    response["Referrer-Policy"] = "no-referrer"
    return response


urlpatterns = [
    path("mail/<str:token>/seen/", seen, name="mail_seen"),
    path("mail/<str:token>/stop/", stop, name="mail_stop"),
]
