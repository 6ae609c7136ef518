"""What everybody may change about themselves."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django import forms

from cases.actions import people
from cases.actions.people import MailWishes
from cases.web.forms.base import Button, RecordForm
from cases.web.forms.fields import Name

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import User


class ProfileForm(RecordForm):
    """Name, time zone, and which mails somebody gets. The zone is the one in which moments are shown and typed."""

    done = "Saved."
    buttons = (Button("Save my profile"),)

    name = Name(
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

    digest_at = forms.TimeField(
        label="One mail a day, at",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="About everything that is not critical. Leave it empty to be reminded as it comes.",
        error_messages={"invalid": "Write an hour of the day, such as 08:30, or leave it empty."},
    )
    most_reminders = forms.IntegerField(
        label="Reminder mails a day, at most",
        min_value=1,
        max_value=people.MOST_MAILS,
        help_text="What is held back by it is told in the next mail.",
        error_messages={
            "min_value": "Allow at least one mail a day: what we promised must not be forgotten.",
            "max_value": f"{people.MOST_MAILS} mails a day are the most.",
            "invalid": "Write a number, such as 20.",
        },
    )
    wants_early = forms.BooleanField(label="Also tell me before something is late", required=False)

    def __init__(self, *args: Any, actor: User, **options: Any) -> None:
        kept = {
            "name": actor.name,
            "zone": actor.time_zone,
            "digest_at": actor.digest_at,
            "most_reminders": actor.most_reminders,
            "wants_early": actor.wants_early,
        }
        super().__init__(*args, record=actor, actor=actor, initial=kept, **options)
        field = self.fields["zone"]
        if isinstance(field, forms.ChoiceField):
            field.choices = zone_choices(actor.time_zone)

    def run(self, now: datetime) -> User:
        typed = self.cleaned_data
        wishes = MailWishes(digest_at=typed["digest_at"], most=typed["most_reminders"], early=typed["wants_early"])
        return people.change_self(name=typed["name"], zone=typed["zone"], actor=self.staff, wishes=wishes, now=now)


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
