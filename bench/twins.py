"""A bare page beside each page that is measured: what Django itself costs here, for as much to show.

Each runs one query that an index answers, on the tables of its page, and renders as many rows by a template without
any design. Before the view, both go the same way: the same middleware, so also the same session and the same person.
The addresses stand before the product's, so that a product's page is never found sooner than its twin.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import path

from cases.models import Case, Event, Step
from recovery import urls as site

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from cases.web.requests import StaffRequest

    CaseForm = forms.ModelForm[Case]
else:
    CaseForm = forms.ModelForm

handler400, handler403, handler404, handler500 = site.handler400, site.handler403, site.handler404, site.handler500


@login_required
def open_cases(request: HttpRequest) -> HttpResponse:
    """Beside the list and the dashboard."""
    found = (
        Case.objects.filter(closed_at__isnull=True).select_related("customer", "owner").order_by("next_due_at", "pk")
    )
    return render(request, "bench/cases.html", {"cases": found[: _asked(request, "rows")]})


@login_required
def owed(request: StaffRequest) -> HttpResponse:
    """Beside my work."""
    found = Step.objects.filter(owner=request.user, settled_at__isnull=True).select_related("case__customer")
    return render(request, "bench/steps.html", {"steps": found.order_by("due_at")[: _asked(request, "rows")]})


@login_required
def events(request: HttpRequest) -> HttpResponse:
    """Beside the case page: the events of the case, and of those after it where one page shows more rows than it has
    events."""
    found = Event.objects.filter(case__gte=_asked(request, "case")).select_related("actor")
    rows = found.order_by("case", "-at", "-pk")[: _asked(request, "rows")]
    return render(request, "bench/events.html", {"events": rows})


class BareForm(CaseForm):
    """A case as Django's own form has it, and as many plain fields more as the product asks. ``owner`` is the one
    query."""

    class Meta:
        model = Case
        fields = (
            "title",
            "description",
            "severity",
            "channel",
            "origin",
            "priority",
            "known_at",
            "happened_at",
            "needed_by",
            "wants",
            "attempt",
            "contribution",
            "business_unit",
            "escalated_because",
            "owner",
        )

    def __init__(self, *args: Any, rows: int, **options: Any) -> None:
        super().__init__(*args, **options)
        for number in range(len(self.fields), rows):
            self.fields[f"more_{number}"] = forms.CharField(required=False)


@login_required
def create(request: StaffRequest) -> HttpResponse:
    """Beside the form that logs a mistake, and beside what becomes of it: one row more."""
    form = BareForm(request.POST if request.method == "POST" else None, rows=_asked(request, "rows"))
    if not form.is_valid():
        return render(request, "bench/form.html", {"form": form})
    case = form.save(commit=False)
    case.customer_id = case.incident_id = case.policy_id = 1
    case.reference, case.logged_at, case.logged_by = uuid.uuid4().hex[:16], case.known_at, request.user
    case.save()
    return HttpResponseRedirect("/bench/open/?rows=1")


def _asked(request: HttpRequest, name: str) -> int:
    return int(request.GET[name])


urlpatterns = [
    path("bench/open/", open_cases),
    path("bench/owed/", owed),
    path("bench/events/", events),
    path("bench/create/", create),
    *site.urlpatterns,
]
