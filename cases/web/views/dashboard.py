"""The dashboard: what is late, what needs a manager, whether it gets better; and why it keeps happening."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases.models import Team
from cases.permissions import Verb
from cases.reports.causes import Measure, pareto, prevention, recurrence
from cases.reports.figures import dashboard
from cases.reports.filters import History
from cases.reports.frames import Frame
from cases.reports.kept import kept
from cases.reports.periods import DEFAULT_DAYS, Period
from cases.reports.reach import out_of_reach
from cases.web import dashboard_page
from cases.web.requests import StaffRequest, staff_who_may

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpResponse

PERIODS = (30, 90, 365)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the address asks for: which team (None for all), how many days, and whether with imported history.
    ``left_out`` says what meant nothing."""

    teams: tuple[Team, ...]
    team: Team | None
    days: int
    history: History | None
    left_out: str

    @property
    def periods(self) -> tuple[int, ...]:
        return PERIODS


@staff_who_may(Verb.SEE_DASHBOARD)
@require_safe
def show(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    view = _view(request, now)
    found = dashboard(
        request.user, now=now, zone=request.user.zone, days=view.days, team=view.team, history=view.history
    )
    context = {
        "view": view,
        "dashboard": found,
        "is_empty": dashboard_page.is_empty(found),
        "tiles": dashboard_page.tiles_of(found),
        "needs": dashboard_page.needs_of(found.board),
        "finding": dashboard_page.finding(found.figures),
        "picture": dashboard_page.picture_of(found.figures.satisfied.weeks),
        "longest": dashboard_page.longest(found.causes),
        "facts": dashboard_page.facts_of(found.figures),
        "out_of_reach": out_of_reach(now),
        "imported": found.figures.endings.imported,
    }
    return render(request, "dashboard/dashboard.html", context)


@staff_who_may(Verb.SEE_DASHBOARD)
@require_safe
def causes(request: StaffRequest) -> HttpResponse:
    """Why it keeps happening: causes by what they cost, whether they come back, and what is done about them."""
    now, asked = timezone.now(), request.GET.get("by", "")
    view = _view(request, now)
    measure = Measure(asked) if asked in Measure.values else Measure.CASES
    frame = _frame(request, view, now)
    bars = pareto(frame, measure, request.GET.get("currency", ""))
    context = {
        "view": view,
        "period": frame.period,
        "measures": list(Measure),
        "pareto": bars,
        "longest": dashboard_page.longest(bars),
        "leading": dashboard_page.leading(bars),
        "unit": dashboard_page.unit_of(bars),
        "recurrence": recurrence(frame),
        "prevention": prevention(frame),
        "imported": bars.imported,
    }
    return render(request, "dashboard/causes.html", context)


def _frame(request: StaffRequest, view: View, now: datetime) -> Frame:
    period = Period.ending_today(view.days, now, request.user.zone)
    return Frame.of(request.user, period, now=now, team=view.team, history=view.history)


def _view(request: StaffRequest, now: datetime) -> View:
    """The names of the teams are kept for a minute, as the figures are."""
    teams = kept("teams", lambda: tuple(Team.objects.all()), now=now).answer
    team, days = request.GET.get("team", ""), request.GET.get("days", "")
    chosen = next((one for one in teams if str(one.public_id) == team), None)
    is_period = days in map(str, PERIODS)
    odd = [name for name, is_odd in (("team", team and chosen is None), ("period", days and not is_period)) if is_odd]
    return View(
        teams=teams,
        team=chosen,
        days=int(days) if is_period else DEFAULT_DAYS,
        history=History.WITHOUT if request.GET.get("history") == History.WITHOUT else None,
        left_out=f"A part of this address says nothing to us, and was left out: {', '.join(odd)}." if odd else "",
    )


urlpatterns = [
    path("dashboard/", show, name="dashboard"),
    path("dashboard/causes/", causes, name="causes"),
]
