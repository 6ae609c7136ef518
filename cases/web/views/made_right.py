"""The customer's page: what we did, what we will do, and how they feel about it. No account, no navigation.

Looking at it writes nothing, so that a mail program that follows links answers for nobody; only the button records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.cache import cache
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cases.actions import satisfaction, submissions
from cases.errors import NoLinkError, RuleError
from cases.reports.made_right import made_right
from cases.rules.calendars import load_zone
from cases.web.forms.made_right import FeelForm
from cases.web.sent import in_words

if TYPE_CHECKING:
    from datetime import tzinfo

    from django.http import HttpRequest, HttpResponse

    from cases.models import CustomerLink

MOST_POSTS = 30
SENT = "sent"
"""What the page thanks for: in the address, because not every browser keeps a cookie for it."""
AGAIN = "again"
"""Holds the key of an answer that was sent twice."""
POSTS_WITHIN = 60 * 60
"""Seconds. Nobody answers more often by hand; a script that has a link does not fill the timeline."""


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, token: str) -> HttpResponse:
    """No cookie is asked for: whoever could forge this form has the secret address, and needs to forge nothing."""
    try:
        link = satisfaction.open_link(token, timezone.now())
    except RuleError as error:
        is_forged = isinstance(error, NoLinkError)
        return _private(_refused(request, str(error), status=404 if is_forged else 410))
    with timezone.override(_zone(link)):
        return _private(_answer(request, link) if request.method == "POST" else _page(request, link))


def _page(request: HttpRequest, link: CustomerLink, form: FeelForm | None = None) -> HttpResponse:
    page = made_right(link.case, now=timezone.now())
    form = form or FeelForm(link=link, may_answer=page.may_answer or page.given is not None)
    before = submissions.recorded_by(link, request.GET.get(AGAIN, ""))
    said = in_words(before) if before else FeelForm.SAID.get(request.GET.get(SENT, ""), "")
    context = {"page": page, "form": form, "faces": _faces(form), "said": said}
    return render(request, "made_right/page.html", context, status=form.page_status)


def _answer(request: HttpRequest, link: CustomerLink) -> HttpResponse:
    if not _is_in_time(link):
        sentence = (
            "That was many answers in a short time. Please wait an hour, or call us: we are glad to hear from you."
        )
        return _refused(request, sentence, status=429)
    page = made_right(link.case, now=timezone.now())
    form = FeelForm(request.POST, link=link, may_answer=page.may_answer or page.given is not None)
    if not form.act():
        if form.resent:
            form.resent.address = request.path  # stored nowhere, because it is a key to the page
        return _page(request, link, form)
    if form.sent_before:
        return redirect(f"{request.path}?{AGAIN}={form.sent_before.key}")
    return redirect(f"{request.path}?{SENT}={form.sent}")


def _faces(form: FeelForm) -> list[dict[str, object]]:
    chosen = str(form["score"].value())
    return [
        {"value": value, "label": label, "icon": icon, "is_chosen": str(value) == chosen}
        for value, label, icon in form.FACES
    ]


def _refused(request: HttpRequest, sentence: str, *, status: int) -> HttpResponse:
    """With what they wrote, which nobody has got."""
    wrote = str(request.POST.get("words", "")).strip()
    context = {"sentence": sentence, "status": status, "wrote": wrote}
    return render(request, "made_right/refused.html", context, status=status)


def _is_in_time(link: CustomerLink) -> bool:
    key = f"made-right:{link.public_id}"
    cache.add(key, 0, POSTS_WITHIN)
    return cache.incr(key) <= MOST_POSTS


def _zone(link: CustomerLink) -> tzinfo:
    """The customer's, where we know it; else the organization's, which the middleware has set."""
    name = link.case.customer.time_zone
    try:
        return load_zone(name) if name else timezone.get_current_timezone()
    except RuleError:
        return timezone.get_current_timezone()


def _private(response: HttpResponse) -> HttpResponse:
    """Found by no search engine, and its address told to nobody else."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


urlpatterns = [path("made-right/<str:token>/", show, name="made_right")]
