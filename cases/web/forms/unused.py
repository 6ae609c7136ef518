"""Words in a field that the chosen button or answer does not use: asked back at the field, never dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms

if TYPE_CHECKING:
    from collections.abc import Iterable


def ask_back(form: forms.BaseForm, names: Iterable[str], sentence: str) -> None:
    """``sentence`` at each of these fields in which somebody wrote something. Not where one picks: a list may be left
    as it stands, and a dot cannot be taken out again."""
    for name in names:
        field = form[name]
        if name in form.errors or not isinstance(field.field.widget, forms.TextInput | forms.Textarea):
            continue
        if field.data not in field.field.empty_values and field.field.has_changed(field.initial, field.data):
            form.add_error(name, sentence)
