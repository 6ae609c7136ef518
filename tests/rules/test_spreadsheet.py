"""What a spreadsheet would change stays the words that it is, and comes back as they were."""

import pytest

from cases.rules.spreadsheet import guarded, unguarded

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20A"]
CHANGED = [
    "1-2",
    "3/4",
    "10.12.",
    "2019-03-08",
    "3/4/2019",
    "8.3.2019 10:15",
    "Mar 5",
    "MAR1",
    "SEP-2",
    "2 May",
    "10:15",
    "2-Mär",
    "1 Mai",
    "14. août 2021",
    "3 de enero de 2020",
    "7 мая 2021",
    "2019年3月8日",
    "2019년 3월 8일",
    "\uff18\uff0f\uff13",
    "\uff2a\uff21\uff2e\uff15",
    "1:2",
    "8. 3. 2019",
    "1 1/2",
    "jan 5 2020 10:00",
    "8 pm",
    "20210701T084009Z",
    "2019-03-08 10:15 or so",
]
NUMBERS = [
    "1E5",
    "2.5e-3",
    "\uff11\uff12",
    "٣٤",
    "1 250",
    "(12)",
    "7%",
    "€ 5",
    "True",
    "0049301234",
    "1234567890123456",
    "12.5",
]
WORDS = [
    "SR-1042",
    "March was bad",
    "12",
    "Sep 12 parcels were lost",
    "a=1",
    "",
    "'tis",
    "1st floor",
    "5 minutes late",
    "A1",
    "Room 5",
    "P5-2",
    "12 Boxen",
    "No. 7",
    "Zimmer 12, 2. Stock",
]


@pytest.mark.parametrize("cell", [*FORMULAS, *CHANGED, *NUMBERS])
def test_what_would_run_or_be_changed_gets_an_apostrophe(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", WORDS)
def test_other_words_stay_as_they_are(cell: str) -> None:
    assert guarded(cell) == cell


@pytest.mark.parametrize("cell", [*FORMULAS, *CHANGED, *NUMBERS, *WORDS, "'=1", "''1-2"])
def test_a_cell_comes_back_as_it_was(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell
