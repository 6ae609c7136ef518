"""Why reminders may be trusted: what was sent, held and why, failed and why, and what comes next."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cases.actions import notices
from cases.models import Sweep
from cases.permissions import Verb
from cases.reminders.preview import preview_mails
from cases.reports import reminders
from cases.web.requests import StaffRequest, staff, staff_who_may

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpResponse

    from cases.reminders.preview import ForeseenMail

FORESEEN = timedelta(days=7)
MOST_MAILS = 60
TABS = (("next", "Next 7 days"), ("sent", "Sent"), ("held", "Held"), ("failed", "Failed"))


@staff
@staff_who_may(Verb.SEE_DASHBOARD)
@require_safe
def show(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    chosen = request.GET.get("show", "")
    tab = chosen if chosen in dict(TABS) else TABS[0][0]
    context = {
        "tab": tab,
        "tabs": TABS,
        "counts": reminders.counts(now),
        "rows": _rows(tab, now),
        "last": Sweep.objects.ended(now).first(),
        "test": reminders.last_test(request.user.email),
    }
    return render(request, "reminders/page.html", context)


@staff
@staff_who_may(Verb.SEE_DASHBOARD)
@require_POST
def test(request: StaffRequest) -> HttpResponse:
    notices.send_test(actor=request.user, now=timezone.now())
    messages.success(request, f"A test mail to {request.user.email} is on its way. This page says what became of it.")
    return redirect("cases:reminders")


def _rows(tab: str, now: datetime) -> object:
    if tab == "sent":
        return reminders.sent()
    if tab == "held":
        return reminders.held(now)
    return reminders.failed() if tab == "failed" else _foreseen(now)


def _foreseen(now: datetime) -> list[ForeseenMail]:
    return preview_mails(now=now, until=now + FORESEEN, most=MOST_MAILS)


urlpatterns = [
    path("reminders/", show, name="reminders"),
    path("reminders/test/", test, name="test_mail"),
]
