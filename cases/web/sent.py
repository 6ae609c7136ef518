"""What a person reads after they sent a form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.utils import timezone
from django.utils.html import format_html

from cases.rules.moments import at_the_clock

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

    from cases.web.forms.base import ActionForm


def tell(request: HttpRequest, form: ActionForm) -> None:
    """That it is done, and how the form was read; or that it was done before, when, and where that is shown."""
    if form.sent_before is None:
        messages.success(request, form.said)
        for remark in form.remarks:
            messages.info(request, remark)
        return
    before = in_words(form.sent_before.at)
    address = form.sent_before.address
    link = format_html(' <a href="{}">Look at it</a>', address) if address else ""
    messages.success(request, format_html("{}{}", before, link))


def in_words(at: datetime) -> str:
    """At the reader's clock."""
    moment = at_the_clock(at, timezone.now(), timezone.get_current_timezone())
    return f"This was recorded at {moment} already, and nothing was done twice."
