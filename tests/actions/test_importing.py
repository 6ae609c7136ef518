"""Loading history: each row once, with what the source tells and nothing more."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cases.actions import handling
from cases.actions.closing import reopen
from cases.actions.importing import load
from cases.actions.importing.cfpb import CFPB
from cases.actions.importing.load import Job, Loaded, choose_actor, import_cases
from cases.actions.importing.reader import BadRow, open_table
from cases.errors import NotAllowedError, RuleError
from cases.models import Case, Category, Compensation, Customer, Event, Incident, Reminder, Step, Team, User
from cases.reminders.plan import plan
from cases.reports.traits import judged_steps
from cases.rules.vocabulary import EventKind, Outcome, StepKind, StepStatus
from tests.actions.complaints import complaint, save

pytestmark = pytest.mark.django_db

OPEN = {"Company response to consumer": "In progress"}
type Load = Callable[..., tuple[Loaded, list[BadRow]]]


@pytest.fixture
def load_rows(tmp_path: Path, administrator: User, now: datetime) -> Load:
    def load_them(*rows: dict[str, str], by: User | None = None, dry: bool = False) -> tuple[Loaded, list[BadRow]]:
        bad: list[BadRow] = []
        table = open_table(save(tmp_path, *rows), wanted=CFPB.columns)
        job = Job(table=table, source=CFPB, is_dry_run=dry, refused=bad.append)
        return import_cases(job=job, actor=by or administrator, now=now), bad

    return load_them


def test_a_closed_complaint_has_only_the_steps_that_the_source_proves(load_rows: Load) -> None:
    load_rows(complaint(7, {"Company response to consumer": "Closed with monetary relief"}))
    case = Case.objects.get(source="cfpb", source_reference="7")
    assert (case.outcome, case.outcome_reason) == (Outcome.NOT_RECORDED, "Closed with monetary relief.")
    assert list(case.steps.values_list("kind", "status")) == [
        (StepKind.ACKNOWLEDGE, StepStatus.DONE),
        (StepKind.COMPENSATE, StepStatus.DONE),
    ]
    assert case.closed_at == datetime(2023, 5, 31, 16, 0, tzinfo=UTC)
    assert not Compensation.objects.exists()


def test_an_open_complaint_has_all_six_and_waits_for_somebody(load_rows: Load) -> None:
    load_rows(complaint(7, OPEN))
    case = Case.objects.get()
    assert case.is_open
    assert case.current_step == StepKind.APOLOGIZE
    assert case.steps.filter(status=StepStatus.PENDING).count() == 5
    assert [concern.text for concern in case.concerns.all()] == [case.title]


def test_history_is_never_late_nor_on_time_nor_reminded_of(load_rows: Load, now: datetime) -> None:
    load_rows(complaint(7, OPEN), complaint(8))
    assert not Step.objects.filter(judged_steps(now)).exists()
    assert not Case.objects.overdue(now + timedelta(days=400)).exists()
    assert plan(now=now + timedelta(days=400)) == 0
    assert not Reminder.objects.exists()


def test_an_open_complaint_can_be_taken_up(load_rows: Load, administrator: User, now: datetime) -> None:
    load_rows(complaint(7, OPEN))
    case = handling.start_clocks(case=Case.objects.get(), actor=administrator, now=now)
    assert case.next_due_at is not None
    assert case.next_due_at > now


def test_a_closed_complaint_can_be_reopened(load_rows: Load, administrator: User, now: datetime) -> None:
    load_rows(complaint(7))
    case = reopen(case=Case.objects.get(), reason="It leaks again.", actor=administrator, now=now)
    assert case.steps.filter(round=2, due_at__isnull=False).count() >= 4


def test_the_case_is_found_by_words_and_remembers_its_source(load_rows: Load, administrator: User) -> None:
    load_rows(complaint(7))
    case = Case.objects.matching("dripp book kettle").get()
    assert (case.business_unit, case.incident.category) == ("Kettle & Sons", Category.objects.get())
    event = Event.objects.get(case=case)
    assert (event.kind, event.actor) == (EventKind.CASE_IMPORTED, administrator)
    assert event.facts["told"]["Consumer disputed?"] == "N/A"


def test_a_second_run_adds_nothing(load_rows: Load) -> None:
    rows = [complaint(number) for number in range(1, 6)]
    first, _ = load_rows(*rows)
    second, _ = load_rows(*rows, complaint(6))
    assert (first.added, first.present) == (5, 0)
    assert (second.added, second.present) == (1, 5)
    assert Case.objects.count() == Customer.objects.count() == Incident.objects.count() == 6


def test_many_batches_are_loaded_whole(load_rows: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "BATCH", 3)
    loaded, _ = load_rows(*(complaint(number) for number in range(1, 9)))
    assert loaded.added == Case.objects.count() == 8
    assert len(set(Case.objects.values_list("reference", flat=True))) == 8


def test_a_dry_run_counts_and_writes_nothing(load_rows: Load) -> None:
    loaded, bad = load_rows(complaint(1), complaint(2, {"Date received": "soon"}), dry=True)
    assert (loaded.added, loaded.refused, len(bad)) == (1, 1, 1)
    assert not Case.objects.exists()


def test_bad_rows_cost_no_others(load_rows: Load) -> None:
    loaded, bad = load_rows(complaint(1), complaint(2, {"Date received": "soon"}), complaint(3))
    assert (loaded.added, loaded.refused) == (2, 1)
    assert bad[0].line == 3
    assert bad[0].cells[0] == "soon"


def test_a_reference_that_stands_there_twice_is_refused_the_second_time(load_rows: Load) -> None:
    loaded, bad = load_rows(complaint(1), complaint(1))
    assert loaded.added == 1
    assert bad[0].reason == "“Complaint ID” 1 stands on line 2 already."


@pytest.mark.parametrize(("day", "word"), [("2031-01-01", "future"), ("1999-01-01", "20 years ago")])
def test_impossible_dates_are_refused(load_rows: Load, day: str, word: str) -> None:
    _loaded, bad = load_rows(complaint(1, {"Date received": day, "Date sent to company": day}))
    assert word in bad[0].reason


def test_rows_that_share_their_story_are_counted_and_stay_apart(load_rows: Load) -> None:
    alike = {"Consumer complaint narrative": "The same letter as my neighbor's."}
    other = {"Consumer complaint narrative": "Another one."}
    silent = {"Consumer complaint narrative": ""}
    rows = [complaint(1, alike), complaint(2, alike), complaint(3, other), complaint(4, silent), complaint(5, silent)]
    loaded, _ = load_rows(*rows)
    assert (loaded.alike, Case.objects.count()) == (2, 5)


def test_formulas_and_html_are_kept_as_the_text_that_they_are(load_rows: Load) -> None:
    story = '=HYPERLINK("http://example.com") <b>bold</b> 😀 שלום'
    load_rows(complaint(1, {"Consumer complaint narrative": story}))
    assert Case.objects.get().description == story


def test_a_second_import_at_the_same_moment_is_told_to_wait(load_rows: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    load_rows(complaint(1))
    seen = iter([set[str](), {"1"}])
    monkeypatch.setattr(load, "_present", lambda _source, _found: next(seen))
    with pytest.raises(RuleError, match="at this moment"):
        load_rows(complaint(1))
    assert Case.objects.count() == 1


def test_only_an_administrator_imports(load_rows: Load, manager: User) -> None:
    with pytest.raises(NotAllowedError, match="import cases"):
        load_rows(complaint(1), by=manager)
    assert not Case.objects.exists()


def test_without_a_name_the_only_administrator_imports(administrator: User) -> None:
    assert choose_actor("") == administrator
    assert choose_actor(" LENA@example.com ") == administrator


def test_who_imports_must_be_clear(team: Team, administrator: User) -> None:
    User.objects.create_superuser("second@example.com")
    with pytest.raises(RuleError, match="several administrators"):
        choose_actor("")
    with pytest.raises(RuleError, match="Nobody here has"):
        choose_actor("nobody@example.com")
    User.objects.update(is_active=False)
    with pytest.raises(RuleError, match="createsuperuser"):
        choose_actor("")
