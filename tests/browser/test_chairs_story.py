"""Ninety chairs of a hundred and twenty (domain.md A5), played in Chromium: own it, drop the argument, fix it fast."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, expect

from cases.models import Case, Message, PreventionAction, User
from cases.reminders.sweep import sweep
from cases.rules.vocabulary import Audience, CompensationNature, Outcome, PromiseStatus, Severity, StepKind, StepStatus
from tests.browser.desk import Desk, desk_of, local, wall_clock

if TYPE_CHECKING:
    from datetime import datetime

    from pytest_django.live_server_helper import LiveServer

    from tests.browser.conftest import Clock

pytestmark = pytest.mark.django_db(transaction=True)

ARGUMENT = "Ten minutes about the packing list. Her order does say 120."
COUNTED = "The loading sheet is counted by two people"


on = partial(wall_clock, 11)


def argued(desk: Desk, clock: Clock) -> None:
    """The rep logs it at the door, argues, and hands it over."""
    desk.page.goto(f"{desk.site}/log/")
    desk.page.get_by_label("Somebody new").check()
    for label, value in {
        "Name": "Oak & Pine Ltd",
        "E-mail": "events@oakandpine.example.com",
        "Phone": "+1 503 555 0188",
        "What went wrong, in a few words?": "90 chairs delivered instead of 120",
        "When did we first know?": local(on(7, "7:30")),
        "By when does the customer need it?": local(on(7, "10:00")),
    }.items():
        desk.fill(label, value)
    desk.page.get_by_label(re.compile("Major")).check()
    desk.send({}, press="Log the mistake")
    desk.case = Case.objects.get().reference
    desk.reads("due today 10:00")
    clock.now = on(7, "7:50")
    desk.page.goto(f"{desk.site}/cases/{desk.case}/do/note/")
    desk.page.get_by_role("textbox", name="Note").fill(ARGUMENT)
    desk.send({}, press="Add note")
    clock.now = on(7, "7:55")
    desk.do("assign", {"To whom": "Priya Shah", "What they should know": "It got heated."}, press="Hand over")


def owned(desk: Desk, clock: Clock) -> None:
    """Five minutes later the duty manager owns it, promises, and sends a second van."""
    clock.now = on(7, "8:00")
    desk.open_case()
    desk.reads("It got heated.")
    desk.step(
        "Acknowledge",
        {
            "The concern, as you repeated it back": "You ordered 120 for ten o'clock, and ninety came",
            "Yes, that is right": "",
            "Yes": "",
            "Who owns it": "A mistake was made, and it was ours. I work on it myself now.",
        },
        press="Record acknowledgement",
    )
    desk.step(
        "Apologize",
        {
            "The apology": "We loaded ninety chairs instead of 120. That is our mistake alone, and I am sorry.",
            "Known and verified": "",
            "The explanation, as you gave it": "One person counted the load, and stopped too early.",
            "It says that the mistake was ours": "",
            "If spoken: how": "Phone",
        },
        press="I apologized in person or by phone",
    )
    desk.do(
        "promise",
        {
            "What did you promise?": "Thirty more chairs by half past nine",
            "By when?": local(on(7, "9:30")),
            "It sets an earlier deadline for": "Correct",
        },
        press="Record promise",
    )


def made_good(desk: Desk, clock: Clock) -> None:
    """In place at 9:25; a note for her director; the hire back, and something for the morning."""
    clock.now = on(7, "9:25")
    promise = Case.objects.get().promises.get()
    desk.do("keep-promise", {}, press="Record that it was done", among=f"?of={promise.public_id}")
    desk.step("Correct", {"What is put right": "The thirty chairs stood in the room at 9:25"}, press="Record fix")
    clock.now = on(7, "9:40")
    desk.do(
        "contact",
        {"To the customer": "", "How": "Letter", "What was said": "A note for her director: we loaded too few."},
        press="Log contact",
    )
    clock.now = on(7, "10:20")
    issued = "The customer accepted it, and it is on its way or handed over"
    desk.step(
        "Compensate",
        {
            "Restitution: a proven loss returned": "",
            "What is given": "Credit on the account",
            "In words": "The hire of thirty chairs",
            "Its cost to us": "180",
            "Why this much; for a loss: how it was proven": "Our own invoice",
        },
        press="Propose compensation",
    )
    desk.step(
        "Compensate",
        {
            "What is given": "Credit on the account",
            "In words": "Credit for a frightening morning",
            "Its cost to us": "120",
            issued: "",
        },
        press="Propose compensation",
    )
    hire = Case.objects.get().compensations.get(nature=CompensationNature.RESTITUTION)
    desk.do("compensation", {"Issued": ""}, press="Record", among=f"?of={hire.public_id}")


def ended(desk: Desk, clock: Clock) -> None:
    """Asked on Monday; the loading sheet changes; the letter of the 18th names that change."""
    clock.now = on(10, "10:00")
    desk.step(
        "Confirm",
        {"Satisfied": "", "How do they feel about it now?": "4 – happy", "In the customer's words": "You owned it."},
        press="Record the answer",
    )
    concern = Case.objects.get().concerns.get()
    settled = {"Resolved": "", "How it ended": "Everybody sat when the meeting began."}
    desk.do("settle-concern", settled, press="Settle concern", among=f"?of={concern.public_id}")
    incident = Case.objects.get().incident.reference
    desk.page.goto(f"{desk.site}/learning/{incident}/do/plan/")
    desk.page.locator("main").get_by_label(re.compile("Process")).check()
    planned = {"What will be different": COUNTED, "Who sees to it": "Maya Osei", "By when": local(on(17, "17:00"))}
    desk.send(planned, press="Plan prevention")
    clock.now = on(13, "15:30")
    desk.page.goto(f"{desk.site}/learning/{incident}/do/done/?of={PreventionAction.objects.get().public_id}")
    desk.send({}, press="Record change")
    clock.now = on(18, "10:00")
    desk.step(
        "Follow up",
        {
            "What did we look into?": "How the van was loaded that morning.",
            "What did we find?": "One person counted, alone and in a hurry.",
            COUNTED: "",
            "The letter": "Dear Ms. Duarte, thirty of your guests had no chair. I am sorry. Priya Shah",
        },
        press="I told them in person or by phone",
    )
    desk.do("close", {"Satisfied": ""}, press="Close the case")
    desk.reads("The case is closed")


def test_the_chairs_are_made_right_and_the_argument_stays_inside(
    browser: Browser, live_server: LiveServer, clock: Clock, agent: User, manager: User
) -> None:
    clock.now = on(7, "7:40")
    with desk_of(browser, live_server.url, agent) as desk:
        argued(desk, clock)
        with desk_of(browser, live_server.url, manager) as office:
            office.case = desk.case
            owned(office, clock)
            made_good(office, clock)
            ended(office, clock)
        desk.open_case()
        expect(desk.page.locator("main")).to_contain_text(ARGUMENT)
    _check_how_it_ended(on(18, "10:01"))


def _check_how_it_ended(now: datetime) -> None:
    case = Case.objects.get()
    assert (case.outcome, case.severity) == (Outcome.SATISFIED, Severity.MAJOR)
    given = {one.nature: one.amount for one in case.compensations.all()}
    assert given == {CompensationNature.RESTITUTION: Decimal(180), CompensationNature.GOODWILL: Decimal(120)}
    assert case.promises.get().status == PromiseStatus.KEPT
    assert case.steps.get(kind=StepKind.CORRECT).due_at == on(7, "9:30")
    assert [step for step in case.steps.filter(status=StepStatus.DONE) if step.is_late(now)] == []
    sweep(now)
    told = [message.text for message in Message.objects.filter(audience=Audience.CUSTOMER)]
    told += [case.follow_ups.get().body, case.apologies.get().body]
    assert not any("packing list" in words for words in told)
