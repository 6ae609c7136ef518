"""Who owed a step or a promise when its moment passed; by key, which mail completed what; why a mail failed, as a code."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0030_words_indexed'),
    ]

    operations = [
        migrations.AddField(
            model_name='contact',
            name='message',
            field=models.ForeignKey(blank=True, help_text='The mail that it was, if it may still come back.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='cases.message'),
        ),
        migrations.AddField(
            model_name='message',
            name='failure',
            field=models.CharField(blank=True, choices=[('address', 'The address was refused'), ('mail', 'The mail was refused'), ('unsendable', 'It cannot be sent as it is'), ('given_up', 'It was tried often enough')], max_length=24),
        ),
        migrations.AddField(
            model_name='promise',
            name='owed_by',
            field=models.ForeignKey(blank=True, help_text='Who owes it, or owed it when its moment passed. Handing the case over moves only what is ahead.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='statusupdate',
            name='begun_by',
            field=models.ForeignKey(blank=True, help_text='The exchange since which the customer has heard nothing.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.contact'),
        ),
        migrations.AddField(
            model_name='statusupdate',
            name='settled_in',
            field=models.ForeignKey(blank=True, help_text='The exchange in which they were told.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.contact'),
        ),
        migrations.AddField(
            model_name='step',
            name='message',
            field=models.ForeignKey(blank=True, help_text='The mail that completed it, and takes it back if it bounces.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='cases.message'),
        ),
        migrations.AddField(
            model_name='step',
            name='owed_by',
            field=models.ForeignKey(blank=True, help_text='Who owes it, or owed it when its moment passed. Handing the case over moves only what is ahead.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
    ]
