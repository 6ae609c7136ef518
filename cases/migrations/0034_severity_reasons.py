"""Why a severity was raised becomes a row, and one pause of each kind may be open. Reversible while no case has two."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0033_dropped_because_is_a_code'),
    ]

    operations = [
        migrations.CreateModel(
            name='SeverityReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(choices=[('attempt', 'It was not the first attempt at the same service'), ('second_failure', 'Second failure for this customer within a year'), ('broken_promise', 'A promise was broken')], max_length=24)),
                ('at', models.DateTimeField()),
                ('void_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ('at', 'pk'),
            },
        ),
        migrations.RemoveConstraint(
            model_name='pause',
            name='pause_one_open',
        ),
        migrations.AddField(
            model_name='compensation',
            name='moved_at',
            field=models.DateTimeField(blank=True, help_text='When it became what it is. Unknown of old rows.', null=True),
        ),
        migrations.AddField(
            model_name='severitychange',
            name='ground',
            field=models.CharField(blank=True, choices=[('safety', "Somebody's safety"), ('health', "Somebody's health, or a vulnerable customer"), ('security', 'Security'), ('privacy', 'Privacy'), ('many_customers', 'Ten customers or more were hurt by the same incident'), ('not_recorded', 'Not recorded')], max_length=24),
        ),
        migrations.AddConstraint(
            model_name='pause',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('case', 'kind'), name='pause_one_open'),
        ),
        migrations.AddField(
            model_name='severityreason',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='severity_reasons', to='cases.case'),
        ),
        migrations.AddField(
            model_name='severityreason',
            name='earlier',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='later_failures', to='cases.case'),
        ),
        migrations.AddField(
            model_name='severityreason',
            name='upon',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.severitychange'),
        ),
        migrations.AddConstraint(
            model_name='severityreason',
            constraint=models.UniqueConstraint(fields=('case', 'reason'), name='severity_reason_once'),
        ),
        migrations.AddConstraint(
            model_name='severityreason',
            constraint=models.CheckConstraint(condition=models.Q(('earlier__isnull', True), ('reason', 'second_failure'), _connector='OR'), name='severity_reason_of_an_earlier_failure'),
        ),
    ]
