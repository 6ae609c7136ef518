"""Shares, spreads, means and sums of money."""

from decimal import Decimal

import pytest

from cases.reports.rates import Mean, Rate, Spread
from cases.rules.money import Money, sums


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 0, "–"),
        (0, 7, "0%"),
        (7, 7, "100%"),
        (1, 3, "33%"),
        (2, 3, "67%"),
        (1, 8, "13%"),
        (199, 200, "99%"),
        (999, 1000, "99%"),
        (1, 1000, "1%"),
    ],
)
def test_all_and_nothing_are_said_only_of_all_and_nothing(part: int, whole: int, said: str) -> None:
    assert str(Rate(part, whole)) == said


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (Rate(88, 100), Rate(84, 100), "up 4 points"),
        (Rate(1, 2), Rate(51, 100), "down 1 point"),
        (Rate(1, 2), Rate(2, 4), "as before"),
        (Rate(0, 0), Rate(1, 2), ""),
        (Rate(1, 2), Rate(0, 0), ""),
    ],
)
def test_a_change_is_told_in_points_and_only_where_both_have_an_n(now: Rate, before: Rate, said: str) -> None:
    assert now.change_since(before) == said


def test_a_spread_has_a_median_and_a_ninetieth_percentile_that_occurred() -> None:
    spread = Spread.of(list(range(10, 0, -1)))
    assert (spread.n, spread.median, spread.p90) == (10, 5.5, 9)
    assert Spread.of([7]) == Spread(1, 7, 7)


def test_nothing_has_no_spread_and_no_mean() -> None:
    assert (Spread.of([]).n, Spread.of([]).median) == (0, None)
    assert str(Mean.of([])) == "–"
    assert str(Mean.of([4, 5, 5])) == "4.7"


def test_amounts_of_two_currencies_are_two_sums() -> None:
    given = [Money(Decimal(20), "USD"), Money(Decimal("5.50"), "EUR"), Money(Decimal(60), "USD")]
    assert [str(money) for money in sums(given)] == ["5.50 EUR", "80 USD"]
