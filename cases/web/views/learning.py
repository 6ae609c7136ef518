"""Learning: what went wrong once and whom it hurt, why it happened, and what is changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cases import permissions
from cases.permissions import Verb
from cases.reports.learning import Show, incident_page, incidents, visible_incidents
from cases.rules.vocabulary import PreventionStatus
from cases.web import sent
from cases.web.forms.learning import FORMS
from cases.web.requests import StaffRequest, staff

if TYPE_CHECKING:
    from django.http import HttpResponse

    from cases.models import Incident, PreventionAction, User
    from cases.reports.learning import ChangeRow, IncidentList, IncidentPage, IncidentRow

_LONGEST_WORDS = 200


@dataclass(frozen=True, slots=True)
class Way:
    """What can be done with a change, as a link; ``name`` is the form's in the address."""

    name: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """One prevention action, why its date moved or it was dropped, and what this person can do with it now."""

    row: ChangeRow
    because: str
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """One incident; ``done`` of its ``planned`` changes are made (dropped ones are no changes)."""

    row: IncidentRow
    done: int
    planned: int


@staff
@require_safe
def show_all(request: StaffRequest) -> HttpResponse:
    words, asked = request.GET.get("q", "")[:_LONGEST_WORDS], request.GET.get("show", "")
    show = Show(asked) if asked in Show.values else Show.ALL
    found = incidents(request.user, now=timezone.now(), show=show, words=words, page=_page(request))
    context = {
        "found": found,
        "lines": [_incident_line(row) for row in found.rows],
        "count": _count(found),
        "words": words.replace("\x00", "").strip(),
        "shows": [(one, _address(one, words, 1)) for one in Show],
        "previous_url": _address(show, words, found.page - 1) if found.page > 1 else "",
        "next_url": _address(show, words, found.page + 1) if found.page < found.pages else "",
    }
    return render(request, "learning/list.html", context)


@staff
@require_safe
def show(request: StaffRequest, reference: str) -> HttpResponse:
    incident = _incident(request, reference)
    page = incident_page(incident, request.user, now=timezone.now())
    context = {
        "page": page,
        "changes": _change_lines(page, request.user),
        "may_plan": permissions.may(request.user, Verb.PLAN_PREVENTION),
    }
    return render(request, "learning/incident.html", context)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def do(request: StaffRequest, reference: str, name: str) -> HttpResponse:
    """One thing that can be done about an incident: its form on a page of its own, and what becomes of it."""
    incident = _incident(request, reference)
    form_class = FORMS.get(name)
    if form_class is None:
        raise Http404
    typed = request.POST if request.method == "POST" else None
    asked = request.POST if typed is not None else request.GET
    action = _action(incident, asked.get("of", "")) if form_class.about_an_action else None
    form = form_class(typed, incident=incident, action=action, actor=request.user, initial=request.GET.dict())
    form.address = reverse("cases:incident", args=(incident.reference,))
    if typed is not None and form.act():
        sent.tell(request, form)
        return redirect(form.address)
    context = {"incident": incident, "form": form, "name": name}
    return render(request, "learning/do.html", context, status=form.page_status)


def _incident(request: StaffRequest, reference: str) -> Incident:
    """An incident that hurt at least one customer whose case this person may see."""
    found = visible_incidents(request.user).select_related("cause", "category")
    return get_object_or_404(found, reference=reference)


def _action(incident: Incident, key: str) -> PreventionAction:
    try:
        return get_object_or_404(incident.prevention_actions.select_related("owner"), public_id=UUID(key))
    except ValueError as error:
        raise Http404 from error


def _incident_line(row: IncidentRow) -> IncidentLine:
    done = row.changes[PreventionStatus.DONE] + row.changes[PreventionStatus.VERIFIED]
    return IncidentLine(row, done, done + row.changes[PreventionStatus.PLANNED])


def _change_lines(page: IncidentPage, user: User) -> list[ChangeLine]:
    """One query for what the report does not tell: whose change it is, and why its date moved."""
    actions = page.incident.prevention_actions.values_list("public_id", "owner", "settled_by", "moved_because")
    known = {key: (user.pk in {owner, done_by}, because) for key, owner, done_by, because in actions}
    return [
        ChangeLine(row=row, because=known[row.public_id][1], ways=_ways(row, user, is_own=known[row.public_id][0]))
        for row in page.changes
    ]


def _ways(row: ChangeRow, user: User, *, is_own: bool) -> tuple[Way, ...]:
    if row.status is PreventionStatus.PLANNED and permissions.may(user, Verb.PLAN_PREVENTION):
        move = () if row.moved_from else (Way("move", "New date"),)
        return (Way("done", "It is different now"), *move, Way("drop", "Drop"))
    if row.status is PreventionStatus.DONE and not is_own and permissions.may(user, Verb.VERIFY_PREVENTION):
        return (Way("verify", "Verify"),)
    return ()


def _count(found: IncidentList) -> str:
    return {0: "No incident", 1: "1 incident"}.get(found.total, f"{found.total:,} incidents")


def _address(show: Show, words: str, page: int) -> str:
    said = {"show": "" if show is Show.ALL else show, "q": words, "page": "" if page == 1 else page}
    query = urlencode({name: value for name, value in said.items() if value})
    return f"{reverse('cases:learning')}?{query}" if query else reverse("cases:learning")


def _page(request: StaffRequest) -> int:
    """The page that the address asks for; anything that is no number is the first."""
    try:
        return int(request.GET.get("page", "1"))
    except ValueError:
        return 1


urlpatterns = [
    path("learning/", show_all, name="learning"),
    path("learning/<slug:reference>/", show, name="incident"),
    path("learning/<slug:reference>/do/<slug:name>/", do, name="learn"),
]
