"""Reading a CSV file: what is wrong with it is said in a sentence, and one bad row costs no other."""

from pathlib import Path

import pytest

from cases.actions.importing.cfpb import CFPB
from cases.actions.importing.reader import LONGEST_CELL, BadRow, Row, Table, open_table
from cases.errors import RuleError
from tests.actions.complaints import as_text, complaint, save, save_text

STORY = "Consumer complaint narrative"


def opened(path: Path, encoding: str = "utf-8") -> Table:
    return open_table(path, wanted=CFPB.columns, encoding=encoding)


def split(table: Table) -> tuple[list[Row], list[BadRow]]:
    rows = list(table.rows())
    return [row for row in rows if isinstance(row, Row)], [row for row in rows if isinstance(row, BadRow)]


def refusal(path: Path, encoding: str = "utf-8") -> str:
    with pytest.raises(RuleError) as refused:
        opened(path, encoding)
    return str(refused.value)


def test_a_row_tells_the_line_on_which_it_begins(tmp_path: Path) -> None:
    path = save(tmp_path, complaint(1, {STORY: "One line,\nand “another”"}), complaint(2))
    good, bad = split(opened(path))
    assert [row.line for row in good] == [2, 4]
    assert good[0].cells["Consumer complaint narrative"] == "One line,\nand “another”"
    assert not bad


def test_the_mark_that_excel_writes_before_utf_8_is_no_part_of_the_header(tmp_path: Path) -> None:
    path = save(tmp_path, complaint(), encoding="utf-8-sig")
    assert opened(path).columns[0] == "Date received"


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    assert "No such file" in refusal(tmp_path / "nowhere.csv")


