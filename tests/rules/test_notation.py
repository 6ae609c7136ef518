"""Dates and decimals are read as the whole file writes them, never as one value seems to say."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from cases.errors import RuleError
from cases.rules.notation import DateOrder, DecimalMark, Evidence, marks_of, moment_of, number_of, orders_of

DAY, MONTH = DateOrder
POINT, COMMA = DecimalMark
ZONE = ZoneInfo("America/New_York")


def decided(*values: str, fixed: DateOrder | None = None) -> DateOrder | None:
    orders = Evidence[DateOrder]()
    for line, text in enumerate(values, start=2):
        orders.see(orders_of(text), line, text)
    return orders.decide("--dates", fixed=fixed)


def refused(*values: str, fixed: DateOrder | None = None) -> str:
    with pytest.raises(RuleError) as error:
        decided(*values, fixed=fixed)
    return error.value.sentence


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (("03/04/2019", "25/03/2019"), DAY),
        (("03/25/2019", "03/04/2019"), MONTH),
        (("3.4.2019", "31.12.2019"), DAY),
        (("2019-03-04", "2019/3/8", "05/05/2019", "soon", ""), None),
    ],
)
def test_one_value_that_has_only_one_reading_decides_for_the_file(values: tuple[str, ...], order: object) -> None:
    assert decided(*values) is order


def test_where_no_value_tells_the_order_is_asked_for() -> None:
    assert refused("03/04/2019", "01/02/2019") == (
        "No value of this file tells how to read “03/04/2019” (line 2). "
        "Import it with --dates dmy for day/month/year or --dates mdy for month/day/year."
    )
    assert decided("03/04/2019", fixed=DAY) is DAY


def test_values_that_contradict_each_other_are_named_with_their_lines() -> None:
    sentence = refused("03/04/2019", "25/03/2019", "03/26/2019", fixed=MONTH)
    assert "line 3 has “25/03/2019” (day/month/year) and line 4 “03/26/2019” (month/day/year)" in sentence


def test_a_fixed_order_is_checked_against_the_values() -> None:
    sentence = refused("03/04/2019", "25/03/2019", fixed=MONTH)
    assert "Line 3 has “25/03/2019”, which cannot be month/day/year" in sentence
    assert "--dates dmy" in sentence


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2019-03-08", datetime(2019, 3, 8, 12, tzinfo=ZONE)),
        ("2019/3/8", datetime(2019, 3, 8, 12, tzinfo=ZONE)),
        ("8/3/2019", datetime(2019, 3, 8, 12, tzinfo=ZONE)),
        ("2019-03-08T10:15:30", datetime(2019, 3, 8, 10, 15, 30, tzinfo=ZONE)),
        ("2019-03-08T10:15:30.123Z", datetime(2019, 3, 8, 10, 15, 30, tzinfo=UTC)),
        ("2019-03-08 10:15+05:30", datetime(2019, 3, 8, 4, 45, tzinfo=UTC)),
        ("8/3/2019 02:30:00 PM", datetime(2019, 3, 8, 14, 30, tzinfo=ZONE)),
        ("2019-03-08 10:15:00+00", datetime(2019, 3, 8, 10, 15, tzinfo=UTC)),
        ("2021-07-01 22:40:10.5-03", datetime(2021, 7, 2, 1, 40, 10, tzinfo=UTC)),
        ("2019-03-08 10:15:00 UTC", datetime(2019, 3, 8, 10, 15, tzinfo=UTC)),
        ("20210701", datetime(2021, 7, 1, 12, tzinfo=ZONE)),
        ("20210701T0840", datetime(2021, 7, 1, 8, 40, tzinfo=ZONE)),
        ("20210701T084009+0530", datetime(2021, 7, 1, 3, 10, 9, tzinfo=UTC)),
        ("20210701 8:40", datetime(2021, 7, 1, 8, 40, tzinfo=ZONE)),
        ("8.3.2019, 0:05", datetime(2019, 3, 8, 0, 5, tzinfo=ZONE)),
    ],
)
def test_moments_are_read_as_they_are_written(text: str, moment: datetime) -> None:
    assert moment_of(text, DAY, ZONE) == moment


@pytest.mark.parametrize(
    "text",
    [
        "2019-02-30",
        "31/12/19",
        "13/13/2019",
        "8/3/2019 25:00",
        "8/3/2019 13:00 PM",
        "2019-03-08T10:15+25",
        "20211301",
        "2021070",
        "soon",
    ],
)
def test_what_is_no_moment_is_none(text: str) -> None:
    assert moment_of(text, DAY, ZONE) is None


@pytest.mark.parametrize(
    ("text", "marks", "value"),
    [
        ("1,250.00", {POINT}, "1250"),
        ("1.250,00", {COMMA}, "1250"),
        ("1'250.50", {POINT}, "1250.5"),
        ("12,5", {COMMA}, "12.5"),
        ("1,234,567", {POINT}, "1234567"),
        ("0.125", {POINT}, "0.125"),
        ("1250", set[DecimalMark](), "1250"),
    ],
)
def test_a_number_tells_its_decimal_mark_where_it_can(text: str, marks: set[DecimalMark], value: str) -> None:
    assert marks_of(text) == marks
    assert number_of(text, next(iter(marks), POINT)) == Decimal(value)


def test_a_number_of_one_group_may_be_either() -> None:
    assert marks_of("1.250") == {POINT, COMMA}
    assert (number_of("1.250", POINT), number_of("1.250", COMMA)) == (Decimal("1.250"), Decimal(1250))


@pytest.mark.parametrize("text", ["", "a", "1,2,3", "1.2.3", "12,34.5,6"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert number_of(text, POINT) is None
    assert not marks_of(text)
