"""What people and cases that are there already are found by, a batch a transaction; running it again does no harm."""

from __future__ import annotations

from collections import defaultdict
from itertools import batched
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import migrations, transaction

from cases.rules import finding
from cases.rules.folding import name_key, phone_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

BATCH = 500
FACTS = (
    *("reference", "title", "source_reference", "business_unit", "wants", "description", "contribution"),
    *("escalated_because", "outcome_reason"),
)
SOURCES = (
    ("Concern", "case", ("text", "outcome")),
    ("Contact", "case", ("summary", "private_note")),
    ("Event", "case", ("facts__text", "facts__reason")),
    ("Promise", "case", ("words",)),
    ("Acknowledgement", "step__case", ("read_back", "ownership", "not_live_because")),
    ("Apology", "case", ("body", "explanation", "review_note")),
    (
        "Correction",
        "case",
        ("what", "options_considered", "impossible_because", "alternative", "failed_because"),
    ),
    ("Compensation", "case", ("what", "recipient", "reason", "decision_note", "proof")),
    ("SatisfactionCheck", "case", ("words",)),
    ("FollowUp", "case", ("examined", "found", "nothing_changed_because", "body")),
    ("FollowUpChange", "follow_up__case", ("words",)),
    ("Approval", "case", ("reason", "last_offer", "decision_note")),
    ("Pause", "case", ("question",)),
    ("Step", "case", ("note",)),
)


def fill(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    database = editor.connection.alias
    for noun in ("User", "Team", "Category", "Cause"):
        for row in apps.get_model("cases", noun).objects.using(database).iterator():
            row.name_key = name_key(row.name or row.email)
            row.save(using=database, update_fields=("name_key",))
    customers = apps.get_model("cases", "Customer").objects.using(database)
    for keys in batched(list(customers.order_by("pk").values_list("pk", flat=True)), BATCH):
        with transaction.atomic(using=database):
            _fill_customers(customers, keys)
    cases = apps.get_model("cases", "Case").objects.using(database)
    for keys in batched(list(cases.order_by("pk").values_list("pk", flat=True)), BATCH):
        with transaction.atomic(using=database):
            _fill_cases(apps, database, keys)


def _fill_customers(customers: Any, keys: Sequence[int]) -> None:
    rows = list(customers.filter(pk__in=keys).only("name", "email", "phone", "reference"))
    for row in rows:
        row.name_key = name_key(row.name)
        row.phone_key = phone_key(row.phone, settings.AMENDS_COUNTRY)
        row.search_text = finding.kept_of_person(
            (row.name, row.reference), (row.email,), (row.phone,), settings.AMENDS_COUNTRY
        )
    customers.bulk_update(rows, ("name_key", "phone_key", "search_text"))


def _fill_cases(apps: Any, database: str, keys: Sequence[int]) -> None:
    texts: dict[int, list[str]] = defaultdict(list)
    for name, path, fields in SOURCES:
        rows = apps.get_model("cases", name).objects.using(database).filter(**{f"{path}__in": keys})
        for key, *words in rows.order_by("pk").values_list(path, *fields):
            texts[key].extend(word for word in words if isinstance(word, str))
    cases = apps.get_model("cases", "Case").objects.using(database).filter(pk__in=keys)
    kept = apps.get_model("cases", "SearchText")
    kept.objects.using(database).bulk_create(
        (
            kept(
                case_id=key,
                search_text=finding.merged(person, finding.kept("\n".join([*facts, *dict.fromkeys(texts[key])]))),
            )
            for key, person, *facts in cases.values_list("pk", "customer__search_text", *FACTS)
        ),
        update_conflicts=True,
        unique_fields=("case",),
        update_fields=("search_text",),
    )


class Migration(migrations.Migration):
    atomic = False
    dependencies = (("cases", "0028_words_found"),)
    operations = (migrations.RunPython(fill, migrations.RunPython.noop),)
