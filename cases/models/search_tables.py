"""What each database needs to search quickly, made again wherever it is missing.

SQLite loses the triggers of a table that a migration alters, so they are looked for after every ``migrate``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connections

from cases.models.search import CASES, CUSTOMERS, Searched

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.backends.utils import CursorWrapper

SEARCHED = (CASES, CUSTOMERS)


def install(connection: BaseDatabaseWrapper) -> None:
    """Make what is missing. Nothing to do while the tables have no search text yet."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for searched in SEARCHED:
            columns = _columns(connection, cursor, searched) if searched.table in tables else set()
            if "search_text" not in columns or "search_vector" in columns:
                continue
            statements = _postgres(searched) if connection.vendor == "postgresql" else _sqlite(cursor, searched)
            for statement in statements:
                cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        for searched in SEARCHED:
            if connection.vendor == "postgresql":
                cursor.execute(f"ALTER TABLE {searched.table} DROP COLUMN IF EXISTS search_vector")
                continue
            for trigger in _triggers(searched):
                cursor.execute(f"DROP TRIGGER IF EXISTS {trigger}")
            cursor.execute(f"DROP TABLE IF EXISTS {searched.words}")


def install_after_migrating(*, using: str, **_signal: Any) -> None:
    install(connections[using])


def _columns(connection: BaseDatabaseWrapper, cursor: CursorWrapper, searched: Searched) -> set[str]:
    return {column.name for column in connection.introspection.get_table_description(cursor, searched.table)}


def _postgres(searched: Searched) -> tuple[str, ...]:
    return (
        f"ALTER TABLE {searched.table} ADD COLUMN search_vector tsvector"
        " GENERATED ALWAYS AS (array_to_tsvector(string_to_array(search_text, ' '))) STORED",
        # How common a word is decides the plan, and a hundred words are too few to know.
        f"ALTER TABLE {searched.table} ALTER COLUMN search_vector SET STATISTICS 1000",
        f"CREATE INDEX {searched.table}_search ON {searched.table} USING gin (search_vector)",
    )


def _sqlite(cursor: CursorWrapper, searched: Searched) -> tuple[str, ...]:
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    triggers = _triggers(searched)
    if {name for (name,) in cursor.fetchall()} >= set(triggers):
        return ()
    return (
        # Tokens stand one blank apart: whatever is no blank belongs to one.
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {searched.words} USING fts5(search_text, content='{searched.table}',"
        f" content_rowid='{searched.key}', tokenize=\"unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'\")",
        *(f"DROP TRIGGER IF EXISTS {name}" for name in triggers),
        *(f"CREATE TRIGGER {name} {body}" for name, body in triggers.items()),
        f"INSERT INTO {searched.words}({searched.words}) VALUES ('rebuild')",  # noqa: S608
    )


def _triggers(searched: Searched) -> dict[str, str]:
    table, words, key = searched.table, searched.words, searched.key
    add = f"INSERT INTO {words}(rowid, search_text) VALUES (new.{key}, new.search_text)"  # noqa: S608
    take = f"INSERT INTO {words}({words}, rowid, search_text) VALUES ('delete', old.{key}, old.search_text)"  # noqa: S608
    return {
        f"{words}_added": f"AFTER INSERT ON {table} BEGIN {add}; END",
        f"{words}_removed": f"AFTER DELETE ON {table} BEGIN {take}; END",
        f"{words}_changed": f"AFTER UPDATE OF search_text ON {table}"
        f" WHEN old.search_text <> new.search_text BEGIN {take}; {add}; END",
    }
