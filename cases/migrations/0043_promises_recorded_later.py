"""A new date may be agreed on at the very moment of the old one, when a promise is not late yet. Reversible while none
was."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0042_case_has_subject'),
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
    ]
