"""A customer's mail address that changes: who may change it, who is told, and who says that it is theirs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cases.actions import addresses
from cases.actions.absences import Away, plan_absence
from cases.actions.addresses import confirm, pass_on_unanswered
from cases.actions.customers import CustomerDetails, change_customer
from cases.actions.satisfaction import ask_by_mail, make_link
from cases.errors import NotAllowedError
from cases.models import AddressQuestion, Case, Customer, Event, Message, PersonalChange, User
from cases.reminders.sweep import sweep
from cases.rules.vocabulary import EventKind, MessagePurpose, MessageStatus, WithheldBecause
from tests.actions.endings import withdraw
from tests.conftest import Log
from tests.refusals import refused
from tests.reports import recovery

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WORDS = "Dear Grace, did we make it right?"

Change = Callable[..., Customer]


@pytest.fixture
def case(log: Log, agent: User, now: datetime) -> Case:
    """One of the agent, whose customer is to be asked."""
    return recovery.until_confirm(log(), agent, now)


@pytest.fixture
def change(customer: Customer, now: datetime) -> Change:
    """Changes what is known of the customer."""

    def change_some(actor: User, at: datetime | None = None, **some: str) -> Customer:
        customer.refresh_from_db()
        known = {name: getattr(customer, name) for name in CustomerDetails.__slots__}
        details = replace(CustomerDetails(**known), **some)
        return change_customer(customer=customer, details=details, actor=actor, now=at or now)

    return change_some


def question(case: Case, actor: User, at: datetime) -> Message:
    message = ask_by_mail(case=case, words=WORDS, actor=actor, now=at).message
    assert message is not None
    return message


def told(user: User) -> list[str]:
    notices = Message.objects.filter(purpose=MessagePurpose.NOTICE, to_user=user).order_by("pk")
    return list(notices.values_list("text", flat=True))


@pytest.mark.parametrize("field", ["email", "phone", "name", "reference"])
def test_another_team_does_not_change_how_a_customer_is_reached(
    case: Case, outsider: User, change: Change, customer: Customer, field: str
) -> None:
    before = getattr(customer, field)
    with refused(r"Only who works on a case of this customer .* Ask Maya Osei", by=NotAllowedError):
        change(outsider, **{field: "mallory@example.org"})
    customer.refresh_from_db()
    assert getattr(customer, field) == before


def test_another_team_may_write_down_what_helps_the_customer(case: Case, outsider: User, change: Change) -> None:
    assert change(outsider, needs="Large print").needs == "Large print"


def test_who_has_no_case_may_be_corrected_by_anybody(outsider: User, change: Change) -> None:
    assert change(outsider, email="grace@example.net").email == "grace@example.net"


def test_a_manager_may_change_it_as_far_as_they_see(case: Case, manager: User, change: Change) -> None:
    assert change(manager, email="grace@example.net").email == "grace@example.net"


def test_who_logged_another_case_of_the_customer_may_change_it_and_the_owner_is_asked(
    case: Case, log: Log, outsider: User, agent: User, change: Change, now: datetime
) -> None:
    log(owner=outsider, team=outsider.teams.get())
    change(outsider, email="mallory@example.org")

    assert AddressQuestion.objects.get(case=case, settled_at=None).asked_to == agent
    assert question(case, agent, now + HOUR).status == MessageStatus.HELD


def test_the_owner_of_an_open_case_is_told_what_changed_and_the_owner_of_a_closed_one_is_not(
    log: Log, agent: User, teammate: User, manager: User, change: Change, now: datetime
) -> None:
    log(owner=agent)
    withdraw(log(owner=manager), manager, now)
    change(teammate, email="grace@example.net", phone="+1 555 0199")

    (mail,) = told(agent)
    assert "Tom Reyes changed how Grace Whitlock is named or reached." in mail
    assert "grace@example.org → grace@example.net" in mail
    assert told(manager) == []


def test_old_and_new_are_kept_in_the_history(case: Case, teammate: User, change: Change) -> None:
    change(teammate, email="grace@example.net")
    kept = PersonalChange.objects.get(field="email")
    assert (kept.before, kept.after) == ("grace@example.org", "grace@example.net")
    assert Event.objects.filter(case=case, kind=EventKind.CUSTOMER_CHANGED).exists()


def test_a_mail_with_a_link_waits_until_the_owner_says_yes(
    case: Case, agent: User, teammate: User, change: Change, now: datetime
) -> None:
    change(teammate, email="grace@example.net")
    mail = question(case, teammate, now + HOUR)
    assert (mail.status, mail.held_because) == (MessageStatus.HELD, WithheldBecause.UNCONFIRMED)

    confirm(case=case, actor=agent, now=now + 2 * HOUR)

    mail.refresh_from_db()
    assert (mail.status, mail.to_address) == (MessageStatus.QUEUED, "grace@example.net")
    assert Event.objects.filter(case=case, kind=EventKind.ADDRESS_CONFIRMED, actor=agent).exists()


def test_a_teammate_does_not_say_yes_in_place_of_the_owner(
    case: Case, agent: User, teammate: User, change: Change, now: datetime
) -> None:
    change(teammate, email="grace@example.net")
    with refused("Only Maya Osei, who stands in for them, or a manager", by=NotAllowedError):
        confirm(case=case, actor=teammate, now=now)


def test_a_manager_says_yes(case: Case, teammate: User, manager: User, change: Change, now: datetime) -> None:
    change(teammate, email="grace@example.net")
    confirm(case=case, actor=manager, now=now)
    with refused("Nobody has to say that any more"):
        confirm(case=case, actor=manager, now=now)


def test_who_stands_in_says_yes_and_their_own_change_needs_none(
    case: Case, agent: User, teammate: User, manager: User, change: Change, now: datetime
) -> None:
    plan_absence(user=agent, away=Away(start=now, end=now + DAY, substitute=teammate), actor=agent, now=now)
    change(manager, email="grace@example.net")
    assert [one.case for one in addresses.waiting_for(teammate, now)] == [case]
    confirm(case=case, actor=teammate, now=now)

    change(teammate, email="grace@example.com")
    assert question(case, agent, now + HOUR).status == MessageStatus.QUEUED


def test_the_owners_own_change_needs_no_yes_and_answers_what_was_asked(
    case: Case, agent: User, teammate: User, change: Change, now: datetime
) -> None:
    change(teammate, email="grace@example.net")
    change(agent, email="grace@example.com", at=now + HOUR)

    assert not case.address_questions.waiting().exists()
    assert question(case, agent, now + 2 * HOUR).status == MessageStatus.QUEUED
    assert len(told(agent)) == 1


def test_each_case_is_asked_for_itself(
    case: Case, log: Log, agent: User, teammate: User, change: Change, now: datetime
) -> None:
    theirs = log(owner=teammate)
    change(teammate, email="grace@example.net")
    assert list(AddressQuestion.objects.waiting().values_list("case", flat=True)) == [case.pk]
    assert make_link(case=theirs, actor=teammate, now=now)
    assert question(case, agent, now + HOUR).status == MessageStatus.HELD


def test_unanswered_for_a_day_it_goes_to_the_manager_once(
    case: Case, teammate: User, manager: User, change: Change, now: datetime
) -> None:
    change(teammate, email="grace@example.net")
    assert pass_on_unanswered(now + DAY - HOUR) == 0
    assert (pass_on_unanswered(now + DAY), pass_on_unanswered(now + DAY)) == (1, 0)

    assert len(told(manager)) == 1
    assert [one.case for one in addresses.waiting_for(manager, now + DAY)] == [case]


def test_no_link_is_given_out_by_hand_meanwhile(
    case: Case, agent: User, teammate: User, change: Change, now: datetime
) -> None:
    change(teammate, email="grace@example.net")
    with refused("nobody has said yet that it is theirs. Ask Maya Osei"):
        make_link(case=case, actor=teammate, now=now)
    confirm(case=case, actor=agent, now=now)
    assert make_link(case=case, actor=teammate, now=now)


def test_another_phone_number_asks_nothing_and_is_told(case: Case, agent: User, teammate: User, change: Change) -> None:
    change(teammate, phone="+1 555 0199")
    assert not AddressQuestion.objects.exists()
    assert "Phone: now +1 555 0199." in told(agent)[0]


def test_the_sweep_asks_the_manager_after_a_day(
    case: Case, teammate: User, manager: User, change: Change, now: datetime
) -> None:
    change(teammate, email="grace@example.net")
    sweep(now + DAY - HOUR)
    assert told(manager) == []
    sweep(now + DAY)
    assert "nobody has said within 24 hours" in told(manager)[0]


def test_nobody_is_asked_of_a_case_that_was_closed_meanwhile(
    case: Case, agent: User, teammate: User, manager: User, change: Change, now: datetime
) -> None:
    change(teammate, email="grace@example.net")
    withdraw(case, agent, now + HOUR)
    assert (pass_on_unanswered(now + DAY), told(manager)) == (0, [])
