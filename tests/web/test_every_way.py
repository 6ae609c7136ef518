"""Everything that can be done with a case has a way to it, in a state in which it can be done."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.actions import apologies, compensations, handling, satisfaction, steps
from cases.actions.customers import CustomerDetails, change_customer
from cases.actions.satisfaction import record_later_answer
from cases.actions.submissions import new_key
from cases.models import Case, User
from cases.rules.evidence import AnswerEvidence
from cases.rules.vocabulary import (
    Answer,
    Channel,
    CorrectionStatus,
    CriticalGround,
    Direction,
    FollowUpResponse,
    PauseKind,
    Role,
    Severity,
    StepKind,
)
from cases.web.case_verbs import VERBS
from tests.actions.evidence import APOLOGIZED
from tests.conftest import Log, person
from tests.reports import recovery

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
WAY = re.compile(r'(?:href|action)="/cases/(SR-[0-9]+)/do/([a-z-]+)/')


@pytest.fixture
def start() -> datetime:
    """Two hours ago, in real time: pages look at the clock."""
    return timezone.now() - timedelta(hours=2)


@pytest.fixture
def ways(client: Client) -> Callable[..., set[str]]:
    """The verbs that the page of a case leads to, over all of its steps."""

    def found(case: Case, who: User) -> set[str]:
        client.force_login(who)
        address = reverse("cases:case", args=(case.reference,))
        pages = (client.get(address, {"step": kind}).content.decode() for kind in ("", *StepKind))
        return {verb for page in pages for reference, verb in WAY.findall(page) if reference == case.reference}

    return found


def fresh(case: Case, _by: User, _at: datetime) -> None:
    """Nothing was done yet."""


def busy(case: Case, by: User, at: datetime) -> None:
    recovery.promise(case, by, at, timezone.now() + timedelta(days=1))
    recovery.promise(case, by, at, at + MINUTE)
    handling.change_severity(
        case=case,
        severity=Severity.CRITICAL,
        reason="Harm",
        actor=by,
        now=at,
        critical_because=CriticalGround.SAFETY,
    )
    until = timezone.now() + timedelta(days=3)
    handling.pause(case=case, question="Which?", until=until, actor=by, now=at, kind=PauseKind.CUSTOMER)
    handling.escalate(case=case, reason="They are furious", actor=by, now=at)


def for_a_second_person(case: Case, by: User, at: datetime) -> None:
    recovery.acknowledge(case, by, at)
    recovery.propose(case, by, at, amount=90)
    apologies.ask_review(case=case, evidence=APOLOGIZED, actor=by, now=at)
    steps.waive(case=case, kind=StepKind.CORRECT, reason="They asked us not to", actor=by, now=at)


def granted(case: Case, by: User, at: datetime) -> None:
    recovery.acknowledge(case, by, at)
    recovery.apologize(case, by, at)
    recovery.propose(case, by, at, amount=10)
    compensations.under_way(case)


def to_be_compensated(case: Case, by: User, at: datetime) -> None:
    recovery.acknowledge(case, by, at)
    recovery.apologize(case, by, at)
    recovery.correct(case, by, at)


def to_be_asked(case: Case, by: User, at: datetime) -> None:
    recovery.until_confirm(case, by, at)


def answered(case: Case, by: User, at: datetime) -> None:
    recovery.until_confirm(case, by, at)
    recovery.answer(case, by, at + 10 * MINUTE)


def closed(case: Case, by: User, at: datetime) -> None:
    recovery.recover(case, by, at + 40 * MINUTE)


def closed_and_not_right(case: Case, by: User, at: datetime) -> None:
    closed(case, by, at)
    said = AnswerEvidence(channel=Channel.PHONE, answer=Answer.NOT_SATISFIED, score=1)
    record_later_answer(case=case, evidence=said, actor=by, now=at + 50 * MINUTE)


def closed_and_called(case: Case, by: User, at: datetime) -> None:
    closed(case, by, at)
    recovery.contact(case, by, at + 50 * MINUTE, Direction.IN)


def linked(case: Case, by: User, at: datetime) -> None:
    satisfaction.make_link(case=case, actor=by, now=at)


def mailed_elsewhere(case: Case, by: User, at: datetime) -> None:
    """A mail with a link waits, and a colleague gives the customer another address."""
    to_be_asked(case, by, at)
    satisfaction.ask_by_mail(case=case, words="Did we make it right?", actor=by, now=at + 50 * MINUTE)
    colleague = person("Tom Reyes", Role.AGENT, *by.teams.all())
    details = CustomerDetails(name=case.customer.name, email="ada@example.org")
    change_customer(customer=case.customer, details=details, actor=colleague, now=at + 51 * MINUTE)


def imported(case: Case, _by: User, _at: datetime) -> None:
    Case.objects.filter(pk=case.pk).update(is_timed=False)


STATES = {
    fresh: "acknowledge waive contact note concern settle-concern correct-concern promise propose assign severity"
    " pause quiet escalate facts link close unreconciled",
    busy: "keep-promise renegotiate cancel-promise give-up-promise resume made-safe dealt-with",
    for_a_second_person: "approve decide review apologize take-over",
    granted: "compensation correct payer",
    to_be_compensated: "no-compensation failed-fix",
    to_be_asked: "answer ask no-answer",
    answered: "follow-up later-answer",
    closed: "facts reopen response failed-fix later-answer",
    closed_and_not_right: "settle-answer reopen assign",
    closed_and_called: "settle-answer reopen assign",
    imported: "start-clocks",
    linked: "revoke-links",
    mailed_elsewhere: "confirm-address take-mail-back",
}
"""In which state there must be a way to which verbs."""


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_there_is_a_way_to_what_can_be_done_in_this_state(
    log: Log, agent: User, manager: User, start: datetime, ways: Callable[..., set[str]], *, state: Callable[..., None]
) -> None:
    case = log(at=start)
    state(case, agent, start)
    found = ways(case, agent) | ways(case, manager)
    assert set(STATES[state].split()) <= found
    assert found <= set(VERBS)
    assert ("assign" in found) == ("assign" in STATES[state].split() or recovery.fresh(case).is_open)


def test_every_verb_has_a_state_with_a_way_to_it() -> None:
    assert set(VERBS) == set(" ".join(STATES.values()).split())


def test_a_fix_that_did_not_hold_and_what_came_of_the_letter_are_recorded_by_those_ways(
    client: Client, log: Log, agent: User, start: datetime
) -> None:
    case = log(at=start)
    closed(case, agent, start)
    client.force_login(agent)
    page = client.get(reverse("cases:case", args=(case.reference,))).context["page"]
    urls = {way.label: way.url for way in page.more}
    for label, typed in (
        ("The fix did not hold", {"because": "It broke again"}),
        ("What came of the follow-up?", {"response": "will_stay"}),
    ):
        case.refresh_from_db()
        address, _, of = urls[label].partition("?of=")
        sent = {"key": new_key(timezone.now()), "version": str(case.version), "of": of, **typed}
        assert client.get(urls[label]).status_code == 200
        assert client.post(address, sent).status_code == 302
    assert case.corrections.get().status == CorrectionStatus.FAILED
    assert case.follow_ups.get().response == FollowUpResponse.WILL_STAY
