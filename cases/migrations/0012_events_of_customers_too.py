"""An event may be a customer's own, knows when it was recorded, and says by which version of the facts it is to be read.

Reversible as long as no event is a customer's own: what came before does not know of that.
"""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models


append_only = import_module("cases.migrations.0003_events_append_only")


def install_again(_apps, editor):
    """SQLite rebuilds a table whose constraints change, and its triggers are gone then."""
    if editor.connection.vendor == "sqlite":
        for name in ("cases_event_no_update", "cases_event_no_delete"):
            editor.execute(f"DROP TRIGGER IF EXISTS {name}", params=None)
        append_only.install(_apps, editor)


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0011_undelivered_mail'),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, install_again),
        migrations.CreateModel(
            name='PersonalChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('field', models.CharField(max_length=32)),
                ('before', models.TextField(blank=True)),
                ('after', models.TextField(blank=True)),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.RemoveConstraint(
            model_name='event',
            name='event_of_a_case_or_an_incident',
        ),
        migrations.AddField(
            model_name='event',
            name='customer',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='cases.customer'),
        ),
        migrations.AddField(
            model_name='event',
            name='facts_version',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='event',
            name='recorded_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='event',
            name='at',
            field=models.DateTimeField(help_text='When it happened.'),
        ),
        migrations.AlterField(
            model_name='event',
            name='kind',
            field=models.CharField(max_length=32),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(condition=models.Q(('customer__isnull', False)), fields=['customer', '-at'], name='event_customer_at'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('case__isnull', False), ('customer__isnull', True), ('incident__isnull', True)), models.Q(('case__isnull', True), ('customer__isnull', True), ('incident__isnull', False)), models.Q(('case__isnull', True), ('customer__isnull', False), ('incident__isnull', True)), _connector='OR'), name='event_of_one'),
        ),
        migrations.AddField(
            model_name='personalchange',
            name='event',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='personal_changes', to='cases.event'),
        ),
        migrations.AddConstraint(
            model_name='personalchange',
            constraint=models.UniqueConstraint(fields=('event', 'field'), name='personal_change_once'),
        ),
        migrations.RunPython(install_again, migrations.RunPython.noop),
    ]
