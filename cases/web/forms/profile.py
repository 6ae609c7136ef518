"""What everybody may change about themselves."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django import forms

from cases.actions import people
from cases.web.forms.base import ActionForm, Button
from cases.web.forms.fields import Line

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import User


class ProfileForm(ActionForm):
    """Name and time zone. The zone is the one in which moments are shown and typed."""

    done = "Saved."
    buttons = (Button("Save my profile"),)

    name = Line(
        label="Your name",
        max_length=120,
        help_text="As colleagues know you and customers hear it.",
        error_messages={"required": "Give the name that colleagues and customers know."},
    )
    zone = forms.ChoiceField(
        label="Your time zone",
        help_text="Moments are shown in it, and what you type is read in it.",
        error_messages=dict.fromkeys(("invalid_choice", "required"), "Choose one of the time zones in the list."),
    )

    def __init__(self, *args: Any, actor: User, **options: Any) -> None:
        super().__init__(*args, actor=actor, initial={"name": actor.name, "zone": actor.time_zone}, **options)
        field = self.fields["zone"]
        if isinstance(field, forms.ChoiceField):
            field.choices = zone_choices(actor.time_zone)

    def run(self, now: datetime) -> User:  # noqa: ARG002 - every form is given the moment
        return people.change_self(name=self.cleaned_data["name"], zone=self.cleaned_data["zone"], actor=self.staff)


@lru_cache(maxsize=64)
def zone_choices(own: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Places by continent; ``own`` is among them, even where it is a name that is no longer used."""
    regions: dict[str, list[tuple[str, str]]] = {}
    for zone in sorted({*filter(_is_place, available_timezones()), "UTC", own}):
        region, _, place = zone.partition("/")
        regions.setdefault(region if place else "Other", []).append((zone, (place or zone).replace("_", " ")))
    return sorted(regions.items(), key=_other_last)


def _is_place(zone: str) -> bool:
    region, _, place = zone.partition("/")
    return bool(place) and region not in {"Etc", "SystemV", "US", "Brazil", "Canada", "Chile", "Mexico"}


def _other_last(region: tuple[str, list[tuple[str, str]]]) -> tuple[bool, str]:
    return region[0] == "Other", region[0]
