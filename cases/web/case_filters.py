"""The filters of the case list as people see them: menus to choose from, and chips for what is chosen.

What a filter means is said in ``reports.filters`` alone; this module only gives its values their words.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from cases.models import Case, Cause, Customer, Team, User
from cases.reports.cases import Order, Sort
from cases.reports.filters import NOBODY, Age, CaseFilter, History, Needs, Status
from cases.reports.traits import Trait
from cases.rules.vocabulary import Outcome, Severity, StepKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import TextChoices

LABELS: Mapping[str, str] = {
    "q": "Words",
    "status": "Status",
    "step": "Step",
    "overdue": "Overdue",
    "severity": "Severity",
    "owner": "Owner",
    "late_by": "A step was late with",
    "team": "Team",
    "age": "Known for",
    "outcome": "Outcome",
    "cause": "Cause",
    "needs": "Needs",
    "incident": "Incident",
    "customer": "Customer",
    "has": "Only cases",
    "history": "Imported history",
    "zone": "Days of",
    "known_after": "Known from",
    "known_before": "Known until",
    "closed_after": "Closed from",
    "closed_before": "Closed until",
    "first_closed_after": "First closed from",
    "first_closed_before": "First closed until",
}
ORDERS: Mapping[str, str] = {
    "due": "Due first",
    "severity": "Most severe first",
    "-known": "Newest first",
    "known": "Oldest first",
    "customer": "Customer, A to Z",
    "-reference": "Reference, highest first",
}
_CHOICES: Mapping[str, type[TextChoices]] = {
    "status": Status,
    "step": StepKind,
    "severity": Severity,
    "age": Age,
    "outcome": Outcome,
    "needs": Needs,
    "has": Trait,
    "history": History,
}
_KEYS = ("owner", "late_by", "team", "cause", "incident", "customer")
_NOBODY = {"owner": "Nobody", "late_by": "Nobody, or not recorded", "team": "No team", "cause": "Not known yet"}
_DAYS = ("known_after", "known_before", "closed_after", "closed_before")
_FRONT = ("status", "severity", "owner")
_FOLDED = ("step", "team", "age", "outcome", "cause", "needs", "history")
_Names = dict[str, dict[str, str]]
_UNSEEN = ("late_by", "incident", "customer", "has", "first_closed_after", "first_closed_before", "zone")
"""Filters that a link sets and nobody chooses from a menu; they stay when something else is chosen."""


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Menu:
    """One filter to choose a value of. Its first option is any value."""

    name: str
    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """One filter that is a day; ``value`` is empty or an ISO date."""

    name: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter that is on, in words (empty where its label says it all), and the address of the list without it."""

    label: str
    words: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterBar:
    """The form above the list. ``unseen`` are the filters that travel along as hidden fields."""

    menus: tuple[Menu, ...]
    folded: tuple[Menu, ...]
    days: tuple[Day, ...]
    orders: Menu
    unseen: Mapping[str, str]
    chips: tuple[Chip, ...]


def bar_of(user: User, wanted: CaseFilter, order: Order) -> FilterBar:
    """Three queries for the names to choose from, and one more each for an incident and a customer."""
    chosen = wanted.parameters()
    names = _names(user, chosen)
    menus = {name: _menu(name, chosen, names) for name in (*_FRONT, *_FOLDED)}
    return FilterBar(
        menus=tuple(menus[name] for name in _FRONT),
        folded=tuple(menus[name] for name in _FOLDED),
        days=tuple(Day(name, LABELS[name], chosen.get(name, "")) for name in _DAYS),
        orders=Menu("sort", "Sort by", _options(_orders(order).items(), str(order))),
        unseen={"zone": user.zone.key, **{name: chosen[name] for name in _UNSEEN if name in chosen}},
        chips=tuple(_chips(wanted, order, names, user)),
    )


def list_address(parameters: Mapping[str, str], order: Order, *, page: int = 1, name: str = "cases:list") -> str:
    """The address of the list with these filters; the default order and the first page need no word."""
    said = dict(parameters)
    if order != Order():
        said["sort"] = str(order)
    if page > 1:
        said["page"] = str(page)
    return f"{reverse(name)}?{urlencode(said)}" if said else reverse(name)


def left_out(wanted: CaseFilter, sort: str) -> str:
    """What of the address says nothing to us, in a sentence; empty where everything was understood."""
    names = [LABELS[name].lower() for name in wanted.unread]
    if sort and sort.removeprefix("-") not in Sort.values:
        names.append("the order")
    if not names:
        return ""
    return f"A part of this address says nothing to us, and was left out: {', '.join(names)}."


def _names(user: User, chosen: Mapping[str, str]) -> _Names:
    """The names of everything that is a key in the address, by filter and key."""
    people = list(User.objects.values_list("public_id", "name", "is_active").order_by("name_key", "pk"))
    teams = Team.objects.values_list("public_id", "name").order_by("name_key", "pk")
    causes = Cause.objects.offered().values_list("public_id", "name").order_by("name_key", "pk")
    names: _Names = {
        "owner": {str(key): name for key, name, active in people if active or str(key) == chosen.get("owner")},
        "late_by": {str(key): name for key, name, _active in people},
        "team": {str(key): name for key, name in teams},
        "cause": {str(key): name for key, name in causes},
    }
    for name, nobody in _NOBODY.items():
        names[name] = {NOBODY: nobody, **names[name]}
    if key := chosen.get("incident"):
        cases = Case.objects.visible_to(user).filter(incident__public_id=key).order_by()
        names["incident"] = {key: cases.values_list("incident__reference", flat=True).first() or ""}
    if key := chosen.get("customer"):
        meant = Customer.meant_by([UUID(key)]).get(UUID(key))
        names["customer"] = {key: meant.name if meant is not None else ""}
    return names


def _menu(name: str, chosen: Mapping[str, str], names: _Names) -> Menu:
    found = _CHOICES[name].choices if name in _CHOICES else names[name].items()
    return Menu(name, LABELS[name], (Option("", "Any", name not in chosen), *_options(found, chosen.get(name, ""))))


def _options(found: Iterable[tuple[str, str]], chosen: str) -> tuple[Option, ...]:
    return tuple(Option(str(value), str(label), str(value) == chosen) for value, label in found)


def _orders(order: Order) -> dict[str, str]:
    """The orders to choose from, and the one of a table head that is in force but not among them."""
    known = str(order) in ORDERS
    return dict(ORDERS) if known else {**ORDERS, str(order): f"{order.key.label}, the other way round"}


def _chips(wanted: CaseFilter, order: Order, names: _Names, user: User) -> Iterable[Chip]:
    """Days of the reader's own zone need no chip that says so."""
    chosen = wanted.parameters()
    for field in fields(CaseFilter):
        if field.name in chosen and (field.name != "zone" or wanted.zone != user.zone):
            rest = {name: value for name, value in chosen.items() if name != field.name}
            words = _words(field.name, getattr(wanted, field.name), names)
            yield Chip(LABELS[field.name], words, list_address(rest, order))


def _words(name: str, value: object, names: _Names) -> str:
    if name in _CHOICES:
        return str(_CHOICES[name](str(value)).label)
    if name in _KEYS:
        return names[name].get(str(value)) or "not found"
    if name == "overdue":
        return ""
    if name == "zone":
        return str(value).replace("_", " ")
    return f"“{value}”" if name == "q" else f"{value:%d %b %Y}".removeprefix("0")
