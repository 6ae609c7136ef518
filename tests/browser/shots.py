"""``make shots``: a picture of every page, wide and narrow, light and dark, in ``var/shots/``."""

from __future__ import annotations

import sys

from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import CHROMIUM, QUIET
from tests.browser.pages import PLACES, Place, address_of, enter
from tests.browser.site import ROOT, running_site

WIDTHS = (1280, 390)
THEMES = ("light", "dark")
FOLDER = ROOT / "var" / "shots"


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running_site() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        for place in PLACES:
            for width in WIDTHS:
                for theme in THEMES:
                    _shoot(browser, site, place, width, theme)
            sys.stdout.write(f"{place.name}\n")
        browser.close()
    sys.stdout.write(f"The pictures are in {FOLDER}\n")
    return 0


def _shoot(browser: Browser, site: str, place: Place, width: int, theme: str) -> None:
    with browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme) as context:  # type: ignore[arg-type]
        page = context.new_page()
        enter(page, site, place.role)
        page.goto(address_of(place, page, site))
        page.screenshot(path=FOLDER / f"{place.name}-{width}-{theme}.png", full_page=True)


if __name__ == "__main__":
    sys.exit(main())
