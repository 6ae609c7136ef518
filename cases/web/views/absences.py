"""Who is away and who stands in for them: one's own absences, and for managers everybody's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cases import permissions
from cases.actions import absences
from cases.errors import AmendsError, NotAllowedError
from cases.models import Absence
from cases.permissions import Verb
from cases.web import sent
from cases.web.forms.absences import AbsenceForm
from cases.web.requests import StaffRequest, staff

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from django.http import HttpResponse

MOST = 100
"""Listed at once, those that end first."""


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def away(request: StaffRequest) -> HttpResponse:
    form = AbsenceForm(request.POST if request.method == "POST" else None, actor=request.user)
    form.address = reverse("cases:absences")
    if request.method == "POST" and form.act():
        sent.tell(request, form)
        return redirect(form.address)
    listed = _visible(request).filter(end__gt=timezone.now()).select_related("user", "substitute").order_by("end", "pk")
    context = {"form": form, "absences": listed[:MOST]}
    return render(request, "absences/list.html", context, status=form.page_status)


@staff
@require_POST
def end(request: StaffRequest, key: UUID) -> HttpResponse:
    """A second click finds it ended, or gone where it had not begun: nothing is wrong then."""
    absence = _visible(request).filter(public_id=key).first()
    if absence is None and Absence.objects.filter(public_id=key).exists():
        raise Http404
    said = "Ended. Reminders follow it by themselves."
    try:
        if absence is not None:
            absences.end_absence(absence=absence, actor=request.user, now=timezone.now())
    except NotAllowedError as error:
        raise PermissionDenied(error.sentence) from error
    except AmendsError:
        absence = None
    messages.success(request, said if absence is not None else "Ended already.")
    return redirect("cases:absences")


def _visible(request: StaffRequest) -> QuerySet[Absence]:
    everybody = permissions.may(request.user, Verb.PLAN_ABSENCES)
    return Absence.objects.all() if everybody else Absence.objects.filter(user=request.user)


urlpatterns = [
    path("absences/", away, name="absences"),
    path("absences/<uuid:key>/end/", end, name="end_absence"),
]
