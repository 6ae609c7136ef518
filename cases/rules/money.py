"""Money: the currencies of ISO 4217 with their minor units, amounts as people read them, and sums for each currency.

Amounts of two currencies are never added.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from cases.errors import RuleError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

CURRENCIES = frozenset(
    """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF
    CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD
    HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL
    LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP
    PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT
    TND TOP TRY TTD TWD TZS UAH UGX USD UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
    """.split()  # noqa: SIM905  (a list of strings would take as many lines as there are currencies)
)
"""Those that people pay or reckon with; other funds codes, metals and test codes are left out."""

_MINOR_UNITS = {
    code: digits
    for digits, codes in {
        0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
        3: "BHD IQD JOD KWD LYD OMR TND",
        4: "CLF UYW",
    }.items()
    for code in codes.split()
}
"""ISO 4217, list one. Every other currency has two decimals."""
_SMALL = frozenset(
    "ARS CDF COP IDR IQD IRR KHR LAK LBP MGA MMK MNT MWK NGN SYP TZS UZS".split()  # noqa: SIM905  (as above)
)
"""One unit is worth about a tenth of a US cent or less, so that amounts have more digits."""
MOST_DECIMALS = 4
MOST_DIGITS = 13
"""Of a stored amount: nine before the point and four behind it."""
_LARGEST, _LARGEST_OF_SMALL = 9_999_999, 999_999_999


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency."""

    amount: Decimal
    currency: str

    @property
    def number(self) -> str:
        """With the minor units of its currency, or none where they are zero: "80", "1,250.50"."""
        digits = minor_units(self.currency)
        if self.amount == self.amount.to_integral_value():
            return f"{self.amount:,.0f}"
        # An amount that was stored before its currency was checked is shown as it is, not rounded.
        exponent = self.amount.normalize().as_tuple().exponent
        return f"{self.amount:,.{max(digits, -exponent if isinstance(exponent, int) else 0)}f}"

    def __str__(self) -> str:
        """For a line of text: "80 USD", "1,250.50 EUR", "12.500 KWD"."""
        return f"{self.number} {self.currency}"

    @property
    def plain(self) -> Decimal:
        """The amount without zeros that its column adds, and without an exponent: for what is stored as text."""
        whole = self.amount.quantize(Decimal(1))
        return whole if whole == self.amount else self.amount.normalize()

    def shared(self, among: int) -> Money:
        """Divided by a number above 0, to the minor unit of the currency."""
        return Money(rounded(self.amount / among, self.currency), self.currency)


def minor_units(currency: str) -> int:
    """How many decimals amounts in this currency have."""
    return _MINOR_UNITS.get(currency, 2)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """To the minor unit of its currency, halves up."""
    return amount.quantize(Decimal(1).scaleb(-minor_units(currency)), ROUND_HALF_UP)


def largest(currency: str) -> Decimal:
    """Above it, an amount is taken for a slip of the finger."""
    digits = minor_units(currency)
    whole = _LARGEST_OF_SMALL if digits == 0 or currency in _SMALL else _LARGEST
    return Decimal(whole) + 1 - Decimal(1).scaleb(-digits)


def sums(amounts: Iterable[Money]) -> tuple[Money, ...]:
    """One sum for each currency, in the order of the currencies."""
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for money in amounts:
        totals[money.currency] += money.amount
    return tuple(Money(total, currency) for currency, total in sorted(totals.items()))


def check_currency(written: str, allowed: Collection[str]) -> str:
    """The code in capital letters. Refuses what is no currency, or not one that may be used here."""
    currency = written.strip().upper()
    if len(currency) != len("USD") or not (currency.isascii() and currency.isalpha()):
        raise RuleError("Write the currency as its three letters, such as USD.", field="currency")
    if currency not in CURRENCIES:
        raise RuleError(f"{currency} is no currency of ISO 4217. Check its three letters.", field="currency")
    if currency not in allowed:
        ways = ", ".join(sorted(allowed))
        raise RuleError(f"{currency} is not used here. Choose one of these: {ways}.", field="currency")
    return currency


def check_amount(amount: Decimal, currency: str) -> None:
    """Refuse amounts that cannot be meant, and fractions that the currency does not have."""
    if amount.is_nan():
        raise RuleError("Write the amount as a number.", field="amount")
    if amount < 0:
        raise RuleError("An amount cannot be negative. Write 0 for a gesture that costs nothing.", field="amount")
    most = largest(currency)
    if amount > most:
        raise RuleError(f"Amounts go up to {Money(most, currency).number}. Check the number of digits.", field="amount")
    digits = minor_units(currency)
    if amount != rounded(amount, currency):
        how = f"at most {digits} decimals" if digits else "no decimals"
        raise RuleError(f"Amounts in {currency} have {how}. Check the amount and its currency.", field="amount")
