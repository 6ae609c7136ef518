"""Customers: found by a word, each with everything that ever went wrong for them and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_safe

from cases.models import Customer
from cases.permissions import Verb
from cases.reports.customer_list import customer_list, failed_within_a_year, meant
from cases.reports.customers import history
from cases.web import sent
from cases.web.forms.customers import CustomerForm
from cases.web.forms.facts import key_or_none
from cases.web.requests import StaffRequest, staff, staff_who_may
from cases.web.timeline import customer_history

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse


@staff
@require_safe
def show_list(request: StaffRequest) -> HttpResponse:
    """Everybody by name, or who has all the words that are looked for."""
    page = request.GET.get("page", "")
    found = customer_list(
        request.user, request.GET.get("q", ""), page=int(page) if page.isascii() and page.isdecimal() else 1
    )
    context = {
        "found": found,
        "previous_url": _address(found.words, found.page - 1),
        "next_url": _address(found.words, found.page + 1),
    }
    is_part = "HX-Request" in request.headers
    response = render(request, "customers/list.html#found" if is_part else "customers/list.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@staff
@require_safe
def find(request: StaffRequest) -> HttpResponse:
    """Whom somebody may mean, while they type in the form of a new case.

    Whoever is chosen stays in the list, and chosen unless the words are none of theirs.
    """
    chosen, words = key_or_none(request.GET.get("customer", "")), request.GET.get("q", "").replace("\x00", "").strip()
    found = meant(words, request.user, chosen=chosen)
    if chosen and not Customer.objects.filter(public_id=chosen).matching(words).exists():
        chosen = None
    context = {
        "matches": found,
        "words": words,
        "chosen": str(chosen or ""),
        "is_part": True,
        "failed": failed_within_a_year([match.customer.public_id for match in found], timezone.now()),
    }
    return render(request, "customers/_meant.html", context)


@staff
@require_safe
def show(request: StaffRequest, key: UUID) -> HttpResponse:
    customer = customer_or_404(key)
    if customer.public_id != key:
        return redirect("cases:customer", customer.public_id)
    context = {
        "customer": customer,
        "history": history(customer, request.user, now=timezone.now()),
        "changes": customer_history(customer),
    }
    return render(request, "customers/customer.html", context)


@staff_who_may(Verb.LOG_CASE)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: StaffRequest, key: UUID) -> HttpResponse:
    customer = customer_or_404(key)
    if customer.public_id != key and request.method != "POST":
        return redirect("cases:change_customer", customer.public_id)
    form = CustomerForm(request.POST if request.method == "POST" else None, customer=customer, actor=request.user)
    form.address = reverse("cases:customer", args=(customer.public_id,))
    if request.method == "POST" and form.act():
        sent.tell(request, form)
        return redirect(form.address)
    context = {"customer": customer, "form": form}
    return render(request, "customers/change.html", context, status=form.page_status)


def customer_or_404(key: UUID) -> Customer:
    """By a public key; of a record that was merged, the one that it was merged into."""
    customer = Customer.meant_by([key]).get(key)
    if customer is None:
        raise Http404
    return customer


def _address(words: str, page: int) -> str:
    return f"?{urlencode({'q': words, 'page': page} if words else {'page': page})}"


urlpatterns = [
    path("customers/", show_list, name="customers"),
    path("customers/find/", find, name="find_customers"),
    path("customers/<uuid:key>/", show, name="customer"),
    path("customers/<uuid:key>/change/", change, name="change_customer"),
]
