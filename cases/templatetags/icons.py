"""Icons drawn inline, so that they take the color and the size of the words around them.

Only the files of ``static/vendor/tabler-icons`` are known. A name without a file is a mistake in a template, and
says so.
"""

import re
from functools import lru_cache
from pathlib import Path

from django import template
from django.contrib.staticfiles import finders
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DRAWING = re.compile(r"<svg\b[^>]*>(?P<drawing>.*)</svg>", re.DOTALL)
_HIDDEN = format_html('aria-hidden="{}"', "true")


class UnknownIconError(LookupError):
    """No icon of this name is vendored."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no icon named {name!r}: copy its file to static/vendor/tabler-icons.")


@register.simple_tag
def icon(name: str, css_class: str = "", *, label: str = "") -> SafeString:
    """``{% icon "phone" %}``: hidden from screen readers, because words stand beside it.

    Give ``label`` only where the icon stands alone.
    """
    return _svg(str(name), css_class, str(label))


@lru_cache(maxsize=512)
def _svg(name: str, css_class: str, label: str) -> SafeString:
    return format_html(
        '<svg class="{}" width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" {}>{}</svg>',
        f"icon {css_class}".strip(),
        format_html('role="img" aria-label="{}"', label) if label else _HIDDEN,
        _drawing(name),
    )


def _drawing(name: str) -> SafeString:
    path = finders.find(f"vendor/tabler-icons/{name}.svg") if _NAME.fullmatch(name) else None
    found = _DRAWING.search(Path(path).read_text(encoding="utf-8")) if path else None
    if not found:
        raise UnknownIconError(name)
    drawing = " ".join(found["drawing"].split())
    return mark_safe(drawing)  # noqa: S308 - a file of this repository, never anybody's input
