"""Icons: drawn inline, silent beside words, and never missing where a template or a choice names one."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template

from cases.rules.vocabulary import Channel, StepKind
from cases.templatetags.icons import UnknownIconError, icon

NAMED = re.compile(r"""\{% icon "([^"]+)\"""")


def icons_named_in_templates() -> set[str]:
    pages = (settings.BASE_DIR / "templates").rglob("*.html")
    return {name for page in pages for name in NAMED.findall(page.read_text(encoding="utf-8"))}


def test_an_icon_beside_words_is_hidden_from_screen_readers() -> None:
    drawn = Template('{% load icons %}{% icon "phone" "icon-sm" %}').render(Context())

    assert drawn.startswith('<svg class="icon icon-sm"')
    assert 'aria-hidden="true"' in drawn
    assert "<path" in drawn


def test_an_icon_that_stands_alone_says_what_it_means() -> None:
    drawn = icon("check", label="Done")

    assert 'role="img" aria-label="Done"' in drawn
    assert "aria-hidden" not in drawn


def test_a_label_cannot_bring_markup_into_the_page() -> None:
    assert "<b>" not in icon("check", label='"><b>')


@pytest.mark.parametrize("name", ["no-such-icon", "../htmx/LICENSE", "", "Phone", "-phone"])
def test_a_name_without_a_file_says_where_the_file_belongs(name: str) -> None:
    with pytest.raises(UnknownIconError, match="static/vendor/tabler-icons"):
        icon(name)


def test_every_icon_that_a_template_names_can_be_drawn() -> None:
    named = icons_named_in_templates()

    assert "heart-handshake" in named
    assert all(icon(name) for name in named)


@pytest.mark.parametrize("choice", [*StepKind, *Channel])
def test_every_icon_that_a_choice_carries_can_be_drawn(choice: StepKind | Channel) -> None:
    assert icon(choice.icon)


def test_the_files_of_others_come_with_their_licenses() -> None:
    vendor: Path = settings.BASE_DIR / "static" / "vendor"
    folders = [folder for folder in vendor.iterdir() if folder.is_dir()]

    assert folders
    assert all((folder / "LICENSE").is_file() for folder in folders)
