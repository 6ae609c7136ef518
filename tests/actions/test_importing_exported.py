"""What one Amends exports another takes in: the same facts, and nothing made up."""

import csv
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from cases.actions import compensations, facts
from cases.actions.customers import CustomerDetails, change_customer
from cases.actions.importing.exported import AMENDS
from cases.actions.importing.load import Job, Loaded, import_cases
from cases.actions.importing.reader import BadRow, open_table
from cases.actions.importing.undo import undo_import
from cases.errors import RuleError
from cases.models import Case, Event, User
from cases.rules.facts import BY_NAME
from cases.rules.vocabulary import Channel, CompensationNature, CompensationStatus, Outcome, Payer, StepKind
from cases.web import export
from tests.conftest import Log
from tests.reports import recovery

pytestmark = pytest.mark.django_db
LATER = timedelta(days=60)
type Take = Callable[[str], tuple[Loaded, list[BadRow]]]


@pytest.fixture
def take(tmp_path: Path, administrator: User, now: datetime) -> Take:
    def take_it(text: str) -> tuple[Loaded, list[BadRow]]:
        path, bad = tmp_path / "cases.csv", list[BadRow]()
        path.write_bytes(text.encode())
        table = open_table(path, wanted=AMENDS.columns)
        job = Job(table=table, source=AMENDS, refused=bad.append)
        return import_cases(job=job, actor=administrator, now=now + LATER), bad

    return take_it


def exported(now: datetime) -> str:
    return "".join(export.lines(Case.objects.order_by("pk"), zone=ZoneInfo("America/New_York"), now=now))


def elsewhere(text: str) -> str:
    """The same table as it comes to a site that has none of these cases and customers."""
    for case in Case.objects.all():
        text = text.replace(str(case.public_id), str(uuid4())).replace(str(case.customer.public_id), str(uuid4()))
    return text


def test_a_row_of_a_customer_whose_address_nobody_confirmed_asks_too_and_can_be_undone(
    take: Take, log: Log, agent: User, teammate: User, administrator: User, now: datetime
) -> None:
    case = log()
    text = exported(now).replace(str(case.public_id), str(uuid4()))
    details = CustomerDetails(name=case.customer.name, email="mallory@example.org")
    change_customer(customer=case.customer, details=details, actor=teammate, now=now)
    loaded, bad = take(text)
    assert (loaded.added, bad) == (1, [])
    question = Case.objects.get(source="amends").address_questions.get()
    assert (question.changed_by, question.settled_at) == (teammate, None)
    assert loaded.batch is not None
    assert undo_import(batch=loaded.batch, actor=administrator, now=now + LATER) == 1


