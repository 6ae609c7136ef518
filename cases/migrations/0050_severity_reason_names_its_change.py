"""A reason that raised a severity names the change that it brought about, which until now an equal moment told."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0049_first_contact_of_old_cases'),
    ]

    operations = [
        migrations.AddField(
            model_name='severityreason',
            name='raised',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='cases.severitychange'),
        ),
    ]
