"""A question for a second person may be taken back, and somebody may owe a word because a customer came after closing.

Going back asks such questions again, unless the same is asked already, and takes such words for later answers.
"""

from django.db import migrations, models
from django.db.models import Exists, F, OuterRef, Q


def ask_again(apps, schema_editor):
    Approval = apps.get_model("cases", "Approval")
    withdrawn = Approval.objects.filter(status="withdrawn")
    same = Q(case=OuterRef("case"), kind=OuterRef("kind"), step__isnull=True) | Q(step=OuterRef("step"))
    others = Approval.objects.filter(same).filter(Q(status="asked") | Q(status="withdrawn", pk__gt=OuterRef("pk")))
    withdrawn.filter(pk__in=[*withdrawn.filter(Exists(others)).values_list("pk", flat=True)]).delete()
    withdrawn.update(status="asked", decided_at=None)


def take_for_later_answers(apps, schema_editor):
    StatusUpdate = apps.get_model("cases", "StatusUpdate")
    came = StatusUpdate.objects.filter(reason="after_closing")
    later = StatusUpdate.objects.filter(reason="later_not", settled_at__isnull=True).values("case")
    came.filter(settled_at__isnull=True, case__in=later).update(settled_at=F("starts_at"))
    came.update(reason="later_not")


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0046_promises_recorded_later'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='approval',
            name='approval_decided_by_whom',
        ),
        migrations.AlterField(
            model_name='approval',
            name='status',
            field=models.CharField(choices=[('asked', 'Waiting for a second person'), ('approved', 'Approved'), ('declined', 'Not approved'), ('withdrawn', 'Taken back before it was decided')], default='asked', max_length=24),
        ),
        migrations.AlterField(
            model_name='statusupdate',
            name='reason',
            field=models.CharField(choices=[('silence', 'They have heard nothing from us for long'), ('asked', 'They had to ask'), ('escalated', 'Whoever is accountable speaks to them'), ('later_not', 'They said after closing that it is not right'), ('after_closing', 'They came to us after closing')], max_length=24),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_by__isnull', True), ('status', 'asked')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', True), ('status', 'withdrawn')), models.Q(models.Q(('status__in', ('asked', 'withdrawn')), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='approval_decided_by_whom'),
        ),
        migrations.RunPython(migrations.RunPython.noop, ask_again),
        migrations.RunPython(migrations.RunPython.noop, take_for_later_answers),
    ]
