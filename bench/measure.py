"""Asks pages and their twins in turn, and keeps how long each took."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from bench.browser import Browser
from bench.forms import hidden_fields

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.place import Served

LEAST_RUNS = 30
WARM_UP = 12


@dataclass(slots=True)
class Figures:
    """One page at one size. Times in milliseconds."""

    name: str
    cases: int
    rows: int
    statements: int
    times: list[float] = field(default_factory=list)
    twin_times: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.times)

    @property
    def twin_median(self) -> float:
        return statistics.median(self.twin_times)

    @property
    def ratio(self) -> float:
        return self.median / self.twin_median


class Visitor:
    """Asks one page and its twin, by turns first and second, at one address after the other."""

    def __init__(self, page: dict[str, Any], site: Served, browser: Browser) -> None:
        self._page, self._browser = page, browser
        self._visits = 0
        self.figures = Figures(page["name"], site.cases, page["rows"], page["statements"])

    def visit(self, *, is_counted: bool) -> None:
        addresses = self._page["pairs"][self._visits % len(self._page["pairs"])]
        sent = (self._page["sent"], self._page["twin_sent"])
        asked = list(zip(addresses, sent, (self.figures.times, self.figures.twin_times), strict=True))
        for address, fields, times in asked if self._visits % 2 else reversed(asked):
            took = self._took(address, fields)
            if is_counted:
                times.append(took)
        self._visits += 1

    def _took(self, address: str, fields: dict[str, str] | None) -> float:
        if fields is None:
            answer, wanted = self._browser.get(address), HTTPStatus.OK
        else:
            drawn = hidden_fields(self._browser.get(address).text)
            answer, wanted = self._browser.post(address, {**drawn, **fields}), HTTPStatus.FOUND
        if answer.status != wanted:
            raise RuntimeError(f"{address} answered {answer.status}, not {wanted}.")
        return answer.milliseconds


def measure(sites: Sequence[Served], *, runs: int) -> list[Figures]:
    """All sites and pages in each round, so that whatever slows the machine down for a while slows all of them."""
    visitors = [visitor for site in sites for visitor in _visitors(site)]
    for turn in range(WARM_UP + runs):
        for visitor in visitors:
            visitor.visit(is_counted=turn >= WARM_UP)
    return [visitor.figures for visitor in visitors]


def _visitors(site: Served) -> Iterator[Visitor]:
    browsers: dict[str, Browser] = {}
    for page in site.told["pages"]:
        who = page["who"]
        if who not in browsers:
            browsers[who] = Browser(site.port)
            browsers[who].sign_in(who, site.password)
        yield Visitor(page, site, browsers[who])
