"""A person at the site: signs in, opens pages, and fills in forms by their labels."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Page, expect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cases.models import User

ZONE = ZoneInfo("America/New_York")


class Desk:
    """``site`` is where it is; every method ends on the page that came of it."""

    def __init__(self, page: Page, site: str) -> None:
        self.page = page
        self.site = site
        self.case = ""

    def sign_in(self, user: User) -> None:
        self.page.goto(f"{self.site}/accounts/login/")
        self.page.locator("input[name=login]").fill(user.email)
        self.page.locator("input[name=password]").fill("correct horse")
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(f"{self.site}/")

    def do(self, name: str, typed: Mapping[str, str], *, press: str, among: str = "") -> None:
        """Open one of the case's forms and send it."""
        self.page.goto(f"{self.site}/cases/{self.case}/do/{name}/{among}")
        self.send(typed, press=press)

    def step(self, kind: str, typed: Mapping[str, str], *, press: str) -> None:
        """Open a step from the rail and send its form."""
        self.open_case()
        self.page.get_by_role("navigation", name="Six steps").get_by_role("link", name=kind).click()
        self.send(typed, press=press)

    def send(self, typed: Mapping[str, str], *, press: str) -> None:
        for label, value in typed.items():
            self.fill(label, value)
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("button", name=press, exact=True).click()

    def fill(self, label: str, value: str) -> None:
        """A line, a text, a moment, a choice from a list, or (empty value) something to pick by its own label."""
        form = self.page.locator("main")
        exactly = form.get_by_label(label, exact=True)
        field = (exactly if exactly.count() else form.get_by_label(label)).first
        folded = field.locator("xpath=ancestor::details[not(@open)][1]/summary")
        if folded.count():
            folded.click()
        if not value:
            field.check()
        elif field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)

    def open_case(self) -> None:
        self.page.goto(f"{self.site}/cases/{self.case}/")

    def reads(self, words: str) -> None:
        expect(self.page.locator("body")).to_contain_text(words)


def wall_clock(month: int, day: int, clock: str) -> datetime:
    """A moment of 2025 by the clock on the wall where the desk stands, such as 10, 6, "18:30"; in UTC."""
    hours, minutes = (int(part) for part in clock.split(":"))
    return datetime(2025, month, day, hours, minutes, tzinfo=ZONE).astimezone(UTC)


def local(moment: datetime) -> str:
    """As a browser's picker of date and time is filled in."""
    return f"{moment.astimezone(ZONE):%Y-%m-%dT%H:%M}"


@contextmanager
def desk_of(browser: Browser, site: str, user: User) -> Iterator[Desk]:
    """A window of one's own."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        context.set_default_timeout(10_000)
        desk = Desk(context.new_page(), site)
        desk.sign_in(user)
        yield desk
