"""Fields of forms that several screens share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, override

from django import forms
from django.forms.models import ModelChoiceIterator
from django.utils import timezone

from cases.models import User
from cases.rules import addresses
from cases.rules.folding import visible
from cases.rules.texts import LONGEST_LINE, LONGEST_TEXT
from cases.rules.vocabulary import CriticalGround

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import TextChoices

    _UserChoiceField = forms.ModelChoiceField[User]
    _ModelChoiceIterator = ModelChoiceIterator[User]
else:
    _UserChoiceField, _ModelChoiceIterator = forms.ModelChoiceField, ModelChoiceIterator

_FIRST_YEAR, _LAST_YEAR = 1900, 2199
"""The years of ``rules.calendars``."""


class MailAddress(forms.CharField):
    """A customer's mail address, in the one spelling in which it is stored."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=addresses.LONGEST, widget=forms.EmailInput(), **options)

    @override
    def to_python(self, value: Any) -> str | None:
        """As it is pasted from a letter or a web page."""
        return _visible(super().to_python(value))

    @override
    def clean(self, value: Any) -> str:
        address = str(super().clean(value))
        try:
            return addresses.canonical(address) if address else ""
        except addresses.AddressError as error:
            raise forms.ValidationError(error.sentence, code="invalid") from error


class Moment(forms.DateTimeField):
    """A date and a time in the person's zone, by the browser's own picker."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"))
        options["error_messages"] = {
            "invalid": "Write a date and a time, such as 2026-03-27 14:30.",
            "required": "Choose a date and a time.",
            **options.get("error_messages", {}),
        }
        formats = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M")
        super().__init__(input_formats=formats, **options)

    @override
    def to_python(self, value: Any) -> datetime | None:
        """Of an hour that comes twice, the first; one that the clocks leave out is refused, and so are years that no
        calendar of ours reaches."""
        try:
            moment: datetime | None = super().to_python(value)
        except forms.ValidationError as error:
            if error.code != "ambiguous_timezone" or not error.params:
                raise
            moment = _first_of_two(error.params["datetime"])
        if moment is not None and not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            raise forms.ValidationError(f"Check the year: it can be from {_FIRST_YEAR} to {_LAST_YEAR}.")
        return moment


def _first_of_two(wall: datetime) -> datetime:
    moment = timezone.make_aware(wall)
    if moment.astimezone(UTC).astimezone(moment.tzinfo).replace(tzinfo=None) != wall:
        raise forms.ValidationError(
            "On that day the clocks went forward over this hour, so it did not exist. Write one an hour later."
        )
    return moment


class Words(forms.CharField):
    """Some lines of text."""

    def __init__(self, *, rows: int = 3, **options: Any) -> None:
        options.setdefault("max_length", LONGEST_TEXT)
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **options)


class Line(forms.CharField):
    """One line of text."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", LONGEST_LINE)
        super().__init__(**options)


class Name(Line):
    """A name or a number. What nobody can see in it is dropped before it is judged."""

    @override
    def to_python(self, value: Any) -> str | None:
        return _visible(super().to_python(value))


def _visible(typed: str | None) -> str | None:
    """A null character stays, because it is refused with a sentence."""
    return visible(typed) if typed and "\0" not in typed else typed


class Choice(forms.TypedChoiceField):
    """One code of an enumeration, as that enumeration; with an empty choice where none is needed nor chosen already.
    ``empty``: what it means not to choose."""

    def __init__(
        self, kind: type[TextChoices], *, among: tuple[TextChoices, ...] = (), empty: str = "–", **options: Any
    ) -> None:
        self.kind = kind
        choices = [(one.value, one.label) for one in (among or tuple(kind))]
        may_be_empty = not options.get("required", True) and "initial" not in options
        if may_be_empty and not isinstance(options.get("widget"), forms.HiddenInput):
            choices = [("", empty), *choices]
        super().__init__(choices=choices, coerce=kind, empty_value=None, **options)


class Radio(Choice):
    """The same as dots to pick from."""

    def __init__(self, kind: type[TextChoices], **options: Any) -> None:
        super().__init__(kind, widget=forms.RadioSelect, **options)


class WhyCritical(Choice):
    """Asked beside a severity; needed where that is critical."""

    def __init__(self) -> None:
        grounds = tuple(ground for ground in CriticalGround if ground is not CriticalGround.NOT_RECORDED)
        super().__init__(
            CriticalGround,
            among=grounds,
            label="If it is critical: what is at stake?",
            required=False,
            help_text="Where somebody may come to harm, it is made safe first.",
        )


class YesNo(forms.TypedChoiceField):
    """Yes or no, and neither before somebody has chosen."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            choices=(("yes", "Yes"), ("no", "No")),
            coerce="yes".__eq__,
            empty_value=None,
            widget=forms.RadioSelect,
            **options,
        )


class _Names(_ModelChoiceIterator):
    """Keys and names, without making a person of each row: hundreds may work here."""

    @override
    def __iter__(self) -> Iterator[tuple[Any, str]]:
        if self.field.empty_label is not None:
            yield "", str(self.field.empty_label)
        for key, name, email in self.queryset.values_list("public_id", "name", "email"):
            yield key, name or email


class Colleague(_UserChoiceField):
    """Somebody who works here, by public key."""

    iterator = _Names

    def __init__(self, **options: Any) -> None:
        super().__init__(User.objects.filter(is_active=True), to_field_name="public_id", **options)
