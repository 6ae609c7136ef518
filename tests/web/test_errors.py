"""Pages for what broke: there are words on each, whatever broke."""

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.template.exceptions import TemplateDoesNotExist
from django.test import RequestFactory

from cases.web import errors

pytestmark = pytest.mark.ignore_template_errors


def answer_to(error: Exception) -> HttpResponse:
    """As Django asks for it, while it handles the error."""
    try:
        raise error
    except type(error):
        return errors.server_error(RequestFactory().get("/"))


def no_template(*_: object) -> str:
    raise TemplateDoesNotExist("errors/500.html")


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (ValueError("x"), 500, "That was our mistake, not yours"),
        (OperationalError("database or disk is full"), 503, "Nothing can be saved just now"),
    ],
)
def test_an_accident_has_a_page_that_says_what_to_do(error: Exception, status: int, words: str) -> None:
    answer = answer_to(error)
    assert (answer.status_code, words in answer.content.decode()) == (status, True)
    assert "try again" in answer.content.decode()


@pytest.mark.parametrize("error", [ValueError("x"), OperationalError("disk full")])
def test_where_no_page_can_be_made_there_are_words_all_the_same(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(errors, "render_to_string", no_template)
    assert answer_to(error).content.decode() == errors.WITHOUT_A_TEMPLATE
