"""Which reasons will raise the severity of a mistake that somebody is about to log, and to what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from cases.actions import raises
from cases.models import Case, Incident
from cases.rules.facts import MOST_ATTEMPTS
from cases.rules.severity import severity_for
from cases.rules.vocabulary import Severity
from cases.web.forms.facts import customer_of
from cases.web.forms.fields import Moment
from cases.web.forms.log import LogForm

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from cases.actions.raises import Found
    from cases.models import User


@dataclass(frozen=True, slots=True)
class Foreseen:
    reasons: tuple[str, ...]
    result: str


def foreseen(value: Callable[[str], Any], user: User, now: datetime) -> Foreseen:
    """``value`` gives what stands in a field of the form, as it was typed."""
    customer = customer_of(str(value("customer") or ""))
    words = str(value("incident") or "").split(maxsplit=1)
    incident = Incident.objects.filter(reference=words[0].upper()).first() if words else None
    found = raises.found_at_logging(
        customer=customer,
        incident=incident,
        known_at=LogForm.first_known({name: _moment(value(name)) for name in ("known_at", *LogForm.KNEW_BY)}, now),
        attempt=_attempt(str(value("attempt") or "")),
    )
    chosen = str(value("severity") or "")
    return Foreseen(tuple(_line(one, user) for one in found), _result(chosen, found))


def _moment(typed: object) -> datetime | None:
    """As the form reads it; none where it will refuse it."""
    try:
        moment: datetime | None = Moment(required=False).clean(typed)
    except ValidationError:
        return None
    return moment


def _attempt(typed: str) -> int:
    is_number = typed.isascii() and typed.isdecimal() and len(typed) <= len(str(MOST_ATTEMPTS))
    return int(typed) if is_number else 1


def _line(one: Found, user: User) -> str:
    """With the earlier case, where this person may see it."""
    earlier = one.earlier
    if earlier is None or not Case.objects.visible_to(user).filter(pk=earlier.pk).exists():
        return str(one.reason.label)
    return f"{one.reason.label} ({earlier.reference} {earlier.title})"


def _result(chosen: str, found: tuple[Found, ...]) -> str:
    if chosen not in Severity.values:
        return "That makes minor moderate, and moderate major."
    severity = Severity(chosen)
    raised = severity_for(severity, (one.reason for one in found))
    if raised is severity:
        return f"{severity.label} stays {severity.label.lower()}."
    return f"{severity.label} becomes {raised.label.lower()}."
