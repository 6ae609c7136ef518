"""PostgreSQL refuses to empty the table of events, too. SQLite knows no TRUNCATE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

INSTALL = (
    "CREATE TRIGGER cases_event_no_truncate BEFORE TRUNCATE ON cases_event "
    "FOR EACH STATEMENT EXECUTE FUNCTION cases_event_is_append_only()"
)
REMOVE = "DROP TRIGGER cases_event_no_truncate ON cases_event"


def install(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    _run(editor, INSTALL)


def remove(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    _run(editor, REMOVE)


def _run(editor: BaseDatabaseSchemaEditor, statement: str) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = (("cases", "0012_events_of_customers_too"),)
    operations = (migrations.RunPython(install, remove),)
