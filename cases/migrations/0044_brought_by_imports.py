"""Which import brought a customer, a category or a cause is stored: its undoing hides nothing that was here before."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0043_names_without_blanks'),
    ]

    operations = [
        migrations.AddField(
            model_name='customer',
            name='batch',
            field=models.ForeignKey(blank=True, editable=False, help_text='The import that brought this customer; empty for those who were written down here.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='customers', to='cases.importbatch'),
        ),
        migrations.AddField(
            model_name='category',
            name='batch',
            field=models.ForeignKey(blank=True, editable=False, help_text='The import that brought it; empty for those that were written down here.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.importbatch'),
        ),
        migrations.AddField(
            model_name='cause',
            name='batch',
            field=models.ForeignKey(blank=True, editable=False, help_text='The import that brought it; empty for those that were written down here.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.importbatch'),
        ),
    ]
