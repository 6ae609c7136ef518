"""The missed appointment (domain.md A1), played in Chromium: own up the same hour, then do more than asked."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser

from cases.models import Case, User
from cases.reminders.sweep import sweep
from cases.rules.vocabulary import Origin, Outcome, PromiseStatus, Severity, StepStatus
from tests.browser.desk import Desk, desk_of, local

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

    from tests.browser.conftest import Clock

pytestmark = pytest.mark.django_db(transaction=True)


def on(day: int, clock: str) -> datetime:
    """A moment of October 2025, by the wall clock in New York (UTC-4)."""
    hours, minutes = (int(part) for part in clock.split(":"))
    return datetime(2025, 10, day, hours + 4, minutes, tzinfo=UTC)


def owned_up(desk: Desk) -> None:
    """Logged by the accountant herself, with the call that she has just made."""
    desk.page.goto(f"{desk.site}/log/")
    desk.page.get_by_label("Somebody new").check()
    for label, value in {
        "Name": "Ada and Ben Okafor",
        "Phone": "+1 555 0101",
        "What went wrong, in a few words?": "Second appointment missed",
        "When did we first know?": local(on(6, "18:30")),
        "Who noticed?": "We noticed it ourselves",
        "Which attempt at the same service was it?": "2",
    }.items():
        desk.fill(label, value)
    desk.page.get_by_label(re.compile("Moderate")).check()
    for label, value in {
        "acknowledged it": "",
        "The concern, as you repeated it back": "You came for six, for the second time, and I was not there",
        "Yes, that is right": "",
        "Yes": "",
        "apologized and explained": "",
        "What did you say?": "I missed our meeting. I had the wrong hour in my head, and I am sorry.",
        "I said that the mistake was ours": "",
        "Known and verified": "",
        "The explanation": "I had the wrong hour in my head",
    }.items():
        desk.fill(label, value)
    desk.send({}, press="Log the mistake")
    assert re.search(r"/cases/SR-\d+/", desk.page.url), desk.page.locator("main").inner_text()
    desk.case = Case.objects.get().reference


def did_more_than_asked(desk: Desk, clock: Clock) -> None:
    """The next day: their choice of time, a gift for both, flowers for the mother."""
    clock.now = on(7, "10:00")
    desk.do(
        "promise",
        {"What did you promise?": "We meet on Thursday at six", "By when?": local(on(9, "18:30"))},
        press="Record promise",
    )
    desk.step(
        "Correct",
        {"What is put right": "We meet", "The customer chose this moment for it": local(on(9, "18:00"))},
        press="Only plan it",
    )
    desk.reads("as the customer chose")
    for what, cost, whom in (("Restaurant gift card", "50", ""), ("Get-well flowers", "40", "Ben's mother")):
        typed = {"What is given": "Gift or flowers", "In words": what, "Its cost to us": cost}
        desk.step(
            "Compensate",
            {**typed, "For whom, if not the customer": whom or "Ada and Ben"},
            press="Propose compensation",
        )
    for gift in Case.objects.get().compensations.all():
        desk.do("compensation", {"Issued": ""}, press="Record", among=f"?of={gift.public_id}")


def met_and_asked(desk: Desk, clock: Clock) -> None:
    clock.now = on(9, "18:00")
    promise = Case.objects.get().promises.get()
    desk.do("keep-promise", {}, press="Record that it was done", among=f"?of={promise.public_id}")
    desk.step("Correct", {"What is put right": "We met, at the time you chose"}, press="Record fix")
    clock.now = on(10, "11:00")
    desk.step(
        "Confirm",
        {"Satisfied": "", "How do they feel about it now?": "5 – very happy", "In the customer's words": "Surprised"},
        press="Record the answer",
    )


def told_what_changed(desk: Desk, clock: Clock) -> None:
    clock.now = on(20, "09:00")
    desk.step(
        "Follow up",
        {
            "What did we look into?": "How the diary is kept",
            "What did we find?": "Nobody looks at it the day before",
            "If nothing has changed yet: why": "From today we call every client the day before.",
            "The letter": "Dear Ada and Ben, this is what we found. Maya Osei",
        },
        press="I told them in person or by phone",
    )
    concern = Case.objects.get().concerns.get()
    desk.do(
        "settle-concern",
        {"Resolved": "", "How it ended": "They met"},
        press="Settle concern",
        among=f"?of={concern.public_id}",
    )
    desk.do("close", {"Satisfied": ""}, press="Close the case")


def test_the_missed_appointment_is_made_right(
    browser: Browser, live_server: LiveServer, clock: Clock, agent: User, manager: User
) -> None:
    clock.now = on(6, "18:35")
    with desk_of(browser, live_server.url, agent) as desk:
        owned_up(desk)
        case = Case.objects.get()
        assert (case.severity, case.origin) == (Severity.MAJOR, Origin.SELF_REPORTED)
        desk.do("close", {"Satisfied": ""}, press="Close the case")
        desk.reads("“Correct” is still open.")
        did_more_than_asked(desk, clock)
        met_and_asked(desk, clock)
        told_what_changed(desk, clock)
        desk.reads("The case is closed")
    _check_how_it_ended()


def _check_how_it_ended() -> None:
    case = Case.objects.get()
    assert case.outcome == Outcome.SATISFIED
    assert case.promises.get().status == PromiseStatus.KEPT
    gifts = case.compensations.all()
    assert sum((gift.amount for gift in gifts), Decimal(0)) == Decimal(90)
    assert len({gift.recipient for gift in gifts}) == 2
    late = [step for step in case.steps.filter(status=StepStatus.DONE) if step.is_late(on(20, "09:00"))]
    assert late == []
    assert sweep(on(21, "09:00")).planned == 0
