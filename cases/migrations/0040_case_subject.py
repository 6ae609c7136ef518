"""What the customer reads of a case gets a field of its own. Empty until the next migration fills it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0039_named_duplicates'),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='subject',
            field=models.CharField(default='', help_text='What the customer reads, in mails and on their page.', max_length=200),
            preserve_default=False,
        ),
    ]
