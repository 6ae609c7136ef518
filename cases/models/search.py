"""Finding cases by words: full-text search where the database has it, with the same answer on both.

PostgreSQL has a GIN index over ``to_tsvector('simple', search_text)``, SQLite an FTS5 table kept by triggers; both
are made by
the migration ``0002_search``. Every word must occur, as a whole or as the beginning of one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.db import connections
from django.db.models.expressions import RawSQL

if TYPE_CHECKING:
    from cases.models.case import CaseQuerySet

_WORD = re.compile(r"\w+")
_MOST_WORDS = 12

_POSTGRES = "SELECT id FROM cases_case WHERE to_tsvector('simple', search_text) @@ to_tsquery('simple', %s)"
_SQLITE = "SELECT rowid FROM cases_case_search WHERE cases_case_search MATCH %s"


def matching_words[Q: CaseQuerySet](cases: Q, words: str) -> Q:
    """``cases`` narrowed to those that contain every word of ``words``; none when no word is left to look for."""
    found = _WORD.findall(words.casefold())[:_MOST_WORDS]
    if not found:
        return cases.none()
    if connections[cases.db].vendor == "postgresql":
        query, words = _POSTGRES, " & ".join(f"{word}:*" for word in found)
    else:
        query, words = _SQLITE, " ".join(f'"{word}"*' for word in found)
    # The statement is a constant of this module, and the words are a parameter of letters and digits.
    return cases.filter(pk__in=RawSQL(query, (words,)))  # noqa: S611
