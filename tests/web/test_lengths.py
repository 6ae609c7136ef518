"""Lengths are counted as people count them: a line break is one character, and so is an emoji."""

from collections.abc import Iterator

import pytest
from django import forms
from django.contrib import admin
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from cases.actions.submissions import new_key
from cases.models import Case, Category, Cause, User
from cases.rules.texts import LONGEST_TEXT
from cases.web.case_verbs import VERBS
from cases.web.forms.absences import AbsenceForm
from cases.web.forms.base import ActionForm
from cases.web.forms.customers import CustomerForm
from cases.web.forms.fields import MailAddress, Name
from cases.web.forms.learning import FORMS
from cases.web.forms.log import LogForm
from cases.web.forms.made_right import FeelForm
from cases.web.forms.profile import ProfileForm
from tests.conftest import Log

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

EVERY_FORM: tuple[type[ActionForm], ...] = (
    *(verb.form for verb in VERBS.values()),
    *FORMS.values(),
    *(AbsenceForm, CustomerForm, FeelForm, LogForm, ProfileForm),
)
SHORT = 10
"""Codes, such as a currency's."""


def texts() -> Iterator[tuple[str, forms.CharField]]:
    for form in EVERY_FORM:
        for name, field in form.base_fields.items():
            if isinstance(field, forms.CharField) and not field.widget.is_hidden and type(field) is not forms.UUIDField:
                yield f"{form.__name__}.{name}", field


TEXTS = dict(texts())
WORDS = {
    name: field
    for name, field in TEXTS.items()
    if not isinstance(field, forms.EmailField) and (field.max_length or 0) > SHORT
}


def sent(length: int) -> str:
    """Text of this many code points, with line breaks as browsers send them."""
    return f"{'😀' * (length - 4)}\r\nx\r\ny"


def kept(length: int) -> str:
    return sent(length).replace("\r\n", "\n")


def test_every_form_is_looked_at() -> None:
    assert len(TEXTS) > 60
    assert len(kept(30)) == 30


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_has_a_limit_that_the_browser_knows(name: str) -> None:
    field = TEXTS[name]
    assert field.max_length
    assert field.widget.attrs["maxlength"] == str(field.max_length)


@pytest.mark.parametrize("name", WORDS)
def test_a_text_of_exactly_the_limit_is_taken_and_one_more_is_refused(name: str) -> None:
    field = WORDS[name]
    most = field.max_length or 0
    if not isinstance(field, MailAddress | Name) and name != "LogForm.customer":
        assert field.clean(sent(most)) == kept(most)
    with pytest.raises(forms.ValidationError):
        field.clean(sent(most + 1))


@pytest.fixture
def case(log: Log) -> Case:
    return log()


def note(client: Client, case: Case, text: str) -> tuple[int, str]:
    case.refresh_from_db()
    form = {"key": new_key(timezone.now()), "version": str(case.version), "text": text}
    answer = client.post(reverse("cases:do", args=(case.reference, "note")), form)
    return answer.status_code, answer.content.decode()


def test_a_note_of_exactly_the_limit_is_recorded_and_a_longer_one_kept_on_the_page(
    client: Client, case: Case, agent: User
) -> None:
    client.force_login(agent)
    assert note(client, case, sent(LONGEST_TEXT))[0] == 302
    status, page = note(client, case, sent(LONGEST_TEXT + 1))
    assert status == 422
    assert "at most 20000 characters (it has 20001)" in page
    assert kept(LONGEST_TEXT + 1) in page.replace("\r\n", "\n")


@pytest.mark.parametrize(("noun", "name", "most"), [(Category, "name", 255), (Cause, "description", LONGEST_TEXT)])
def test_settings_pages_count_in_the_same_way(
    client: Client, administrator: User, noun: type[Category | Cause], name: str, most: int
) -> None:
    client.force_login(administrator)
    address = reverse(f"admin:cases_{noun.__name__.lower()}_add")
    form = {"name": "Late", name: sent(most + 1)}
    refused = client.post(address, form)
    assert "at most" in refused.content.decode()
    assert "😀" * (most - 3) in refused.content.decode()
    assert client.post(address, {**form, name: sent(most)}).status_code == 302
    stored = str(getattr(noun.objects.get(), name))
    assert len(stored) == most
    assert "\r" not in stored


def test_every_text_of_every_settings_page_has_a_limit(administrator: User) -> None:
    request = RequestFactory().get("/admin/")
    request.user = administrator
    for noun, page in admin.site._registry.items():  # noqa: SLF001  # Django has no other list of its pages
        if page.has_add_permission(request):
            fields = page.get_form(request).base_fields
            texts = {name: field for name, field in fields.items() if type(field) is forms.CharField}
            assert [f"{noun.__name__}.{name}" for name, field in texts.items() if not field.max_length] == []
