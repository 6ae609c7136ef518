"""``manage.py import_cases``: what the person at the keyboard sees."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cases.models import Case, User
from tests.actions.complaints import as_text, complaint, save, save_text

pytestmark = pytest.mark.django_db

type Run = Callable[..., str]


@pytest.fixture
def run(
    tmp_path: Path, administrator: User, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Run:
    """Runs the command in a folder of its own, and gives what it says."""
    monkeypatch.chdir(tmp_path)

    def run_it(path: Path, *arguments: str) -> str:
        call_command("import_cases", str(path), "--mapping", "cfpb", *arguments)
        return capsys.readouterr().out

    return run_it


def test_it_says_what_was_added_and_what_was_there(run: Run, tmp_path: Path) -> None:
    path = save(tmp_path, complaint(1), complaint(2))
    assert run(path) == "2 cases were added, 0 were there before.\n"
    assert run(path) == "0 cases were added, 2 were there before.\n"


def test_a_dry_run_says_what_would_be_added(run: Run, tmp_path: Path) -> None:
    assert run(save(tmp_path, complaint(1)), "--dry-run") == "1 case would be added, 0 were there before.\n"
    assert not Case.objects.exists()


def test_bad_rows_go_to_a_file_that_a_spreadsheet_may_open(run: Run, tmp_path: Path) -> None:
    bad = complaint(1, {"Date received": "=NOW()", "Consumer complaint narrative": "- it leaks"})
    said = run(save(tmp_path, bad, complaint(2)))
    assert "1 row was left out. Why is in complaints.errors.csv." in said
    with (tmp_path / "complaints.errors.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["line"], row["Complaint ID"]) == ("2", "1")
    assert "no date such as" in row["reason"]
    assert (row["Date received"], row["Consumer complaint narrative"]) == ("'=NOW()", "'- it leaks")


def test_without_a_bad_row_there_is_no_such_file(run: Run, tmp_path: Path) -> None:
    run(save(tmp_path, complaint(1)), "--errors", "bad.csv")
    assert not (tmp_path / "bad.csv").exists()


def test_the_file_of_bad_rows_can_be_mended_and_imported(run: Run, tmp_path: Path) -> None:
    run(save(tmp_path, complaint(1, {"Date received": "soon"})), "--errors", "bad.csv")
    mended = tmp_path / "bad.csv"
    mended.write_text(mended.read_text().replace(",soon,", ",2023-05-30,"))
    assert run(mended).startswith("1 case was added")


def test_a_folder_that_cannot_be_written_is_a_sentence(run: Run, tmp_path: Path) -> None:
    path = save(tmp_path, complaint(1, {"Date received": "soon"}))
    with pytest.raises(CommandError, match="cannot be written"):
        run(path, "--errors", str(tmp_path / "nowhere" / "bad.csv"))


def test_a_file_that_is_no_table_is_a_sentence(run: Run, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="first line has none of the columns"):
        run(save_text(tmp_path, "Dear team,\nplease find the complaints below.\n"))


def test_a_file_without_a_last_line_break_is_mentioned(run: Run, tmp_path: Path) -> None:
    said = run(save_text(tmp_path, as_text([complaint(1)])[:-1]))
    assert "If it was cut off, its last row is not whole." in said


def test_whoever_is_named_imports(run: Run, tmp_path: Path, manager: User) -> None:
    with pytest.raises(CommandError, match="does not let you import cases"):
        run(save(tmp_path, complaint(1)), "--as", manager.email)
    second = User.objects.create_superuser("second@example.com")
    run(save(tmp_path, complaint(1)), "--as", second.email)
    assert Case.objects.get().logged_by == second


def test_days_first_are_refused_for_a_source_that_writes_months_first(run: Run, tmp_path: Path) -> None:
    day = {"Date received": "25/03/2015", "Date sent to company": "26/03/2015"}
    path = save(tmp_path, complaint(1, {"Date received": "03/04/2015", "Date sent to company": ""}), complaint(2, day))
    with pytest.raises(CommandError, match=r"Line 3 has “25/03/2015”.* --dates dmy"):
        run(path)
    assert not Case.objects.exists()
    run(path, "--dates", "dmy")
    known = Case.objects.order_by("known_at").values_list("known_at__month", "known_at__day")
    assert list(known) == [(3, 25), (4, 3)]


def test_dates_that_contradict_each_other_refuse_the_file_with_both_lines(run: Run, tmp_path: Path) -> None:
    rows = [complaint(1, {"Date received": "05/25/2023"}), complaint(2, {"Date received": "25/05/2023"})]
    with pytest.raises(CommandError, match=r"line 2 has “05/25/2023”.*line 3 “25/05/2023”"):
        run(save(tmp_path, *rows))
    assert not Case.objects.exists()


def test_another_delimiter_is_named_by_a_word(run: Run, tmp_path: Path) -> None:
    path = save_text(tmp_path, as_text([complaint(1)], delimiter=";"))
    with pytest.raises(CommandError, match="--delimiter semicolon"):
        run(path)
    assert run(path, "--delimiter", "semicolon").startswith("1 case was added")
    with pytest.raises(CommandError, match="separates no columns"):
        run(path, "--delimiter", "; ")


def test_bad_rows_keep_their_words_however_often_they_are_left_out(run: Run, tmp_path: Path) -> None:
    words = {"Date received": "soon", "Issue": "=1+1", "Consumer complaint narrative": "'tis ''3-4"}
    run(save(tmp_path, complaint(1, words)), "--errors", "first.csv")
    run(tmp_path / "first.csv", "--errors", "second.csv")
    second = tmp_path / "second.csv"
    assert second.read_text() == (tmp_path / "first.csv").read_text()
    second.write_text(second.read_text().replace("soon", "2023-05-30"))
    assert run(second) == "1 case was added, 0 were there before.\n"
    case = Case.objects.get()
    assert (case.title, case.description) == ("=1+1: From the spout", "'tis ''3-4")
