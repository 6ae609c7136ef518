"""A closed case: what waited for a decision is taken back, and what its customer says stays somebody's work."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.actions import closing, handling, people, satisfaction, steps
from cases.actions.people import Position
from cases.actions.submissions import new_key
from cases.mail import links
from cases.models import Case, CustomerLink, Message, User
from cases.reminders.sweep import sweep
from cases.reports.work import my_work
from cases.rules.evidence import AnswerEvidence
from cases.rules.vocabulary import Answer, Channel, CompensationStatus, Direction, Outcome, Role, StepKind, UpdateReason
from tests.conftest import Log
from tests.refusals import refused
from tests.reports import recovery
from tests.web.hidden import hidden_of

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def start() -> datetime:
    """Three hours ago, in real time: pages look at the clock."""
    return timezone.now() - timedelta(hours=3)


def post(client: Client, case: Case, verb: str, who: User, **typed: str) -> int:
    client.force_login(who)
    sent = {"key": new_key(timezone.now()), "version": str(recovery.fresh(case).version), **typed}
    return client.post(reverse("cases:do", args=(case.reference, verb)), sent).status_code


def page_of(client: Client, case: Case, who: User) -> str:
    client.force_login(who)
    return client.get(reverse("cases:case", args=(case.reference,))).content.decode()


@pytest.mark.parametrize("outcome", [Outcome.WITHDRAWN, Outcome.NOT_UPHELD, Outcome.REFERRED])
def test_what_waited_for_a_decision_is_taken_back_where_the_case_ends(
    client: Client, log: Log, agent: User, teammate: User, start: datetime, outcome: Outcome
) -> None:
    case = log(at=start)
    recovery.acknowledge(case, agent, start)
    proposed = recovery.propose(case, agent, start, amount=90)
    steps.waive(case=case, kind=StepKind.APOLOGIZE, reason="They hung up", actor=agent, now=start)

    assert post(client, case, "close", teammate, outcome=outcome, reason="By their own letter") == 302

    proposed.refresh_from_db()
    assert proposed.status == CompensationStatus.WITHDRAWN
    page = page_of(client, case, agent)
    assert "took back the question for a second person" in page
    assert "withdrew a compensation" in page
    assert Message.objects.filter(to_user=agent, subject__startswith="No second person is needed any more").exists()
    closing.reopen(case=case, reason="After all", actor=agent, now=timezone.now())
    assert "asks for a second person" not in page_of(client, case, agent)


@pytest.fixture
def closed(log: Log, agent: User, start: datetime) -> Case:
    return recovery.recover(log(at=start), agent, start + 60 * MINUTE)


def link_of(case: Case, who: User) -> CustomerLink:
    now = timezone.now()
    return satisfaction.open_link(satisfaction.make_link(case=case, actor=who, now=now), now)


def ask_on_their_page(client: Client, case: Case, agent: User) -> None:
    """With a face, without an answer."""
    client.logout()
    address = links.customer_page(links.token_of(link_of(case, agent)))
    typed = {"score": "2", "words": "It leaks again", "how": "talk"}
    assert client.post(address, {**hidden_of(client.get(address)), **typed}).status_code == 302


def call(client: Client, case: Case, who: User) -> None:
    """Written down by whoever answered."""
    typed = {"direction": "in", "channel": "phone", "reached": "reached", "summary": "It leaks again"}
    assert post(client, case, "contact", who, **typed) == 302


@pytest.mark.parametrize("comes", [ask_on_their_page, call])
def test_a_customer_who_comes_after_closing_is_the_owners_work(
    client: Client, closed: Case, agent: User, comes: Callable[[Client, Case, User], None]
) -> None:
    comes(client, closed, agent)

    owed = closed.status_updates.unsettled().get()
    assert (owed.reason, owed.owner, recovery.fresh(closed).outcome) == ("after_closing", agent, Outcome.SATISFIED)
    client.force_login(agent)
    work = client.get(reverse("cases:work")).content.decode()
    assert "1 customer came to us after closing." in work
    assert f"/cases/{closed.reference}/do/settle-answer/" in work
    assert "The customer came to us after closing." in page_of(client, closed, agent)

    assert post(client, closed, "settle-answer", agent, reason="Told her how to close the valve") == 302
    page = page_of(client, closed, agent)
    assert "What they said after closing was dealt with" in page
    assert "dealt with what the customer said after closing" in page
    assert my_work(agent, now=timezone.now()).later_answers == ()


def test_its_owner_has_four_working_hours_and_is_reminded(log: Log, agent: User, now: datetime) -> None:
    """From Monday 16:00, with one hour of that day left."""
    case = recovery.recover(log(), agent, now + 60 * MINUTE)
    recovery.contact(case, agent, now + 360 * MINUTE, Direction.IN)
    assert case.status_updates.unsettled().get().due_at == now + timedelta(days=1, hours=2)
    Message.objects.all().delete()

    sweep(now + timedelta(days=1, hours=3))

    assert "do/settle-answer/" in Message.objects.filter(to_user=agent).latest("pk").text


def test_reopening_settles_it(closed: Case, agent: User) -> None:
    recovery.contact(closed, agent, timezone.now(), Direction.IN)

    closing.reopen(case=closed, reason="It leaks again", actor=agent, now=timezone.now())

    assert not closed.status_updates.unsettled().filter(reason=UpdateReason.AFTER_CLOSING).exists()


def test_whoever_is_satisfied_and_asks_for_a_call_is_called(closed: Case, agent: User) -> None:
    said = AnswerEvidence(channel=Channel.WEB, answer=Answer.SATISFIED, score=5, wants_contact=True)

    satisfaction.answer_by_customer(link=link_of(closed, agent), evidence=said, now=timezone.now())

    assert closed.status_updates.unsettled().get().reason == UpdateReason.AFTER_CLOSING


def test_a_call_is_owed_although_its_customer_was_unhappy_and_is_satisfied_now(
    client: Client, closed: Case, agent: User
) -> None:
    call(client, closed, agent)
    for answer, score in ((Answer.NOT_SATISFIED, 2), (Answer.SATISFIED, 4)):
        said = AnswerEvidence(channel=Channel.WEB, answer=answer, score=score, words="As I say")
        satisfaction.answer_by_customer(link=link_of(closed, agent), evidence=said, now=timezone.now())

    assert closed.status_updates.unsettled().get().reason == UpdateReason.AFTER_CLOSING
    assert "The customer came to us after closing." in page_of(client, closed, agent)
    assert post(client, closed, "settle-answer", agent, reason="Told her about the valve") == 302
    assert "Told her about the valve" in page_of(client, closed, agent)


def test_a_call_from_before_closing_and_one_of_ours_are_owed_nothing(
    closed: Case, agent: User, start: datetime
) -> None:
    for at, direction in ((start + 58 * MINUTE, Direction.IN), (start + 70 * MINUTE, Direction.OUT)):
        recovery.contact(closed, agent, at, direction)

    assert not closed.status_updates.unsettled().exists()


def test_what_is_owed_in_a_closed_case_is_handed_over_and_the_case_is_not(
    client: Client, closed: Case, agent: User, teammate: User
) -> None:
    recovery.contact(closed, agent, timezone.now(), Direction.IN)

    assert post(client, closed, "assign", agent, to="", note="") == 422
    assert post(client, closed, "assign", agent, to=str(teammate.public_id), note="She knows you") == 302

    assert [row.reference for row in my_work(teammate, now=timezone.now()).later_answers] == [closed.reference]
    assert my_work(agent, now=timezone.now()).later_answers == ()
    assert recovery.fresh(closed).owner == agent
    assert "gave what is owed after closing to Tom Reyes" in page_of(client, closed, agent)


def test_whoever_takes_over_what_is_owed_is_said_to_and_takes_it_once(
    client: Client, closed: Case, agent: User, teammate: User
) -> None:
    recovery.contact(closed, agent, timezone.now(), Direction.IN)

    assert post(client, closed, "assign", teammate, to=str(teammate.public_id), note="") == 302
    page = page_of(client, closed, agent)
    assert "took over what is owed after closing" in page
    assert "gave what is owed after closing" not in page

    for who in (agent, teammate):
        assert post(client, closed, "assign", who, to=str(teammate.public_id), note="") == 422
    with refused("Tom Reyes deals with it already", field="to"):
        handling.assign(case=closed, to=teammate, actor=agent, now=timezone.now())
    assert post(client, closed, "assign", teammate, to=str(agent.public_id), note="") == 302


def test_where_nothing_is_owed_in_a_closed_case_there_is_no_way_to_hand_it_over(
    client: Client, closed: Case, agent: User, teammate: User
) -> None:
    assert "/do/assign/" not in page_of(client, closed, agent)
    assert post(client, closed, "assign", agent, to=str(teammate.public_id), note="") == 422


def test_the_manager_owes_it_once_its_owner_works_here_no_more(
    closed: Case, agent: User, manager: User, administrator: User
) -> None:
    recovery.contact(closed, agent, timezone.now(), Direction.IN)
    gone = Position(name=agent.name, role=Role.AGENT, zone="UTC", teams=[*agent.teams.all()], is_active=False)

    people.change_user(user=agent, position=gone, actor=administrator, now=timezone.now())

    assert [row.reference for row in my_work(manager, now=timezone.now()).later_answers] == [closed.reference]
    assert closed.events.latest("pk").facts["after"] == "Priya Shah"
