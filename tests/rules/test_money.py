"""Amounts with the minor units of ISO 4217."""

from decimal import Decimal

import pytest

from cases.errors import RuleError
from cases.rules.money import CURRENCIES, Money, check_amount, check_currency, largest, minor_units


@pytest.mark.parametrize(
    ("currency", "digits"),
    [("USD", 2), ("JPY", 0), ("KRW", 0), ("ISK", 0), ("KWD", 3), ("IQD", 3), ("TND", 3), ("CLF", 4), ("MGA", 2)],
)
def test_the_minor_units_are_those_of_iso_4217(currency: str, digits: int) -> None:
    assert minor_units(currency) == digits


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("80.0000", "USD", "80 USD"),
        ("1250.5", "EUR", "1,250.50 EUR"),
        ("5000.0000", "JPY", "5,000 JPY"),
        ("12.5", "KWD", "12.500 KWD"),
        ("0", "KWD", "0 KWD"),
        ("100.5", "JPY", "100.5 JPY"),
    ],
)
def test_an_amount_is_shown_with_the_minor_units_of_its_currency(amount: str, currency: str, words: str) -> None:
    assert str(Money(Decimal(amount), currency)) == words


@pytest.mark.parametrize(("currency", "words"), [("USD", "3.33"), ("JPY", "3"), ("KWD", "3.333")])
def test_a_share_is_rounded_to_the_minor_unit(currency: str, words: str) -> None:
    assert Money(Decimal(10), currency).shared(3).number == words


@pytest.mark.parametrize(("amount", "currency"), [("500", "JPY"), ("1.005", "KWD"), ("0.0001", "UYW"), ("9.99", "USD")])
def test_an_amount_with_the_decimals_of_its_currency_is_taken(amount: str, currency: str) -> None:
    check_amount(Decimal(amount), currency)
    assert Decimal(amount) <= largest(currency)


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("0.5", "JPY", "no decimals"),
        ("0.001", "USD", "at most 2 decimals"),
        ("10000000", "USD", "up to 9,999,999.99"),
        ("10000000", "KWD", "up to 9,999,999.999"),
        ("1000000000", "JPY", "up to 999,999,999"),
        ("1000000000", "IDR", "up to 999,999,999.99"),
    ],
)
def test_an_amount_that_its_currency_does_not_have_is_refused(amount: str, currency: str, words: str) -> None:
    with pytest.raises(RuleError, match=words):
        check_amount(Decimal(amount), currency)


@pytest.mark.parametrize("written", ["usd", " USD "])
def test_a_code_is_taken_as_people_write_it(written: str) -> None:
    assert check_currency(written, CURRENCIES) == "USD"


@pytest.mark.parametrize(("written", "words"), [("XAU", "no currency"), ("U$D", "three letters"), ("EUR", "not used")])
def test_a_code_that_may_not_be_used_is_refused(written: str, words: str) -> None:
    with pytest.raises(RuleError, match=words):
        check_currency(written, {"USD"})
