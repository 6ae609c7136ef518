"""The pages that are measured: their addresses, how many rows they show, and what their twins are asked for.

Limit: only these five. What a row is, is said beside each page: one noun that the page lists, never a piece of frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from cases.models import Case, Customer
from cases.rules.vocabulary import Channel, Origin, Severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from cases.models import User

AGENT, MANAGER = "agent0@example.com", "manager0@example.com"
CASES_LOOKED_AT = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """``addresses`` of a page, one or some in turn. ``rows`` counts what its context shows; ``twin`` is the address of
    the bare page. ``sent``: what is posted, beside the hidden fields of the form."""

    name: str
    who: str
    addresses: Callable[[User], list[str]]
    rows: Callable[[Any], int]
    twin: Callable[[str, int], str]
    sent: Callable[[], dict[str, str]] | None = None
    twin_sent: Callable[[], dict[str, str]] | None = None


def _list_rows(context: Any) -> int:
    return len(context["found"].cases)


def _work_rows(context: Any) -> int:
    """Cases and prevention actions, promises, and cases that wait for their customer."""
    work = context["work"]
    return sum(len(group.rows) for group in work.groups) + len(work.promises) + len(work.waiting)


def _case_rows(context: Any) -> int:
    """Events, steps, promises, compensations, concerns, prevention actions, and the fields of the step's form."""
    page = context["page"]
    listed = (page.events, page.rail, page.promises, page.compensations, page.concerns, page.prevention)
    fields = page.form.visible_fields() if page.form else ()
    return sum(len(one) for one in (*listed, fields))


def _dashboard_rows(context: Any) -> int:
    """Tiles, steps, what needs a manager, causes, ages, severities, owners, facts, and weeks of the picture."""
    found = context["dashboard"]
    board, weeks = found.board, found.figures.satisfied.weeks
    listed = (board.steps, board.ages, board.severities, found.causes.bars, found.owners, weeks)
    return sum(len(one) for one in (*listed, context["tiles"], context["needs"], context["facts"]))


def _own_cases(user: User) -> list[str]:
    """Open cases of one owner, those that are due first; so they stand at different steps."""
    found = Case.objects.open().filter(owner=user).order_by("next_due_at", "pk")[:CASES_LOOKED_AT]
    return [reverse("cases:case", args=(case.reference,)) for case in found]


def _twin_of_case(address: str, rows: int) -> str:
    case = Case.objects.get(reference=address.strip("/").rpartition("/")[2])
    return f"/bench/events/?case={case.pk}&rows={rows}"


def _mistake() -> dict[str, str]:
    customer = Customer.objects.order_by("-pk").values_list("public_id", flat=True)[0]
    return {
        "customer": str(customer),
        "title": "Parcel left at the wrong door",
        "description": "I was told that it would come on Tuesday, and it never came.",
        "severity": Severity.MINOR,
        "channel": Channel.PHONE,
        "origin": Origin.CUSTOMER,
    }


def _bare_mistake() -> dict[str, str]:
    typed = {name: text for name, text in _mistake().items() if name != "customer"}
    return {**typed, "priority": "normal", "attempt": "1", "known_at": "2026-01-05 10:00"}


PAGES = (
    Page(
        name="list",
        who=AGENT,
        addresses=lambda _user: [reverse("cases:list") + "?status=open"],
        rows=_list_rows,
        twin=lambda _address, rows: f"/bench/open/?rows={rows}",
    ),
    Page(
        name="my work",
        who=AGENT,
        addresses=lambda _user: [reverse("cases:work")],
        rows=_work_rows,
        twin=lambda _address, rows: f"/bench/owed/?rows={rows}",
    ),
    Page(name="case page", who=AGENT, addresses=_own_cases, rows=_case_rows, twin=_twin_of_case),
    Page(
        name="dashboard",
        who=MANAGER,
        addresses=lambda _user: [reverse("cases:dashboard")],
        rows=_dashboard_rows,
        twin=lambda _address, rows: f"/bench/open/?rows={rows}",
    ),
    Page(
        name="create: form",
        who=AGENT,
        addresses=lambda _user: [reverse("cases:log")],
        rows=lambda context: len(context["form"].visible_fields()),
        twin=lambda _address, rows: f"/bench/create/?rows={rows}",
    ),
    Page(
        name="create: post",
        who=AGENT,
        addresses=lambda _user: [reverse("cases:log")],
        rows=lambda _context: 1,
        twin=lambda _address, rows: f"/bench/create/?rows={rows}",
        sent=_mistake,
        twin_sent=_bare_mistake,
    ),
)
