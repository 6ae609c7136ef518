"""How long it takes to find cases and customers among many: ``python -m bench.searching --cases 200000``.

Loads by COPY into a database of its own, asks what the pages ask, and drops the database. PostgreSQL only.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from bench.database import database_named

if TYPE_CHECKING:
    from collections.abc import Callable

WANTED_MS = 100
RUNS = 7
SEND_EVERY = 1_000
DISTINCT = 5_000
"""Cases that are written; the database copies them until there are enough."""
WORDS_A_CASE = 40
RARE = (7, 77, 777)
"""Cases with a word that no other has. What is no newer than they are is not copied."""
_SYLLABLES = [
    "an",
    "be",
    "cor",
    "da",
    "el",
    "fi",
    "gra",
    "ho",
    "in",
    "ju",
    "kan",
    "lo",
    "mer",
    "ni",
    "or",
    "pa",
    "qui",
    "ros",
    "sta",
    "tur",
    "ul",
    "ver",
    "wis",
    "xen",
    "yor",
    "zel",
]
_HAN = (
    "的一是不了人我在有他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可里后小么心多天而能"
    "好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长"
)
_THAI = ["กรุงเทพ", "พัสดุ", "ไม่มา", "ส่งของ", "ลูกค้า", "ร้านค้า", "เชียงใหม่", "บริการ"]
_COMPOUNDS = ("Kindergeldantrag", "Straßenbahnhaltestelle", "Paketzustellbenachrichtigung", "Versicherungsschein")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=200_000)
    asked = parser.parse_args()
    with database_named(f"amends_search_{uuid4().hex[:8]}") as address:
        os.environ["DATABASE_URL"] = address
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recovery.settings")
        return _measured(asked.cases)


def _measured(cases: int) -> int:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("install_defaults", verbosity=0)
    began = time.perf_counter()
    _load(min(cases, DISTINCT))
    _copy(cases)
    _say(f"{cases:,} cases and customers loaded in {time.perf_counter() - began:.0f} s")
    slow = 0
    for name, ask in _questions():
        took = []
        for _ in range(RUNS):
            began = time.perf_counter()
            found = ask()
            took.append((time.perf_counter() - began) * 1000)
        median = statistics.median(took)
        slow += median > WANTED_MS
        _say(f"{name:44} {found:>8,} found {median:8.1f} ms{'  MISSED' if median > WANTED_MS else ''}")
    return 1 if slow else 0


def _load(cases: int) -> None:
    from django.utils import timezone

    from bench.copying import Tables
    from cases.actions.clocks import newest_policy
    from cases.models import Case, Customer, Incident, SearchText
    from cases.rules import finding
    from cases.rules.folding import name_key
    from cases.rules.vocabulary import Channel, Outcome, Severity

    chance, now = Random(4), timezone.now()  # noqa: S311 - chance that is the same in each run
    tables, vocabulary, policy = Tables(chance=chance), _vocabulary(chance), newest_policy().pk
    for key in range(1, cases + 1):
        at = now - timedelta(minutes=3 * (cases - key) + 1)
        name = f"{chance.choice(vocabulary[:3000])} {chance.choice(vocabulary[:9000])}".title()
        customer = Customer(
            name=name,
            email=f"{name.replace(' ', '.')}.{key}@example.org",
            phone=f"+49 30 {chance.randrange(10**7, 10**8)}",
        )
        tables.add(
            Customer,
            id=key,
            name=name,
            email=customer.email,
            phone=customer.phone,
            created_at=at,
            name_key=name_key(name),
            phone_key="",
            search_text=(tokens := customer.findable),
        )
        told = _story(key, chance, vocabulary)
        tables.add(Incident, id=key, reference=f"IN-{key}", title="x", created_at=at)
        tables.add(
            Case,
            id=key,
            reference=f"SR-{key}",
            title="Something went wrong",
            subject="Something went wrong",
            description=told,
            customer_id=key,
            incident_id=key,
            policy_id=policy,
            known_at=at,
            logged_at=at,
            channel=Channel.PHONE,
            severity=Severity.MODERATE,
            closed_at=at,
            outcome=Outcome.NOT_RECORDED,
            version=1,
        )
        kept = finding.merged(tokens, finding.kept(f"SR-{key}\nSomething went wrong\n{told}"))
        tables.add(SearchText, case_id=key, search_text=kept)
        if key % SEND_EVERY == 0:
            tables.send()
    tables.send()


def _copy(cases: int) -> None:
    """Copies are older than what they are copied from; what is said to be rare stays so."""
    from django.db import connection

    from cases.models import search_tables

    with connection.cursor() as cursor:
        for searched in search_tables.SEARCHED:
            cursor.execute(f"DROP INDEX {searched.table}_search")
        for table, columns in _COPIED.items():
            cursor.execute(_REST, (table, list(columns)))
            rest = "".join(f", {name}" for (name,) in cursor.fetchall())
            key = next(iter(columns))
            # The statement is made of constants and of the names of columns.
            copied = (
                f"INSERT INTO {table} ({', '.join(columns)}{rest}) SELECT {', '.join(columns.values())}{rest}"  # noqa: S608
                f" FROM {table} t, generate_series(1, %s) n WHERE t.{key} > {RARE[-1]}"
            )
            cursor.execute(copied, (cases // DISTINCT - 1,))
        for searched in search_tables.SEARCHED:
            cursor.execute(f"CREATE INDEX ON {searched.table} USING gin (search_vector)")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute(
            "SELECT count(*), pg_size_pretty(pg_total_relation_size('cases_searchtext')) FROM cases_searchtext"
        )
        _say("Search texts of {:,} cases: {}".format(*cursor.fetchone()))


_REST = """
SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = %s::regclass
AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attname <> ALL(%s)
"""
_COPIED = {
    "cases_customer": {"id": "-t.id - n * 10000", "public_id": "gen_random_uuid()"},
    "cases_incident": {
        "id": "-t.id - n * 10000",
        "public_id": "gen_random_uuid()",
        "reference": "t.reference || '-' || n",
    },
    "cases_case": {
        "id": "-t.id - n * 10000",
        "public_id": "gen_random_uuid()",
        "reference": "t.reference || '-' || n",
        "customer_id": "-t.customer_id - n * 10000",
        "incident_id": "-t.incident_id - n * 10000",
        "known_at": "t.known_at - n * interval '11 days'",
    },
    "cases_searchtext": {"case_id": "-t.case_id - n * 10000"},
}
"""By table: its key first, and what is another in a copy."""


def _vocabulary(chance: Random) -> list[str]:
    words = {"".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(60_000)}
    return sorted(words, key=lambda _word: chance.random())


def _story(key: int, chance: Random, vocabulary: list[str]) -> str:
    """Words as often as in a language: the n-th most common one n times as seldom as the first."""
    words = [vocabulary[int(len(vocabulary) ** chance.random()) - 1] for _ in range(WORDS_A_CASE)]
    words += ["parcel"] if key % 3 == 0 else []
    words += [chance.choice(_COMPOUNDS)] if key % 50 == 0 else []
    words += ["".join(chance.choices(_HAN, k=12))] if key % 10 == 0 else []
    words += [chance.choice(_THAI)] if key % 20 == 0 else []
    words += ["Quarzuhrwerk"] if key in RARE else []
    return " ".join(words)


def _questions() -> list[tuple[str, Callable[[], int]]]:
    from django.utils import timezone

    from cases.models import Customer, User
    from cases.reports.cases import Order, Sort, case_list
    from cases.reports.customer_list import alike, customer_list, meant
    from cases.reports.filters import CaseFilter
    from cases.rules.vocabulary import Role

    boss = User.objects.create_user("boss@example.org", name="Boss", role=Role.MANAGER)
    customer = Customer.objects.get(pk=Customer.objects.order_by("pk")[100].pk)
    first, last = customer.name.split()

    def cases(words: str) -> Callable[[], int]:
        newest = Order(Sort.KNOWN, descending=True)
        return lambda: (
            case_list(boss, CaseFilter(q=words), now=timezone.now(), zone=ZoneInfo("UTC"), order=newest).total
        )

    def customers(words: str) -> Callable[[], int]:
        return lambda: customer_list(boss, words).total

    def logging(words: str) -> Callable[[], int]:
        return lambda: len(meant(words, boss))

    def twins(**typed: Any) -> Callable[[], int]:
        return lambda: len(alike(boss, **typed))

    words = {
        "a rare word": "quarzuhrwerk",
        "a part of a rare word": "uhrwerk",
        "a word of every third case": "parcel",
        "a part of a common word": "arce",
        "a part of compounds": "geld",
        "three letters": "par",
        "two letters": "be",
        "one letter": "b",
        "Han, two": "中国",
        "Han, one": "中",
        "Thai": "กรุงเทพ",
        "a reference": "SR-4711",
        "a name": customer.name,
        "a name and a common word": f"{last} parcel",
        "a phone": customer.phone,
        "a phone as it is written here": f"030/{customer.phone[-8:]}",
        "a mail address": customer.email,
        "a word that nobody wrote": "zzyzx",
    }
    people = {
        "a first name": first,
        "a last name": last,
        "the beginning of a name": last[:4],
        "three letters": last[:3],
        "one letter": "b",
        "both names": customer.name,
        "a phone": customer.phone,
        "the end of a phone": customer.phone[-5:],
        "a mail address": customer.email,
        "the mail domain of all": "example.org",
    }
    return [
        *((f"cases, newest first: {name}", cases(text)) for name, text in words.items()),
        *((f"customers: {name}", customers(text)) for name, text in people.items()),
        ("customers: everybody", customers("")),
        *((f"while logging: {name}", logging(text)) for name, text in people.items()),
        ("alike: name, mail address and phone", twins(name=customer.name, email=customer.email, phone=customer.phone)),
    ]


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
