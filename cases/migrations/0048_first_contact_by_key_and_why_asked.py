"""Which case a contact was logged with, and why somebody has to say whether a mail address is right. Reversible."""


import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0047_taken_back_and_after_closing'),
    ]

    operations = [
        migrations.AddField(
            model_name='addressquestion',
            name='because',
            field=models.CharField(choices=[('changed', 'changed it'), ('moved', 'moved the case to this customer'), ('merged', 'merged two records of the customer'), ('logged', 'logged the case'), ('reopened', 'reopened the case'), ('assigned', 'changed who owns the case')], default='changed', max_length=24),
        ),
        migrations.AddField(
            model_name='contact',
            name='logged_case',
            field=models.OneToOneField(blank=True, help_text='The case that was logged with it. It stays so when a duplicate has moved the contact elsewhere.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case'),
        ),
    ]
