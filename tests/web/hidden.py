"""What a browser sends of a form without showing it."""

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
