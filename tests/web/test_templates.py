"""The templates themselves: nothing in a page that the Content-Security-Policy would refuse."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES: Path = settings.BASE_DIR / "templates"
#: Mail programs know no other place for style than the element, and no policy forbids it there.
PAGES = sorted(page for page in TEMPLATES.rglob("*.html") if "mail" not in page.relative_to(TEMPLATES).parts)

INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE)
INLINE_STYLE = re.compile(r"<style\b|\bstyle\s*=", re.IGNORECASE)
HANDLER = re.compile(r"\s(on[a-z]+|hx-on[:\w-]*)\s*=|javascript:", re.IGNORECASE)
ELSEWHERE = re.compile(r"""<(script|link|img|iframe)\b[^>]*(src|href)=["'](https?:)?//""", re.IGNORECASE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TEMPLATES)))
def test_a_page_has_no_inline_script_style_or_handler(page: Path) -> None:
    markup = page.read_text(encoding="utf-8")

    assert not INLINE_SCRIPT.search(markup)
    assert not INLINE_STYLE.search(markup)
    assert not HANDLER.search(markup)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TEMPLATES)))
def test_a_form_with_drafts_says_that_it_was_given_back(page: Path) -> None:
    markup = page.read_text(encoding="utf-8")

    assert markup.count("data-draft=") == markup.count("{% if form.is_bound %}data-draft-bound{% endif %}")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TEMPLATES)))
def test_a_page_loads_nothing_from_anywhere_else(page: Path) -> None:
    assert not ELSEWHERE.search(page.read_text(encoding="utf-8"))