def first_row(text: str) -> dict[str, str]:
    return next(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_a_case_comes_over_with_its_facts(take: Take, log: Log, agent: User, now: datetime) -> None:
    ours = recovery.recover(log(title="3-4 parcels", happened_at=now - timedelta(days=1)), agent, now + recovery.HOUR)
    loaded, bad = take(elsewhere(exported(now + LATER)))
    assert (loaded.added, bad) == (1, [])
    theirs = Case.objects.get(source="amends", source_reference=ours.reference)
    for name in ("title", "severity", "channel", "origin", "happened_at", "known_at", "closed_at", "outcome"):
        assert getattr(theirs, name) == getattr(ours, name), name
    assert (theirs.customer.name, theirs.customer.email) == (ours.customer.name, ours.customer.email)
    moments = dict(ours.steps.values_list("kind", "settled_at"))
    assert dict(theirs.steps.values_list("kind", "settled_at")) == moments
    assert not theirs.is_timed


def test_what_was_given_and_said_is_told_in_the_timeline(take: Take, log: Log, agent: User, now: datetime) -> None:
    case = log()
    for step in (recovery.acknowledge, recovery.apologize, recovery.correct):
        step(case, agent, now)
    given = recovery.propose(case, agent, now, 15)
    ways = (CompensationStatus.OFFERED, CompensationStatus.ACCEPTED, CompensationStatus.ISSUED)
    recovery.move(given, agent, now, *ways)
    recovery.answer(case, agent, now, 5)
    take(elsewhere(exported(now)))
    told = Event.objects.get(case__source="amends").facts["told"]
    assert (told["Score"], told["Goodwill USD"], told["Promises kept"]) == ("5", "15.00", "0")


def test_cases_that_stand_here_are_there_before(take: Take, log: Log, now: datetime) -> None:
    log()
    loaded, _bad = take(exported(now))
    assert (loaded.added, loaded.present) == (0, 1)


def test_cases_of_one_customer_and_one_incident_stay_together(take: Take, log: Log, now: datetime) -> None:
    ours = log()
    log(incident=ours.incident)
    take(elsewhere(exported(now)))
    theirs = Case.objects.filter(source="amends")
    assert len({case.incident_id for case in theirs}) == len({case.customer_id for case in theirs}) == 1
    assert theirs[0].incident_id != ours.incident_id


def test_a_step_tells_when_it_was_due_and_whether_it_was_on_time(log: Log, agent: User, now: datetime) -> None:
    case = log()
    recovery.acknowledge(case, agent, now + timedelta(minutes=5))
    row = first_row(exported(now + timedelta(days=3)))
    assert row["Acknowledge: settled"] == "2025-09-15T10:05:00-04:00"
    assert (row["Acknowledge: on time"], row["Apologize and explain: on time"]) == ("yes", "no")
    assert (row["Confirm satisfaction: due"], row["Confirm satisfaction: on time"]) == ("", "")


def test_money_has_a_column_for_each_nature_and_currency(log: Log, agent: User, now: datetime) -> None:
    case = log()
    recovery.acknowledge(case, agent, now)
    recovery.apologize(case, agent, now)
    ways = (CompensationStatus.OFFERED, CompensationStatus.ACCEPTED, CompensationStatus.ISSUED)
    for amount, nature in ((20, CompensationNature.GOODWILL), (30, CompensationNature.RESTITUTION)):
        recovery.move(recovery.propose(case, agent, now, amount, nature), agent, now, *ways)
    case.compensations.filter(nature=CompensationNature.RESTITUTION).update(currency="EUR")
    row = first_row(exported(now))
    assert (row["Goodwill USD"], row["Restitution EUR"]) == ("20.00", "30.00")
    assert "Goodwill EUR" not in row


def test_a_broken_promise_counts_before_it_is_written_down(log: Log, agent: User, now: datetime) -> None:
    recovery.promise(log(), agent, now, now + recovery.HOUR)
    row = first_row(exported(now + 2 * recovery.HOUR))
    assert (row["Promises kept"], row["Promises broken"]) == ("0", "1")


def test_a_table_that_went_through_a_spreadsheet_is_read_as_it_writes(take: Take) -> None:
    header = "reference,customer,what went wrong,severity,known,closed,outcome,goodwill eur"
    rows = ["SR-1,Ada,Lost,major,25.03.2025,03.04.2025,Satisfied,", "SR-2,Ben,Late,Minor,04.03.2025,,,"]
    loaded, bad = take("\n".join([header, *rows, ""]))
    assert (loaded.added, bad) == (2, [])
    known = Case.objects.order_by("source_reference").values_list("known_at__month", "known_at__day")
    assert list(known) == [(3, 25), (3, 4)]
    assert Case.objects.get(source_reference="SR-1").outcome == Outcome.SATISFIED
    assert Case.objects.get(source_reference="SR-2").current_step == StepKind.ACKNOWLEDGE


def test_dates_that_may_be_read_either_way_are_not_guessed(take: Take) -> None:
    with pytest.raises(RuleError, match="--dates dmy"):
        take("Reference,Customer,What went wrong,Severity,Known\nSR-1,Ada,Lost,Major,04.03.2025\n")
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("row", "word"),
    [
        (",Ada,Lost,Major,2025-03-04,,", "“Reference” is empty"),
        ("SR-1,,Lost,Major,2025-03-04,,", "“Customer” is empty"),
        ("SR-1,Ada,Lost,Awful,2025-03-04,,", "“Awful”, which we do not know"),
        ("SR-1,Ada,Lost,Major,2025-03-04,2025-03-01,Satisfied", "lies before"),
    ],
)
def test_a_row_that_makes_no_sense_says_why(take: Take, row: str, word: str) -> None:
    _loaded, bad = take(f"Reference,Customer,What went wrong,Severity,Known,Closed,Outcome\n{row}\n")
    assert word in bad[0].reason


def test_a_correction_is_exported_and_comes_over(take: Take, log: Log, agent: User, now: datetime) -> None:
    case = log()
    before = first_row(exported(now))
    right = {"subject": "the parcel", "wants": "=A new one", "attempt": 2, "needed_by": now + timedelta(days=9)}
    moved = {"known_at": now - timedelta(hours=1), "channel": Channel.LETTER, "business_unit": "Parcels"}
    facts.correct_facts(case=case, facts={**right, **moved}, reason="The receipt", actor=agent, now=now)
    after = first_row(exported(now))
    columns = {BY_NAME[name].column for name in (*right, *moved)}
    assert columns <= {name for name in after if before[name] != after[name]}
    loaded, bad = take(elsewhere(exported(now)))
    assert (loaded.added, bad) == (1, [])
    theirs = Case.objects.get(source="amends")
    for name, value in {**right, **moved}.items():
        assert getattr(theirs, name) == value, name


