"""What turned out to be wrong in a logged case is corrected: before and after stay."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cases.actions import apologies, contacts, facts, handling, satisfaction
from cases.actions.events import FactsCorrected, facts_of
from cases.errors import NotAllowedError, RuleError
from cases.models import Case, Category, Customer, CustomerLink, Event, Incident, Message, Team, User
from cases.rules.facts import FACTS
from cases.rules.vocabulary import (
    ApologyStatus,
    Audience,
    Channel,
    Direction,
    EventKind,
    MessageStatus,
    Origin,
    PreventionKind,
    Severity,
    StepKind,
)
from tests.actions.evidence import APOLOGIZED
from tests.conftest import Log
from tests.reports import recovery

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WHY = "The customer sent the receipt"


@pytest.fixture
def case(log: Log, now: datetime) -> Case:
    return log(description="It never came")


def correct(case: Case, actor: User, at: datetime, **values: object) -> Case:
    return facts.correct_facts(case=case, facts=values, reason=WHY, actor=actor, now=at)


def last(case: Case) -> Event:
    return case.events.filter(kind=EventKind.FACTS_CORRECTED).latest("pk")


def values(case: Case) -> dict[str, tuple[str, str]]:
    """Before and after of the last correction."""
    event = last(case)
    happened = facts_of(event)
    assert isinstance(happened, FactsCorrected)
    told = {one.fact: (one.before, one.after) for one in happened.corrections}
    return {**told, **{one.field: (one.before, one.after) for one in event.personal_changes.all()}}


PLAIN = {
    "title": ("Parcel sent to the old address", "Parcel lost"),
    "subject": ("Your case SR-1001", "the lost parcel"),
    "description": ("It never came", "It came broken"),
    "origin": ("customer", Origin.SELF_REPORTED),
    "channel": ("phone", Channel.LETTER),
    "wants": ("", "A new one"),
    "attempt": ("1", 2),
    "business_unit": ("", "Parcels"),
    "contribution": ("", "Gave an old address"),
}


@pytest.mark.parametrize("name", PLAIN)
def test_a_fact_is_corrected_with_before_and_after(case: Case, agent: User, now: datetime, name: str) -> None:
    before, after = PLAIN[name]
    correct(case, agent, now + HOUR, **{name: after})
    case.refresh_from_db()
    assert str(getattr(case, name)) == str(after)
    assert values(case) == {name: (before, str(after))}
    assert (last(case).actor, last(case).at) == (agent, now + HOUR)


def test_no_value_that_may_identify_somebody_stands_in_an_event(case: Case, agent: User, now: datetime) -> None:
    personal = {fact.name for fact in FACTS if fact.is_personal}
    assert personal == {"title", "subject", "description", "wants", "contribution", "customer"}
    correct(case, agent, now, title="Grace got nothing", wants="Grace wants a call")
    assert "Grace" not in str(last(case).facts)


def test_a_moment_is_kept_as_it_was_and_is(case: Case, agent: User, now: datetime) -> None:
    correct(case, agent, now, happened_at=now - DAY)
    assert values(case) == {"happened_at": ("", (now - DAY).isoformat())}


def test_what_is_so_already_is_no_correction(case: Case, agent: User, now: datetime) -> None:
    with pytest.raises(RuleError, match="Nothing is changed"):
        correct(case, agent, now, title=" Parcel sent to the old address ", description="It never came", known_at=now)
    with pytest.raises(RuleError, match="Say how you know"):
        facts.correct_facts(case=case, facts={"title": "Lost"}, reason=" ", actor=agent, now=now)


def test_due_moments_follow_when_we_knew(log: Log, agent: User, now: datetime) -> None:
    case, right = log(at=now + DAY), log(at=now, whom=recovery.another_customer("Bob", now))
    correct(case, agent, now + DAY, known_at=now)
    case.refresh_from_db()
    due = [dict(one.steps.values_list("kind", "due_at")) for one in (case, right)]
    assert due[0] == due[1]
    assert case.next_due_at == right.next_due_at


def test_a_step_that_was_done_is_judged_by_when_we_knew(log: Log, agent: User, now: datetime) -> None:
    case = log(at=now + 5 * HOUR, known_at=now)
    recovery.acknowledge(case, agent, now + 5 * HOUR)
    step = case.steps.get(kind=StepKind.ACKNOWLEDGE)
    assert (step.is_late(now + 6 * HOUR), step.working_time) == (True, 5 * HOUR)
    correct(case, agent, now + 6 * HOUR, known_at=now + 4 * HOUR + HOUR / 2)
    step.refresh_from_db()
    assert (step.is_late(now + 6 * HOUR), step.working_time) == (False, HOUR / 2)
    assert case.status_updates.earliest("pk").starts_at == now + 4 * HOUR + HOUR / 2


def test_the_first_contact_moves_with_the_case_and_says_what_it_says(case: Case, agent: User, now: datetime) -> None:
    correct(case, agent, now, known_at=now - HOUR, channel=Channel.EMAIL, description="It came late")
    first = case.contacts.get()
    assert (first.at, first.channel, first.summary) == (now - HOUR, Channel.EMAIL, "It came late")


IMPOSSIBLE: dict[str, tuple[dict[str, float], str]] = {
    "known in the future": ({"known_at": 3}, "in the future"),
    "known after the logging": ({"known_at": 0.5}, "It was logged before that moment"),
    "known after something was done": ({"known_at": -0.25}, "Something was done about it before"),
    "happened after we knew": ({"happened_at": 1}, "cannot have happened after"),
    "needed before we knew": ({"needed_by": -9}, "cannot need it before"),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_an_impossible_moment_is_refused(log: Log, agent: User, now: datetime, name: str) -> None:
    hours, sentence = IMPOSSIBLE[name]
    case = log(at=now, known_at=now - HOUR)
    exchange = contacts.Exchange(direction=Direction.OUT, channel=Channel.PHONE, summary="Called", at=now - HOUR / 2)
    contacts.log_contact(case=case, exchange=exchange, actor=agent, now=now)
    with pytest.raises(RuleError, match=sentence):
        correct(case, agent, now + HOUR, **{fact: now + hour * HOUR for fact, hour in hours.items()})
    case.refresh_from_db()
    assert case.known_at == now - HOUR


def test_the_team_is_corrected_and_its_hours_count(case: Case, agent: User, now: datetime) -> None:
    other = Team.objects.create(name="Returns", calendar=agent.teams.get().calendar)
    correct(case, agent, now, team=other)
    assert values(case) == {"team": ("Support", "Returns")}


def test_the_category_is_that_of_the_incident(case: Case, agent: User, now: datetime) -> None:
    lost = Category.objects.create(name="Delivery › Lost")
    before = case.incident.version
    correct(case, agent, now, category=lost)
    case.incident.refresh_from_db()
    assert (case.incident.category, case.incident.version) == (lost, before + 1)
    assert values(case) == {"category": ("", "Delivery › Lost")}


def test_an_incident_of_its_own_says_what_the_case_says(case: Case, agent: User, now: datetime) -> None:
    correct(case, agent, now, title="Parcel lost", happened_at=now - DAY)
    case.incident.refresh_from_db()
    assert (case.incident.title, case.incident.happened_at) == ("Parcel lost", now - DAY)
    assert case.concerns.get().text == "Parcel lost"


def test_a_case_goes_to_another_incident_with_what_is_to_be_learned(
    log: Log, case: Case, agent: User, now: datetime
) -> None:
    former, other = case.incident, log(whom=recovery.another_customer("Bob", now))
    former.prevention_actions.create(
        kind=PreventionKind.PROCESS,
        change="Read back",
        owner=agent,
        due_at=now + DAY,
        first_due_at=now + DAY,
        created_at=now,
    )
    correct(case, agent, now, incident=other.incident)
    case.refresh_from_db()
    assert case.incident == other.incident
    assert other.incident.prevention_actions.count() == 1
    assert values(case) == {"incident": (former.reference, other.incident.reference)}


def test_a_case_leaves_a_shared_incident_for_one_of_its_own(log: Log, case: Case, agent: User, now: datetime) -> None:
    other = log(whom=recovery.another_customer("Bob", now), incident=case.incident)
    correct(other, agent, now, incident=None)
    other.refresh_from_db()
    assert other.incident != case.incident
    assert Incident.objects.count() == 2
    with pytest.raises(RuleError, match="an incident of its own already"):
        correct(other, agent, now, incident=None)


@pytest.fixture
def bob(now: datetime) -> Customer:
    return Customer.objects.create(name="Bob Tarn", email="bob@example.org", created_at=now)


def test_another_customer_is_told_in_both_histories(case: Case, bob: Customer, agent: User, now: datetime) -> None:
    former = case.customer
    satisfaction.make_link(case=case, actor=agent, now=now)
    correct(case, agent, now, customer=bob)
    case.refresh_from_db()
    assert case.customer == bob
    assert values(case) == {"customer": ("Grace Whitlock", "Bob Tarn")}
    assert not CustomerLink.objects.working().exists()
    assert [whose.events.get().kind for whose in (former, bob)] == [EventKind.CASE_MOVED] * 2
    assert list(Case.objects.matching("Tarn")) == [case]
    assert not Case.objects.matching("Whitlock").exists()


def test_mail_that_waits_goes_to_nobody_and_what_it_was_is_owed(
    case: Case, bob: Customer, agent: User, now: datetime
) -> None:
    recovery.acknowledge(case, agent, now)
    written = replace(APOLOGIZED, channel=Channel.EMAIL)
    apologies.send_apology(case=case, evidence=written, actor=agent, now=now)
    correct(case, agent, now + HOUR, customer=bob)
    mail = Message.objects.get(audience=Audience.CUSTOMER)
    assert (mail.status, mail.to_address, bytes(mail.raw)) == (MessageStatus.CANCELLED, "grace@example.org", b"")
    assert "another customer" in mail.last_error
    assert case.apologies.get().status == ApologyStatus.BOUNCED
    apologies.send_apology(case=case, evidence=written, actor=agent, now=now + HOUR)
    assert Message.objects.filter(audience=Audience.CUSTOMER).latest("pk").to_address == "bob@example.org"


def test_mail_that_has_left_stays_as_it_was(case: Case, bob: Customer, agent: User, now: datetime) -> None:
    recovery.acknowledge(case, agent, now)
    apologies.send_apology(case=case, evidence=replace(APOLOGIZED, channel=Channel.EMAIL), actor=agent, now=now)
    Message.objects.update(status=MessageStatus.SENT, sent_at=now)
    correct(case, agent, now, customer=bob)
    mail = Message.objects.get(audience=Audience.CUSTOMER)
    assert (mail.status, mail.to_address) == (MessageStatus.SENT, "grace@example.org")


def test_the_weighty_facts_of_a_closed_case_are_a_managers(
    case: Case, bob: Customer, agent: User, manager: User, now: datetime
) -> None:
    recovery.recover(case, agent, now + HOUR)
    correct(case, agent, now + DAY, title="Parcel lost")
    for name, value in {"known_at": now - HOUR, "customer": bob, "incident": None}.items():
        with pytest.raises(NotAllowedError, match="of a closed case"):
            correct(case, agent, now + DAY, **{name: value})
    correct(case, manager, now + DAY, known_at=now - HOUR)
    case.refresh_from_db()
    assert (case.known_at, case.title, case.is_open) == (now - HOUR, "Parcel lost", False)


def test_who_may_not_see_the_case_corrects_nothing(case: Case, outsider: User, now: datetime) -> None:
    with pytest.raises(NotAllowedError, match="another team"):
        correct(case, outsider, now, title="Parcel lost")


def test_an_open_concern_is_corrected_and_a_settled_one_stands(case: Case, agent: User, now: datetime) -> None:
    concern = case.concerns.get()
    words = {"text": "The parcel was opened", "reason": WHY, "actor": agent, "now": now}
    facts.correct_concern(concern=concern, **words)  # type: ignore[arg-type]
    concern.refresh_from_db()
    assert concern.text == "The parcel was opened"
    assert values(case) == {"concern": ("Parcel sent to the old address", "The parcel was opened")}
    recovery.recover(case, agent, now + HOUR)
    with pytest.raises(RuleError, match="closed"):
        facts.correct_concern(concern=concern, text="Other", reason=WHY, actor=agent, now=now + DAY)


def test_the_severity_of_the_logging_holds_from_the_right_moment(case: Case, agent: User, now: datetime) -> None:
    handling.change_severity(case=case, severity=Severity.MAJOR, reason="Worse", actor=agent, now=now + HOUR)
    correct(case, agent, now + 2 * HOUR, known_at=now - HOUR)
    case.refresh_from_db()
    assert case.severity == Severity.MAJOR
    assert list(case.severity_changes.values_list("at", flat=True)) == [now - HOUR, now + HOUR]


def test_a_second_attempt_that_was_none_takes_its_raise_back(log: Log, agent: User, now: datetime) -> None:
    case = log(attempt=2)
    assert case.severity == Severity.MAJOR
    correct(case, agent, now + HOUR, attempt=1)
    case.refresh_from_db()
    assert case.severity == Severity.MODERATE
    correct(case, agent, now + 2 * HOUR, attempt=2)
    case.refresh_from_db()
    assert (case.severity, case.severity_reasons.count()) == (Severity.MAJOR, 1)


def test_a_second_failure_of_somebody_else_is_none(
    log: Log, case: Case, bob: Customer, agent: User, now: datetime
) -> None:
    again = log(at=now + DAY)
    assert again.severity == Severity.MAJOR
    correct(case, agent, now + 2 * DAY, customer=bob)
    again.refresh_from_db()
    assert again.severity == Severity.MODERATE
    correct(again, agent, now + 3 * DAY, customer=bob)
    again.refresh_from_db()
    assert again.severity == Severity.MAJOR


def test_the_fix_is_due_by_the_need_that_is_right(case: Case, agent: User, now: datetime) -> None:
    correct(case, agent, now, needed_by=now + HOUR)
    assert case.steps.get(kind=StepKind.CORRECT).due_at == now + HOUR
