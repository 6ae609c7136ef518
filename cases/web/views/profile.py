"""One's own name and time zone; role and teams to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods

from cases.web.forms.profile import ProfileForm
from cases.web.requests import StaffRequest, staff

if TYPE_CHECKING:
    from django.http import HttpResponse


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: StaffRequest) -> HttpResponse:
    form = ProfileForm(request.POST if request.method == "POST" else None, actor=request.user)
    if request.method == "POST" and form.act():
        messages.success(request, form.said)
        return redirect("cases:profile")
    context = {"form": form, "teams": request.user.teams.all()}
    return render(request, "profile/profile.html", context, status=422 if form.errors else 200)


urlpatterns = [path("profile/", profile, name="profile")]
