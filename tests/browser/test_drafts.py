"""What was typed and not sent is offered to the person who typed it, and to nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from cases.models import Case, Customer, User
from tests.browser.desk import desk_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.live_server_helper import LiveServer

    from tests.browser.desk import Desk
    from tests.conftest import Log

pytestmark = pytest.mark.django_db(transaction=True)

TITLE = "What went wrong, in a few words?"
HALF_A_DAY = timedelta(hours=12)
CHANGE_ONE_LETTER = """() => {
  const key = Object.keys(localStorage).find((name) => name.startsWith("amends.draft."));
  const kept = JSON.parse(localStorage.getItem(key));
  kept.sealed = (kept.sealed[0] === "A" ? "B" : "A") + kept.sealed.slice(1);
  localStorage.setItem(key, JSON.stringify(kept));
}"""


@pytest.fixture
def ada(team: object, now: object) -> Customer:
    return Customer.objects.create(name="Ada Lovelace", email="ada@example.org", created_at=timezone.now())


@pytest.fixture
def desk(browser: Browser, live_server: LiveServer, agent: User, ada: Customer) -> Iterator[Desk]:
    with desk_of(browser, live_server.url, agent) as desk:
        yield desk


def begin(desk: Desk, words: str, *, name: str = "Ada Lovelace") -> None:
    """Choose somebody for a new case, say what went wrong, and go away."""
    desk.page.goto(f"{desk.site}/log/")
    desk.page.get_by_role("searchbox", name="Who was hurt by it?").press_sequentially(name[:3])
    desk.page.locator(".meant").get_by_label(name).check()
    desk.page.get_by_label(TITLE).fill(words)
    desk.page.goto(f"{desk.site}/cases/")


def stored(desk: Desk) -> str:
    text: str = desk.page.evaluate("JSON.stringify(localStorage)")
    return text


def notices(desk: Desk) -> list[str]:
    return desk.page.locator(".draft-notice").all_inner_texts()


def test_a_case_that_was_begun_is_offered_and_not_applied(desk: Desk, ada: Customer) -> None:
    begin(desk, "Ada's kettle")
    desk.page.goto(f"{desk.site}/log/")
    desk.reads("You began a case for Ada Lovelace at ")
    assert desk.page.get_by_label(TITLE).input_value() == ""
    assert desk.page.locator("input[name=customer]:checked").count() == 0
    desk.page.get_by_role("button", name="Take it up", exact=True).click()
    assert desk.page.get_by_label(TITLE).input_value() == "Ada's kettle"
    expect(desk.page.locator("input[name=customer]:checked")).to_have_value(str(ada.public_id))
    expect(desk.page.locator(".meant")).to_contain_text("ada@example.org")
    assert notices(desk) == []


def test_it_is_thrown_away_by_one_press(desk: Desk) -> None:
    begin(desk, "Ada's kettle")
    desk.page.goto(f"{desk.site}/log/")
    desk.page.get_by_role("button", name="Throw it away", exact=True).click()
    desk.page.reload()
    assert notices(desk) == []
    assert "amends.draft" not in stored(desk)


def test_each_customer_keeps_their_own(desk: Desk, customer: Customer) -> None:
    begin(desk, "Ada's kettle")
    begin(desk, "Grace's boiler", name="Grace Whitlock")
    desk.page.goto(f"{desk.site}/log/")
    assert [line.split(" for ")[1].split(" at ")[0] for line in notices(desk)] == ["Ada Lovelace", "Grace Whitlock"]
    desk.page.get_by_role("button", name="Take it up", exact=True).last.click()
    assert desk.page.get_by_label(TITLE).input_value() == "Grace's boiler"
    expect(desk.page.locator("input[name=customer]:checked")).to_have_value(str(customer.public_id))


def test_back_offers_what_was_typed(desk: Desk) -> None:
    desk.page.goto(f"{desk.site}/log/")
    desk.page.get_by_label(TITLE).fill("Ada's kettle")
    desk.page.get_by_role("link", name="Not now").click()
    desk.page.wait_for_url(f"{desk.site}/")
    desk.page.go_back()
    desk.reads("You began a case at ")
    assert desk.page.get_by_label(TITLE).input_value() == ""


def test_it_is_gone_when_it_was_sent_and_stays_while_it_is_refused(desk: Desk, ada: Customer) -> None:
    begin(desk, "Ada's kettle")
    desk.page.goto(f"{desk.site}/log/")
    desk.page.get_by_role("button", name="Take it up", exact=True).click()
    desk.send({}, press="Log the mistake")
    assert desk.page.get_by_label(TITLE).input_value() == "Ada's kettle"
    assert stored(desk).count("amends.draft") == 1
    desk.page.locator("label[for=id_severity_1]").click()
    desk.send({}, press="Log the mistake")
    assert Case.objects.get().customer == ada
    assert "amends.draft" not in stored(desk)


def test_a_form_of_a_case_offers_it_to_the_same_case_alone(desk: Desk, log: Log) -> None:
    case, other = log(at=timezone.now()), log(at=timezone.now())
    desk.page.goto(f"{desk.site}/cases/{case.reference}/do/note/")
    desk.page.locator("main textarea[name=text]").fill("Called the depot")
    desk.page.goto(f"{desk.site}/cases/{other.reference}/do/note/")
    assert notices(desk) == []
    desk.page.goto(f"{desk.site}/cases/{case.reference}/do/note/")
    desk.reads("You began “Add a note” for Grace Whitlock at ")
    assert desk.page.locator("main textarea[name=text]").input_value() == ""


def test_nothing_of_it_can_be_read_after_the_session_ended_and_the_same_person_is_offered_it(
    desk: Desk, agent: User
) -> None:
    begin(desk, "Ada's kettle")
    desk.page.context.clear_cookies()
    desk.page.goto(f"{desk.site}/log/")
    assert "/accounts/login/" in desk.page.url
    assert notices(desk) == []
    assert "amends.draft" in stored(desk)
    assert not [word for word in ("kettle", "Ada", "Lovelace") if word in stored(desk)]
    desk.sign_in(agent)
    desk.page.goto(f"{desk.site}/log/")
    desk.reads("You began a case for Ada Lovelace at ")


def test_it_is_gone_when_somebody_else_signs_in(desk: Desk, agent: User, teammate: User) -> None:
    begin(desk, "Ada's kettle")
    desk.page.context.clear_cookies()
    desk.sign_in(teammate)
    assert "amends.draft" not in stored(desk)


def test_it_is_gone_at_sign_out(desk: Desk) -> None:
    begin(desk, "Ada's kettle")
    desk.page.goto(f"{desk.site}/accounts/logout/")
    desk.page.locator("main").get_by_role("button", name="Sign out", exact=True).click()
    desk.page.wait_for_url("**/accounts/login/**")
    assert "amends.draft" not in stored(desk)


@pytest.mark.parametrize("path", ["/accounts/login/", "/nothing-here/", "/made-right/unknown/"])
def test_it_is_gone_after_twelve_hours_on_every_page(desk: Desk, path: str) -> None:
    begin(desk, "Ada's kettle")
    desk.page.context.clear_cookies()
    desk.page.clock.set_system_time(timezone.now() + HALF_A_DAY - timedelta(minutes=1))
    desk.page.goto(f"{desk.site}{path}")
    assert "amends.draft" in stored(desk)
    desk.page.clock.set_system_time(timezone.now() + HALF_A_DAY + timedelta(minutes=1))
    desk.page.goto(f"{desk.site}{path}")
    assert "amends.draft" not in stored(desk)


def test_typing_another_name_over_the_search_takes_the_former_customer_out(desk: Desk, ada: Customer) -> None:
    desk.page.goto(f"{desk.site}/log/")
    search = desk.page.get_by_role("searchbox", name="Who was hurt by it?")
    search.press_sequentially("Ada")
    desk.page.locator(".meant").get_by_label("Ada Lovelace").check()
    search.fill("Bob")
    assert desk.page.locator("input[name=customer]:checked").count() == 0
    desk.page.get_by_label("Somebody new").check()
    assert desk.page.locator("#id_name").input_value() == "Bob"
    assert desk.page.locator("#id_email").input_value() == ""


def test_what_was_typed_of_a_new_customer_goes_with_them_and_can_be_put_back(desk: Desk) -> None:
    desk.page.goto(f"{desk.site}/log/")
    search = desk.page.get_by_role("searchbox", name="Who was hurt by it?")
    search.fill("Carla")
    desk.page.get_by_label("Somebody new").check()
    desk.page.locator("#id_email").fill("carla@example.org")
    search.fill("Bob")
    desk.page.get_by_label("Somebody new").check()
    assert desk.page.locator("#id_name").input_value() == "Bob"
    assert desk.page.locator("#id_email").input_value() == ""
    desk.page.get_by_role("button", name="Put it back").click()
    assert desk.page.locator("#id_name").input_value() == "Carla"
    assert desk.page.locator("#id_email").input_value() == "carla@example.org"


@pytest.mark.parametrize("width", [1280, 390])
def test_the_notice_leaves_the_grid_of_the_form_as_it_is(desk: Desk, width: int) -> None:
    desk.page.set_viewport_size({"width": width, "height": 900})
    places = "() => [...document.querySelectorAll('.log-form > *')].map(one => one.getBoundingClientRect().x)"
    desk.page.goto(f"{desk.site}/log/")
    before = desk.page.evaluate(places)
    begin(desk, "Ada's kettle")
    desk.page.goto(f"{desk.site}/log/")
    desk.reads("You began a case for Ada Lovelace")
    assert desk.page.evaluate(places) == before
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_somebody_changed_in_the_browser_is_not_offered(desk: Desk) -> None:
    begin(desk, "Ada's kettle")
    assert "kettle" not in stored(desk)
    desk.page.evaluate(CHANGE_ONE_LETTER)
    desk.page.goto(f"{desk.site}/log/")
    expect(desk.page.get_by_label(TITLE)).to_be_visible()
    assert notices(desk) == []
