"""Customers of earlier imports: an import gave its own moment to those whom it created."""

from django.db import migrations


def fill(apps, _editor) -> None:
    customer, batch = apps.get_model("cases", "Customer"), apps.get_model("cases", "ImportBatch")
    for pk, at in batch.objects.values_list("pk", "at"):
        customer.objects.filter(cases__batch=pk, created_at=at).update(batch=pk)


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0044_brought_by_imports'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
