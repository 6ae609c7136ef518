"""The customer's phone, mail and link on the page of a case, on a phone and by a press."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from cases.models import Case, User
from tests.browser.desk import desk_of

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

    from tests.conftest import Log

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case(log: Log) -> Case:
    return log(at=timezone.now())


def test_phone_and_mail_stand_above_the_timeline_on_a_phone(
    browser: Browser, live_server: LiveServer, case: Case, agent: User
) -> None:
    with desk_of(browser, live_server.url, agent) as desk:
        desk.page.set_viewport_size({"width": 390, "height": 844})
        desk.page.goto(f"{desk.site}/cases/{case.reference}/")
        timeline = desk.page.locator("#timeline").bounding_box()
        for address in ("tel:", "mailto:"):
            box = desk.page.locator(f"main a[href^='{address}']").bounding_box()
            assert timeline is not None
            assert box is not None
            assert box["y"] + box["height"] < timeline["y"]
            assert box["height"] >= 24


def test_the_link_for_the_customer_is_copied_by_a_press(
    browser: Browser, live_server: LiveServer, case: Case, agent: User
) -> None:
    with desk_of(browser, live_server.url, agent) as desk:
        desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        desk.case = case.reference
        desk.do("link", {}, press="Make a link")
        field = desk.page.locator("#link-1")
        desk.page.get_by_role("button", name="Copy").click()
        expect(desk.page.locator("[data-copied]")).to_have_text("Copied.")
        assert desk.page.evaluate("navigator.clipboard.readText()") == field.input_value()
        assert field.input_value().startswith("http")
