"""Moments in templates: always a ``<time>`` with the exact moment and zone behind the words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils import timezone
from django.utils.safestring import mark_safe

from cases.rules import moments

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """``{{ event.at|moment }}``: "today 12:30"."""
    if value is None:
        return ""
    zone = timezone.get_current_timezone()
    return _time(value, moments.said(value, timezone.now(), zone), zone)


@register.filter
def moment_beside(value: datetime, other: datetime) -> SafeString:
    """``{{ event.recorded_at|moment_beside:event.at }}``: "16:05", with the day where it is another."""
    zone = timezone.get_current_timezone()
    return _time(value, moments.beside(value, other, zone), zone)


@register.filter
def words_or_moment(value: datetime | str) -> SafeString | str:
    """``{{ event.before|words_or_moment }}``: words as they are, a moment as ``moment`` shows it."""
    return value if isinstance(value, str) else moment(value)


@register.filter
def at_the_clock(value: datetime) -> SafeString:
    """``{{ resent.at|at_the_clock }}``: "10:31"."""
    zone = timezone.get_current_timezone()
    return _time(value, moments.at_the_clock(value, timezone.now(), zone), zone)


@register.filter
def due(value: datetime | None) -> SafeString | str:
    """``{{ step.due_at|due }}``: "by 12:30", or "2 h 10 min late" in red."""
    if value is None:
        return ""
    zone, now = timezone.get_current_timezone(), timezone.now()
    css_class = "due due-late" if value < now else "due"
    return _time(value, moments.due_in_words(value, now, zone), zone, f'class="{css_class}" ')


def _time(value: datetime, words: str, zone: tzinfo, css_class: str = "") -> SafeString:
    """Nothing to escape: digits, and the names that ``rules.moments`` and the time zone give to days and hours."""
    exact = moments.exact(value, zone)
    return mark_safe(f'<time {css_class}datetime="{value.isoformat()}" title="{exact}">{words}</time>')  # noqa: S308