NEEDED = "Reference,Customer,What went wrong,Severity,Known"


@pytest.mark.parametrize(
    ("column", "cell", "word"),
    [
        ("Happened", "2025-03-05", "cannot have happened after we learned of it"),
        ("Happened", "1921-03-05", "60 years ago"),
        ("Needed by", "2025-03-03", "cannot need it before we knew"),
        ("Correct: settled", "2025-03-03 23:59", "“Correct: settled” lies before “Known”"),
        ("Closed", "2025-03-04T9", "has a day, and behind it no time"),
        ("Mail address", "not a mail", "Write a complete mail address"),
        ("Mail address", "ada@-.example", "“Mail address” is “ada@-.example”"),
        ("Key", "SR-1", "is no key of a case"),
        ("Goodwill EUR", "much", "is no amount such as 1250.50"),
    ],
)
def test_what_cannot_be_is_left_out_with_its_sentence(take: Take, column: str, cell: str, word: str) -> None:
    loaded, bad = take(f"{NEEDED},{column}\nSR-1,Ada,Lost,Major,2025-03-04,{cell}\n")
    assert (loaded.added, loaded.refused) == (0, 1)
    assert word in bad[0].reason


def test_a_day_without_an_hour_contradicts_no_hour_of_that_day(take: Take) -> None:
    row = "SR-1,Ada,Lost,Major,2025-03-04 16:30,2025-03-04,2025-03-04,2025-03-04"
    loaded, _bad = take(f"{NEEDED},Happened,Needed by,Closed\n{row}\n")
    case = Case.objects.get()
    assert loaded.added == 1
    assert case.happened_at is not None
    assert case.happened_at < case.known_at == case.needed_by == case.closed_at


def test_an_address_is_stored_in_its_one_spelling(take: Take) -> None:
    take(f"{NEEDED},Mail address\nSR-1,Ada,Lost,Major,2025-03-04, ADA@Müller.example \n")
    assert Case.objects.get().customer.email == "ADA@müller.example"


def test_a_reference_of_another_site_is_refused_with_the_way_out(take: Take) -> None:
    header, row = f"{NEEDED},Key", "SR-1001,{},Lost,Major,2025-03-04,{}"
    first, second = row.format("Ada", uuid4()), row.format("Ben", uuid4())
    assert take(f"{header}\n{first}\n")[0].added == 1
    assert take(f"{header}\n{first}\n")[0].present == 1
    loaded, bad = take(f"{header}\n{second}\n")
    assert (loaded.added, loaded.present, loaded.refused) == (0, 0, 1)
    assert f"SR-1001 stands here as {Case.objects.get().reference}, which is another case" in bad[0].reason
    assert take(f"{header}\n{second.replace('SR-1001', 'SR-1001-B')}\n")[0].added == 1


@pytest.mark.parametrize(("amount", "kept"), [("1.250,5", "1250.50"), ("1250,125", "1250.125"), ("12,00", "12.00")])
def test_amounts_stand_in_the_timeline_as_we_write_them(take: Take, amount: str, kept: str) -> None:
    take(f'{NEEDED},goodwill eur\nSR-1,Ada,Lost,Major,2025-03-04,"{amount}"\nSR-2,B,L,Minor,2025-03-04,"3,5"\n')
    first = Event.objects.get(case__source_reference="SR-1")
    assert first.facts["told"]["Goodwill EUR"] == kept


def test_what_others_reimburse_is_not_our_cost_and_is_read_again(
    take: Take, log: Log, agent: User, now: datetime
) -> None:
    case = log(title="N/A")
    for step in (recovery.acknowledge, recovery.apologize, recovery.correct):
        step(case, agent, now)
    ways = (CompensationStatus.OFFERED, CompensationStatus.ACCEPTED, CompensationStatus.ISSUED)
    ours, theirs = recovery.propose(case, agent, now, 15), recovery.propose(case, agent, now, 25)
    for gift in (ours, theirs):
        recovery.move(gift, agent, now, *ways)
    compensations.record_payer(compensation=theirs, paid_by=Payer.SUPPLIER, actor=agent, now=now, note="Claim 7")
    row = first_row(exported(now))
    assert (row["Goodwill USD"], row["Paid by others USD"]) == ("15.00", "25.00")
    assert take(elsewhere(exported(now)))[0].added == 1
    told = Event.objects.get(case__source="amends").facts["told"]
    assert (told["Goodwill USD"], told["Paid by others USD"]) == ("15.00", "25.00")
    assert Case.objects.get(source="amends").title == "N/A"
