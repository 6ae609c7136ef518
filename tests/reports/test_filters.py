"""What the address of the case list means."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db.models import Q

from cases.actions import handling
from cases.models import Case, Team, User
from cases.reports.filters import Age, CaseFilter, Needs, Status
from cases.reports.traits import Trait
from cases.rules.vocabulary import Outcome, Severity, StepKind
from tests.conftest import Log
from tests.reports.recovery import DAY, HOUR, MINUTE, acknowledge, another_customer, close, promise, propose, recover

pytestmark = pytest.mark.django_db


def chosen(wanted: CaseFilter, user: User, now: datetime) -> set[str]:
    found = wanted.apply(Case.objects.all(), now=now, zone=user.zone)
    return set(found.values_list("title", flat=True))


def test_an_address_says_what_it_was_read_from() -> None:
    key = uuid4()
    address = {"status": "open", "step": "correct", "overdue": "1", "owner": str(key), "known_after": "2025-09-01"}
    wanted = CaseFilter.read(address)
    assert wanted == CaseFilter(
        status=Status.OPEN, step=StepKind.CORRECT, overdue=True, owner=key, known_after=date(2025, 9, 1)
    )
    assert wanted.parameters() == address


@pytest.mark.parametrize("name", ["status", "step", "overdue", "owner", "severity", "known_after", "cause", "has"])
@pytest.mark.parametrize("text", ["nonsense", "2025-13-45", "' OR 1=1", "9999-12-31", "١٢"])
def test_a_value_that_makes_no_sense_is_named_and_left_out(name: str, text: str) -> None:
    wanted = CaseFilter.read({name: text})
    assert wanted.unread == (name,)
    assert wanted.address == ""


def test_nul_bytes_and_very_long_words_are_no_error(agent: User, log: Log, now: datetime) -> None:
    log()
    assert chosen(CaseFilter.read({"q": "par\x00cel"}), agent, now) == {"Parcel sent to the old address"}
    assert chosen(CaseFilter.read({"q": "z" * 100_000}), agent, now) == set()


def test_open_and_closed_part_all_cases(agent: User, log: Log, now: datetime) -> None:
    log(title="Still open")
    recover(log(title="Made right", whom=another_customer("Ada", now)), agent, now + HOUR)
    later = now + DAY
    assert chosen(CaseFilter(status=Status.OPEN), agent, later) == {"Still open"}
    assert chosen(CaseFilter(status=Status.CLOSED), agent, later) == {"Made right"}
    assert chosen(CaseFilter(outcome=Outcome.SATISFIED), agent, later) == {"Made right"}


def test_late_by_a_second_is_overdue_and_due_this_second_is_not(agent: User, log: Log) -> None:
    case = log()
    assert case.next_due_at is not None
    assert chosen(CaseFilter(overdue=True), agent, case.next_due_at) == set()
    assert chosen(CaseFilter(overdue=True), agent, case.next_due_at + timedelta(seconds=1)) == {case.title}


def test_nobody_is_an_owner_to_ask_for(agent: User, log: Log, now: datetime) -> None:
    log(title="Mine")
    handling.assign(case=log(title="Nobody's", whom=another_customer("Ada", now)), to=None, actor=agent, now=now)
    assert chosen(CaseFilter.read({"owner": "none"}), agent, now) == {"Nobody's"}
    assert chosen(CaseFilter(owner=agent.public_id), agent, now) == {"Mine"}


def test_ages_part_all_cases(agent: User, log: Log, now: datetime) -> None:
    for days in (0, 1, 2, 7, 8, 30, 31):
        log(title=f"{days}", at=now - days * DAY, whom=another_customer(f"Customer {days}", now))
    found = {age: chosen(CaseFilter(age=age), agent, now) for age in Age}
    assert found == {Age.DAY: {"0"}, Age.WEEK: {"1", "2"}, Age.MONTH: {"7", "8"}, Age.OLDER: {"30", "31"}}


def test_days_are_days_of_the_person_who_asks(agent: User, outsider: User, log: Log, now: datetime) -> None:
    log(at=datetime.fromisoformat("2025-09-15T02:30:00+00:00"))  # still the 14th in New York
    outsider.time_zone = "Asia/Tokyo"
    on_the_14th = CaseFilter(known_after=date(2025, 9, 14), known_before=date(2025, 9, 14))
    assert len(chosen(on_the_14th, agent, now)) == 1
    assert chosen(on_the_14th, outsider, now) == set()


def test_a_manager_is_needed_where_a_proposal_is_above_the_proposers_authority(
    agent: User, log: Log, now: datetime
) -> None:
    propose(log(title="Generous"), agent, now, amount=400)
    propose(log(title="Modest", whom=another_customer("Ada", now)), agent, now, amount=20)
    assert chosen(CaseFilter(needs=Needs.MANAGER), agent, now) == {"Generous"}


def test_a_manager_is_needed_where_nobody_owns_what_is_late(agent: User, log: Log, now: datetime) -> None:
    handling.assign(case=log(title="Nobody's"), to=None, actor=agent, now=now)
    assert chosen(CaseFilter(needs=Needs.MANAGER), agent, now) == set()
    assert chosen(CaseFilter(needs=Needs.MANAGER), agent, now + DAY) == {"Nobody's"}


def test_a_promise_is_broken_before_anybody_writes_it_down(agent: User, log: Log, now: datetime) -> None:
    case = log()
    promise(case, agent, now, now + HOUR)
    broken = CaseFilter(has=Trait.PROMISE_BROKEN)
    assert chosen(broken, agent, now + HOUR) == set()
    assert chosen(broken, agent, now + HOUR + MINUTE) == {case.title}


def test_no_trait_is_found_on_a_duplicate(agent: User, log: Log, now: datetime) -> None:
    case = log()
    acknowledge(case, agent, now + 3 * DAY)
    late = CaseFilter(has=Trait.ACKNOWLEDGED_LATE)
    assert chosen(late, agent, now + 3 * DAY) == {case.title}
    close(case, agent, now + 3 * DAY, Outcome.DUPLICATE)
    assert chosen(late, agent, now + 3 * DAY) == set()


@pytest.mark.parametrize("trait", list(Trait))
def test_every_trait_can_be_asked_for(trait: Trait, agent: User, log: Log, now: datetime) -> None:
    recover(log(), agent, now + HOUR)
    found = CaseFilter(has=trait).apply(Case.objects.all(), now=now + DAY, zone=agent.zone)
    assert found.count() in {0, 1}
    assert set(found) <= set(Case.objects.filter(~Q(outcome=Outcome.DUPLICATE)))


def test_filters_narrow_each_other(agent: User, team: Team, log: Log, now: datetime) -> None:
    log(title="Yes", severity=Severity.CRITICAL)
    log(title="No", whom=another_customer("Ada", now))
    wanted = CaseFilter(team=team.public_id, severity=Severity.CRITICAL, step=StepKind.ACKNOWLEDGE, q="yes")
    assert chosen(wanted, agent, now) == {"Yes"}


def test_days_of_a_link_stay_days_of_whoever_made_it(agent: User, manager: User, log: Log, now: datetime) -> None:
    log(at=datetime.fromisoformat("2025-09-15T02:30:00+00:00"))  # still the 14th in New York
    agent.time_zone = "Europe/Berlin"
    days = CaseFilter(known_after=date(2025, 9, 14), known_before=date(2025, 9, 14))
    assert chosen(days, manager, now) == {"Parcel sent to the old address"}
    assert chosen(days, agent, now) == set()
    linked = CaseFilter.read({**days.parameters(), "zone": "America/New_York"})
    assert chosen(linked, agent, now) == {"Parcel sent to the old address"}
    assert linked.address.endswith("zone=America/New_York")


def test_a_zone_without_days_says_nothing() -> None:
    assert CaseFilter.read({"zone": "Europe/Berlin"}).address == ""
    assert CaseFilter.read({"zone": "Nowhere/Town", "status": "open"}).unread == ("zone",)


def test_imported_history_can_be_left_out_or_looked_at_alone(agent: User, log: Log, now: datetime) -> None:
    log(title="Ours")
    history = log(title="Theirs", whom=another_customer("Ada", now))
    Case.objects.filter(pk=history.pk).update(source="cfpb", source_reference="7", is_timed=False)
    assert chosen(CaseFilter.read({"history": "without"}), agent, now) == {"Ours"}
    assert chosen(CaseFilter.read({"history": "only"}), agent, now) == {"Theirs"}
