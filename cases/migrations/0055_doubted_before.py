"""Whose address is doubted: by the newest question that an open case still asks after a change of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import migrations

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def fill(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    fill_doubts(apps, editor.connection.alias)


def fill_doubts(apps: Any, database: str) -> None:
    questions = apps.get_model("cases", "AddressQuestion").objects.using(database)
    customers = apps.get_model("cases", "Customer")._base_manager.using(database)  # noqa: SLF001 - hidden ones, too
    waiting = questions.filter(settled_at__isnull=True, because="changed", case__closed_at__isnull=True)
    for customer, by, at in waiting.order_by("asked_at", "pk").values_list("case__customer", "changed_by", "asked_at"):
        customers.filter(pk=customer).update(doubted_by=by, doubted_at=at)


class Migration(migrations.Migration):
    dependencies = (("cases", "0054_doubted_address"),)
    operations = (migrations.RunPython(fill, migrations.RunPython.noop),)
