
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0024_waived_by_code'),
    ]

    operations = [
        migrations.AddField(
            model_name='statusupdate',
            name='dealt_with',
            field=models.TextField(blank=True, help_text='What came of a later answer, in the words of who dealt with it.'),
        ),
        migrations.AddField(
            model_name='statusupdate',
            name='linked_case',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case'),
        ),
        migrations.AlterField(
            model_name='case',
            name='outcome',
            field=models.CharField(blank=True, choices=[('satisfied', 'Satisfied'), ('satisfied_after_more', 'Satisfied after more'), ('partly_satisfied', 'Partly satisfied'), ('resolved_no_answer', 'Resolved, no answer'), ('unreconciled', 'Could not be satisfied'), ('satisfied_later_not', 'Satisfied, later not'), ('not_satisfied', 'Not satisfied'), ('no_contact_possible', 'No contact possible'), ('not_upheld', 'No failure found'), ('withdrawn', 'Withdrawn'), ('duplicate', 'Duplicate'), ('referred', 'Referred'), ('not_recorded', 'Not recorded')], max_length=24),
        ),
        migrations.AlterField(
            model_name='statusupdate',
            name='reason',
            field=models.CharField(choices=[('silence', 'They have heard nothing from us for long'), ('asked', 'They had to ask'), ('escalated', 'Whoever is accountable speaks to them'), ('later_not', 'They said after closing that it is not right')], max_length=24),
        ),
    ]
