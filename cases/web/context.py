"""What every page needs: where one can go from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from cases import permissions
from cases.models import User
from cases.permissions import Verb

if TYPE_CHECKING:
    from django.http import HttpRequest

_SECTIONS = (
    ("My work", "cases:work", "checklist", "w", None),
    ("Cases", "cases:list", "folders", "c", None),
    ("Dashboard", "cases:dashboard", "chart-bar", "d", Verb.SEE_DASHBOARD),
    ("Learning", "cases:learning", "bulb", "l", None),
    ("Customers", "cases:customers", "users", "u", None),
)


@dataclass(frozen=True, slots=True)
class Section:
    """``key``: the letter that leads here after ``g``."""

    label: str
    url: str
    icon: str
    key: str
    active: bool


@dataclass(frozen=True, slots=True)
class Nav:
    """The ways from here. ``settings_url`` is empty for those who may not change settings.

    ``draft_key``: 32 bytes as hex digits, under which this person's browser keeps what they have not sent yet.
    """

    sections: tuple[Section, ...]
    can_log: bool
    log_url: str
    search_url: str
    settings_url: str
    mailbox_url: str
    profile_url: str
    absences_url: str
    reminders_url: str
    draft_key: str


def nav(request: HttpRequest) -> dict[str, object]:
    """``nav`` (absent for who is not signed in) and the ``organization`` that customers know."""
    shared: dict[str, object] = {"organization": settings.AMENDS_ORGANIZATION}
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {**shared, "nav": None}
    here = request.resolver_match.view_name if request.resolver_match else ""
    sections = tuple(
        Section(label, reverse(name), icon, key, _belongs(here, name))
        for label, name, icon, key, verb in _SECTIONS
        if verb is None or permissions.may(user, verb)
    )
    return {
        **shared,
        "nav": Nav(
            sections=sections,
            can_log=permissions.may(user, Verb.LOG_CASE),
            log_url=reverse("cases:log"),
            search_url=reverse("cases:list"),
            settings_url=reverse("admin:index") if user.is_staff else "",
            mailbox_url=reverse("cases:mailbox") if settings.AMENDS_MAILBOX else "",
            profile_url=reverse("cases:profile"),
            absences_url=reverse("cases:absences"),
            reminders_url=reverse("cases:reminders") if permissions.may(user, Verb.SEE_DASHBOARD) else "",
            draft_key=salted_hmac("cases.web.drafts", str(user.public_id), algorithm="sha256").hexdigest(),
        ),
    }


def _belongs(here: str, section: str) -> bool:
    return here == section or here.removeprefix("cases:") in _PAGES_BELOW.get(section, ())


_PAGES_BELOW = {
    "cases:list": ("case", "do", "timeline"),
    "cases:dashboard": ("causes",),
    "cases:learning": ("incident", "learn"),
    "cases:customers": ("customer", "change_customer"),
}