def test_a_folder_is_a_sentence(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(tmp_path)


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_an_empty_file_is_called_empty(tmp_path: Path, text: str) -> None:
    assert "is empty" in refusal(save_text(tmp_path, text))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04 and so on", "CSV UTF-8"),
        (b"\x1f\x8b\x08 and so on", "Unpack it"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "This is no text"),
        (b"<!doctype html><title>Sign in</title>", "not a table that we know"),
    ],
)
def test_what_is_no_csv_is_told_what_it_is_or_is_not(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "complaints.csv"
    path.write_bytes(content)
    assert sentence in refusal(path)


def test_utf_16_is_recognized_and_can_be_asked_for(tmp_path: Path) -> None:
    path = save(tmp_path, complaint(1, {"Company": "Käthe & Söhne"}), encoding="utf-16")
    assert "UTF-16" in refusal(path)
    assert "UTF-16" in refusal(save(tmp_path, complaint(), encoding="utf-16-le"))
    path = save(tmp_path, complaint(1, {"Company": "Käthe & Söhne"}), encoding="utf-16")
    good, _bad = split(opened(path, "utf-16"))
    assert good[0].cells["Company"] == "Käthe & Söhne"


def test_another_encoding_names_the_line_and_the_byte(tmp_path: Path) -> None:
    path = save(tmp_path, complaint(1), complaint(2, {"Company": "Käthe"}), encoding="latin-1")
    assert "Line 3 holds a byte that is not UTF-8 (0xE4)" in refusal(path)
    good, _bad = split(opened(path, "latin-1"))
    assert good[1].cells["Company"] == "Käthe"


def test_an_unknown_encoding_is_a_sentence(tmp_path: Path) -> None:
    assert "no encoding that we know" in refusal(save(tmp_path, complaint()), "utf-nine")


def test_lines_before_the_header_are_named(tmp_path: Path) -> None:
    path = save_text(tmp_path, "Complaints\nprinted in May\n" + as_text([complaint()]))
    assert "The header stands on line 3" in refusal(path)


def test_a_column_that_is_missing_is_named(tmp_path: Path) -> None:
    path = save_text(tmp_path, as_text([complaint()]).replace("Date received", "Received"))
    assert "lacks “Date received”" in refusal(path)


def test_a_column_that_is_there_twice_is_named(tmp_path: Path) -> None:
    path = save_text(tmp_path, as_text([complaint()]).replace("Consumer consent provided?", "Issue"))
    assert "twice: “Issue”" in refusal(path)


@pytest.mark.parametrize(("separator", "plural"), [(";", "semicolons"), ("\t", "tabs")])
def test_other_separators_are_named(tmp_path: Path, separator: str, plural: str) -> None:
    path = save_text(tmp_path, as_text([complaint()]).replace(",", separator))
    assert plural in refusal(path)


def test_a_file_cut_off_inside_quotation_marks_says_so_and_keeps_the_rest(tmp_path: Path) -> None:
    text = as_text([complaint(1), complaint(2, {STORY: "First, second\nand third"})])
    good, bad = split(opened(save_text(tmp_path, text[: text.index("and third")])))
    assert [row.cells["Complaint ID"] for row in good] == ["1"]
    assert bad[0].line == 3
    assert "cut off" in bad[0].reason


def test_a_file_cut_off_between_two_fields_says_so_and_keeps_the_rest(tmp_path: Path) -> None:
    text = as_text([complaint(1), complaint(2)])
    good, bad = split(opened(save_text(tmp_path, text[:-40])))
    assert len(good) == 1
    assert bad == [BadRow(3, "The file ends in the middle of this row: it was cut off.", bad[0].cells)]


def test_a_file_without_a_last_line_break_is_known(tmp_path: Path) -> None:
    assert not opened(save_text(tmp_path, as_text([complaint()])[:-1])).is_ended


def test_a_row_with_too_few_fields_costs_no_other(tmp_path: Path) -> None:
    header, first, second, _end = as_text([complaint(1), complaint(2)]).split("\n")
    good, bad = split(opened(save_text(tmp_path, "\n".join([header, "only,three,fields", first, second, ""]))))
    assert len(good) == 2
    assert bad[0].reason == "This row has 3 fields, and the header has 18."


def test_a_nul_character_is_a_bad_row(tmp_path: Path) -> None:
    _good, bad = split(opened(save(tmp_path, complaint(1, {"Issue": "It\x00leaks"}))))
    assert "“Issue” holds a NUL character" in bad[0].reason


def test_an_oversize_field_is_a_bad_row(tmp_path: Path) -> None:
    path = save(tmp_path, complaint(1, {STORY: "a" * 200_000}), complaint(2))
    good, bad = split(opened(path))
    assert [row.cells["Complaint ID"] for row in good] == ["2"]
    assert f"{LONGEST_CELL:,} are the most" in bad[0].reason


def test_quotation_marks_that_do_not_match_are_a_bad_row(tmp_path: Path) -> None:
    text = as_text([complaint(1), complaint(2)]).replace("It dripped on book 1.", '"It" dripped', 1)
    good, bad = split(opened(save_text(tmp_path, text)))
    assert [row.cells["Complaint ID"] for row in good] == ["2"]
    assert "quotation marks" in bad[0].reason


def test_empty_lines_are_no_rows(tmp_path: Path) -> None:
    good, bad = split(opened(save_text(tmp_path, as_text([complaint()]) + "\n\n")))
    assert (len(good), len(bad)) == (1, 0)


def test_a_column_that_is_not_needed_may_be_missing(tmp_path: Path) -> None:
    path = save_text(tmp_path, as_text([complaint()]).replace("Submitted via", "Sent by"))
    assert len(list(opened(path).rows())) == 1


def test_columns_are_known_whatever_their_case(tmp_path: Path) -> None:
    header, rest = as_text([complaint(7)]).split("\n", 1)
    path = save_text(tmp_path, f"{header.upper().replace('DATE RECEIVED', ' date  Received ')}\n{rest}")
    good, _bad = split(opened(path))
    assert (good[0].cells["Complaint ID"], good[0].cells["Date received"]) == ("7", "2023-05-30")


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters_are_taken_when_they_are_named(tmp_path: Path, delimiter: str) -> None:
    path = save_text(tmp_path, as_text([complaint(7)], delimiter=delimiter))
    with pytest.raises(RuleError, match="--delimiter"):
        opened(path)
    table = open_table(path, wanted=CFPB.columns, delimiter=delimiter)
    assert [row.cells["Complaint ID"] for row in split(table)[0]] == ["7"]
