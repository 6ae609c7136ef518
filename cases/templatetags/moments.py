"""Moments in templates: always a ``<time>`` with the exact moment and zone behind the words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils import timezone
from django.utils.html import format_html

from cases.rules import moments

if TYPE_CHECKING:
    from datetime import datetime

    from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """``{{ event.at|moment }}``: "today 12:30"."""
    if value is None:
        return ""
    zone = timezone.get_current_timezone()
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        moments.exact(value, zone),
        moments.said(value, timezone.now(), zone),
    )


@register.filter
def due(value: datetime | None) -> SafeString | str:
    """``{{ step.due_at|due }}``: "by 12:30", or "2 h 10 min late" in red."""
    if value is None:
        return ""
    zone, now = timezone.get_current_timezone(), timezone.now()
    return format_html(
        '<time class="due{}" datetime="{}" title="{}">{}</time>',
        " due-late" if value < now else "",
        value.isoformat(),
        moments.exact(value, zone),
        moments.due_in_words(value, now, zone),
    )
