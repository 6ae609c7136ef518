"""A mail address that nobody has confirmed is asked about wherever it would be written to next."""

import re
from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.actions import addresses, closing, facts, handling, merging, satisfaction
from cases.actions.customers import CustomerDetails, change_customer
from cases.actions.submissions import new_key
from cases.errors import RuleError
from cases.models import AddressQuestion, Case, Customer, CustomerLink, Event, Message, User
from cases.rules.vocabulary import EventKind, MessagePurpose, MessageStatus, Outcome
from tests.actions.endings import withdraw
from tests.conftest import Log
from tests.reports import recovery
from tests.web.hidden import hidden_of

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def now() -> datetime:
    return timezone.now() - timedelta(minutes=5)


@pytest.fixture
def bob(now: datetime) -> Customer:
    return Customer.objects.create(name="Bob Tarn", email="bob@example.org", created_at=now)


def move(customer: Customer, email: str, actor: User, at: datetime) -> None:
    customer.refresh_from_db()
    change_customer(customer=customer, details=CustomerDetails(name=customer.name, email=email), actor=actor, now=at)


def told(user: User) -> list[str]:
    notices = Message.objects.filter(purpose=MessagePurpose.NOTICE, to_user=user).order_by("pk")
    return list(notices.values_list("text", flat=True))


def key_of() -> dict[str, str]:
    return {"key": new_key(timezone.now())}


def asked(case: Case) -> User | None:
    return AddressQuestion.objects.waiting().get(case=case).asked_to


def timeline(client: Client, case: Case) -> str:
    page = client.get(reverse("cases:timeline", args=(case.reference,))).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_a_second_case_asks_what_the_first_one_asks(
    client: Client, log: Log, customer: Customer, agent: User, outsider: User, now: datetime
) -> None:
    withdraw(log(), agent, now)
    log(owner=outsider, team=outsider.teams.get())
    move(customer, "mallory@example.org", outsider, now)
    client.force_login(agent)
    sent = {"customer": str(customer.public_id), "title": "Lost", "severity": "minor", "origin": "customer"}
    client.post(reverse("cases:log"), {**sent, "channel": "phone", "owner": agent.public_id, **key_of()})
    second = Case.objects.latest("pk")
    page = client.get(reverse("cases:case", args=(second.reference,))).content.decode()
    assert "Omar Haddad changed the customer's mail address" in page
    assert "Yes, it is theirs" in page
    assert "Maya Osei logged the case; Maya Osei has to say that the mail address is right" in timeline(client, second)
    with pytest.raises(RuleError, match="nobody has said yet that it is theirs"):
        satisfaction.make_link(case=second, actor=agent, now=timezone.now())


def test_who_changed_the_address_is_not_asked_in_a_case_of_their_own(
    log: Log, customer: Customer, agent: User, teammate: User, manager: User, now: datetime
) -> None:
    log()
    move(customer, "grace@example.net", teammate, now)
    assert not log(owner=teammate).address_questions.exists()
    unowned = log(owner=None)
    assert asked(unowned) == manager
    assert "Tom Reyes changed it, and nobody has said yet" in told(manager)[-1]


def test_a_case_that_its_owner_moves_to_the_customer_asks_too(
    log: Log, customer: Customer, bob: Customer, agent: User, teammate: User, now: datetime
) -> None:
    log()
    case = log(whom=bob)
    move(customer, "grace@example.net", teammate, now)
    facts.correct_facts(case=case, facts={"customer": customer}, reason="-", actor=agent, now=now)
    question = case.address_questions.get()
    assert (question.changed_by, question.because, question.asked_to) == (teammate, "changed", agent)


def test_a_doubt_stays_with_the_customer_when_the_case_that_asked_is_moved(
    log: Log, customer: Customer, bob: Customer, agent: User, teammate: User, now: datetime
) -> None:
    case = log()
    log(owner=teammate)
    move(customer, "mallory@example.org", teammate, now)
    facts.correct_facts(case=case, facts={"customer": bob}, reason="-", actor=agent, now=now)
    assert not case.address_questions.waiting().exists()
    assert asked(log()) == agent


@pytest.mark.parametrize("ending", [Outcome.WITHDRAWN, Outcome.DUPLICATE])
def test_what_was_confirmed_once_is_asked_in_no_new_case(
    log: Log, customer: Customer, agent: User, teammate: User, now: datetime, ending: Outcome
) -> None:
    old, case = log(), log()
    other = case if ending is Outcome.DUPLICATE else None
    closing.close(case=old, outcome=ending, reason="-", actor=agent, now=now, duplicate_of=other)
    move(customer, "grace@example.net", teammate, now)
    assert asked(case) == agent
    addresses.confirm(case=case, actor=agent, now=now)
    assert not log().address_questions.exists()
    move(customer, "grace@example.com", teammate, now)
    assert asked(log()) == agent


def test_who_changed_the_address_confirms_it_for_nobody_else(
    log: Log, customer: Customer, agent: User, teammate: User, now: datetime
) -> None:
    case = log()
    move(customer, "grace@example.net", teammate, now)
    handling.take_over(case=case, actor=teammate, now=now)
    addresses.confirm(case=case, actor=teammate, now=now)
    assert asked(log()) == agent


