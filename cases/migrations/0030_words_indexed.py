"""Full-text search over the words of cases and customers, by what each database has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations

from cases.models import search_tables

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def install(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    search_tables.install(editor.connection)


def remove(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    search_tables.remove(editor.connection)


class Migration(migrations.Migration):
    dependencies = (("cases", "0029_words_filled"),)
    operations = (migrations.RunPython(install, remove),)
