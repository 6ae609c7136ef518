"""The alarm that could not call (domain.md A4), played in Chromium: broken call-backs, and an executive who owns it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from playwright.sync_api import Browser, expect

from cases.models import Case, Customer, Message, User
from cases.reminders.sweep import sweep
from cases.rules.vocabulary import EventKind, MessagePurpose, Outcome, Priority, PromiseStatus
from tests.browser.desk import Desk, desk_of, local

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings
    from pytest_django.live_server_helper import LiveServer

    from tests.browser.conftest import Clock

pytestmark = pytest.mark.django_db(transaction=True)


def at(clock: str) -> datetime:
    """A moment of Wednesday 22 October 2025, by the wall clock in New York (UTC-4)."""
    hours, minutes = (int(part) for part in clock.split(":"))
    return datetime(2025, 10, 22, 4, tzinfo=UTC) + timedelta(hours=hours, minutes=minutes)


@pytest.fixture
def alarm(
    live_server: LiveServer, settings: Settings, clock: Clock, manager: User, agent: User, customer: Customer
) -> str:
    """The site, at 07:45, with the customer known, and the manager as the executive responsible."""
    settings.AMENDS_BASE_URL = live_server.url
    clock.now = at("07:45")
    return live_server.url


def logged(desk: Desk) -> Case:
    """The customer calls: an alert at 07:40, and an alarm that cannot call anybody."""
    desk.page.keyboard.press("n")
    desk.page.wait_for_url(re.compile("/log/"))
    desk.page.get_by_role("searchbox", name="Who was hurt by it?").press_sequentially("Whitlock")
    desk.page.get_by_label(re.compile("Grace Whitlock")).check()
    desk.fill("What went wrong, in a few words?", "The alarm cannot communicate")
    desk.page.get_by_label(re.compile("Critical")).check()
    desk.fill("If it is critical: what is at stake?", "Somebody's safety")
    desk.fill("When did we first know?", local(at("07:40")))
    desk.send({}, press="Log the mistake")
    assert re.search(r"/cases/SR-\d+/", desk.page.url), desk.page.locator("main").inner_text()
    case = Case.objects.get()
    desk.case = case.reference
    return case


def hear(desk: Desk, words: str) -> None:
    """The customer calls us."""
    desk.do("contact", {"From the customer": "", "What was said": words}, press="Log contact")


def promised_and_broken(desk: Desk, clock: Clock) -> None:
    """No promise without a moment; noon passes, and it is broken."""
    desk.do("promise", {"What did you promise?": "The technicians will call you"}, press="Record promise")
    desk.reads("Choose a date and a time.")
    desk.send({"By when?": local(at("12:00"))}, press="Record promise")
    desk.reads("The promise is recorded")
    clock.now = at("12:31")
    sweep(clock.now)
    hear(desk, "They should have called by noon")
    desk.do(
        "contact",
        {"To the customer": "", "What came of it": "Left a voicemail", "What was said": "Asked to call back"},
        press="Log contact",
    )


def owned(desk: Desk, clock: Clock) -> None:
    """A quarter of an hour after the third call the executive rings, and says that it is his."""
    clock.now = at("17:20")
    desk.do("take-over", {}, press="Take over")
    desk.step(
        "Acknowledge",
        {
            "The concern, as you repeated it back": "Your alarm cannot call anybody, and nobody called you back",
            "Yes, that is right": "",
            "Yes": "",
            "Who owns it": "I am Priya, I am responsible, and it is my fault alone.",
        },
        press="Record acknowledgement",
    )
    desk.do(
        "promise", {"What did you promise?": "I come to you", "By when?": local(at("18:30"))}, press="Record promise"
    )
    clock.now = at("18:20")
    desk.do("keep-promise", {}, press="Record that it was done", among=f"?of={_promise('I come to you')}")


def made_right(desk: Desk, clock: Clock) -> None:
    """Repaired with his own tools; apologized and explained in person; something for the trouble; asked by mail."""
    clock.now = at("19:00")
    desk.step(
        "Apologize",
        {
            "The apology": "We left you without an alarm and without an answer. I am sorry.",
            "Known and verified": "",
            "The explanation, as you gave it": "A line card failed, and the ticket had no owner.",
            "It says that the mistake was ours": "",
            "If spoken: how": "In person",
        },
        press="I apologized in person or by phone",
    )
    desk.step("Correct", {"What is put right": "The line card is replaced and tested"}, press="Record fix")
    desk.step(
        "Compensate",
        {"What is given": "Credit on the account", "In words": "Three months of monitoring", "Its cost to us": "90"},
        press="Propose compensation",
    )
    gift = Case.objects.get().compensations.get()
    desk.do("compensation", {"Issued": ""}, press="Record", among=f"?of={gift.public_id}")
    concern = Case.objects.get().concerns.get()
    desk.do(
        "settle-concern",
        {"Resolved": "", "How it ended": "The alarm calls again"},
        press="Settle concern",
        among=f"?of={concern.public_id}",
    )
    desk.do("ask", {}, press="Send the question")
    sweep(clock.now)


def answered(browser: Browser, clock: Clock) -> None:
    """The customer, on a phone, by the link in the mail; looking changes nothing, the button does."""
    question = Message.objects.get(purpose=MessagePurpose.SATISFACTION)
    address = re.search(r"http\S+/made-right/\S+", question.text)
    assert address is not None
    clock.now = at("20:00")
    with browser.new_context(viewport={"width": 390, "height": 800}) as context:
        page = context.new_page()
        page.goto(address[0])
        assert not Case.objects.get().satisfaction_checks.exclude(answer="").exists()
        page.get_by_label("Yes", exact=True).check()
        page.get_by_label("Very happy").check()
        page.get_by_role("button", name="Send my answer").click()
        expect(page.locator("body")).to_contain_text("Thank you")


def told_and_closed(desk: Desk, clock: Clock) -> None:
    """He also tells what he is changing; then the case ends as what the customer said."""
    clock.now = at("20:10")
    desk.step(
        "Follow up",
        {
            "What did we look into?": "How calls about alarms are handed on",
            "What did we find?": "Tickets without an owner",
            "If nothing has changed yet: why": "The new rule is being written this week.",
            "The letter": "Dear Ms. Whitlock, this is what we found. Priya Shah",
        },
        press="I told them in person or by phone",
    )
    desk.do("close", {"Satisfied": ""}, press="Close the case")
    desk.reads("1 promise is still open")
    desk.do(
        "give-up-promise",
        {"What was done instead, or why not": "I came myself"},
        press="Record that it was never done",
        among=f"?of={_promise('The technicians will call you')}",
    )
    desk.do("close", {"Satisfied": ""}, press="Close the case")
    desk.reads("The case is closed")


def _promise(words: str) -> str:
    return str(Case.objects.get().promises.get(words=words).public_id)


def test_the_alarm_is_made_right_by_mouse_and_keyboard(
    browser: Browser, alarm: str, clock: Clock, agent: User, manager: User
) -> None:
    with desk_of(browser, alarm, agent) as desk:
        logged(desk)
        promised_and_broken(desk, clock)
        assert Case.objects.get().priority == Priority.RAISED
        clock.now = at("17:05")
        hear(desk, "All gone, and asked whether I had made clear it was for today")
    assert Case.objects.get().priority == Priority.ESCALATED
    sweep(clock.now)
    assert any("SR-" in letter.subject and letter.to == [manager.email] for letter in mail.outbox)
    with desk_of(browser, alarm, manager) as desk:
        desk.case = Case.objects.get().reference
        owned(desk, clock)
        made_right(desk, clock)
        answered(browser, clock)
        told_and_closed(desk, clock)
    _check_how_it_ended(agent)


def _check_how_it_ended(agent: User) -> None:
    case = Case.objects.get()
    assert case.outcome == Outcome.SATISFIED
    assert case.contacts.filter(is_chase=True).count() == 2
    broken = case.promises.get(words="The technicians will call you")
    assert (broken.status, broken.was_done) == (PromiseStatus.BROKEN, False)
    assert case.promises.get(words="I come to you").status == PromiseStatus.KEPT
    reminders = [letter for letter in mail.outbox if letter.to == [agent.email]]
    assert any("Overdue" in letter.subject or "overdue" in letter.subject for letter in reminders)
    assert case.events.filter(kind=EventKind.CASE_CLOSED).exists()
