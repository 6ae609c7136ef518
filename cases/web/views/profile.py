"""One's own name and time zone; role and teams to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from cases.web import sent
from cases.web.forms.profile import ProfileForm
from cases.web.requests import StaffRequest, staff

if TYPE_CHECKING:
    from django.http import HttpResponse


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: StaffRequest) -> HttpResponse:
    form = ProfileForm(request.POST if request.method == "POST" else None, actor=request.user)
    form.address = reverse("cases:profile")
    if request.method == "POST" and form.act():
        sent.tell(request, form)
        return redirect(form.address)
    context = {"form": form, "teams": request.user.teams.all()}
    return render(request, "profile/profile.html", context, status=form.page_status)


urlpatterns = [path("profile/", profile, name="profile")]
