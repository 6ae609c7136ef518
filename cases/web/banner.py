"""What stands above every page of a manager while reminders are not sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone

from cases import permissions
from cases.models import User
from cases.permissions import Verb
from cases.reports import health
from cases.reports.kept import kept

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from cases.reports.health import Trouble

LASTING = timedelta(seconds=15)
"""So long after the end of a trouble it may still be told; in return most pages ask the database nothing about it."""

_WHERE_TO_LOOK = {
    "silence": ("The latest sweeps", "admin:cases_sweep_changelist", ""),
    "unwritten": ("The latest sweeps", "admin:cases_sweep_changelist", ""),
    "unreached": ("The latest sweeps", "admin:cases_sweep_changelist", ""),
    "old_mail": ("The mails that wait", "admin:cases_message_changelist", "?status__exact=queued"),
    "mailbox": ("The notices that were not understood", "admin:cases_straynotice_changelist", ""),
    "growth": ("The mails that wait", "admin:cases_message_changelist", "?status__exact=queued"),
}
"""The words of the link, and the records to look at. Only administrators may."""


@dataclass(frozen=True, slots=True)
class Line:
    """A trouble as it is shown; without a link for those who may not follow it."""

    trouble: Trouble
    link_words: str = ""
    link: str = ""


def troubles(request: HttpRequest) -> dict[str, Callable[[], list[Line]]]:
    """``troubles``: asked for only by a page that shows them, and found only by who can see to it."""
    return {"troubles": lambda: _lines(getattr(request, "user", None))}


def _lines(user: object) -> list[Line]:
    if not isinstance(user, User) or not permissions.may(user, Verb.SEE_DASHBOARD):
        return []
    now = timezone.now()
    found = kept("troubles", lambda: health.troubles(now), now=now, lasting=LASTING).answer
    return [_with_link(each) if user.is_staff else Line(each) for each in found]


def _with_link(trouble: Trouble) -> Line:
    words, name, query = _WHERE_TO_LOOK[trouble.code]
    return Line(trouble, words, reverse(name) + query)
