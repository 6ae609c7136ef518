"""An import that nobody has worked on can be taken back: nothing of it shows, and it can be imported again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from cases.actions import contacts, learning
from cases.actions.importing.cfpb import CFPB
from cases.actions.importing.exported import AMENDS
from cases.actions.importing.load import Job, import_cases
from cases.actions.importing.reader import open_table
from cases.actions.importing.undo import undo_import
from cases.actions.learning import Finding
from cases.errors import GuardError, NotAllowedError, RuleError
from cases.models import Case, Category, Cause, Customer, Event, ImportBatch, User
from cases.reports.learning import Show, incidents
from cases.rules.vocabulary import CauseStatus, EventKind, FaultParty, Outcome, Severity
from cases.web.forms.log import LogForm
from tests.actions.complaints import complaint, save

pytestmark = pytest.mark.django_db

OPEN = {"Company response to consumer": "In progress"}
type Load = Callable[..., ImportBatch]


@pytest.fixture
def load(tmp_path: Path, administrator: User, now: datetime) -> Load:
    def load_them(*rows: dict[str, str]) -> ImportBatch:
        table = open_table(save(tmp_path, *rows), wanted=CFPB.columns)
        loaded = import_cases(
            job=Job(table=table, source=CFPB, refused=lambda _bad: None), actor=administrator, now=now
        )
        assert loaded.batch is not None
        return loaded.batch

    return load_them


@pytest.fixture
def undo(administrator: User, now: datetime) -> Callable[[ImportBatch], int]:
    return lambda batch: undo_import(batch=batch, actor=administrator, now=now)


def test_nothing_of_it_shows_any_more(load: Load, undo: Callable[[ImportBatch], int], administrator: User) -> None:
    batch = load(complaint(1), complaint(2, OPEN))
    assert undo(batch) == 2
    assert not Case.objects.exists()
    assert not Case.objects.matching("dripp").exists()
    assert not Customer.objects.exists()
    hidden = Case.everything.get(source_reference="2")
    assert (hidden.outcome, hidden.is_open) == (Outcome.WITHDRAWN, False)
    assert Event.objects.filter(case=hidden, kind=EventKind.IMPORT_UNDONE, actor=administrator).exists()


def test_the_same_file_can_be_imported_again(load: Load, undo: Callable[[ImportBatch], int]) -> None:
    undo(load(complaint(1)))
    again = load(complaint(1))
    assert [case.batch for case in Case.objects.all()] == [again]


def test_other_cases_stay(load: Load, undo: Callable[[ImportBatch], int]) -> None:
    kept, gone = load(complaint(1)), load(complaint(1), complaint(2))
    undo(gone)
    assert [case.batch for case in Case.objects.all()] == [kept]
    assert Customer.objects.count() == 1


def test_a_customer_with_another_case_stays(
    load: Load, undo: Callable[[ImportBatch], int], log: Callable[..., Case]
) -> None:
    batch = load(complaint(1))
    log(whom=Customer.objects.get(name__startswith="Consumer"))
    undo(batch)
    assert Customer.objects.filter(name__startswith="Consumer").count() == 1


def test_what_somebody_worked_on_keeps_all_of_it(
    load: Load, undo: Callable[[ImportBatch], int], administrator: User, now: datetime
) -> None:
    batch = load(complaint(1), complaint(2), complaint(3))
    noted, found = Case.objects.order_by("pk")[:2]
    contacts.add_note(case=noted, text="Ask for the invoice.", actor=administrator, now=now)
    cause = Cause.objects.create(name="Worn seal")
    finding = Finding(cause=cause, status=CauseStatus.CONFIRMED, fault_party=FaultParty.US)
    learning.set_cause(incident=found.incident, finding=finding, actor=administrator, now=now)
    with pytest.raises(GuardError) as refused:
        undo(batch)
    assert refused.value.missing == (noted.reference, found.reference)
    assert Case.objects.count() == 3


def test_it_is_taken_back_once_and_by_an_administrator(
    load: Load, undo: Callable[[ImportBatch], int], manager: User, now: datetime
) -> None:
    batch = load(complaint(1))
    with pytest.raises(NotAllowedError, match="import cases"):
        undo_import(batch=batch, actor=manager, now=now)
    undo(batch)
    with pytest.raises(RuleError, match="already"):
        undo(batch)


def test_the_command_lists_imports_and_takes_them_back(load: Load, capsys: pytest.CaptureFixture[str]) -> None:
    batch = load(complaint(1))
    call_command("imports")
    assert f"{batch.public_id}  2025-09-15 14:00 UTC  1 cases  complaints.csv (cfpb)" in capsys.readouterr().out
    call_command("imports", undo=str(batch.public_id))
    assert capsys.readouterr().out == "1 case was taken back.\n"
    call_command("imports")
    assert "taken back" in capsys.readouterr().out


def test_the_command_names_the_cases_that_were_worked_on(load: Load, administrator: User, now: datetime) -> None:
    batch = load(complaint(1))
    case = Case.objects.get()
    contacts.add_note(case=case, text="Ask for the invoice.", actor=administrator, now=now + timedelta(hours=1))
    with pytest.raises(CommandError, match=case.reference):
        call_command("imports", undo=str(batch.public_id))
    with pytest.raises(CommandError, match="no such import"):
        call_command("imports", undo="soon")


def test_learning_is_not_crowded_by_history(
    load: Load, administrator: User, log: Callable[..., Case], now: datetime
) -> None:
    load(complaint(1), complaint(2))
    ours = log()
    listed = incidents(administrator, now=now)
    assert [row.reference for row in listed.rows] == [ours.incident.reference]
    assert incidents(administrator, now=now, show=Show.HISTORY).total == 2
    case = Case.objects.filter(source="cfpb").first()
    assert case is not None
    cause = Cause.objects.create(name="Worn seal")
    finding = Finding(cause=cause, status=CauseStatus.CONFIRMED, fault_party=FaultParty.US)
    learning.set_cause(incident=case.incident, finding=finding, actor=administrator, now=now)
    assert incidents(administrator, now=now).total == 2


def test_a_later_failure_is_raised_no_more(
    load: Load, undo: Callable[[ImportBatch], int], log: Callable[..., Case]
) -> None:
    batch = load(complaint(1, OPEN))
    imported = batch.cases.get()
    later = log(whom=imported.customer, at=imported.known_at + timedelta(days=1))
    assert later.severity == Severity.MAJOR
    undo(batch)
    later.refresh_from_db()
    assert later.severity == Severity.MODERATE


HEADER = "Reference,Customer,Customer key,What went wrong,Severity,Known"


def test_whoever_was_here_before_stays(tmp_path: Path, customer: Customer, administrator: User) -> None:
    file = tmp_path / "theirs.csv"
    rows = (f"A-1,{customer.name},{customer.public_id},Lost,Minor,2025-03-04", "A-2,Ida Brandt,,Late,Major,2025-03-05")
    file.write_text("\n".join((HEADER, *rows, "")))
    call_command("import_cases", str(file), mapping="amends", email=administrator.email)
    call_command("imports", undo=str(ImportBatch.objects.get().public_id), email=administrator.email)
    assert not Case.objects.exists()
    assert list(Customer.objects.all()) == [customer]


def test_whom_an_import_brought_stays_for_a_later_one_and_goes_with_it(
    tmp_path: Path, load: Load, undo: Callable[[ImportBatch], int], administrator: User, now: datetime
) -> None:
    first = load(complaint(1))
    brought = Customer.objects.get()
    file = tmp_path / "later.csv"
    file.write_text(f"{HEADER}\nA-7,{brought.name},{brought.public_id},Lost,Minor,2025-03-04\n")
    job = Job(table=open_table(file, wanted=AMENDS.columns), source=AMENDS, refused=lambda _bad: None)
    second = import_cases(job=job, actor=administrator, now=now + timedelta(hours=1)).batch
    undo(first)
    assert Customer.objects.get() == brought
    assert second is not None
    undo(second)
    assert not Customer.objects.exists()


def test_customers_of_an_import_before_batches_knew_them_are_told_by_its_moment(
    load: Load, undo: Callable[[ImportBatch], int], customer: Customer, now: datetime
) -> None:
    batch = load(complaint(1), complaint(2))
    Customer.objects.update(batch=None)
    Customer.objects.filter(pk=customer.pk).update(created_at=now - timedelta(days=9))
    batch.cases.filter(source_reference="2").update(customer=customer)
    import_module("cases.migrations.0045_brought_by_old_imports").fill(apps, None)
    undo(batch)
    assert customer in Customer.objects.all()
    assert not Customer.objects.filter(batch=batch, cases__batch=batch).exists()


def test_what_only_an_undone_import_sorted_by_is_offered_no_more(
    tmp_path: Path, customer: Customer, administrator: User, log: Callable[..., Case]
) -> None:
    Category.objects.create(name="Delivery")
    file = tmp_path / "theirs.csv"
    rows = ("A-1,Ada,Lost,Minor,2025-03-04,Delivery,Haste", "A-2,Ida,Late,Major,2025-03-05,Courier,Worn seal")
    more = "A-3,Eva,Late,Major,2025-03-05,Storage,Flood"
    file.write_text("\n".join(("Reference,Customer,What went wrong,Severity,Known,Category,Cause", *rows, more, "")))
    call_command("import_cases", str(file), mapping="amends", email=administrator.email)
    ours = log(whom=customer)
    ours.incident.category = Category.objects.get(name="Storage")
    ours.incident.save()
    call_command("imports", undo=str(ImportBatch.objects.get().public_id), email=administrator.email)
    assert LogForm(actor=administrator).categories == ["Delivery", "Storage"]
    assert not Cause.objects.offered().exists()
