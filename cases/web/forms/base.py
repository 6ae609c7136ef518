"""What every form shares that changes something: it acts once, on the version it was drawn from, and loses nothing."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from cases.actions import turns
from cases.errors import AmendsError, ConflictError, GuardError, NotAllowedError

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import Model, QuerySet
    from django.http import QueryDict

    from cases.models import Case, User


@dataclass(frozen=True, slots=True)
class Button:
    """A way to send a form. ``value`` tells ``run`` which one was chosen; the first is the primary one."""

    label: str
    icon: str = "check"
    value: str = ""


class ActionForm(forms.Form):
    """A form that becomes one action.

    ``key`` makes a double click or a repeated post act once. A subclass says in ``run`` which action it is, and in
    ``done`` what the person reads afterwards. ``conflicts`` lists what others did meanwhile.
    """

    heading: ClassVar[str] = ""
    lead: ClassVar[str] = ""
    done: ClassVar[str] = "Saved."
    buttons: ClassVar[tuple[Button, ...]] = (Button("Save"),)
    folded: ClassVar[tuple[str, ...]] = ()
    """Fields that are seldom needed: they stand behind a fold, which opens when one of them has an error."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, actor: User | None, **options: Any) -> None:
        initial = {"key": uuid.uuid4(), **(options.pop("initial", None) or {})}
        super().__init__(data, initial=initial, **options)
        self._say_what_is_needed()
        self.actor = actor
        self.conflicts: tuple[str, ...] = ()
        self.result: object = None

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name not in self.folded]

    @property
    def folded_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name in self.folded]

    @property
    def is_unfolded(self) -> bool:
        return any(name in self.errors for name in self.folded) if self.is_bound else False

    @property
    def staff(self) -> User:
        """The member of staff who acts; forms of the customer's page have none."""
        if self.actor is None:
            raise PermissionDenied
        return self.actor

    @property
    def how(self) -> str:
        """The value of the button that was pressed; of the first one, when it was the Enter key."""
        pressed = str(self.data.get("how", ""))
        return pressed if any(button.value == pressed for button in self.buttons) else self.buttons[0].value

    @property
    def said(self) -> str:
        """What the person reads after it was done."""
        return self.done

    def run(self, now: datetime) -> object:
        """Call the one action that this form stands for, with ``cleaned_data``."""
        raise NotImplementedError

    def act(self) -> bool:
        """Validate and act. ``False``: look at the errors; everything that was typed is still there.

        Raises ``PermissionDenied`` where the action is not this person's to take.
        """
        if not self.is_valid():
            return False
        try:
            self.result = self.submit(timezone.now())
        except NotAllowedError as error:
            raise PermissionDenied(str(error)) from error
        except AmendsError as error:
            self._refuse(error)
            return False
        return True

    def submit(self, now: datetime) -> object:
        return turns.submit(lambda: self.run(now), key=self.cleaned_data["key"], actor=self.actor, now=now)

    def _say_what_is_needed(self) -> None:
        """Instead of "This field is required". Django's own sentence is told by identity: to compare the words would
        translate them, once a field."""
        djangos = forms.Field.default_error_messages["required"]
        for field in self.fields.values():
            if field.error_messages.get("required") is djangos:
                picks = isinstance(field, forms.ChoiceField)
                field.error_messages["required"] = "Choose one of these." if picks else "Please fill this in."

    def _refuse(self, error: AmendsError) -> None:
        if isinstance(error, ConflictError):
            self.conflicts = error.changes
        if isinstance(error, GuardError):
            for sentence in error.missing:
                self.add_error(None, sentence)
            return
        self.add_error(error.field if error.field in self.fields else None, error.sentence)


class CaseForm(ActionForm):
    """A form on a case. ``version`` is the case as the person saw it: on a newer one, nothing is done unseen."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data: QueryDict | None = None, *, case: Case, actor: User | None, **options: Any) -> None:
        initial = {"version": case.version, **(options.pop("initial", None) or {})}
        super().__init__(data, actor=actor, initial=initial, **options)
        self.case = case

    def submit(self, now: datetime) -> object:
        return turns.submit(
            lambda: self.run(now),
            key=self.cleaned_data["key"],
            actor=self.actor,
            now=now,
            case=self.case,
            version=self.cleaned_data["version"],
        )

    def _refuse(self, error: AmendsError) -> None:
        super()._refuse(error)
        if isinstance(error, ConflictError):
            self.case.refresh_from_db()
            seen = cast("QueryDict", self.data).copy()
            seen["version"] = str(self.case.version)
            self.data = seen


class ThingForm(CaseForm):
    """A form about one thing of a case: ``of`` is its public key, ``things`` names the case's relation."""

    things: ClassVar[str] = ""

    of = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": "Choose it on the page of the case."})

    def clean_of(self) -> Model:
        rows: QuerySet[Model] = getattr(self.case, self.things)
        thing = rows.filter(public_id=self.cleaned_data["of"]).first()
        if thing is None:
            raise forms.ValidationError("This is not part of this case any more. Go back and look again.")
        return thing

    @property
    def subject(self) -> Model | None:
        """What the form is about, for its heading; none while the key is unknown."""
        key: UUID | str | None = self.data.get("of") if self.is_bound else self.initial.get("of")
        try:
            rows: QuerySet[Model] = getattr(self.case, self.things)
            return rows.filter(public_id=key).first() if key else None
        except (ValueError, forms.ValidationError):
            return None
