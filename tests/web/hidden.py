"""What a browser sends of a page: what it hides, and all that stands in its fields."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING, override

from django.http import HttpResponse

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase


class _Hidden(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("type") == "hidden" and given.get("name"):
            self.found[str(given["name"])] = given.get("value") or ""


def hidden_of(page: HttpResponseBase) -> dict[str, str]:
    """Names and values of the hidden fields of a page, the CSRF token left out."""
    parser = _Hidden()
    parser.feed(page.getvalue().decode() if isinstance(page, HttpResponse) else "")
    return {name: value for name, value in parser.found.items() if name != "csrfmiddlewaretoken"}


class _Fields(HTMLParser):
    """Of a page with one large form. Limit: no text areas with markup, no lists to choose several from."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.select = self.area = ""

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "select":
            self.select = name
        elif tag == "option" and self.select and ("selected" in given or self.select not in self.found):
            self.found[self.select] = given.get("value", "")
        elif tag == "textarea":
            self.area = name
            self.found[name] = ""
        elif tag == "input" and name and given.get("type") != "submit":
            is_tick = given.get("type") in {"checkbox", "radio"}
            if not is_tick or "checked" in given:
                self.found[name] = given.get("value", "on" if is_tick else "")

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag in {"select", "textarea"}:
            self.select = self.area = ""

    @override
    def handle_data(self, data: str) -> None:
        if self.area:
            self.found[self.area] += data.removeprefix("\n")


def fields_of(page: HttpResponseBase) -> dict[str, str]:
    """Names and values of all fields as the page shows them, the CSRF token left out."""
    parser = _Fields()
    parser.feed(page.getvalue().decode() if isinstance(page, HttpResponse) else "")
    return {name: value for name, value in parser.found.items() if name != "csrfmiddlewaretoken"}
