"""Finding cases by words: full-text search where the database has it, with the same answer on both.

PostgreSQL has a GIN index over ``to_tsvector('simple', search_text)``, SQLite an FTS5 table kept by triggers; both are
made by the migration ``0002_search``. Every word must occur, as a whole or as the beginning of one.

What a word is, is decided here and not by the databases: left alone, PostgreSQL reads SR-1042 as a negative number and
a mail address as one word that nothing but the whole finds.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING
from unicodedata import combining, normalize

from django.db import connections
from django.db.models.expressions import RawSQL

if TYPE_CHECKING:
    from cases.models.case import CaseQuerySet

_WORD = re.compile(r"[^\W_]+")
_LONGEST_WORD = 64
_MOST_WORDS = 12
_MOST_KEPT = 2000
"""A text search vector of PostgreSQL holds a megabyte, and refuses the row beyond."""

_POSTGRES = "SELECT id FROM cases_case WHERE to_tsvector('simple', search_text) @@ to_tsquery('simple', %s)"
_SQLITE = "SELECT rowid FROM cases_case_search WHERE cases_case_search MATCH %s"


def words_of(text: str) -> list[str]:
    """The words of a text as they are kept and looked for: each once, in small letters, without accents."""
    bare = "".join(letter for letter in normalize("NFKD", text.casefold()) if not combining(letter))
    found = (match[0][:_LONGEST_WORD] for match in _WORD.finditer(normalize("NFC", bare)))
    return list(islice(dict.fromkeys(found), _MOST_KEPT))


def matching_words[Q: CaseQuerySet](cases: Q, words: str) -> Q:
    """``cases`` narrowed to those that contain every word of ``words``; none when no word is left to look for."""
    found = words_of(words)[:_MOST_WORDS]
    if not found:
        return cases.none()
    if connections[cases.db].vendor == "postgresql":
        query, words = _POSTGRES, " & ".join(f"{word}:*" for word in found)
    else:
        query, words = _SQLITE, " ".join(f'"{word}"*' for word in found)
    # The statement is a constant of this module, and the words are a parameter of letters and digits.
    return cases.filter(pk__in=RawSQL(query, (words,)))  # noqa: S611
