"""``python -m bench``: loads, serves, measures, prints, and ends with an error where a wanted number is missed."""

from __future__ import annotations

import argparse
import signal
import sys
from contextlib import ExitStack
from typing import NoReturn

from bench.delivery import report as delivery
from bench.delivery.place import measured
from bench.delivery.rounds import MANY
from bench.measure import LEAST_RUNS, measure
from bench.place import Asked, served
from bench.report import report
from bench.sweeping import place as sweeping_place
from bench.sweeping import report as sweeping


def main() -> int:
    asked = _asked()
    signal.signal(signal.SIGTERM, _end)
    missed = 0
    if asked.only in {None, "pages"}:
        missed += _pages(asked)
    if asked.only in {None, "delivery"}:
        missed += _delivery()
    if asked.only in {None, "sweeping"}:
        missed += _sweeping()
    return 1 if missed and not asked.report_only else 0


def _pages(asked: argparse.Namespace) -> int:
    """How many numbers are missed."""
    with ExitStack() as stack:
        sites = []
        for cases in asked.cases:
            _say(f"Loading {cases:,} cases ...")
            sites.append(stack.enter_context(served(Asked(cases, asked.longer, asked.pages))))
            _say(f"{sites[-1].told['open']:,} of {cases:,} cases are open.")
        _say(f"Measuring, {asked.runs} requests of each page ...\n")
        figures = measure(sites, runs=asked.runs)
        text, missed = report(figures, sites, {site.cases: site.worker_sizes() for site in sites})
    _say(f"{text}\n")
    return missed


def _delivery() -> int:
    _say(f"Delivering {MANY:,} mails and more ...\n")
    text, missed = delivery.report(measured())
    _say(text)
    return missed


def _sweeping() -> int:
    _say(f"Sweeping over {sweeping_place.SIZES[-1]:,} open commitments ...\n")
    text, missed = sweeping.report(sweeping_place.measured())
    _say(text)
    return missed


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Speed and memory beside bare pages.")
    parser.add_argument("--cases", type=_sizes, default=[10_000], help="one or more sizes, such as 10000,100000")
    parser.add_argument("--only", choices=("pages", "delivery", "sweeping"), help="one of the sections")
    parser.add_argument("--runs", type=_runs, default=40, help=f"requests of each page, at least {LEAST_RUNS}")
    parser.add_argument("--pages", default="", help="how the names begin of those that are measured: list,my,case")
    parser.add_argument(
        "--longer", action="store_true", help="a longer history at the same rate, instead of a larger organization"
    )
    parser.add_argument("--report-only", action="store_true", help="end well even where a wanted number is missed")
    return parser.parse_args()


def _sizes(text: str) -> list[int]:
    sizes = sorted({int(size) for size in text.split(",")})
    if sizes[0] < 1_000:  # noqa: PLR2004 - fewer do not fill a page
        raise argparse.ArgumentTypeError("1,000 cases are the fewest that fill the pages")
    return sizes


def _runs(text: str) -> int:
    if int(text) < LEAST_RUNS:
        raise argparse.ArgumentTypeError(f"a median wants at least {LEAST_RUNS} requests")
    return int(text)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _end(_number: int, _frame: object) -> NoReturn:
    """A polite end takes the databases and the servers with it."""
    raise SystemExit(1)


if __name__ == "__main__":
    sys.exit(main())
