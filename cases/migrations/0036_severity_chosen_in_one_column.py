from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """``by`` and ``severity`` say who chose what; ``by_rule`` that nobody did."""

    dependencies = [
        ('cases', '0035_old_severity_reasons'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveField(
            model_name='severitychange',
            name='chosen',
        ),
        migrations.AlterField(
            model_name='severitychange',
            name='by_rule',
            field=models.BooleanField(default=False, help_text='It follows from the reasons of the case, and no person chose it.'),
        ),
        migrations.AddConstraint(
            model_name='severitychange',
            constraint=models.CheckConstraint(condition=models.Q(('ground', ''), models.Q(('by_rule', False), ('severity', 'critical')), _connector='OR'), name='severity_ground_of_critical'),
        ),
        migrations.AddConstraint(
            model_name='severitychange',
            constraint=models.CheckConstraint(condition=models.Q(('by_rule', False), ('by__isnull', True), _connector='OR'), name='severity_by_a_person_or_a_rule'),
        ),
    ]
