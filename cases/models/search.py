"""Finding cases and customers by words, with the same answer on both databases.

PostgreSQL keeps the tokens of ``rules.finding`` as a vector with a GIN index, SQLite in an FTS5 table kept by triggers
(``cases.models.search_tables``). Limit: which tokens there are is decided by the rules, and never by a database.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connections, models
from django.db.models.expressions import F, Func, RawSQL

from cases.rules.finding import Term, Token, looked_for

if TYPE_CHECKING:
    from collections.abc import Iterable

_NEWEST = 500
_COMMON = 5
"""One in a hundred of the newest rows: a list that begins with the newest has filled its page within 5,000 rows."""


MOST_COUNTED = 1_000
"""Of what is found by words. A common word is in a million rows, and the vector of each would be read."""


@dataclass(frozen=True, slots=True)
class Searched:
    """A table with a column ``search_text``. ``key`` is the key of what is found by it."""

    table: str
    key: str

    @property
    def words(self) -> str:
        """The FTS5 table of SQLite."""
        return f"{self.table}_words"


CASES = Searched("cases_searchtext", "case_id")
CUSTOMERS = Searched("cases_customer", "id")


class SearchText(models.Model):
    """What a case is found by. A table of its own: a case is saved with every step, its words change seldom."""

    case = models.OneToOneField("cases.Case", on_delete=models.CASCADE, primary_key=True, related_name="+")
    search_text = models.TextField()

    objects = models.Manager["SearchText"]()

    def __str__(self) -> str:
        return self.search_text[:80]


def matching_words[Q: models.QuerySet[Any]](found: Q, words: str, searched: Searched) -> Q:
    """``found`` narrowed to what contains every word of ``words``; none when no word is left to look for.

    On PostgreSQL, one short statement asks first whether the words are common: each kind wants a plan of its own.
    """
    terms = looked_for(words, settings.AMENDS_COUNTRY)
    return matching_terms(found, terms, searched) if terms else found.none()


def matching_terms[Q: models.QuerySet[Any]](found: Q, terms: Iterable[Term], searched: Searched) -> Q:
    """``found`` narrowed to what has every term."""
    if connections[found.db].vendor != "postgresql":
        statement = f"SELECT rowid FROM {searched.words} WHERE {searched.words} MATCH %s"  # noqa: S608
        return found.filter(pk__in=_raw(statement, _fts5(terms)))
    vector = _tsquery(terms)
    statement = f"SELECT {searched.key} FROM {searched.table} WHERE search_vector @@ %s::tsquery"  # noqa: S608
    rows = _raw(statement, vector)
    if _is_common(found.db, vector, searched):
        return found.filter(pk__in=rows)
    return found.filter(_AmongFew(F("pk"), rows))


def counted(found: models.QuerySet[Any]) -> tuple[int, bool]:
    """How many rows were found by words, up to 1,000; and whether there are more."""
    total = found.order_by()[: MOST_COUNTED + 1].count()
    return min(total, MOST_COUNTED), total > MOST_COUNTED


class _AmongFew(Func):
    """``key = ANY(ARRAY(SELECT …))``: the rows are found first, whatever the list is sorted by.

    With ``IN``, PostgreSQL may walk a million rows in their order instead, as if each word were common.
    """

    template = "%(expressions)s)"
    arg_joiner = " = ANY(ARRAY"
    output_field = models.BooleanField()


def _is_common(database: str, vector: str, searched: Searched) -> bool:
    newest = f"SELECT search_vector FROM {searched.table} ORDER BY {searched.key} DESC LIMIT {_NEWEST}"  # noqa: S608
    statement = f"SELECT count(*) FROM ({newest}) newest WHERE search_vector @@ %s::tsquery"  # noqa: S608
    with connections[database].cursor() as cursor:
        cursor.execute(statement, (vector,))
        row: tuple[int] = cursor.fetchone()
    return row[0] >= _COMMON


def _raw(statement: str, asked: str) -> RawSQL:
    # The statement is made of constants of this module, and what is asked for is a parameter.
    return RawSQL(statement, (asked,))  # noqa: S611


def _tsquery(terms: Iterable[Term]) -> str:
    return " & ".join(
        f"({' | '.join(f'({" & ".join(_lexeme(token) for token in tokens)})' for tokens in term)})" for term in terms
    )


def _lexeme(token: Token) -> str:
    quoted = token.text.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}'{':*' if token.is_beginning else ''}"


def _fts5(terms: Iterable[Term]) -> str:
    return " AND ".join(
        f"({' OR '.join(f'({" AND ".join(_phrase(token) for token in tokens)})' for tokens in term)})" for term in terms
    )


def _phrase(token: Token) -> str:
    quoted = token.text.replace('"', '""')
    return f'"{quoted}"{"*" if token.is_beginning else ""}'
