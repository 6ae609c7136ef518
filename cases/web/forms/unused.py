"""Words in a field that the chosen button or answer does not use: asked back at the field, never dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms

if TYPE_CHECKING:
    from collections.abc import Iterable


def ask_back(form: forms.BaseForm, names: Iterable[str], sentence: str) -> None:
    """``sentence`` at each of these fields that holds something else than it began with. Not at dots: nobody can take
    a picked one out again."""
    for name in names:
        field = form[name]
        if name in form.errors or isinstance(field.field.widget, forms.RadioSelect):
            continue
        if field.data not in field.field.empty_values and field.field.has_changed(field.initial, field.data):
            form.add_error(name, sentence)