def test_after_a_merge_nobody_asks_about_the_address_that_was_dropped(
    log: Log, customer: Customer, bob: Customer, agent: User, teammate: User, now: datetime
) -> None:
    cases = [log(), log()]
    move(customer, "grace@typo.example", teammate, now)
    assert [asked(case) for case in cases] == [agent, agent]
    merging.merge_customers(keep=bob, drop=customer, actor=agent, now=now)
    assert not AddressQuestion.objects.waiting().exists()
    assert not log(whom=bob).address_questions.exists()


def test_a_doubted_address_that_fills_the_other_record_stays_doubted(
    log: Log, customer: Customer, agent: User, teammate: User, now: datetime
) -> None:
    log()
    move(customer, "grace@example.net", teammate, now)
    keep = Customer.objects.create(name="Grace W.", created_at=now)
    merging.merge_customers(keep=keep, drop=customer, actor=agent, now=now)
    assert asked(log(whom=keep)) == agent


def test_a_yes_in_the_original_lets_the_mail_of_its_duplicate_leave(
    log: Log, customer: Customer, agent: User, teammate: User, now: datetime
) -> None:
    duplicate, original = recovery.until_confirm(log(), agent, now), log()
    move(customer, "grace@example.net", teammate, now)
    mail = satisfaction.ask_by_mail(case=duplicate, words="Did we make it right?", actor=agent, now=now).message
    assert mail is not None
    closing.close(
        case=duplicate, outcome=Outcome.DUPLICATE, reason="Twice", actor=agent, now=now, duplicate_of=original
    )
    addresses.confirm(case=original, actor=agent, now=now)
    mail.refresh_from_db()
    assert (mail.status, mail.to_address) == (MessageStatus.QUEUED, "grace@example.net")


def test_who_doubted_before_is_told_by_the_questions_that_wait(
    log: Log, customer: Customer, agent: User, teammate: User, now: datetime
) -> None:
    log()
    move(customer, "grace@example.net", teammate, now)
    Customer.objects.update(doubted_by=None, doubted_at=None)
    import_module("cases.migrations.0055_doubted_before").fill_doubts(apps, "default")
    assert asked(log()) == agent


def test_a_record_that_is_merged_into_the_customer_asks_too(
    log: Log, customer: Customer, bob: Customer, agent: User, teammate: User, now: datetime
) -> None:
    log()
    case = log(whom=bob)
    move(customer, "grace@example.net", teammate, now)
    merging.merge_customers(keep=customer, drop=bob, actor=agent, now=now)
    assert asked(case) == agent


def test_a_move_asks_and_tells_the_owner_and_says_what_was_done(
    client: Client, log: Log, bob: Customer, agent: User, teammate: User, now: datetime
) -> None:
    case = log()
    satisfaction.make_link(case=case, actor=agent, now=now)
    facts.correct_facts(case=case, facts={"customer": bob}, reason="-", actor=teammate, now=now)
    assert "Mail address: grace@example.org → bob@example.org." in told(agent)[0]
    assert "Until you say that the new address is theirs" in told(agent)[0]
    client.force_login(agent)
    page = timeline(client, case)
    assert "Tom Reyes moved the case to this customer; Maya Osei has to say that the mail address is right" in page
    assert "took back the link of the customer" in page
    assert "another mail address" not in page
    address = reverse("cases:do", args=(case.reference, "confirm-address"))
    assert "moved the case to this customer, and mail goes to bob@example.org" in client.get(address).content.decode()


def test_a_merge_asks_and_tells_the_owner_once(
    client: Client, log: Log, bob: Customer, agent: User, manager: User, now: datetime
) -> None:
    cases = [log(whom=bob), log(whom=bob)]
    keep = Customer.objects.create(name="Robert Tarn", email="tarn@example.net", created_at=now)
    merging.merge_customers(keep=keep, drop=bob, actor=manager, now=now)
    assert len(told(agent)) == 1
    assert "merged two records of the customer" in told(agent)[0]
    assert [asked(case) for case in cases] == [agent, agent]
    client.force_login(agent)
    assert "merged two records of the customer; Maya Osei has to say" in timeline(client, cases[0])


def test_a_merge_asks_of_a_closed_case_when_it_is_reopened(
    log: Log, customer: Customer, bob: Customer, agent: User, manager: User, now: datetime
) -> None:
    closed = withdraw(log(whom=bob), agent, now)
    merging.merge_customers(keep=customer, drop=bob, actor=manager, now=now)
    assert told(agent) == []
    closing.reopen(case=closed, reason="It stands", actor=manager, now=now + HOUR)
    assert len(told(agent)) == 1
    with pytest.raises(RuleError, match="nobody has said yet"):
        satisfaction.make_link(case=closed, actor=agent, now=now + HOUR)


