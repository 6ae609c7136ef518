"""Every case has a subject from now on."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0041_subject_of_old_cases'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('subject', ''), _negated=True), name='case_has_subject'),
        ),
    ]
