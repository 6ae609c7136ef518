"""Fills one database, and says as JSON what is to be measured in it: ``python -m bench.prepare``.

A process of its own, because Django knows one database a process. Its settings come from the environment.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from datetime import timedelta
from http import HTTPStatus
from random import Random
from typing import Any

import django
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from bench.forms import hidden_fields

SEED = 20_260
SEND_EVERY = 4_000
YEAR = timedelta(days=365)
CASES_A_YEAR = 10_000
FIGURES_TIMES = 5
_TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
"""Not counted as statements of a page."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, required=True)
    parser.add_argument("--longer", action="store_true")
    parser.add_argument("--pages", default="")
    asked = parser.parse_args()
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    open_cases = load(asked.cases, is_longer=asked.longer, password=os.environ["AMENDS_BENCH_PASSWORD"])
    pages = [described(page) for page in _pages(asked.pages)]
    json.dump({"open": open_cases, "pages": pages, "figures_ms": figures_anew()}, sys.stdout)


def load(cases: int, *, is_longer: bool, password: str) -> int:
    """The cases of one year, or of a longer history at the same rate; returns how many are open."""
    from bench.copying import Tables
    from bench.lives import known_moments
    from bench.people import found
    from bench.recoveries import Recoveries

    chance, now = Random(SEED), timezone.now()  # noqa: S311 - chance that is the same in each run
    tables, years = Tables(chance=chance), cases / CASES_A_YEAR if is_longer else 1
    since, staff_for = now - years * YEAR, round(cases / years)
    organization = found(cases, staff_for=staff_for, tables=tables, chance=chance, since=since, password=password)
    recoveries = Recoveries(tables, organization, now=now, chance=chance)
    for key, known_at in enumerate(known_moments(cases, since=since, now=now, chance=chance), start=1):
        recoveries.add(key, known_at)
        if key % SEND_EVERY == 0:
            tables.send()
    tables.send()
    _settle(cases)
    return recoveries.open


def _settle(cases: int) -> None:
    """Keys and references go on after those that were loaded; the planner knows the tables."""
    from django.apps import apps

    from cases.actions import numbering

    numbering.take(numbering.CASE, cases)
    numbering.take(numbering.INCIDENT, cases)
    with connection.cursor() as cursor:
        models = list(apps.get_app_config("cases").get_models())
        for statement in connection.ops.sequence_reset_sql(_no_style(), models):
            cursor.execute(statement)
        cursor.execute("VACUUM (ANALYZE)")


def _no_style() -> Any:
    from django.core.management.color import no_style

    return no_style()


def _pages(names: str) -> list[Any]:
    from bench.pages import PAGES

    wanted = [name.strip() for name in names.split(",") if name.strip()]
    return [page for page in PAGES if not wanted or any(page.name.startswith(name) for name in wanted)]


def _typed(client: Any, page: Any, address: str) -> dict[str, str] | None:
    """What is posted, with the hidden fields of a fresh form; none where the page is only looked at."""
    return None if page.sent is None else {**hidden_fields(client.get(address).text), **page.sent()}


def _answered(client: Any, address: str, typed: dict[str, str] | None) -> Any:
    answer = client.get(address) if typed is None else client.post(address, typed)
    wanted = HTTPStatus.OK if typed is None else HTTPStatus.FOUND
    if answer.status_code != wanted:
        raise RuntimeError(f"{address} answers {answer.status_code}, not {wanted}")
    return answer


def described(page: Any) -> dict[str, Any]:
    """Where the page and its twin are found, and how many rows and statements the page takes."""
    from django.test import Client
    from django.test.utils import CaptureQueriesContext, setup_test_environment, teardown_test_environment

    from cases.models import User

    user = User.objects.get(email=page.who)
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    counts, rows, pairs = [], [], []
    setup_test_environment()  # only with it a response tells its context
    try:
        for address in page.addresses(user):
            _answered(client, address, _typed(client, page, address))  # the first one also fills the process's memory
            typed = _typed(client, page, address)
            with CaptureQueriesContext(connection) as seen:
                answer = _answered(client, address, typed)
            counts.append(sum(not query["sql"].startswith(_TRANSACTION) for query in seen.captured_queries))
            rows.append(page.rows(answer.context))
            pairs.append([address, page.twin(address, rows[-1])])
    finally:
        teardown_test_environment()
    return {
        "name": page.name,
        "who": page.who,
        "pairs": pairs,
        "rows": round(sum(rows) / len(rows)),
        "statements": max(counts),
        "sent": page.sent() if page.sent else None,
        "twin_sent": page.twin_sent() if page.twin_sent else None,
    }


def figures_anew() -> float:
    """Milliseconds to reckon the dashboard's figures of the last 90 days, which is done once a minute; the median of
    some times."""
    from bench.pages import MANAGER
    from cases.models import User
    from cases.reports.causes import pareto
    from cases.reports.figures import figures
    from cases.reports.frames import Frame
    from cases.reports.periods import DEFAULT_DAYS, Period

    manager, now = User.objects.get(email=MANAGER), timezone.now()
    frame = Frame.of(manager, Period.ending_today(DEFAULT_DAYS, now, manager.zone), now=now, team=None)
    times = []
    for _ in range(FIGURES_TIMES):
        begun = time.perf_counter()
        figures(frame)
        pareto(frame)
        times.append(time.perf_counter() - begun)
    return statistics.median(times) * 1000


if __name__ == "__main__":
    main()