def test_another_record_with_the_same_address_asks_nothing(
    log: Log, customer: Customer, agent: User, teammate: User, now: datetime
) -> None:
    case = log()
    satisfaction.make_link(case=case, actor=agent, now=now)
    wife = Customer.objects.create(name="Ann Whitlock", email="Grace@Example.org", created_at=now)
    facts.correct_facts(case=case, facts={"customer": wife}, reason="-", actor=teammate, now=now)
    assert not case.address_questions.exists()
    assert not CustomerLink.objects.working().exists()


def test_a_case_that_is_reopened_asks_its_owner_and_a_day_later_the_manager(
    log: Log, customer: Customer, agent: User, teammate: User, manager: User, now: datetime
) -> None:
    case = withdraw(log(), agent, now)
    log(owner=teammate)
    move(customer, "grace@example.net", teammate, now)
    assert told(agent) == []
    closing.reopen(case=case, reason="It stands", actor=manager, now=now + DAY)
    assert "Until you say that the new address is theirs" in told(agent)[0]
    assert addresses.pass_on_unanswered(now + 2 * DAY) == 1
    assert asked(case) == manager


def test_after_a_hand_over_the_new_owner_is_asked_and_the_former_one_no_more(
    client: Client, log: Log, customer: Customer, agent: User, teammate: User, now: datetime
) -> None:
    case = log()
    move(customer, "grace@example.net", teammate, now)
    handling.take_over(case=case, actor=teammate, now=now)
    assert (asked(case), told(teammate)) == (teammate, [])
    for user, is_asked in ((agent, False), (teammate, True)):
        client.force_login(user)
        assert ("Is this their mail address?" in client.get(reverse("cases:work")).content.decode()) is is_asked
    address = reverse("cases:do", args=(case.reference, "confirm-address"))
    assert client.post(address, hidden_of(client.get(address))).status_code == 302


def test_whoever_is_given_a_case_is_told_of_the_question(
    log: Log, customer: Customer, teammate: User, manager: User, now: datetime
) -> None:
    case = log()
    move(customer, "grace@example.net", manager, now)
    addresses.pass_on_unanswered(now + DAY)
    handling.assign(case=case, to=teammate, actor=manager, now=now + DAY)
    assert asked(case) == teammate
    assert "nobody has said yet that grace@example.net is theirs" in told(teammate)[0]
    assert addresses.pass_on_unanswered(now + 2 * DAY) == 1


def test_the_list_names_nobody_who_would_be_refused(
    client: Client, log: Log, customer: Customer, agent: User, teammate: User, now: datetime
) -> None:
    case = log()
    move(customer, "grace@example.net", teammate, now)
    Case.objects.filter(pk=case.pk).update(owner=teammate)  # as rows from before stand there
    assert addresses.waiting_for(agent, now) == []
    assert [one.case for one in addresses.waiting_for(teammate, now)] == [case]


def test_links_of_a_duplicate_are_listed_and_taken_back_with_those_of_the_case(
    client: Client, log: Log, agent: User, now: datetime
) -> None:
    original, duplicate = log(), log()
    token = satisfaction.make_link(case=duplicate, actor=agent, now=now)
    closing.close(
        case=duplicate,
        outcome=Outcome.DUPLICATE,
        reason="Twice",
        actor=agent,
        now=now,
        duplicate_of=original,
    )
    client.force_login(agent)
    page = reverse("cases:made_right", args=(token,))
    assert client.get(page).status_code == 200
    assert token in client.get(reverse("cases:case", args=(original.reference,))).content.decode()
    address = reverse("cases:do", args=(original.reference, "revoke-links"))
    assert client.post(address, hidden_of(client.get(address))).status_code == 302
    assert client.get(page).status_code == 410


def test_no_link_of_a_duplicate_opens_a_case_whose_address_is_not_confirmed(
    log: Log, customer: Customer, agent: User, teammate: User, now: datetime
) -> None:
    original, duplicate = log(), log(owner=teammate)
    closing.close(
        case=duplicate,
        outcome=Outcome.DUPLICATE,
        reason="Twice",
        actor=agent,
        now=now,
        duplicate_of=original,
    )
    move(customer, "mallory@example.org", teammate, now)
    with pytest.raises(RuleError, match=r"nobody has said yet that it is theirs\. Ask Maya Osei"):
        satisfaction.make_link(case=duplicate, actor=teammate, now=now)
    addresses.confirm(case=original, actor=agent, now=now)
    assert satisfaction.make_link(case=duplicate, actor=teammate, now=now)


def test_a_case_goes_to_the_record_that_stays_where_the_chosen_one_was_merged_meanwhile(
    log: Log, customer: Customer, bob: Customer, agent: User, now: datetime
) -> None:
    ann = Customer.objects.create(name="Ann Tarn", created_at=now)
    case, chosen = log(), Customer.objects.get(pk=ann.pk)
    merging.merge_customers(keep=bob, drop=ann, actor=agent, now=now)
    facts.correct_facts(case=case, facts={"customer": chosen}, reason="-", actor=agent, now=now)
    case.refresh_from_db()
    assert case.customer == bob
    assert Event.objects.filter(customer=bob, kind=EventKind.CASE_MOVED).exists()
    assert not Event.objects.filter(customer=ann, kind=EventKind.CASE_MOVED).exists()
