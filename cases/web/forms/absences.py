"""When somebody is away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cases import permissions
from cases.actions import absences
from cases.actions.absences import Away
from cases.permissions import Verb
from cases.web.forms.base import ActionForm, Button
from cases.web.forms.fields import Colleague, Moment

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import Absence


class AbsenceForm(ActionForm):
    """One's own, and for managers anybody's."""

    done = "Noted. Reminders follow it by themselves."
    buttons = (Button("Note the absence", "calendar"),)

    who = Colleague(label="Who is away?", empty_label=None)
    start = Moment(label="From")
    end = Moment(label="Until")
    substitute = Colleague(
        label="Who stands in?",
        required=False,
        empty_label="Nobody: the team's manager is reminded",
        help_text="They get the reminders meanwhile. Whoever is away as well passes them on to their own substitute.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if permissions.may(self.staff, Verb.PLAN_ABSENCES):
            self.initial["who"] = self.staff.public_id
        else:
            del self.fields["who"]

    def run(self, now: datetime) -> Absence:
        typed = self.cleaned_data
        away = Away(start=typed["start"], end=typed["end"], substitute=typed["substitute"])
        return absences.plan_absence(user=typed.get("who") or self.staff, away=away, actor=self.staff, now=now)
