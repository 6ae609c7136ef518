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
        ('cases', '0011_undelivered_mail'),
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
        migrations.AlterField(
            model_name='event',
            name='kind',
            field=models.CharField(choices=[('case.logged', 'logged the mistake'), ('case.imported', 'imported the case'), ('import.undone', 'took the import back'), ('case.changed', 'changed the case'), ('case.assigned', 'changed the owner'), ('case.closed', 'closed the case'), ('case.reopened', 'reopened the case'), ('case.escalated', 'escalated the case'), ('severity.changed', 'changed the severity'), ('priority.raised', 'raised the priority'), ('round.opened', 'opened another round of recovery'), ('clock.paused', 'paused the clock'), ('clock.resumed', 'let the clock run again'), ('concern.added', 'noted another concern'), ('concern.settled', 'settled a concern'), ('contact.logged', 'recorded a contact'), ('note.added', 'added a note'), ('step.settled', 'completed a step'), ('step.waived', 'waived a step'), ('approval.asked', 'asked for a second person'), ('approval.decided', 'decided as the second person'), ('apology.drafted', 'drafted the apology'), ('apology.reviewed', 'reviewed the apology'), ('apology.queued', 'handed the apology to the mail'), ('apology.sent', 'apologized'), ('apology.bounced', 'learned that the apology did not arrive'), ('correction.planned', 'planned the fix'), ('correction.done', 'put it right'), ('correction.impossible', 'recorded that it cannot be put right'), ('correction.failed', 'recorded that the fix failed'), ('compensation.proposed', 'proposed a compensation'), ('compensation.changed', 'moved a compensation on'), ('promise.made', 'made a promise'), ('promise.kept', 'kept a promise'), ('promise.broken', 'broke a promise'), ('promise.renegotiated', 'agreed a new date for a promise'), ('promise.cancelled', 'was released from a promise'), ('customer.asked', 'asked whether we made it right'), ('customer.answered', "recorded the customer's answer"), ('follow_up.drafted', 'drafted the follow-up'), ('follow_up.queued', 'handed the follow-up to the mail'), ('follow_up.sent', 'told the customer what changed'), ('follow_up.bounced', 'learned that the follow-up did not arrive'), ('follow_up.response', 'recorded what came of the follow-up'), ('link.made', 'made a link for the customer'), ('cause.changed', 'changed the cause'), ('prevention.added', 'added a prevention action'), ('prevention.changed', 'moved a prevention action on'), ('reminder.sent', 'was reminded'), ('reminder.seen', 'has seen the reminder'), ('reminders.quiet', 'put off reminders'), ('message.failed', 'learned that a mail could not be sent'), ('message.bounced', 'learned that a mail did not arrive')], max_length=32),
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
