"""Since when somebody can be reminded of what was made late by something that was written down late. Null: as before."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0051_apology_owns_it'),
    ]

    operations = [
        migrations.AddField(
            model_name='statusupdate',
            name='heard_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='step',
            name='heard_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
