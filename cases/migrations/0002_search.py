"""Full-text search over ``Case.search_text``, until ``0028_words_found`` gives the words a table of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

POSTGRES = {
    True: ("CREATE INDEX cases_case_search ON cases_case USING gin (to_tsvector('simple', search_text))",),
    False: ("DROP INDEX cases_case_search",),
}
SQLITE = {
    True: (
        "CREATE VIRTUAL TABLE cases_case_search USING fts5(search_text, content='cases_case', content_rowid='id')",
        "CREATE TRIGGER cases_case_search_added AFTER INSERT ON cases_case BEGIN "
        "INSERT INTO cases_case_search(rowid, search_text) VALUES (new.id, new.search_text); END",
        "CREATE TRIGGER cases_case_search_removed AFTER DELETE ON cases_case BEGIN "
        "INSERT INTO cases_case_search(cases_case_search, rowid, search_text) "
        "VALUES ('delete', old.id, old.search_text); END",
        "CREATE TRIGGER cases_case_search_changed AFTER UPDATE OF search_text ON cases_case "
        "WHEN old.search_text <> new.search_text BEGIN "
        "INSERT INTO cases_case_search(cases_case_search, rowid, search_text) "
        "VALUES ('delete', old.id, old.search_text); "
        "INSERT INTO cases_case_search(rowid, search_text) VALUES (new.id, new.search_text); END",
    ),
    False: (
        "DROP TRIGGER cases_case_search_added",
        "DROP TRIGGER cases_case_search_removed",
        "DROP TRIGGER cases_case_search_changed",
        "DROP TABLE cases_case_search",
    ),
}


def install(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    _run(editor, forward=True)


def remove(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    _run(editor, forward=False)


def _run(editor: BaseDatabaseSchemaEditor, *, forward: bool) -> None:
    statements = POSTGRES if editor.connection.vendor == "postgresql" else SQLITE
    for statement in statements[forward]:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = (("cases", "0001_initial"),)
    operations = (migrations.RunPython(install, remove),)
