"""The list of cases: what the address asks for, as a page, as the part that htmx replaces, or as CSV."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe
from django_htmx.http import push_url

from cases.models import Case
from cases.reports.cases import Order, Sort, case_list, in_order
from cases.reports.filters import CaseFilter
from cases.reports.periods import today
from cases.rules.vocabulary import Outcome, StepKind
from cases.web import export
from cases.web.case_filters import bar_of, left_out, list_address
from cases.web.requests import StaffRequest, staff

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.http.response import HttpResponseBase

    from cases.reports.cases import CaseList


@dataclass(frozen=True, slots=True)
class Row:
    """``step`` is what an open case owes next, ``outcome`` how a closed one ended. ``duplicate_of``: a reference."""

    case: Case
    step: StepKind | None
    outcome: Outcome | None
    duplicate_of: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A head of the table. ``url`` sorts by it, or turns the order round; ``sorted`` is what ``aria-sort`` says."""

    label: str
    url: str = ""
    sorted: str = ""


@staff
@require_safe
def show(request: StaffRequest) -> HttpResponse:
    wanted, order = CaseFilter.read(request.GET), _order(request)
    found = case_list(
        request.user, wanted, now=timezone.now(), zone=request.user.zone, order=order, page=_page(request)
    )
    chosen, is_part = wanted.parameters(), "HX-Request" in request.headers
    context = {
        "is_part": is_part,
        "found": found,
        "rows": [_row(case) for case in found.cases],
        "bar": bar_of(request.user, wanted, order),
        "columns": _columns(found),
        "count": count(found),
        "left_out": left_out(wanted, request.GET.get("sort", "")),
        "export_url": list_address(chosen, order, name="cases:export"),
        "previous_url": list_address(chosen, order, page=found.page - 1) if found.page > 1 else "",
        "next_url": list_address(chosen, order, page=found.page + 1) if found.page < found.pages else "",
    }
    response = render(request, "cases/list.html#found" if is_part else "cases/list.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return push_url(response, list_address(chosen, order)) if is_part else response


@staff
@require_safe
def as_csv(request: StaffRequest) -> HttpResponseBase:
    """The whole of what the list shows a page of, in the same order."""
    now, zone = timezone.now(), request.user.zone
    cases = CaseFilter.read(request.GET).apply(Case.objects.visible_to(request.user), now=now, zone=zone)
    lines = export.lines(in_order(cases, _order(request)), zone=zone, now=now)
    name = f"cases-{today(now, zone):%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


def count(found: CaseList) -> str:
    """ "More than 1,000 cases" where nobody counted on."""
    if found.is_cut:
        return f"More than {found.total:,} cases"
    return {0: "No case", 1: "1 case"}.get(found.total, f"{found.total:,} cases")


def _order(request: StaffRequest) -> Order:
    return Order.read(request.GET.get("sort", ""))


def _page(request: StaffRequest) -> int:
    """The page that the address asks for; anything that is no number is the first."""
    try:
        return int(request.GET.get("page", "1"))
    except ValueError:
        return 1


def _row(case: Case) -> Row:
    step = StepKind(case.current_step) if case.is_open and case.current_step else None
    return Row(
        case, step, Outcome(case.outcome) if case.outcome else None, getattr(case, "duplicate_reference", "") or ""
    )


def _columns(found: CaseList) -> list[Column]:
    return [
        _column("Reference", found, Order(Sort.REFERENCE, descending=True)),
        _column("Customer and mistake", found, Order(Sort.CUSTOMER)),
        _column("Severity", found, Order(Sort.SEVERITY)),
        Column("Step"),
        _column("Due", found, Order(Sort.DUE)),
        Column("Owner"),
        _column("Known", found, Order(Sort.KNOWN, descending=True)),
    ]


def _column(label: str, found: CaseList, first: Order) -> Column:
    """Sorted by ``first`` at the first click, the other way round at the second."""
    is_sorted = found.order.key is first.key
    order = found.order.turned() if is_sorted else first
    falls = found.order.descending != (first.key is Sort.SEVERITY)
    return Column(
        label,
        list_address(found.wanted.parameters(), order),
        ("descending" if falls else "ascending") if is_sorted else "",
    )


urlpatterns = [
    path("cases/", show, name="list"),
    path("cases/export.csv", as_csv, name="export"),
]
