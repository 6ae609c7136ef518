"""People who are there already are found by names without blanks, and by numbers without an extension.

A batch a transaction; running it again does no harm."""

from __future__ import annotations

from itertools import batched
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import migrations, transaction

from cases.rules import finding
from cases.rules.folding import phone_key

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

BATCH = 500
READ = ("name", "reference", "email", "phone", "former", "former_names")


def fill(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    fill_customers(apps, editor.connection.alias)


def fill_customers(apps: Any, database: str) -> None:
    customers = apps.get_model("cases", "Customer")._base_manager.using(database)  # noqa: SLF001 - hidden ones, too
    for keys in batched(list(customers.order_by("pk").values_list("pk", flat=True)), BATCH):
        with transaction.atomic(using=database):
            rows = list(customers.filter(pk__in=keys).only(*READ))
            for row in rows:
                row.phone_key = phone_key(row.phone, settings.AMENDS_COUNTRY)
                row.search_text = _found_by(row)
            customers.bulk_update(rows, ("phone_key", "search_text"))


def _found_by(row: Any) -> str:
    former = row.former.splitlines()
    return finding.kept_of_person(
        (row.name, row.reference, *row.former_names.splitlines()),
        (row.email, *(one for one in former if "@" in one)),
        (row.phone, *(one for one in former if "@" not in one)),
        settings.AMENDS_COUNTRY,
    )


class Migration(migrations.Migration):
    atomic = False
    dependencies = (("cases", "0042_case_has_subject"),)
    operations = (migrations.RunPython(fill, migrations.RunPython.noop),)
