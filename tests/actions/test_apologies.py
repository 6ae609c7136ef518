"""The apology: drafted, read by somebody else, spoken, or sent and done only when it has left."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cases.actions import apologies
from cases.actions.apologies import ask_review, draft_apology, review_apology, send_apology, speak_apology
from cases.errors import AlreadyDoneError, NotAllowedError
from cases.models import Apology, Case, Customer, Event, Message, User
from cases.rules.evidence import ApologyEvidence
from cases.rules.vocabulary import (
    Answer,
    ApologyStatus,
    Audience,
    EventKind,
    ExplanationStatus,
    MessageStatus,
    StepKind,
    StepStatus,
)
from tests.actions.evidence import APOLOGIZED
from tests.conftest import Log
from tests.refusals import refused
from tests.reports import recovery

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
UNFINISHED = replace(APOLOGIZED, body="Dear", owns_it=False, explanation="")


@pytest.fixture
def case(log: Log, agent: User, now: datetime) -> Case:
    """One that has been acknowledged."""
    logged = log()
    recovery.acknowledge(logged, agent, now)
    return logged


def status_of(case: Case) -> str:
    return case.steps.get(round=1, kind=StepKind.APOLOGIZE).status


def test_a_spoken_apology_settles_the_step(case: Case, agent: User, now: datetime) -> None:
    step = speak_apology(case=case, evidence=APOLOGIZED, actor=agent, now=now + HOUR)

    assert (step.status, step.settled_by) == (StepStatus.DONE, agent)
    apology = Apology.objects.get()
    assert (apology.status, apology.sent_at, apology.body) == (ApologyStatus.SPOKEN, now + HOUR, APOLOGIZED.body)
    assert case.contacts.filter(summary=APOLOGIZED.body).exists()


@pytest.mark.parametrize(
    ("evidence", "words", "field"),
    [
        (replace(APOLOGIZED, body=" "), "Write what you said", "body"),
        (replace(APOLOGIZED, owns_it=False), "says that it was our mistake", "owns_it"),
        (replace(APOLOGIZED, explanation=""), "how it came about", "explanation"),
        (
            replace(APOLOGIZED, explanation_status=ExplanationStatus.PROVISIONAL, explanation=""),
            "say that it is provisional",
            "explanation",
        ),
        (
            replace(APOLOGIZED, explanation_status=ExplanationStatus.UNKNOWN, explanation=""),
            "the cause is not known yet",
            "explanation",
        ),
        (
            replace(APOLOGIZED, explanation_status=ExplanationStatus.CONFIDENTIAL, explanation=""),
            "why it cannot be told",
            "explanation",
        ),
    ],
)
def test_an_apology_that_owns_or_explains_nothing_is_refused(
    case: Case, agent: User, now: datetime, evidence: ApologyEvidence, words: str, field: str
) -> None:
    for verb in (speak_apology, send_apology, ask_review):
        with refused(words, field=field):
            verb(case=case, evidence=evidence, actor=agent, now=now)

    assert not Apology.objects.exists()


def test_a_draft_may_be_unfinished_and_is_the_one_that_is_sent(case: Case, agent: User, now: datetime) -> None:
    draft = draft_apology(case=case, evidence=UNFINISHED, actor=agent, now=now)

    speak_apology(case=case, evidence=APOLOGIZED, actor=agent, now=now + HOUR)

    spoken = Apology.objects.get()
    assert (spoken.pk, spoken.body) == (draft.pk, APOLOGIZED.body)


def test_somebody_else_reads_it_and_the_author_sends_it(case: Case, agent: User, teammate: User, now: datetime) -> None:
    apology = ask_review(case=case, evidence=APOLOGIZED, actor=agent, now=now)
    assert apology.status == ApologyStatus.IN_REVIEW

    with refused("Nobody reviews their own apology", by=NotAllowedError):
        review_apology(apology=apology, note="Fine", actor=agent, now=now)
    read = review_apology(apology=apology, note="Name the day.", actor=teammate, now=now)

    assert (read.status, read.reviewer, read.review_note) == (ApologyStatus.DRAFT, teammate, "Name the day.")
    sent = send_apology(case=case, evidence=APOLOGIZED, actor=agent, now=now)
    assert (sent.author, sent.reviewer) == (agent, teammate)


def test_what_was_not_given_to_read_is_not_reviewed(case: Case, agent: User, teammate: User, now: datetime) -> None:
    apology = draft_apology(case=case, evidence=APOLOGIZED, actor=agent, now=now)

    with refused("This is “Draft” and cannot become “Draft”"):
        review_apology(apology=apology, note="", actor=teammate, now=now)


def test_a_mailed_apology_settles_the_step_when_it_has_left(case: Case, agent: User, now: datetime) -> None:
    apology = send_apology(case=case, evidence=APOLOGIZED, actor=agent, now=now)

    assert (apology.status, status_of(case)) == (ApologyStatus.SENT, StepStatus.PENDING)
    mail = Message.objects.get()
    assert (mail.audience, mail.status, mail.to_address) == (
        Audience.CUSTOMER,
        MessageStatus.QUEUED,
        "grace@example.org",
    )
    apologies.apology_left(apology, at=now + HOUR)

    step = case.steps.get(kind=StepKind.APOLOGIZE)
    assert (step.status, step.settled_at, step.settled_by) == (StepStatus.DONE, now + HOUR, agent)


def test_an_apology_on_its_way_is_not_sent_twice(case: Case, agent: User, now: datetime) -> None:
    send_apology(case=case, evidence=APOLOGIZED, actor=agent, now=now)

    with refused("on its way already"):
        send_apology(case=case, evidence=APOLOGIZED, actor=agent, now=now)


def test_an_apology_that_came_back_leaves_the_step_open_and_can_be_sent_again(
    case: Case, agent: User, now: datetime
) -> None:
    apology = send_apology(case=case, evidence=APOLOGIZED, actor=agent, now=now)

    apologies.apology_failed(apology, at=now + HOUR, error="550 no such mailbox")

    assert status_of(case) == StepStatus.PENDING
    assert Event.objects.get(kind=EventKind.APOLOGY_BOUNCED).facts["error"] == "550 no such mailbox"
    send_apology(case=case, evidence=APOLOGIZED, actor=agent, now=now + HOUR)


def test_without_a_mail_address_it_is_not_mailed(case: Case, agent: User, customer: Customer, now: datetime) -> None:
    Customer.objects.filter(pk=customer.pk).update(email="")

    with refused("We have no mail address of this customer", field="channel"):
        send_apology(case=case, evidence=APOLOGIZED, actor=agent, now=now)


def test_an_apology_is_given_once_a_round(case: Case, agent: User, now: datetime) -> None:
    speak_apology(case=case, evidence=APOLOGIZED, actor=agent, now=now)

    with refused("“Apologize” is settled already", by=AlreadyDoneError):
        send_apology(case=case, evidence=APOLOGIZED, actor=agent, now=now)


def test_a_mail_of_an_earlier_round_settles_nothing_in_the_next(case: Case, agent: User, now: datetime) -> None:
    late = send_apology(case=case, evidence=APOLOGIZED, actor=agent, now=now)
    for step in (recovery.apologize, recovery.correct, recovery.give_nothing):
        step(case, agent, now)
    recovery.answer(case, agent, now + HOUR, said=Answer.NOT_SATISFIED)

    apologies.apology_left(late, at=now + 2 * HOUR)

    assert case.steps.get(round=2, kind=StepKind.APOLOGIZE).status == StepStatus.PENDING
