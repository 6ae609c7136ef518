"""What the columns of a complaint mean: nothing is invented, and a row that makes no sense says why."""

from datetime import UTC, datetime

import pytest

from cases.actions.importing.cfpb import CFPB
from cases.actions.importing.mapping import ImportedCase
from cases.actions.importing.reader import Row
from cases.errors import RuleError
from cases.models import Category
from cases.rules.notation import DateOrder, Notation
from cases.rules.vocabulary import Channel, StepKind
from tests.actions.complaints import COLUMNS, complaint

RESPONSE = "Company response to consumer"


def read(cells: dict[str, str]) -> ImportedCase:
    return CFPB.case_of(Row(2, cells), Notation(DateOrder.MONTH_FIRST))


def taken(**cells: str) -> ImportedCase:
    return read(complaint(1, {name.replace("_", " "): text for name, text in cells.items()}))


def refused(cells: dict[str, str]) -> str:
    with pytest.raises(RuleError) as error:
        read(complaint(1, cells))
    return str(error.value)


def test_the_mapping_asks_for_columns_that_such_a_file_has() -> None:
    assert {*CFPB.columns.needed, *CFPB.columns.optional} <= set(COLUMNS)


def test_a_day_becomes_the_noon_of_that_day_where_the_source_is() -> None:
    found = taken()
    assert found.known_at == datetime(2023, 5, 30, 16, 0, tzinfo=UTC)
    assert found.settled == {StepKind.ACKNOWLEDGE: datetime(2023, 5, 31, 16, 0, tzinfo=UTC)}


def test_american_dates_are_read_too() -> None:
    assert taken(Date_received="05/30/2023").known_at == taken().known_at


def test_nobody_is_named_so_the_place_stands_for_the_consumer() -> None:
    assert taken().customer == "Consumer (OR 97201)"
    assert taken(State="", ZIP_code="012XX").customer == "Consumer (012XX)"
    assert taken(State="", ZIP_code="N/A").customer == "Consumer"


def test_without_a_narrative_the_issue_is_the_description() -> None:
    assert taken().description == "It dripped on book 1."
    assert taken(Consumer_complaint_narrative="").description == "It leaks"


def test_title_and_category_are_joined_from_what_is_there() -> None:
    found = taken()
    assert found.title == "It leaks: From the spout"
    assert found.category == "Teapots › Stove teapots › It leaks › From the spout"
    assert read(complaint(1, {"Sub-issue": "", "Sub-product": ""})).category == "Teapots › It leaks"


def test_a_category_that_is_too_long_is_shortened() -> None:
    length = Category._meta.get_field("name").max_length  # noqa: SLF001 - Django's own name for it
    shortened = taken(Product="Teapot " * 60).category
    assert len(shortened) == length
    assert shortened.endswith("…")


@pytest.mark.parametrize(
    ("response", "steps", "is_closed"),
    [
        ("Closed with monetary relief", {StepKind.COMPENSATE}, True),
        ("Closed with non-monetary relief", {StepKind.CORRECT}, True),
        ("Closed with explanation", set[StepKind](), True),
        ("Untimely response", set[StepKind](), True),
        ("In progress", set[StepKind](), False),
    ],
)
def test_the_response_proves_only_the_steps_that_it_names(
    response: str, steps: set[StepKind], *, is_closed: bool
) -> None:
    found = read(complaint(1, {RESPONSE: response}))
    assert set(found.settled) - {StepKind.ACKNOWLEDGE} == steps
    assert found.is_closed is is_closed


def test_a_dispute_and_a_late_response_are_told_and_no_dispute_is_no_satisfaction() -> None:
    late = read(complaint(1, {"Timely response?": "No", "Consumer disputed?": "Yes"}))
    assert late.ending == "Closed with explanation. The response was late. The consumer disputed it."
    assert read(complaint(1, {"Consumer disputed?": "No"})).ending.endswith("The consumer raised no dispute.")
    assert taken().ending == "Closed with explanation."


@pytest.mark.parametrize(("sent", "channel"), [("Postal mail", Channel.LETTER), ("Fax", Channel.OTHER)])
def test_ways_of_sending_that_we_do_not_know_are_other_ways(sent: str, channel: Channel) -> None:
    assert taken(Submitted_via=sent).channel is channel


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"Complaint ID": " "}, "“Complaint ID” is empty"),
        ({"Complaint ID": "9" * 81}, "80 are the most"),
        ({"Date received": ""}, "“Date received” is empty"),
        ({"Date received": "2023-02-30"}, "no date such as"),
        ({"Date received": "yesterday"}, "“yesterday”"),
        ({"Date sent to company": "2023-05-29"}, "lies before"),
        ({RESPONSE: "Closed with a smile"}, "“Closed with a smile”, which we do not know"),
        ({"Company": "K" * 161}, "“Company” holds 161 characters"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why(cells: dict[str, str], sentence: str) -> None:
    assert sentence in refused(cells)
