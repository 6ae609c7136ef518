"""The merchant's mistake (domain.md A3), played in Chromium: a promise that broke, and a loss that comes back whole."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from playwright.sync_api import Browser

from cases.models import Case, User
from cases.reminders.sweep import sweep
from cases.rules.vocabulary import CompensationNature, FaultParty, Outcome, Payer, Priority, PromiseStatus, Severity
from tests.browser.desk import Desk, desk_of, local, wall_clock

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

    from tests.browser.conftest import Clock

pytestmark = pytest.mark.django_db(transaction=True)


on = partial(wall_clock, 10)


def called(desk: Desk) -> None:
    desk.page.goto(f"{desk.site}/log/")
    desk.page.get_by_label("Somebody new").check()
    for label, value in {
        "Name": "Ben Tanaka",
        "Phone": "+1 415 555 0119",
        "What went wrong, in a few words?": "Charged $560 twice by a merchant",
        "acknowledged it": "",
        "The concern, as you repeated it back": "You paid once, and the shop took it twice",
        "Yes, that is right": "",
        "No": "",
        "What else troubles them": "Will the second charge show as unpaid?",
        "Who owns it": "I take care of this for you.",
    }.items():
        desk.fill(label, value)
    desk.page.get_by_label(re.compile("Moderate")).check()
    desk.send({}, press="Log the mistake")
    desk.case = Case.objects.get().reference
    desk.do(
        "promise",
        {"What did you promise?": "You have our answer by Wednesday", "By when?": local(on(15, "17:00"))},
        press="Record promise",
    )


def silence(desk: Desk, clock: Clock, manager: User) -> None:
    """Wednesday passes, and so do two weeks. The manager hears of it, and asks."""
    for moment in (on(15, "17:01"), on(16, "9:01"), on(20, "9:01"), on(27, "9:01")):
        clock.now = moment
        sweep(moment)
    assert any(letter.to == [manager.email] and desk.case in letter.subject for letter in mail.outbox)
    clock.now = on(27, "9:30")
    desk.do("escalate", {"What should the manager know?": "Two weeks without a word"}, press="Escalate")


def solved(desk: Desk, clock: Clock, agent: User) -> None:
    """The broken promise is done at last. The whole loss comes back, and that is above what an agent may return."""
    clock.now = on(28, "10:00")
    desk.sign_in(agent)  # after two weeks
    promise = Case.objects.get().promises.get()
    desk.do("keep-promise", {}, press="Record that it was done", among=f"?of={promise.public_id}")
    desk.step(
        "Apologize",
        {
            "The apology": "I promised you an answer for a Wednesday, and two weeks went by. I am sorry.",
            "Known and verified": "",
            "The explanation, as you gave it": "The shop's terminal sent the sale twice",
            "It says that the mistake was ours": "",
            "If spoken: how": "Phone",
        },
        press="I apologized in person or by phone",
    )
    desk.step(
        "Correct",
        {
            "What is put right": "The second charge is reversed in full",
            "What else could be done?": "Advancing the money; a chargeback",
        },
        press="Record fix",
    )
    desk.step(
        "Compensate",
        {
            "Restitution: a proven loss returned": "",
            "What is given": "Money",
            "In words": "The second charge, returned in full",
            "Its cost to us": "560",
            "Who pays for it": "The merchant pays",
            "The customer asked for it": "",
            "Why this much; for a loss: how it was proven": "The merchant's statement shows one sale, booked twice.",
        },
        press="Propose compensation",
    )
    desk.reads("This is above what you may grant alone.")


def allowed(desk: Desk, case: str, manager: User) -> None:
    """The manager reads who proposes what to whom, and says yes."""
    desk.case = case
    desk.sign_in(manager)
    money = Case.objects.get().compensations.get()
    desk.page.goto(f"{desk.site}/cases/{case}/do/approve/?of={money.public_id}")
    for words in ("Maya Osei", "560", "Ben Tanaka", "one sale, booked twice"):
        desk.reads(words)
    desk.send({}, press="Approve")
    desk.do("dealt-with", {"What was done about it": "She called him"}, press="Dealt with")


def closed(desk: Desk, clock: Clock) -> None:
    money = Case.objects.get().compensations.get()
    desk.do("compensation", {"Issued": ""}, press="Record", among=f"?of={money.public_id}")
    clock.now = on(28, "15:00")
    desk.step(
        "Confirm",
        {"Satisfied": "", "How do they feel about it now?": "5 – very happy", "In the customer's words": "I trust you"},
        press="Record the answer",
    )
    for concern in Case.objects.get().concerns.all():
        desk.do(
            "settle-concern",
            {"Resolved": "", "How it ended": "All of it is back"},
            press="Settle concern",
            among=f"?of={concern.public_id}",
        )
    clock.now = on(31, "11:00")
    desk.step(
        "Follow up",
        {
            "What did we look into?": "The two weeks between call and answer",
            "What did we find?": "We promised a day that depended on another bank",
            "If nothing has changed yet: why": "We name a day only when the other bank has told us theirs.",
            "The letter": "Dear Mr. Tanaka, this is what we found. Maya Osei",
        },
        press="I told them in person or by phone",
    )
    desk.do("close", {"Satisfied": ""}, press="Close the case")
    desk.reads("The case is closed")


def test_the_loss_comes_back_and_the_broken_promise_stays_broken(
    browser: Browser, live_server: LiveServer, clock: Clock, agent: User, manager: User
) -> None:
    clock.now = on(13, "10:20")
    with desk_of(browser, live_server.url, agent) as desk, desk_of(browser, live_server.url, manager) as office:
        called(desk)
        silence(desk, clock, manager)
        solved(desk, clock, agent)
        allowed(office, desk.case, manager)
        closed(desk, clock)
        desk.open_case()
        desk.reads("did not keep a promise in time")
    _check_how_it_ended()


def _check_how_it_ended() -> None:
    case = Case.objects.get()
    assert (case.outcome, case.severity, case.priority) == (Outcome.SATISFIED, Severity.MAJOR, Priority.NORMAL)
    assert case.incident.fault_party == FaultParty.UNKNOWN
    assert case.promises.get().status == PromiseStatus.BROKEN
    money = case.compensations.get()
    expected = (CompensationNature.RESTITUTION, Decimal(560), Payer.MERCHANT)
    assert (money.nature, money.amount, money.paid_by) == expected
    assert case.concerns.count() == 2
