"""Two records of one customer become one: everything moves, figures stay, and nothing old is mailed."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cases.actions import merging, records, satisfaction
from cases.actions.customers import CustomerDetails, change_customer
from cases.actions.events import facts_of
from cases.actions.undelivered import take_back_mail
from cases.errors import ConflictError, NotAllowedError
from cases.models import Case, Customer, CustomerLink, Event, Message, PersonalChange, User
from cases.reports.customers import history
from cases.reports.filters import CaseFilter
from cases.rules.vocabulary import Audience, EventKind, MessagePurpose, MessageStatus, WithheldBecause
from tests.actions.endings import withdraw
from tests.conftest import Log
from tests.refusals import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(now: datetime, team: object) -> Customer:
    return Customer.objects.create(
        name="G. Whitlock",
        email="whitlock@example.net",
        phone="+1 555 0177",
        reference="K-77",
        needs="Large print",
        created_at=now,
    )


def merge(keep: Customer, drop: Customer, actor: User, now: datetime) -> Customer:
    return merging.merge_customers(keep=keep, drop=drop, actor=actor, now=now)


def mail_to(case: Case, now: datetime, status: MessageStatus = MessageStatus.QUEUED) -> Message:
    return Message.objects.create(
        case=case,
        purpose=MessagePurpose.APOLOGY,
        audience=Audience.CUSTOMER,
        status=status,
        to_address=case.customer.email,
        subject="Sorry",
        text="We are sorry.",
        created_at=now,
        next_attempt_at=now,
        sent_at=now if status == MessageStatus.SENT else None,
    )


def test_cases_move_with_their_mails_and_links(
    log: Log, agent: User, customer: Customer, other: Customer, now: datetime
) -> None:
    mine, moved = log(), log(whom=other)
    mail_to(moved, now, MessageStatus.SENT)
    satisfaction.make_link(case=moved, actor=agent, now=now)

    kept = merge(customer, other, agent, now)

    assert set(kept.cases.all()) == {mine, moved}
    assert Message.objects.filter(case__customer=kept).exists()
    assert CustomerLink.objects.working().get().case.customer == kept


def test_the_other_record_keeps_its_row_and_is_shown_no_more(
    agent: User, customer: Customer, other: Customer, now: datetime
) -> None:
    merge(customer, other, agent, now)

    row = Customer.everything.get(pk=other.pk)
    assert (row.merged_into, row.email, row.name) == (customer, "whitlock@example.net", "G. Whitlock")
    assert list(Customer.objects.all()) == [customer]


@pytest.mark.parametrize("words", ["0177", "whitlock@example.net", "K-77", "G. Whitlock", "0100", "grace"])
def test_whoever_was_merged_is_found_by_everything_they_were_found_by(
    log: Log, agent: User, customer: Customer, other: Customer, now: datetime, words: str
) -> None:
    moved = log(whom=other)

    merge(customer, other, agent, now)

    assert list(Customer.objects.matching(words)) == [customer]
    assert moved in Case.objects.matching(words)


def test_an_old_address_is_never_mailed_and_an_empty_field_is_filled(
    agent: User, customer: Customer, other: Customer, now: datetime
) -> None:
    kept = merge(customer, other, agent, now)

    assert (kept.email, kept.phone) == ("grace@example.org", "+1 555 0100")
    assert (kept.needs, kept.reference) == ("Large print", "K-77")
    assert set(kept.former.splitlines()) == {"whitlock@example.net", "+1 555 0177"}


def test_both_notes_are_kept(agent: User, customer: Customer, other: Customer, now: datetime) -> None:
    Customer.objects.filter(pk=customer.pk).update(note="Calls at noon")
    Customer.objects.filter(pk=other.pk).update(note="Never by fax")

    assert merge(customer, other, agent, now).note == "Calls at noon\n\nNever by fax"


def test_the_event_says_on_both_records_what_moved_and_from_what_to_what(
    log: Log, agent: User, customer: Customer, other: Customer, now: datetime
) -> None:
    log()
    log(whom=other)

    merge(customer, other, agent, now)

    events = Event.objects.filter(kind=EventKind.CUSTOMERS_MERGED, customer__isnull=False).order_by("pk")
    assert [event.customer_id for event in events] == [customer.pk, other.pk]
    facts = facts_of(events[0])
    assert facts is not None
    assert (facts.cases, facts.mistakes_before, facts.mistakes_after) == (1, 1, 2)  # type: ignore[attr-defined]
    assert (facts.dropped, facts.kept) == (str(other.public_id), str(customer.public_id))  # type: ignore[attr-defined]


def test_values_of_personal_data_stand_apart_from_the_event(
    agent: User, customer: Customer, other: Customer, now: datetime
) -> None:
    merge(customer, other, agent, now)

    assert not Event.objects.filter(facts__icontains="whitlock").exists()
    values = {(one.field, one.before, one.after) for one in PersonalChange.objects.all()}
    assert ("needs", "", "Large print") in values
    assert ("name", "G. Whitlock", "Grace Whitlock") in values


def test_every_case_that_moved_and_every_open_case_tells_of_it(
    log: Log, agent: User, customer: Customer, other: Customer, now: datetime
) -> None:
    closed, mine, moved, moved_closed = log(), log(), log(whom=other), log(whom=other)
    withdraw(closed, agent, now)
    withdraw(moved_closed, agent, now)

    merge(customer, other, agent, now)

    told = Event.objects.filter(kind=EventKind.CUSTOMERS_MERGED, case__isnull=False)
    assert {event.case for event in told} == {mine, moved, moved_closed}
    assert all(event.version == event.case.version for event in told)


def test_money_clocks_and_severity_of_the_cases_stay(
    log: Log, agent: User, customer: Customer, other: Customer, now: datetime
) -> None:
    log(at=now - timedelta(days=3))
    moved = log(whom=other)
    names = ("severity", "priority", "next_due_at", "known_at", "outcome", "owner_id")
    before = Case.objects.filter(pk=moved.pk).values(*names).get()
    steps = list(moved.steps.values("kind", "due_at", "status"))

    merge(customer, other, agent, now)

    assert Case.objects.filter(pk=moved.pk).values(*names).get() == before
    assert list(moved.steps.values("kind", "due_at", "status")) == steps


def test_figures_per_person_follow_the_record_that_stays(
    log: Log, agent: User, customer: Customer, other: Customer, now: datetime
) -> None:
    log()
    withdraw(log(whom=other), agent, now)
    log(whom=other)

    kept = merge(customer, other, agent, now)

    assert history(kept, agent, now=now).mistakes == 2
    by_old_key = CaseFilter(customer=other.public_id).apply(Case.objects.all(), now=now, zone=ZoneInfo("UTC"))
    assert by_old_key.count() == Case.objects.count() == 3


def test_refused_while_mail_to_either_waits(
    log: Log, agent: User, customer: Customer, other: Customer, now: datetime
) -> None:
    for whom in (customer, other):
        case = log(whom=whom)
        mail = mail_to(case, now)
        with refused(case.reference):
            merge(customer, other, agent, now)
        Message.objects.filter(pk=mail.pk).update(status=MessageStatus.SENT, sent_at=now)

    assert merge(customer, other, agent, now) == customer


def test_a_mail_that_is_held_back_never_leaves_so_it_is_to_be_taken_back(
    log: Log, agent: User, customer: Customer, other: Customer, now: datetime
) -> None:
    mail = mail_to(log(whom=other), now)
    mail.status, mail.held_because, mail.next_attempt_at = MessageStatus.HELD, WithheldBecause.NO_ADDRESS, None
    mail.save()
    with refused("Choose “Take it back” on the page of the case"):
        merge(customer, other, agent, now)
    take_back_mail(message=mail, actor=agent, now=now)
    assert merge(customer, other, agent, now) == customer


def test_refused_with_itself_and_with_one_that_was_merged(
    agent: User, customer: Customer, other: Customer, now: datetime
) -> None:
    with refused("this record itself"):
        merge(customer, customer, agent, now)
    merge(customer, other, agent, now)

    with refused("merged meanwhile"):
        merge(customer, other, agent, now)
    with refused("merged meanwhile"):
        merge(other, customer, agent, now)


def test_only_who_may_see_every_case_of_both_may_merge(
    log: Log, outsider: User, manager: User, customer: Customer, other: Customer, now: datetime
) -> None:
    log(whom=other)

    with pytest.raises(NotAllowedError):
        merge(customer, other, outsider, now)

    assert merge(customer, other, manager, now) == customer


def test_of_three_that_are_one_the_last_is_found_by_all(
    log: Log, agent: User, customer: Customer, other: Customer, now: datetime
) -> None:
    third = Customer.objects.create(name="Gracie W", created_at=now)
    merge(other, customer, agent, now)

    kept = merge(third, other, agent, now)

    assert set(Customer.meant_by([customer.public_id, other.public_id]).values()) == {third}
    assert kept.email == "whitlock@example.net"
    assert list(Customer.objects.matching("0100")) == [third]
    assert set(kept.all_keys()) == {customer.pk, other.pk, third.pk}


def test_a_case_logged_meanwhile_for_the_other_record_is_the_survivors(
    log: Log, agent: User, customer: Customer, other: Customer, now: datetime
) -> None:
    merge(customer, other, agent, now)

    assert log(whom=other).customer == customer


def test_no_older_form_of_either_record_acts_unseen(
    agent: User, customer: Customer, other: Customer, now: datetime
) -> None:
    change_customer(customer=other, details=CustomerDetails(name="G. Whitlock"), actor=agent, now=now)
    other.refresh_from_db()

    assert merge(customer, other, agent, now).version > max(other.version, customer.version)


def test_a_record_that_was_merged_is_changed_no_more(
    agent: User, customer: Customer, other: Customer, now: datetime
) -> None:
    merge(customer, other, agent, now)

    with refused("merged into another one"):
        change_customer(customer=other, details=CustomerDetails(name="G. W."), actor=agent, now=now)
    with pytest.raises(ConflictError):
        records.check_version(other, other.version, agent)
