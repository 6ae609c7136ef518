"""A plan for the correction keeps the moment that the customer chose for it. Empty in old rows: nobody was asked."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0052_heard_late'),
    ]

    operations = [
        migrations.AddField(
            model_name='correction',
            name='agreed_for',
            field=models.DateTimeField(blank=True, help_text='The customer chose this moment for it.', null=True),
        ),
    ]
