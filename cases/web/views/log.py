"""Log a mistake, in one screen and one post: the customer found or written down, the mistake, and what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cases.models import Case, Customer
from cases.permissions import Verb
from cases.reports.customer_list import failed_within_a_year, meant
from cases.rules.vocabulary import Severity
from cases.web import sent
from cases.web.forms.facts import key_or_none
from cases.web.forms.log import NEW, LogForm, is_typed_over
from cases.web.raises import foreseen
from cases.web.requests import StaffRequest, staff_who_may

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from cases.models import User
    from cases.reports.customer_list import Meant


@staff_who_may(Verb.LOG_CASE)
@require_http_methods(["GET", "HEAD", "POST"])
def log(request: StaffRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, LogForm(actor=request.user, initial=_typed(request.GET)))
    if "find" in request.POST:
        return _page(request, LogForm(actor=request.user, initial=_searched(request.POST)))
    form = LogForm(request.POST, actor=request.user)
    if not form.act():
        return _page(request, form)
    sent.tell(request, form)
    if isinstance(form.result, Case):
        _tell_raise(request, form, form.result)
        return redirect("cases:case", reference=form.result.reference)
    return redirect(form.sent_before.address if form.sent_before and form.sent_before.address else "cases:work")


@staff_who_may(Verb.LOG_CASE)
@require_safe
def show_raises(request: StaffRequest) -> HttpResponse:
    """For what is chosen in the form so far."""
    found = foreseen(request.GET.get, request.user, timezone.now())
    return render(request, "log/_raises.html", {"raises": found})


def _page(request: StaffRequest, form: LogForm) -> HttpResponse:
    chosen = _chosen(form)
    matches = _matches(request.user, form, chosen)
    context = {
        "form": form,
        "matches": matches,
        "words": str(form["q"].value() or ""),
        "chosen": chosen,
        "is_new": chosen == NEW,
        "is_part": False,
        "severities": [(severity, severity.meaning) for severity in Severity],
        "has_more": form.has_more,
        "raises": foreseen(lambda name: form[name].value(), request.user, timezone.now()),
        "failed": failed_within_a_year([match.customer.public_id for match in matches], timezone.now()),
    }
    return render(request, "log/log.html", context, status=form.page_status)


def _chosen(form: LogForm) -> str:
    """A customer's key, or that somebody new is meant. Of a record that was merged, the key of the one that stays."""
    chosen = str(form["customer"].value() or "")
    key = key_or_none(chosen)
    meant_by = Customer.meant_by([key]).get(key) if key is not None else None
    return str(meant_by.public_id) if meant_by is not None else chosen


def _matches(user: User, form: LogForm, chosen: str) -> tuple[Meant, ...]:
    """Who is offered: those who may be the new customer, or whom the words may mean."""
    if chosen == NEW and form.is_bound and form.alike:
        return form.alike
    return meant(str(form["q"].value() or ""), user, chosen=key_or_none(chosen))


def _typed(query: QueryDict) -> dict[str, Any]:
    """What an address or a search without a script says, as what the form begins with."""
    typed: dict[str, Any] = {name: str(query[name]).replace("\x00", "") for name in query if query[name]}
    typed["already"] = query.getlist("already")
    return typed


def _searched(query: QueryDict) -> dict[str, Any]:
    """As it was typed; without the former customer where the search was typed over with somebody else's name."""
    typed = _typed(query)
    chosen = str(typed.get("customer", ""))
    key = key_or_none(chosen)
    customer = Customer.objects.filter(public_id=key).first() if key else None
    if is_typed_over(str(typed.get("q", "")), str(typed.get("searched", "")), customer or chosen, typed):
        for name in ("customer", "name", "email", "phone"):
            typed.pop(name, None)
    return typed


def _tell_raise(request: StaffRequest, form: LogForm, case: Case) -> None:
    chosen = form.cleaned_data["severity"]
    if case.severity != chosen:
        raised = f"Severity is raised from {chosen.label.lower()} to {Severity(case.severity).label.lower()}."
        because = " ".join(f"{reason.label}." for reason in case.raised_because)
        messages.warning(request, f"{raised} {because}")


urlpatterns = [
    path("log/", log, name="log"),
    path("log/raises/", show_raises, name="log_raises"),
]
