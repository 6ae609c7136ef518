"""What came in together is one batch, and can be hidden again."""

import importlib
import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def keep_the_search(_apps, editor) -> None:
    """SQLite rebuilds an altered table without its triggers. The search table itself stays, and is theirs still."""
    if editor.connection.vendor == "sqlite":
        search = importlib.import_module("cases.migrations.0002_search")
        for statement in search.SQLITE[True]:
            if statement.startswith("CREATE TRIGGER"):
                editor.execute(statement.replace("CREATE TRIGGER", "CREATE TRIGGER IF NOT EXISTS"), params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0013_events_refuse_truncate'),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, keep_the_search),
        migrations.CreateModel(
            name='ImportBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('source', models.CharField(max_length=24)),
                ('file_name', models.CharField(max_length=255)),
                ('at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'import',
                'ordering': ('-pk',),
            },
        ),
        migrations.RemoveConstraint(
            model_name='case',
            name='case_source_once',
        ),
        migrations.RemoveIndex(
            model_name='case',
            name='case_open_board',
        ),
        migrations.RemoveIndex(
            model_name='case',
            name='case_seen',
        ),
        migrations.AddField(
            model_name='case',
            name='is_hidden',
            field=models.BooleanField(default=False, editable=False, help_text='Its import was undone.'),
        ),
        migrations.AddField(
            model_name='customer',
            name='is_hidden',
            field=models.BooleanField(default=False, editable=False, help_text='Came in by an import that was undone.'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='undone_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='case',
            name='batch',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='cases.importbatch'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['current_step', 'severity', 'owner', 'team', 'next_due_at', 'known_at', 'logged_by', 'id', 'is_hidden'], name='case_open_board'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['team', 'owner', 'logged_by', 'id', 'is_hidden'], name='case_seen'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('source', ''), _negated=True), ('is_hidden', False)), fields=('source', 'source_reference'), name='case_source_once'),
        ),
        migrations.AddConstraint(
            model_name='importbatch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('undone_at__isnull', True), ('undone_by__isnull', True)), models.Q(('undone_at__isnull', False), ('undone_by__isnull', False)), _connector='OR'), name='import_undone_by_whom'),
        ),
        migrations.RunPython(keep_the_search, keep_the_search),
    ]
