"""The case page: the rail, the form of one step, the timeline, and everything that stands beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cases.reminders.preview import preview_of
from cases.web import case_page, case_verbs, sent
from cases.web.case_rows import private_notes, seen_case
from cases.web.requests import StaffRequest, staff
from cases.web.timeline import whole_history

if TYPE_CHECKING:
    from django.http import HttpResponse

    from cases.models import Case
    from cases.web.forms.base import CaseForm


FORESEEN = timedelta(days=7)
MOST_FORESEEN = 12


@staff
@require_safe
def show(request: StaffRequest, reference: str) -> HttpResponse:
    case = _case(request, reference)
    page = case_page.build(case, user=request.user, asked=request.GET.get("step", ""), now=timezone.now())
    return render(request, "cases/case.html", {"page": page})


@staff
@require_safe
def timeline(request: StaffRequest, reference: str) -> HttpResponse:
    """Everything that happened, from the beginning; and who will be reminded next."""
    case, now = _case(request, reference), timezone.now()
    foreseen = preview_of(case, now=now, until=now + FORESEEN)[:MOST_FORESEEN]
    return render(request, "cases/timeline.html", {"case": case, "events": whole_history(case), "foreseen": foreseen})


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def do(request: StaffRequest, reference: str, name: str) -> HttpResponse:
    """One thing that can be done with a case: its form on a page of its own, and what becomes of it."""
    case = _case(request, reference)
    verb = case_verbs.VERBS.get(name)
    if verb is None:
        raise Http404
    if request.method != "POST":
        form = verb.form(case=case, actor=request.user, initial=request.GET.dict())
        return _page(request, case, name, form)
    form = verb.form(request.POST, case=case, actor=request.user)
    form.address = f"{reverse('cases:case', args=(case.reference,))}{verb.anchor}"
    if form.act():
        sent.tell(request, form)
        return redirect(form.address)
    return _page(request, case, name, form)


def _page(request: StaffRequest, case: Case, name: str, form: CaseForm) -> HttpResponse:
    """A step's form stands on the page of the case, everything else on a page of its own."""
    step = case_verbs.VERBS[name].step
    if step is not None:
        page = case_page.build(case, user=request.user, asked=step, now=timezone.now(), form=form)
        return render(request, "cases/case.html", {"page": page}, status=form.page_status)
    context = {
        "case": case,
        "form": form,
        "name": name,
        "asked": getattr(form, "asked", None),
        "subject": getattr(form, "subject", None),
        "ask_after": private_notes(case) if form.is_contact else [],
    }
    return render(request, "cases/do.html", context, status=form.page_status)


def _case(request: StaffRequest, reference: str) -> Case:
    case = seen_case(request.user, reference)
    if case is None:
        raise Http404
    return case


urlpatterns = [
    path("cases/<slug:reference>/", show, name="case"),
    path("cases/<slug:reference>/timeline/", timeline, name="timeline"),
    path("cases/<slug:reference>/do/<slug:name>/", do, name="do"),
]
