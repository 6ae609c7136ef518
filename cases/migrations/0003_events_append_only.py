"""The database itself refuses to change or delete an event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SENTENCE = "Events are append-only: they tell what happened."

POSTGRES = {
    True: (
        "CREATE FUNCTION cases_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'restrict_violation'; END $$",
        "CREATE TRIGGER cases_event_append_only BEFORE UPDATE OR DELETE ON cases_event "
        "FOR EACH ROW EXECUTE FUNCTION cases_event_is_append_only()",
    ),
    False: (
        "DROP TRIGGER cases_event_append_only ON cases_event",
        "DROP FUNCTION cases_event_is_append_only()",
    ),
}
SQLITE = {
    True: (
        f"CREATE TRIGGER cases_event_no_update BEFORE UPDATE ON cases_event "
        f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END",
        f"CREATE TRIGGER cases_event_no_delete BEFORE DELETE ON cases_event "
        f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END",
    ),
    False: ("DROP TRIGGER cases_event_no_update", "DROP TRIGGER cases_event_no_delete"),
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
    dependencies = (("cases", "0002_search"),)
    operations = (migrations.RunPython(install, remove),)
