"""A reason that raised a severity names the change that it brought about, which until now an equal moment told."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0042_case_has_subject'),
    ]

    operations = [
        migrations.AddField(
            model_name='severityreason',
            name='raised',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='cases.severitychange'),
        ),
    ]
