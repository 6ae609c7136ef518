"""*Back* after a form was sent, with the cache of whole pages that Playwright turns off unless it is told not to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from playwright.sync_api import Browser

from cases.models import Case, User
from tests.browser.conftest import CHROMIUM, QUIET
from tests.browser.desk import desk_of

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

    from tests.conftest import Log

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def caching(browser: Browser) -> Iterator[Browser]:
    cached = browser.browser_type.launch(
        executable_path=CHROMIUM, args=list(QUIET), ignore_default_args=["--disable-back-forward-cache"]
    )
    yield cached
    cached.close()


@pytest.fixture
def case(log: Log) -> Case:
    return log(at=timezone.now())


LABEL = "What else troubles the customer"


def added(case: Case) -> list[str]:
    return list(case.concerns.exclude(text=case.title).order_by("pk").values_list("text", flat=True))


def test_other_words_after_back_are_recorded_or_kept_on_the_page(
    caching: Browser, live_server: LiveServer, case: Case, agent: User
) -> None:
    with desk_of(caching, live_server.url, agent) as desk:
        desk.case = case.reference
        desk.do("concern", {LABEL: "No call back"}, press="Add concern")
        desk.page.go_back()
        desk.page.wait_for_load_state()
        desk.send({LABEL: "The box was wet as well"}, press="Add concern")
        again = desk.page.get_by_role("button", name="Send as new")
        if again.count():
            assert desk.page.get_by_label(LABEL).input_value() == "The box was wet as well"
            with desk.page.expect_navigation():
                again.click()
        desk.reads("The box was wet as well")
        desk.reads("No call back")
        assert added(case) == ["No call back", "The box was wet as well"]


def test_a_form_that_was_open_in_two_windows_is_sent_as_new(
    caching: Browser, live_server: LiveServer, case: Case, agent: User
) -> None:
    with desk_of(caching, live_server.url, agent) as desk:
        desk.case = case.reference
        desk.page.goto(f"{live_server.url}/cases/{case.reference}/do/concern/")
        key = desk.page.locator("main input[name=key]").input_value()
        desk.send({LABEL: "No call back"}, press="Add concern")
        desk.page.goto(f"{live_server.url}/cases/{case.reference}/do/concern/")
        desk.page.locator("main input[name=key]").evaluate("(field, key) => { field.value = key; }", key)
        desk.send({LABEL: "The box was wet as well"}, press="Add concern")
        desk.reads("with other words")
        assert added(case) == ["No call back"]
        desk.send({}, press="Send as new")
        assert added(case) == ["No call back", "The box was wet as well"]
