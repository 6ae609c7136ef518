"""The geometry of pictures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.reports.pictures import bars, line, scale


def test_a_line_goes_from_left_to_right_and_up_is_better() -> None:
    picture = line([60, 70, 80], width=200, height=100)
    assert picture.strokes == ("0,100 100,50 200,0",)
    assert [rule.value for rule in picture.rules] == [60, 65, 70, 75, 80]


def test_a_week_without_answers_is_a_gap_and_not_zero() -> None:
    picture = line([60, None, 80, 70, None, 65], width=100, height=100)
    assert len(picture.strokes) == 1
    assert [point.place for point in picture.points] == [0, 2, 3, 5]


@pytest.mark.parametrize("values", [[], [None, None], [0], [100, 100], [50]])
def test_few_values_make_a_picture_too(values: list[float | None]) -> None:
    picture = line(values, width=100, height=40)
    assert all(0 <= point.y <= 40 and 0 <= point.x <= 100 for point in picture.points)
    assert len(picture.rules) >= 2


@given(st.lists(st.floats(0, 100), min_size=1, max_size=30))
def test_every_value_lies_within_its_scale(values: list[float]) -> None:
    low, high, step = scale(values)
    assert 0 <= low <= min(values)
    assert max(values) <= high <= 100
    assert (high - low) % step == 0


def test_bars_are_as_long_as_their_values_and_the_least_is_seen() -> None:
    assert [bar.width for bar in bars([34, 17, 0, 0.1])] == [100, 50, 0, 1]
    assert bars([]) == ()
    assert [bar.width for bar in bars([0, 0])] == [0, 0]
