"""Which import brought a customer is stored, so that its undoing hides nobody who was here before."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0042_case_has_subject'),
    ]

    operations = [
        migrations.AddField(
            model_name='customer',
            name='batch',
            field=models.ForeignKey(blank=True, editable=False, help_text='The import that brought this customer; empty for those who were written down here.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='customers', to='cases.importbatch'),
        ),
    ]
