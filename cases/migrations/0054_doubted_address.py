"""A changed mail address that nobody has confirmed is kept with the customer, whatever becomes of their cases."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0053_agreed_correction'),
    ]

    operations = [
        migrations.AddField(
            model_name='customer',
            name='doubted_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='customer',
            name='doubted_by',
            field=models.ForeignKey(blank=True, editable=False, help_text='Who changed the mail address, as long as nobody else has said in any case that it is theirs.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
    ]
