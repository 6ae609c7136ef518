"""Says by whose clock a moment is read: a form reads moments in the zone of the person who fills it in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from cases.actions import clocks
from cases.rules import moments
from cases.web.forms.fields import Moment

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django import forms

    from cases.models import Team


def say_whose_clock(form: forms.Form, teams: Iterable[Team | None]) -> None:
    """Below each moment that is asked for, where a team works in another zone than the reader's."""
    asked = [field for field in form.fields.values() if isinstance(field, Moment)]
    reader = timezone.get_current_timezone_name()
    others = sorted({clocks.calendar_of(team).zone for team in teams} - {reader}) if asked else []
    if not others:
        return
    places = " and ".join(map(_place, others))
    for field in asked:
        field.help_text = f"{field.help_text} By your clock ({_place(reader)}); the team's is {places}.".strip()


def twice(form: forms.Form) -> list[str]:
    """Says of each moment that was typed in an hour that comes twice, that the first one was taken."""
    typed = [value for name, value in form.cleaned_data.items() if isinstance(form.fields.get(name), Moment)]
    return [_taken(moment) for moment in typed if moment is not None and moments.comes_twice(moment)]


def _taken(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{local:%H:%M} came twice that day, because the clocks went back: the first one was taken."


def _place(zone: str) -> str:
    return zone.replace("_", " ")
