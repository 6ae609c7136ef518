"""Working time is kept as it was reckoned when a step was settled or a customer was reached."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0014_imports_as_batches'),
    ]

    operations = [
        migrations.AddField(
            model_name='contact',
            name='is_reconstructed',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='contact',
            name='working_time',
            field=models.DurationField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='step',
            name='is_reconstructed',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='step',
            name='working_time',
            field=models.DurationField(blank=True, null=True),
        ),
    ]
