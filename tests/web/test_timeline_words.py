"""The timeline as people read it: the right person did it, and no code shows."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.actions import handling, promises, satisfaction, talk
from cases.actions.facts import correct_facts
from cases.models import Case, Customer, CustomerLink, Event, User
from cases.rules.evidence import AnswerEvidence
from cases.rules.vocabulary import Answer, Channel, EventKind, Outcome
from tests.conftest import Log
from tests.reports import recovery

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def at() -> datetime:
    """A day ago: links of then still work."""
    return timezone.now() - timedelta(days=1)


@pytest.fixture
def case(log: Log, at: datetime) -> Case:
    return log(at=at)


def lines(client: Client, case: Case, reader: User) -> list[str]:
    client.force_login(reader)
    page = client.get(reverse("cases:timeline", args=(case.reference,)))
    return [f"{line.who} {line.did}" for line in page.context["events"]]


def link_of(case: Case, agent: User, at: datetime) -> CustomerLink:
    satisfaction.make_link(case=case, actor=agent, now=at)
    return CustomerLink.objects.get()


def test_a_take_over_is_no_gift_to_oneself(
    client: Client, case: Case, agent: User, manager: User, at: datetime
) -> None:
    handling.take_over(case=case, actor=manager, now=at + HOUR)
    handling.assign(case=case, to=agent, actor=manager, now=at + 2 * HOUR)
    handling.assign(case=case, to=None, actor=manager, now=at + 3 * HOUR)

    assert lines(client, case, agent)[:3] == [
        "Priya Shah took the case from Maya Osei; nobody owns it now",
        "Priya Shah gave the case to Maya Osei",
        "Priya Shah took the case over from Maya Osei",
    ]


def test_a_customer_who_would_rather_talk_has_asked_to_be_called(
    client: Client, case: Case, agent: User, at: datetime
) -> None:
    talk.ask_to_talk(link=link_of(case, agent, at), words="After five, please", now=at + HOUR)

    assert lines(client, case, agent)[0] == "Grace Whitlock asked to be called"


def test_an_answer_is_the_customer_s_where_they_gave_it_and_staff_s_record_where_staff_wrote_it_down(
    client: Client, case: Case, agent: User, at: datetime
) -> None:
    evidence = AnswerEvidence(channel=Channel.WEB, answer=Answer.SATISFIED, score=5, words="Thank you")
    recovery.until_confirm(case, agent, at)
    satisfaction.record_answer(case=recovery.fresh(case), evidence=evidence, actor=agent, now=at + HOUR)
    satisfaction.answer_by_customer(link=link_of(case, agent, at + HOUR), evidence=evidence, now=at + 2 * HOUR)

    found = lines(client, case, agent)
    assert found[0] == "Grace Whitlock answered again: satisfied"
    assert "Maya Osei recorded the customer’s answer: satisfied" in found


def test_made_safe_is_said_in_words(client: Client, case: Case, agent: User, at: datetime) -> None:
    handling.record_made_safe(case=case, at=at + HOUR, actor=agent, now=at + 2 * HOUR)

    assert lines(client, case, agent)[0] == "Maya Osei recorded that it was made safe"
    assert "made_safe" not in client.get(reverse("cases:timeline", args=(case.reference,))).content.decode()


def test_the_page_says_who_owed_a_promise_when_it_lapsed_and_who_sees_to_it_now(
    client: Client, case: Case, agent: User, manager: User, at: datetime
) -> None:
    promise = recovery.promise(case, agent, at, at + HOUR)
    handling.take_over(case=case, actor=manager, now=at + 2 * HOUR)
    client.force_login(manager)

    def page() -> str:
        return " ".join(client.get(reverse("cases:case", args=(case.reference,))).content.decode().split())

    assert "Maya Osei owed it when it lapsed · Priya Shah sees to it now" in page()
    promises.keep_promise(promise=promise, actor=manager, now=at + 3 * HOUR)
    assert "Maya Osei owed it when it lapsed · ended <time" in page()


def test_whoever_gives_up_their_own_case_took_it_from_nobody(
    client: Client, case: Case, agent: User, manager: User, at: datetime
) -> None:
    handling.take_over(case=case, actor=manager, now=at + HOUR)
    handling.assign(case=case, to=None, actor=manager, now=at + 2 * HOUR)
    manager.name = "Priya Miller"
    manager.save()

    assert lines(client, case, agent)[0] == "Priya Miller gave the case up; nobody owns it now"


def test_whoever_has_another_name_by_now_is_still_the_same_person(
    client: Client, log: Log, agent: User, manager: User, at: datetime
) -> None:
    case = log(at=at)
    promise = recovery.promise(case, agent, at, at + HOUR)
    promises.keep_promise(promise=promise, actor=agent, now=at + 2 * HOUR)
    recovery.propose(case, agent, at + 3 * HOUR, amount=10)
    User.objects.filter(pk=agent.pk).update(name="Maya Miller")
    Customer.objects.filter(pk=case.customer_id).update(name="Grace Hopper")

    client.force_login(manager)
    page = client.get(reverse("cases:timeline", args=(case.reference,))).content.decode()
    for gone in ("Maya Osei owed", "made by Maya", "Owner: Maya", "Maya Osei is to keep", "for Grace Whitlock"):
        assert gone not in page
    facts = Event.objects.filter(kind=EventKind.COMPENSATION_PROPOSED).values_list("facts", flat=True)
    assert [one["recipient"] for one in facts] == [""]


def test_a_colleague_of_the_same_name_is_somebody_else(
    client: Client, log: Log, agent: User, teammate: User, at: datetime
) -> None:
    User.objects.filter(pk=teammate.pk).update(name=agent.name)
    teammate.refresh_from_db()
    case = log(at=at, owner=teammate)
    promise = recovery.promise(case, teammate, at, at + HOUR)
    promises.keep_promise(promise=promise, actor=agent, now=at + 2 * HOUR)

    client.force_login(agent)
    page = client.get(reverse("cases:timeline", args=(case.reference,))).content.decode()
    assert f"Owner: {agent.name}" in page
    assert f"{agent.name} owed it when it lapsed" in page


def test_a_rule_changes_a_severity_and_nobody_else(
    client: Client, log: Log, agent: User, manager: User, at: datetime
) -> None:
    earlier, later = log(at=at - 48 * HOUR, title="Never collected"), log(at=at)
    recovery.close(earlier, manager, at + HOUR, Outcome.WITHDRAWN)
    correct_facts(case=later, facts={"attempt": 2}, reason="They said so", actor=agent, now=at + 2 * HOUR)

    changed = [line for line in lines(client, later, agent) if line.endswith("the severity")]
    assert changed == ["Amends raised the severity", "Amends lowered the severity"]
    assert not Event.objects.filter(kind=EventKind.SEVERITY_CHANGED, actor__isnull=False).exists()
