"""Fields of forms as crispy-bootstrap5 lays them out, drawn without its templates: those took as long as all the rest
of a page.

The markup is crispy's, and a test holds each against it. Limit: the widgets named here; any other is left to crispy.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Protocol

from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django import forms, template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.forms import BoundField

register = template.Library()


class Option(Protocol):
    """One of the values to choose from."""

    @property
    def value(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def is_chosen(self) -> bool: ...


NOTHING = SafeString("")
_STAR = SafeString('<span class="asteriskField">*</span>')


@register.filter
def drawn(field: BoundField) -> SafeString:
    """``{{ form.title|drawn }}``: label, widget, errors and help, in that order."""
    draw = _WIDGETS.get(type(field.field.widget))
    if draw is None or not field.label:
        return SafeString(as_crispy_field(field))
    return draw(field)


@register.filter
def drawn_options(options: Iterable[Option]) -> SafeString:
    """``{{ menu.options|drawn_options }}``: what stands in a ``select``."""
    return SafeString("".join(_option(one.value, one.label, is_chosen=one.is_chosen) for one in options))


def _hidden(field: BoundField) -> SafeString:
    value = field.field.widget.format_value(field.value())
    given = {} if value in {None, ""} else {"value": value}
    own = field.field.widget.attrs
    return format_html(
        "<input{}>", _flat({"type": "hidden", "name": field.html_name, **given, **own, "id": field.auto_id})
    )


def _line(field: BoundField) -> SafeString:
    """A label above one control."""
    control = _CONTROLS[type(field.field.widget)]
    return format_html(
        '<div id="div_{}" class="mb-3"><label for="{}" class="form-label{}">{}{}</label>{}{}{}</div>',
        field.auto_id,
        field.id_for_label,
        " requiredField" if field.field.required else "",
        field.label,
        _star(field),
        control(field),
        _errors(field),
        _help(field),
    )


def _tick(field: BoundField) -> SafeString:
    """One box to tick, with its label behind it."""
    checked = {"checked": True} if field.field.widget.check_test(field.value()) else {}
    return format_html(
        '<div class="mb-3"><div id="div_{}" class="form-check"><input type="checkbox" name="{}"{}>'
        '<label for="{}" class="form-check-label{}">{}{}</label>{}{}</div></div>',
        field.auto_id,
        field.html_name,
        _flat({**_attributes(field, "form-check-input"), **checked}),
        field.id_for_label,
        " requiredField" if field.field.required else "",
        field.label,
        _star(field),
        _errors(field),
        _help(field),
    )


def _choices(field: BoundField) -> SafeString:
    """Dots or boxes to pick from, under one legend. Errors stand with the last of them."""
    options = list(field.field.widget.choices)
    attributes = {**_attributes(field, ""), "class": _invalid(field, "form-check-input")}
    last = len(options) - 1
    kind, chosen = field.field.widget.input_type, _chosen(field)
    lines = []
    for place, (value, label) in enumerate(options):
        here = {"name": field.html_name, "value": str(value), **attributes, "id": f"{field.auto_id}_{place}"}
        if str(value) in chosen:
            here["checked"] = True
        errors = _errors(field) if place == last else NOTHING
        lines.append((kind, _flat(here), here["id"], label, errors))
    described = field.aria_describedby
    return format_html(
        '<div id="div_{}" class="mb-3"><fieldset{}><legend class="form-label{} fs-6">{}{}</legend>'
        "<div>{}</div>{}</fieldset></div>",
        field.auto_id,
        _flat({"aria-describedby": described}) if described else NOTHING,
        " requiredField" if field.field.required else "",
        field.label,
        _star(field),
        format_html_join("", _OPTION, lines),
        _help(field),
    )


_OPTION = '<div class="form-check"><input type="{}"{}><label for="{}" class="form-check-label">{}</label>{}</div>'


def _input(field: BoundField) -> SafeString:
    widget = field.field.widget
    value = widget.format_value(field.value())
    given = {} if value in {None, ""} else {"value": value}
    attributes = {"type": widget.input_type, "name": field.html_name, **given, **_attributes(field, "form-control")}
    return format_html("<input{}>", _flat(attributes))


def _textarea(field: BoundField) -> SafeString:
    value = field.field.widget.format_value(field.value())
    attributes = {"name": field.html_name, **_attributes(field, "form-control")}
    return format_html("<textarea{}>\n{}</textarea>", _flat(attributes), "" if value is None else value)


def _select(field: BoundField) -> SafeString:
    chosen = _chosen(field)
    options = [_option(value, label, is_chosen=str(value) in chosen) for value, label in field.field.widget.choices]
    attributes = {"name": field.html_name, **_attributes(field, "form-select")}
    return format_html("<select{}>{}</select>", _flat(attributes), SafeString("".join(options)))


def _option(value: object, label: object, *, is_chosen: bool) -> str:
    """One of perhaps hundreds: everybody who works here."""
    return f'<option value="{escape(str(value))}"{" selected" if is_chosen else ""}>{escape(str(label))}</option>'


def _chosen(field: BoundField) -> Iterable[str]:
    chosen: Iterable[str] = field.field.widget.format_value(field.value())
    return chosen


def _attributes(field: BoundField, css_class: str) -> dict[str, Any]:
    widget = field.field.widget
    attributes = widget.build_attrs(widget.attrs, field.build_widget_attrs({}, widget))
    own = attributes.get("class") or type(widget).__name__.lower()
    classes = _invalid(field, f"{own} {css_class}")
    return {**attributes, "class": classes, "id": attributes.get("id") or field.auto_id}


def _invalid(field: BoundField, css_class: str) -> str:
    return f"{css_class} is-invalid" if field.errors else css_class


def _flat(attributes: dict[str, Any]) -> SafeString:
    """As they stand in a tag. Django's own way of it takes half of the time of a field."""
    parts = [
        f" {name}" if value is True else f' {name}="{escape(str(value))}"'
        for name, value in attributes.items()
        if value is not None and value is not False
    ]
    return mark_safe("".join(parts))  # noqa: S308 - escaped above; the names are the widgets' own


def _star(field: BoundField) -> SafeString:
    return _STAR if field.field.required else NOTHING


def _errors(field: BoundField) -> SafeString:
    errors = field.errors
    if not errors:
        return NOTHING
    lines = [(place, field.auto_id, error) for place, error in enumerate(errors, start=1)]
    return format_html(
        '<div id="{}_error" class="invalid-feedback">{}</div>',
        field.auto_id,
        format_html_join("", '<p id="error_{}_{}"><strong>{}</strong></p>', lines),
    )


def _help(field: BoundField) -> SafeString:
    if not field.help_text:
        return NOTHING
    return format_html(
        '<div id="{}_helptext" class="form-text">{}</div>',
        field.auto_id,
        mark_safe(field.help_text),  # noqa: S308 - a sentence of ours, which may hold markup as everywhere in Django
    )


_CONTROLS: dict[type[forms.Widget], Callable[[BoundField], SafeString]] = {
    forms.TextInput: _input,
    forms.EmailInput: _input,
    forms.NumberInput: _input,
    forms.DateInput: _input,
    forms.DateTimeInput: _input,
    forms.Textarea: _textarea,
    forms.Select: _select,
}
_WIDGETS: dict[type[forms.Widget], Callable[[BoundField], SafeString]] = {
    forms.HiddenInput: _hidden,
    **dict.fromkeys(_CONTROLS, _line),
    forms.CheckboxInput: _tick,
    forms.RadioSelect: _choices,
    forms.CheckboxSelectMultiple: _choices,
}
