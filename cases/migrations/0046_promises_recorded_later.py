"""Who wrote a promise down, and whether a broken one was done after all.

A new date may be agreed on at the very moment of the old one: it is not late yet. Reversible while none was."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0045_brought_by_old_imports'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='promiserevision',
            name='revision_before_due',
        ),
        migrations.AddConstraint(
            model_name='promiserevision',
            constraint=models.CheckConstraint(condition=models.Q(('at__lte', models.F('old_due_at'))), name='revision_before_due'),
        ),
        migrations.AddField(
            model_name='promise',
            name='recorded_by',
            field=models.ForeignKey(blank=True, help_text='Who wrote it down. Empty in older rows, where it is whoever made it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='promise',
            name='was_done',
            field=models.BooleanField(blank=True, help_text='Of one that is broken and owed no more. Empty in older rows.', null=True),
        ),
        migrations.AddConstraint(
            model_name='promise',
            constraint=models.CheckConstraint(condition=models.Q(('was_done__isnull', True), models.Q(('settled_at__isnull', False), ('status', 'broken')), _connector='OR'), name='promise_was_done_of_broken'),
        ),
    ]
