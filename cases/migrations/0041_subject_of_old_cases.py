"""Old cases get a neutral subject: their titles were notes among ourselves. Nothing to take back: the column goes."""

from django.db import migrations
from django.db.models import F, Value
from django.db.models.functions import Concat


def fill(apps, _editor) -> None:
    # The managers of the model leave hidden cases out; those of a migration do not.
    apps.get_model('cases', 'Case').objects.filter(subject='').update(subject=Concat(Value('Your case '), F('reference')))


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0040_case_subject'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
