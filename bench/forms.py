"""The hidden fields of a form on a page, as a browser would send them back."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import override


class _Hidden(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("type") == "hidden":
            self.fields[given.get("name") or ""] = given.get("value") or ""


def hidden_fields(html: str) -> dict[str, str]:
    page = _Hidden()
    page.feed(html)
    return page.fields
