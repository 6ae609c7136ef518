"""Fields that are drawn without crispy's templates: the same markup as with them."""

import re
from html.parser import HTMLParser
from typing import Any, override

import pytest
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django import forms

from cases.templatetags.fields import drawn, drawn_options
from cases.web.case_filters import Option

CHOICES = (("", "–"), ("phone", "Phone & voice"), ("mail", "<b>Mail</b>"))


class EveryField(forms.Form):
    line = forms.CharField(label="What <went> wrong?", max_length=200, help_text="In a <em>few</em> words.")
    short = forms.CharField(label="Short", required=False)
    words = forms.CharField(label="Words", widget=forms.Textarea(attrs={"rows": 2}), required=False)
    mail = forms.EmailField(label="Mail", required=False)
    number = forms.DecimalField(label="Amount", decimal_places=2, max_digits=9)
    moment = forms.DateTimeField(
        label="When", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    choice = forms.ChoiceField(label="Which", choices=CHOICES, required=False)
    dots = forms.ChoiceField(label="Pick", choices=CHOICES, widget=forms.RadioSelect, help_text="One of them.")
    boxes = forms.MultipleChoiceField(
        label="Pick some", choices=CHOICES, widget=forms.CheckboxSelectMultiple, required=False
    )
    tick = forms.BooleanField(label="Is it so?", help_text="Tick if so.")
    maybe = forms.BooleanField(label="Perhaps", required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)
    other = forms.DurationField(label="Left to crispy", widget=forms.PasswordInput, required=False)


TYPED = {
    "line": 'An "early" <delivery> & more',
    "words": "\nTwo\nlines </textarea>",
    "mail": "no address",
    "number": "12.50",
    "moment": "2026-03-27T14:30",
    "choice": "mail",
    "dots": "phone",
    "boxes": ["phone", "mail"],
    "tick": "on",
    "key": "7d0c8f3e-9d1a-4f0e-8f57-0d9c2f0f6a11",
}
INITIAL = {**TYPED, "tick": True, "number": "0"}


class Outline(HTMLParser):
    """Tags with their attributes in any order, and words without the space around them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[object] = []
        self.feed(html)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        given["class"] = " ".join(sorted((given.get("class") or "").split()))
        self.seen.append((tag, given))

    @override
    def handle_endtag(self, tag: str) -> None:
        self.seen.append(tag)

    @override
    def handle_data(self, data: str) -> None:
        if words := re.sub(r"\s+", " ", data).strip():
            self.seen.append(words)


FORMS: dict[str, dict[str, Any]] = {
    "fresh": {},
    "with what is known": {"initial": INITIAL},
    "typed": {"data": TYPED},
    "empty": {"data": {}},
}


@pytest.mark.parametrize("name", list(EveryField.base_fields))
@pytest.mark.parametrize("state", list(FORMS))
def test_each_field_has_the_markup_of_crispy(state: str, name: str) -> None:
    ours, theirs = EveryField(**FORMS[state])[name], EveryField(**FORMS[state])[name]
    assert Outline(drawn(ours)).seen == Outline(as_crispy_field(theirs)).seen


def test_what_was_typed_is_escaped() -> None:
    form = EveryField({**TYPED, "line": "<script>alert(1)</script>", "words": "</textarea><script>"})
    assert "<script>" not in drawn(form["line"]) + drawn(form["words"])


def test_the_options_of_a_menu_are_escaped_and_the_chosen_one_is_selected() -> None:
    options = [Option("a&b", "<b>All</b>", is_chosen=False), Option("c", "Some", is_chosen=True)]
    assert drawn_options(options) == (
        '<option value="a&amp;b">&lt;b&gt;All&lt;/b&gt;</option><option value="c" selected>Some</option>'
    )


def test_a_line_break_at_the_beginning_of_a_text_is_kept() -> None:
    assert ">\n\nTwo\nlines" in drawn(EveryField(TYPED)["words"])
