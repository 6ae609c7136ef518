"""Why a reminder was dropped is a code now, and as short as all codes."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0032_owed_and_mailed_before'),
    ]

    operations = [
        migrations.AlterField(
            model_name='reminder',
            name='dropped_because',
            field=models.CharField(blank=True, choices=[('no_longer_owed', 'No longer owed'), ('another_moment', 'Due at another moment by now'), ('told_above', 'Told with a later one'), ('not_wanted', 'They want no mail before something is late'), ('nobody_above', 'There is nobody above')], help_text='Why no mail was owed after all.', max_length=24),
        ),
    ]
