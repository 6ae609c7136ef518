"""What every form shares that changes something: it acts once, on the version it was drawn from, and loses nothing."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from cases.actions import turns
from cases.errors import AmendsError, ConflictError, GuardError, NotAllowedError

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import QueryDict

    from cases.models import Case, User

LONGEST_TEXT = 20_000


class ActionForm(forms.Form):
    """A form that becomes one action.

    ``key`` makes a double click or a repeated post act once. A subclass says in ``run`` which action it is, and in
    ``done`` what the person reads afterwards (empty: ``run`` says it). ``conflicts`` lists what others did meanwhile.
    """

    done: ClassVar[str] = ""
    verb: ClassVar[str] = "Save"
    icon: ClassVar[str] = "check"

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, actor: User | None, **options: Any) -> None:
        initial = {"key": uuid.uuid4(), **(options.pop("initial", None) or {})}
        super().__init__(data, initial=initial, **options)
        self.actor = actor
        self.conflicts: tuple[str, ...] = ()
        self.result: object = None

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


class Moment(forms.DateTimeField):
    """A date and a time in the person's zone, by the browser's own picker."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        errors = {
            "invalid": "Write a date and a time, such as 2026-03-27 14:30.",
            "required": "Choose a date and a time.",
            **(options.pop("error_messages", None) or {}),
        }
        super().__init__(
            widget=widget,
            input_formats=("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"),
            error_messages=errors,
            **options,
        )


class Words(forms.CharField):
    """Some lines of text."""

    def __init__(self, *, rows: int = 3, **options: Any) -> None:
        super().__init__(
            widget=forms.Textarea(attrs={"rows": rows}), max_length=options.pop("max_length", LONGEST_TEXT), **options
        )
