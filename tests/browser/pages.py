"""Every page of the site, and how to come to it in the demo."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Cookie, Page

from cases.demo.sign_ins import SIGN_INS
from cases.rules.vocabulary import Role, StepKind

_WHO = {
    Role.AGENT: "maya@example.com",
    Role.MANAGER: "priya@example.com",
    Role.ADMINISTRATOR: "lena@example.com",
}
_SEEN: dict[tuple[str, str], str] = {}
_COOKIES: dict[tuple[str, Role], list[Cookie]] = {}


@dataclass(frozen=True, slots=True)
class Place:
    """A page: ``path`` as it is; or the first link on the page ``path`` that ``link`` matches, with ``then`` after it.
    ``role`` none: without a sign-in."""

    name: str
    path: str
    link: str = ""
    then: str = ""
    role: Role | None = Role.MANAGER


_CASE = r"^/cases/SR-\d+/(\?.*)?$"
_OPEN = "/cases/?status=open"

PLACES = (
    Place("sign-in", "/accounts/login/", role=None),
    Place("password-reset", "/accounts/password/reset/", role=None),
    Place("not-found", "/nothing-here/", role=None),
    Place("work", "/", role=Role.AGENT),
    Place("work-team", "/?scope=team"),
    Place("work-unassigned", "/?scope=unassigned"),
    Place("log", "/log/", role=Role.AGENT),
    Place("cases", "/cases/"),
    Place("cases-none", "/cases/?q=nothingofthekind"),
    Place("case", _OPEN, _CASE),
    *(Place(f"case-{kind}", f"/cases/?status=open&step={kind}", _CASE) for kind in StepKind),
    Place("case-closed", "/cases/?status=closed", _CASE),
    *(
        Place(f"do-{name}", _OPEN, _CASE, f"do/{name}/")
        for name in (
            "contact",
            "note",
            "promise",
            "severity",
            "pause",
            "quiet",
            "assign",
            "close",
            "unreconciled",
            "waive",
            "ask",
            "propose",
        )
    ),
    Place("timeline", _OPEN, _CASE, "timeline/"),
    Place("customers", "/customers/"),
    Place("customer", "/customers/", r"^/customers/[0-9a-f-]{36}/$"),
    Place("customer-merge-with", "/customers/", r"^/customers/[0-9a-f-]{36}/$", "merge/?q=a"),
    Place("dashboard", "/dashboard/"),
    Place("reminders", "/reminders/"),
    Place("reminders-sent", "/reminders/?show=sent"),
    Place("absences", "/absences/"),
    Place("learning", "/learning/"),
    Place("incident", "/learning/", r"^/learning/IN-\d+/$"),
    Place("mailbox", "/mailbox/"),
    Place("profile", "/profile/"),
    Place("password-change", "/accounts/password/change/"),
    Place("settings", "/admin/", role=Role.ADMINISTRATOR),
    Place("settings-deadlines", "/admin/cases/deadlinepolicy/", role=Role.ADMINISTRATOR),
    Place("settings-people", "/admin/cases/user/", role=Role.ADMINISTRATOR),
    Place("made-right", "customer", role=None),
)


def enter(page: Page, site: str, role: Role | None) -> None:
    """Be signed in as whom the demo has for this role; the form is filled in once, its cookies serve afterwards."""
    if role is None:
        return
    if (site, role) in _COOKIES:
        page.context.add_cookies(_COOKIES[site, role])  # type: ignore[arg-type]
        return
    email = _WHO[role]
    page.goto(f"{site}/accounts/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(SIGN_INS[email])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{site}/")
    _COOKIES[site, role] = page.context.cookies()


def address_of(place: Place, page: Page, site: str) -> str:
    """Where the page is, found as a person would find it. Remembered, because every look is at the same demo."""
    key = (site, place.name)
    if key not in _SEEN:
        _SEEN[key] = _customer_page(page, site) if place.path == "customer" else _find(place, page, site)
    return _SEEN[key]


def _find(place: Place, page: Page, site: str) -> str:
    if not place.link:
        return f"{site}{place.path}"
    page.goto(f"{site}{place.path}")
    hrefs: list[str] = page.locator("main a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    found = next(href for href in hrefs if href and re.match(place.link, href))
    return f"{site}{found.split('?')[0]}{place.then}" if place.then else f"{site}{found}"


def _customer_page(page: Page, site: str) -> str:
    """Make a link as a manager does, and read it off the message."""
    enter(page, site, Role.MANAGER)
    case = _find(Place("", _OPEN, _CASE), page, site).split("?")[0]
    page.goto(f"{case}do/link/")
    page.get_by_role("button", name="Make a link").click()
    words = page.locator("#messages").inner_text()
    found = re.search(r"/made-right/\S+/", words)
    if found is None:
        raise LookupError(f"No link for the customer in: {words}")
    page.context.clear_cookies()
    return f"{site}{found[0]}"
