"""A customer who could not be satisfied (domain.md A4.6), played in Chromium: one decision of two people ends it."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser

from cases.models import Case, User
from cases.reminders.sweep import sweep
from cases.rules.vocabulary import Outcome, StepStatus, WaivedBecause
from tests.browser.desk import Desk, desk_of, wall_clock

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

    from tests.browser.conftest import Clock

pytestmark = pytest.mark.django_db(transaction=True)

OFFER = "A new cake, and the whole price back. It stays open until the end of the year."
TRIED = "The cake was for a day that is over, and nothing brings that day back."


on = partial(wall_clock, 10)


def logged(desk: Desk) -> None:
    desk.page.goto(f"{desk.site}/log/")
    desk.page.get_by_label("Somebody new").check()
    for label, value in {
        "Name": "Ines Moreau",
        "E-mail": "ines@example.com",
        "Phone": "+1 555 0133",
        "What went wrong, in a few words?": "Wedding cake not delivered",
        "acknowledged it": "",
        "The concern, as you repeated it back": "There was no cake at your wedding",
        "Yes, that is right": "",
        "Yes": "",
        "Who owns it": "I am Maya, and I see to it.",
        "apologized and explained": "",
        "What did you say?": "We wrote down another day. That was our mistake, and I am sorry.",
        "I said that the mistake was ours": "",
        "Known and verified": "",
        "The explanation, as you gave it": "The order was written down for another day",
    }.items():
        desk.fill(label, value)
    desk.page.get_by_label(re.compile("Major")).check()
    desk.send({}, press="Log the mistake")
    desk.case = Case.objects.get().reference


def not_enough(desk: Desk, clock: Clock) -> None:
    """It cannot be put right, a dinner does not help, and they want what nobody can give."""
    clock.now = on(7, "11:00")
    desk.step(
        "Correct",
        {
            "What is put right": "We bake it for a day of your choice",
            "If it cannot be put right: why": "The time has passed",
            "And what you did instead": "A cake for the anniversary",
        },
        press="It cannot be put right",
    )
    desk.step(
        "Compensate",
        {
            "What is given": "Voucher or gift card",
            "In words": "A dinner for two",
            "Its cost to us": "40",
            "The customer accepted it, and it is on its way or handed over": "",
        },
        press="Propose compensation",
    )
    clock.now = on(8, "11:00")
    desk.step(
        "Confirm",
        {
            "Would like something more": "",
            "How do they feel about it now?": "1 – very unhappy",
            "In the customer's words": "I want my day back.",
        },
        press="Record the answer",
    )
    assert Case.objects.get().round == 2


def asked(desk: Desk) -> None:
    """With nothing in it the form says what is missing; with everything, a second person is asked."""
    desk.do("unreconciled", {}, press="Ask a second person")
    desk.send(
        {
            "The last offer, as the customer has it in writing": OFFER,
            "What was tried, and why it does not satisfy": TRIED,
        },
        press="Ask a second person",
    )
    desk.reads("Priya Shah")
    assert Case.objects.get().is_open


def decided(desk: Desk, case: str) -> None:
    """The manager reads exactly what is decided, and what it settles."""
    desk.case = case
    approval = Case.objects.get().approvals.get()
    desk.page.goto(f"{desk.site}/cases/{case}/do/decide/?of={approval.public_id}")
    for words in (OFFER, TRIED, "Maya Osei", "Ines Moreau"):
        desk.reads(words)
    desk.send({}, press="Agree")
    desk.reads("Could not be satisfied")


def test_a_customer_who_cannot_be_satisfied_is_let_go_by_one_decision_of_two(
    browser: Browser, live_server: LiveServer, clock: Clock, agent: User, manager: User
) -> None:
    clock.now = on(6, "9:00")
    with desk_of(browser, live_server.url, agent) as desk, desk_of(browser, live_server.url, manager) as office:
        logged(desk)
        not_enough(desk, clock)
        clock.now = on(9, "15:00")
        asked(desk)
        decided(office, desk.case)
        desk.open_case()
        desk.reads("Not owed: the customer could not be satisfied")
    case = Case.objects.get()
    assert (case.outcome, case.closed_at) == (Outcome.UNRECONCILED, on(9, "15:00"))
    last = case.steps.filter(round=2)
    assert not last.filter(status=StepStatus.PENDING).exists()
    assert set(last.exclude(waived_because="").values_list("waived_because", flat=True)) == {WaivedBecause.UNRECONCILED}
    assert sweep(on(10, "9:00")).planned == 0
