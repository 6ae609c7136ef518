"""Merge two records of one customer: find the other one, see both side by side, and make them one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from cases.actions.merging import check_may_merge
from cases.errors import NotAllowedError
from cases.permissions import Verb
from cases.reports.customer_list import customer_list
from cases.reports.merging import may_be_same, moving
from cases.web import sent
from cases.web.forms.merging import MergeForm
from cases.web.requests import StaffRequest, staff_who_may
from cases.web.views.customers import customer_or_404

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse


@staff_who_may(Verb.LOG_CASE)
@require_safe
def choose(request: StaffRequest, key: UUID) -> HttpResponse:
    """Who may be the same person, or who has the words that are looked for."""
    customer = customer_or_404(key)
    words = request.GET.get("q", "")
    found = customer_list(request.user, words) if words.strip() else None
    context = {
        "customer": customer,
        "words": words,
        "found": found,
        "others": [row for row in found.rows if row.public_id != customer.public_id] if found else (),
        "matches": () if found else may_be_same(customer, request.user),
    }
    return render(request, "customers/merge_with.html", context)


@staff_who_may(Verb.LOG_CASE)
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: StaffRequest, key: UUID, other: UUID) -> HttpResponse:
    """``other`` is merged into the first one. Of two that are one already, the page of that one is shown."""
    keep, drop = customer_or_404(key), customer_or_404(other)
    if keep.pk == drop.pk and key != other:
        return redirect("cases:customer", keep.public_id)
    if keep.pk == drop.pk:
        raise Http404
    try:
        check_may_merge(keep, drop, request.user)
    except NotAllowedError as error:
        raise PermissionDenied(str(error)) from error
    form = MergeForm(request.POST if request.method == "POST" else None, keep=keep, drop=drop, actor=request.user)
    form.address = reverse("cases:customer", args=(keep.public_id,))
    if request.method == "POST" and form.act():
        sent.tell(request, form)
        return redirect(form.address)
    context = {"keep": keep, "drop": drop, "form": form, "moving": moving(keep, drop)}
    return render(request, "customers/merge.html", context, status=form.page_status)


urlpatterns = [
    path("customers/<uuid:key>/merge/", choose, name="merge_customer"),
    path("customers/<uuid:key>/merge/<uuid:other>/", merge, name="merge_customers"),
]
