"""My work: what is owed, by when, and the one button that leads to doing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases.reports.filters import NOBODY, CaseFilter, Status
from cases.reports.work import PER_GROUP, Scope, Urgency, my_work
from cases.rules.explain import in_words
from cases.rules.vocabulary import UpdateReason
from cases.web.requests import StaffRequest, staff

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from django.http import HttpResponse

    from cases.models import User
    from cases.reports.own import OwnFigures
    from cases.reports.work import Work

_MORNING, _NOON, _EVENING = 5, 12, 18

NOTHING_OWED = {
    Scope.MINE: (
        "You owe nobody anything right now",
        "Steps of your cases and changes that you took on stand here, the most urgent first. "
        "The moment you hear of a mistake, log it: the six steps begin by themselves.",
    ),
    Scope.TEAM: (
        "Your team owes nobody anything right now",
        "What anybody in your teams has to do next stands here, the most urgent first. "
        "It begins with a logged mistake.",
    ),
    Scope.UNASSIGNED: (
        "Every case has an owner",
        "A case that nobody has taken on yet stands here until somebody does. "
        "A customer should always have one name to turn to.",
    ),
}
"""What an empty page says: a title, and what the page is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """Whose work is shown; ``badge`` is a number that asks for attention, 0 for none."""

    scope: Scope
    url: str
    badge: int
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFigure:
    number: str
    says: str


@staff
@require_safe
def show(request: StaffRequest) -> HttpResponse:
    now, asked = timezone.now(), request.GET.get("scope", "")
    scope = Scope(asked) if asked in Scope.values else Scope.MINE
    work = my_work(request.user, now=now, scope=scope)
    context = {
        "work": work,
        "groups": [group for group in work.groups if group.rows],
        "greeting": greeting(now, request.user.zone),
        "tabs": _tabs(work),
        "lead": lead(work),
        "open_cases": open_cases(work),
        "list_url": _list_url(scope, request.user) if work.counts[scope] else "",
        "nothing": NOTHING_OWED[scope],
        "figures": _figures(work.figures),
        "per_group": PER_GROUP,
        "now": now,
    }
    return render(request, "work/work.html", context)


def greeting(now: datetime, zone: ZoneInfo) -> str:
    """By the person's own time of day."""
    hour = now.astimezone(zone).hour
    if _MORNING <= hour < _NOON:
        return "Good morning"
    return "Good afternoon" if _NOON <= hour < _EVENING else "Good evening"


def lead(work: Work) -> str:
    """How much is late and how much comes today, in a sentence."""
    overdue, today = work.group(Urgency.OVERDUE).total, work.group(Urgency.TODAY).total
    if work.later_answers:
        return f"{_said_after_closing(work)} {_things(overdue)} overdue."
    if not overdue and not today:
        return "Nothing is overdue, and nothing is due today."
    if not overdue:
        return f"Nothing is overdue. {_things(today)} due today."
    if not today:
        return f"{_things(overdue)} overdue. Nothing more is due today."
    return f"{_things(overdue)} overdue, and {today} more {'is' if today == 1 else 'are'} due today."


def _said_after_closing(work: Work) -> str:
    not_right = sum(word.reason is UpdateReason.LATER_NOT for word in work.later_answers)
    came = len(work.later_answers) - not_right
    says = "1 customer says" if not_right == 1 else f"{not_right} customers say"
    again = f"{_counted(came, 'customer')} came to us after closing."
    sentences = (f"{says} that it is not right after all." if not_right else "", again if came else "")
    return " ".join(filter(None, sentences))


def _things(number: int) -> str:
    return "1 thing is" if number == 1 else f"{number or 'No'} thing{'s are' if number else ' is'}"


def open_cases(work: Work) -> str:
    """How many cases of this scope are open, of which some may owe nothing yet."""
    number = work.counts[work.scope]
    cases = _counted(number, "open case") if number else "no open case"
    if work.scope is Scope.UNASSIGNED:
        return f"{cases} without an owner".capitalize() + "."
    return f"You own {cases}." if work.scope is Scope.MINE else f"Your team has {cases}."


def _tabs(work: Work) -> list[Tab]:
    return [
        Tab(
            scope=scope,
            url=reverse("cases:work") if scope is Scope.MINE else f"{reverse('cases:work')}?scope={scope}",
            badge=work.counts[scope] if scope is Scope.UNASSIGNED else 0,
            is_chosen=scope is work.scope,
        )
        for scope in Scope
    ]


def _list_url(scope: Scope, user: User) -> str:
    """The same cases as a list; empty where no filter of the list says exactly that."""
    if scope is Scope.TEAM:
        return ""
    owner = user.public_id if scope is Scope.MINE else NOBODY
    return reverse("cases:list") + CaseFilter(status=Status.OPEN, owner=owner).address


def _figures(figures: OwnFigures) -> list[OwnFigure]:
    """A share, a mean and a median, each with what it was taken from; empty where there is nothing to take."""
    if not (figures.on_time.whole or figures.satisfaction.n or figures.acknowledged_in.n):
        return []
    minutes = figures.acknowledged_in.median
    reached = "–" if minutes is None else in_words(timedelta(minutes=round(minutes)))
    return [
        OwnFigure(number=str(figures.on_time), says=f"of {_counted(figures.on_time.whole, 'step')} on time"),
        OwnFigure(number=str(figures.satisfaction), says=f"of 5, in {_counted(figures.satisfaction.n, 'answer')}"),
        OwnFigure(number=reached, says=f"to acknowledge, median of {figures.acknowledged_in.n}"),
    ]


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


urlpatterns = [path("", show, name="work")]
