"""Steps that were waived by what became of their case said so in a sentence; now in a code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SENTENCES = {
    "Closed as “No failure found”.": "not_upheld",
    "Closed as “Withdrawn”.": "withdrawn",
    "Closed as “Duplicate”.": "duplicate",
    "Closed as “Referred”.": "referred",
}


def to_codes(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    waived = apps.get_model("cases", "Step").objects.filter(status="waived", waived_because="")
    for sentence, code in SENTENCES.items():
        waived.filter(note=sentence).update(waived_because=code, note="")
    waived.filter(note__startswith="Carried into round ").update(waived_because="next_round", note="")


def to_sentences(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """The number of the round is not told again; a reason has to stand there."""
    waived = apps.get_model("cases", "Step").objects.filter(status="waived", note="")
    for sentence, code in SENTENCES.items():
        waived.filter(waived_because=code).update(note=sentence)
    waived.filter(waived_because="next_round").update(note="Carried into round after it.")
    waived.filter(note="").exclude(waived_because="").update(note="Closed as “Could not be satisfied”.")


class Migration(migrations.Migration):
    dependencies = [("cases", "0023_waived_because")]

    operations = [migrations.RunPython(to_codes, to_sentences)]
