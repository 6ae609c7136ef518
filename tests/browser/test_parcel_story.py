"""The parcel in the wrong place (domain.md A2), played in Chromium: the follow-up names what changed, and only that."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, expect

from cases.models import Case, PreventionAction, User
from cases.reminders.sweep import sweep
from cases.rules.vocabulary import FollowUpResponse, Outcome, PreventionStatus, Severity, StepStatus
from tests.browser.desk import Desk, desk_of, local, wall_clock

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

    from tests.browser.conftest import Clock

pytestmark = pytest.mark.django_db(transaction=True)

TRAINING = "Everybody at order entry was trained to read addresses back"
LABELS = "At packing, every label is held against the order"


on = partial(wall_clock, 10)


def called(desk: Desk) -> None:
    """The customer calls; the clerk acknowledges and apologizes in the same call."""
    desk.page.goto(f"{desk.site}/log/")
    desk.page.get_by_label("Somebody new").check()
    for label, value in {
        "Name": "Kristina Lindqvist",
        "E-mail": "k.lindqvist@example.com",
        "What went wrong, in a few words?": "Parcel sent to the old address",
        "When did it happen?": local(on(1, "14:00")),
        "acknowledged it": "",
        "The concern, as you repeated it back": "You told us your new address, and we used the old one",
        "Yes, that is right": "",
        "Yes": "",
        "Who owns it": "I stay with this until you hold your parcel.",
        "apologized and explained": "",
        "What did you say?": "You gave us the right address, and we used the old one. I am sorry.",
        "I said that the mistake was ours": "",
        "Partly known, still provisional": "",
        "The explanation, as you gave it": "The old address was still in our system",
    }.items():
        desk.fill(label, value)
    desk.page.get_by_label(re.compile("Moderate")).check()
    desk.send({}, press="Log the mistake")
    desk.case = Case.objects.get().reference


def sent_again(desk: Desk, clock: Clock) -> None:
    """By express, with a promise for Monday and a certificate; delivered on Monday, and asked on Tuesday."""
    desk.do(
        "promise",
        {
            "What did you promise?": "The new parcel is with you on Monday",
            "By when?": local(on(6, "17:00")),
            "It sets an earlier deadline for": "Correct",
        },
        press="Record promise",
    )
    desk.step(
        "Compensate",
        {
            "What is given": "Voucher or gift card",
            "In words": "Gift certificate",
            "Its cost to us": "25",
            "The customer accepted it, and it is on its way or handed over": "",
        },
        press="Propose compensation",
    )
    clock.now = on(6, "13:20")
    promise = Case.objects.get().promises.get()
    desk.do("keep-promise", {}, press="Record that it was done", among=f"?of={promise.public_id}")
    desk.step("Correct", {"What is put right": "The new parcel came on Monday at one"}, press="Record fix")
    clock.now = on(7, "11:00")
    desk.step(
        "Confirm",
        {"Satisfied": "", "How do they feel about it now?": "5 – very happy"},
        press="Record the answer",
    )
    concern = Case.objects.get().concerns.get()
    desk.do(
        "settle-concern",
        {"Resolved": "", "How it ended": "It came in time"},
        press="Settle concern",
        among=f"?of={concern.public_id}",
    )


def looked_into(desk: Desk, clock: Clock) -> None:
    """Two findings, a change for each; the training is done before the label check is."""
    clock.now = on(8, "9:30")
    incident = Case.objects.get().incident.reference
    for words, kind, due in ((TRAINING, "Training", on(17, "17:00")), (LABELS, "Process", on(24, "17:00"))):
        desk.page.goto(f"{desk.site}/learning/{incident}/do/plan/")
        desk.fill("What will be different", words)
        desk.page.locator("main").get_by_label(re.compile(kind)).check()
        desk.fill("Who sees to it", "Maya Osei")
        desk.fill("By when", local(due))
        desk.send({}, press="Plan prevention")
    clock.now = on(15, "16:00")
    finish(desk, incident, TRAINING)


def finish(desk: Desk, incident: str, words: str) -> None:
    action = PreventionAction.objects.get(change=words)
    desk.page.goto(f"{desk.site}/learning/{incident}/do/done/?of={action.public_id}")
    desk.send({}, press="Record change")


def followed_up(desk: Desk, clock: Clock, agent: User) -> None:
    """The page says of each change whether it is done, and the letter says the same."""
    clock.now = on(16, "11:00")
    desk.sign_in(agent)  # after two weeks
    both = {TRAINING: "", LABELS: ""}
    desk.step("Follow up", {**both, "The letter": "Both have been fixed."}, press="Keep as draft")
    desk.reads(f"Not done yet, by October 24: {LABELS}")
    clock.now = on(20, "15:00")
    finish(desk, Case.objects.get().incident.reference, LABELS)
    clock.now = on(21, "10:00")
    desk.step(
        "Follow up",
        {
            "What did we look into?": "How an order is entered, packed and shipped",
            "What did we find?": "The new address was never typed in, and packing did not compare it",
            "The letter": "Dear Ms. Lindqvist, we found a mistake in each. I am sorry, and thank you. Maya Osei",
        },
        press="I told them in person or by phone",
    )
    desk.do("close", {"Satisfied": ""}, press="Close the case")
    desk.reads("The case is closed")
    clock.now = on(24, "9:15")
    letter = Case.objects.get().follow_ups.get()
    desk.do("response", {"Will stay": ""}, press="Record", among=f"?of={letter.public_id}")


def test_the_parcel_is_made_right_and_the_letter_names_both_changes(
    browser: Browser, live_server: LiveServer, clock: Clock, agent: User, manager: User
) -> None:
    clock.now = on(2, "10:05")
    with desk_of(browser, live_server.url, agent) as desk:
        called(desk)
        sent_again(desk, clock)
        looked_into(desk, clock)
        followed_up(desk, clock, agent)
        desk.open_case()
        expect(desk.page.locator("main")).to_contain_text("Will stay")
    case = Case.objects.get()
    assert (case.severity, case.outcome) == (Severity.MODERATE, Outcome.SATISFIED)
    letter = case.follow_ups.get()
    assert letter.body.count("Done: ") == 2
    assert letter.response == FollowUpResponse.WILL_STAY
    assert {action.status for action in PreventionAction.objects.all()} == {PreventionStatus.DONE}
    assert [step for step in case.steps.filter(status=StepStatus.DONE) if step.is_late(on(24, "10:00"))] == []
    assert sweep(on(24, "10:00")).planned == 0
