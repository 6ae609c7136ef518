"""The follow-up: what was examined, found and changed, each change worded by its true status."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cases.actions import learning
from cases.actions.events import told
from cases.actions.follow_ups import (
    Letter,
    draft_follow_up,
    follow_up_failed,
    follow_up_left,
    record_response,
    send_follow_up,
    speak_follow_up,
    whole_letter,
)
from cases.actions.learning import Plan, finish_prevention, plan_prevention
from cases.errors import AlreadyDoneError
from cases.models import Case, Customer, Event, FollowUp, Message, PreventionAction, User
from cases.rules.vocabulary import (
    Channel,
    EventKind,
    FollowUpResponse,
    FollowUpStatus,
    PreventionKind,
    StepKind,
    StepStatus,
)
from tests.actions.evidence import LETTER
from tests.conftest import Log
from tests.refusals import refused
from tests.reports import recovery

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def case(log: Log, agent: User, now: datetime) -> Case:
    """One whose customer is satisfied."""
    logged = recovery.until_confirm(log(), agent, now)
    recovery.answer(logged, agent, now + HOUR)
    return recovery.fresh(logged)


def change(
    case: Case, owner: User, now: datetime, words: str = "The two fields have other colors."
) -> PreventionAction:
    plan = Plan(kind=PreventionKind.TOOL, change=words, owner=owner, due_at=now + 9 * DAY)
    return plan_prevention(incident=case.incident, plan=plan, actor=owner, now=now)


def step_of(case: Case) -> str:
    return case.steps.get(kind=StepKind.FOLLOW_UP).status


def test_a_told_follow_up_settles_the_step(case: Case, agent: User, now: datetime) -> None:
    step = speak_follow_up(case=case, letter=replace(LETTER, channel=Channel.PHONE), actor=agent, now=now + DAY)

    assert (step.status, step.settled_by) == (StepStatus.DONE, agent)
    assert case.contacts.latest("at").channel == Channel.PHONE
    with refused("is settled already", by=AlreadyDoneError):
        speak_follow_up(case=case, letter=LETTER, actor=agent, now=now + DAY)


@pytest.mark.parametrize(
    ("letter", "words", "field"),
    [
        (replace(LETTER, examined=" "), "what we looked into", "examined"),
        (replace(LETTER, found=""), "what we found", "found"),
        (replace(LETTER, body=""), "Write the letter", "body"),
        (replace(LETTER, nothing_changed_because=" "), "nothing has changed yet and why", "nothing_changed_because"),
    ],
)
def test_a_follow_up_that_names_nothing_is_refused(
    case: Case, agent: User, now: datetime, letter: Letter, words: str, field: str
) -> None:
    for verb in (speak_follow_up, send_follow_up):
        with refused(words, field=field):
            verb(case=case, letter=letter, actor=agent, now=now + DAY)

    assert not FollowUp.objects.exists()


def test_a_plan_is_never_told_as_if_it_were_done(case: Case, agent: User, now: datetime) -> None:
    done, planned = change(case, agent, now), change(case, agent, now, "Packers count twice")
    done = finish_prevention(action=done, actor=agent, now=now + DAY)

    words = whole_letter(case, replace(LETTER, changes=(done, planned)))

    assert "- Done: The two fields have other colors." in words
    assert "- Not done yet, by September 24: Packers count twice." in words
    assert LETTER.nothing_changed_because not in words


def test_the_letter_keeps_what_was_true_when_it_was_told(case: Case, agent: User, now: datetime) -> None:
    planned = change(case, agent, now, "Packers count twice")
    speak_follow_up(case=case, letter=replace(LETTER, changes=(planned,)), actor=agent, now=now + DAY)

    finish_prevention(action=planned, actor=agent, now=now + 2 * DAY)

    told = FollowUp.objects.get().changes.get()
    assert (told.status_then, told.words) == ("planned", "Not done yet, by September 24: Packers count twice.")


def test_a_dropped_change_cannot_be_told(case: Case, agent: User, now: datetime) -> None:
    dropped = learning.drop_prevention(
        action=change(case, agent, now, "Packers count twice"), reason="Too slow", actor=agent, now=now
    )

    with refused("“Packers count twice” was dropped", field="changes"):
        speak_follow_up(case=case, letter=replace(LETTER, changes=(dropped,)), actor=agent, now=now + DAY)


def test_the_change_of_another_mistake_cannot_be_told(case: Case, log: Log, agent: User, now: datetime) -> None:
    foreign = change(log(whom=recovery.another_customer("Noor", now)), agent, now)

    for verb in (draft_follow_up, speak_follow_up, send_follow_up):
        with refused("changes that belong to this mistake", field="changes"):
            verb(case=case, letter=replace(LETTER, changes=(foreign,)), actor=agent, now=now + DAY)


def test_a_mailed_follow_up_settles_the_step_when_it_has_left(case: Case, agent: User, now: datetime) -> None:
    follow_up = send_follow_up(case=case, letter=LETTER, actor=agent, now=now + DAY)

    assert step_of(case) == StepStatus.PENDING
    assert "We are still looking for the cause." in Message.objects.get().text
    with refused("on its way already"):
        send_follow_up(case=case, letter=LETTER, actor=agent, now=now + DAY)
    follow_up_left(follow_up, at=now + 2 * DAY)

    assert (step_of(case), follow_up.status) == (StepStatus.DONE, FollowUpStatus.DELIVERED)


def test_a_follow_up_that_came_back_leaves_the_step_open(case: Case, agent: User, now: datetime) -> None:
    follow_up = send_follow_up(case=case, letter=LETTER, actor=agent, now=now + DAY)

    follow_up_failed(follow_up, at=now + 2 * DAY, error="550 no such mailbox")

    assert step_of(case) == StepStatus.PENDING
    assert Event.objects.filter(kind=EventKind.FOLLOW_UP_BOUNCED).exists()
    send_follow_up(case=case, letter=LETTER, actor=agent, now=now + 3 * DAY)


def test_without_a_mail_address_it_is_told_by_phone(case: Case, agent: User, customer: Customer, now: datetime) -> None:
    Customer.objects.filter(pk=customer.pk).update(email="")

    with refused("We have no mail address of this customer", field="channel"):
        send_follow_up(case=case, letter=LETTER, actor=agent, now=now + DAY)


def test_a_draft_may_be_unfinished_and_there_is_one(case: Case, agent: User, now: datetime) -> None:
    draft_follow_up(case=case, letter=replace(LETTER, body=""), actor=agent, now=now + HOUR)
    draft_follow_up(case=case, letter=LETTER, actor=agent, now=now + DAY)

    draft = FollowUp.objects.get()
    assert draft.body == LETTER.body
    with refused("The follow-up has not been sent yet"):
        record_response(follow_up=draft, response=FollowUpResponse.REPLIED, actor=agent, now=now + DAY)


def test_what_came_of_it_is_kept(case: Case, agent: User, now: datetime) -> None:
    speak_follow_up(case=case, letter=LETTER, actor=agent, now=now + DAY)

    follow_up = record_response(
        follow_up=FollowUp.objects.get(), response=FollowUpResponse.ORDERED_AGAIN, actor=agent, now=now + 9 * DAY
    )

    assert (follow_up.response, follow_up.response_at) == (FollowUpResponse.ORDERED_AGAIN, now + 9 * DAY)


def test_the_subject_and_the_timeline_say_that_nothing_changed_where_nothing_did(
    case: Case, agent: User, now: datetime
) -> None:
    letter = replace(LETTER, body=f"{LETTER.body}\n\nKind regards,\n{agent.name}")
    follow_up = send_follow_up(case=case, letter=letter, actor=agent, now=now + DAY)
    mail = Message.objects.get()
    assert mail.subject.startswith("What we found, and why nothing has changed yet: ")
    assert mail.text.index("still looking for the cause") < mail.text.index("Kind regards")

    follow_up_left(follow_up, at=now + 2 * DAY)
    event = Event.objects.get(kind=EventKind.FOLLOW_UP_SENT)
    assert told(event, customer="Grace").did == "told the customer what we found, and why nothing has changed yet"


def test_the_subject_tells_plans_as_plans_and_changes_as_changes(case: Case, agent: User, now: datetime) -> None:
    planned = change(case, agent, now, "Packers count twice")
    send_follow_up(case=case, letter=replace(LETTER, changes=(planned,)), actor=agent, now=now + DAY)
    assert Message.objects.get().subject.startswith("What we will change because of you by September 24: ")

    finish_prevention(action=planned, actor=agent, now=now + 2 * DAY)
    follow_up_failed(FollowUp.objects.get(), at=now + 2 * DAY, error="550 no such mailbox")
    planned.refresh_from_db()
    send_follow_up(case=case, letter=replace(LETTER, changes=(planned,)), actor=agent, now=now + 3 * DAY)
    assert Message.objects.latest("pk").subject.startswith("What we changed because of you: ")


def test_a_date_that_is_over_is_promised_no_more(case: Case, agent: User, now: datetime) -> None:
    planned = change(case, agent, now, "Packers count twice")
    send_follow_up(case=case, letter=replace(LETTER, changes=(planned,)), actor=agent, now=now + 10 * DAY)
    mail = Message.objects.get()
    assert mail.subject.startswith("What we plan to change because of you: ")
    assert "- Not done yet: Packers count twice." in mail.text
