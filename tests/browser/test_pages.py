"""Every page: accessible in both themes, no wider than a phone, and nothing that the content policy refuses."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from cases.rules.vocabulary import Role
from tests.browser.pages import PLACES, Place, address_of, enter
from tests.browser.site import ROOT

THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
EXPECTED_MISTAKES = {"not-found": 404}


@pytest.fixture(scope="module")
def contexts(browser: Browser) -> Iterator[dict[Role | None, BrowserContext]]:
    """One for each role, because a browser that has seen the site before need not read its styles anew."""
    with ExitStack() as opened:
        yield {role: opened.enter_context(browser.new_context()) for role in (None, *Role)}


@pytest.fixture
def page(contexts: dict[Role | None, BrowserContext], place: Place) -> Iterator[Page]:
    with contexts[place.role].new_page() as page:
        yield page


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_axe_finds_nothing_in_either_theme_and_the_browser_refuses_nothing(
    page: Page, demo_site: str, place: Place
) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    enter(page, demo_site, place.role)
    address = address_of(place, page, demo_site)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(_complaint(said, place)))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == EXPECTED_MISTAKES.get(place.name, 200)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    assert [words for words in complaints if words] == []


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_a_narrow_phone_needs_no_sideways_scrolling(page: Page, demo_site: str, place: Place) -> None:
    page.set_viewport_size({"width": 360, "height": 780})
    enter(page, demo_site, place.role)
    page.goto(address_of(place, page, demo_site))
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


SMALL_TARGETS = """() => {
  const isShown = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const isText = (node) => node.nodeType === Node.TEXT_NODE && /[\\p{L}\\p{N}]/u.test(node.data);
  const inSentence = (one) =>
    getComputedStyle(one).display === "inline" && [...one.parentElement.childNodes].some(isText);
  const sizeOf = (one) => {
    const labels = one.matches("[type=radio], [type=checkbox]") ? [...one.labels] : [];
    const boxes = [one, ...labels].map((part) => part.getBoundingClientRect());
    const [left, top] = [Math.min(...boxes.map((box) => box.left)), Math.min(...boxes.map((box) => box.top))];
    return [Math.max(...boxes.map((box) => box.right)) - left, Math.max(...boxes.map((box) => box.bottom)) - top];
  };
  const targets = "a[href], button, summary, select, textarea, input:not([type=hidden])";
  return [...document.querySelectorAll(targets)]
    .filter((one) => isShown(one) && !one.closest(".visually-hidden, .skip-link") && !inSentence(one))
    .map((one) => [...sizeOf(one).map((size) => Math.round(size * 10) / 10), one.outerHTML.slice(0, 120)])
    .filter(([width, height]) => width < 24 || height < 24);
}"""
"""Links and controls below 24 by 24 CSS pixels (WCAG 2.5.8); links within a sentence are excepted there."""


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_every_target_is_large_enough_for_a_thumb(page: Page, demo_site: str, place: Place) -> None:
    enter(page, demo_site, place.role)
    page.goto(address_of(place, page, demo_site))
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(SMALL_TARGETS) == []


def _complaint(said: ConsoleMessage, place: Place) -> str:
    """What the browser holds against the page; a page that is meant to be missing may be called so."""
    if said.type not in {"error", "warning"} or (place.name in EXPECTED_MISTAKES and "404" in said.text):
        return ""
    return said.text


def test_pictures_of_every_page_can_be_taken_outside_of_a_test() -> None:
    outside = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    taken = subprocess.run([sys.executable, "-c", "import tests.browser.shots"], cwd=ROOT, env=outside, check=False)
    assert taken.returncode == 0
