"""A draft keeps the tick that the mistake was ours; absences have no version that no form compares."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0050_severity_reason_names_its_change'),
    ]

    operations = [
        migrations.AddField(
            model_name='apology',
            name='owns_it',
            field=models.BooleanField(default=False, help_text='Its author has ticked that it says whose mistake it was. Sent ones from before this column say no.'),
        ),
        migrations.RemoveField(
            model_name='absence',
            name='version',
        ),
    ]
