"""Who is away and who stands in for them: one's own absences, and for managers everybody's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
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
    absence = get_object_or_404(_visible(request), public_id=key)
    try:
        absences.end_absence(absence=absence, actor=request.user, now=timezone.now())
    except NotAllowedError as error:
        raise PermissionDenied(error.sentence) from error
    except AmendsError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, "Ended. Reminders follow it by themselves.")
    return redirect("cases:absences")


def _visible(request: StaffRequest) -> QuerySet[Absence]:
    everybody = permissions.may(request.user, Verb.PLAN_ABSENCES)
    return Absence.objects.all() if everybody else Absence.objects.filter(user=request.user)


urlpatterns = [
    path("absences/", away, name="absences"),
    path("absences/<uuid:key>/end/", end, name="end_absence"),
]
