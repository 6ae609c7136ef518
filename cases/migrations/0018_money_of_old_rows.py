"""What rows from before 0013 say: who the recipient was, who chose a severity, and the default ceilings of restitution.

Going back needs nothing: 0013 takes the columns away.
"""

from decimal import Decimal

from django.conf import settings
from django.db import migrations
from django.db.models import F

SEVERITIES = ("minor", "moderate", "major", "critical")
NOT_ASKED = "Not recorded: this was not asked at that time."
CEILINGS = {"agent": Decimal(500), "lead": Decimal(2000), "manager": Decimal(10000)}
BATCH = 5_000


def tell_recipients_apart(apps, schema_editor):
    Compensation = apps.get_model("cases", "Compensation")
    others = Compensation.objects.exclude(recipient="").exclude(recipient=F("case__customer__name")).values("pk")
    found = Compensation.objects.filter(pk__in=others)
    found.filter(nature="restitution").update(is_third_party=True, recipient_reason=NOT_ASKED)
    found.filter(nature="goodwill").update(is_third_party=True)


def tell_who_chose(apps, schema_editor):
    SeverityChange = apps.get_model("cases", "SeverityChange")
    SeverityChange.objects.filter(by__isnull=True).update(by_rule=True)
    SeverityChange.objects.filter(by__isnull=False).update(chosen=F("severity"))
    for severity in SEVERITIES:
        raised = SeverityChange.objects.filter(by__isnull=False, reason__endswith=f": raised from {severity}")
        raised.update(chosen=severity, by_rule=True)


def tell_who_caused(apps, schema_editor):
    """Of open cases: closed ones grant nothing."""
    SeverityChange, Promise = apps.get_model("cases", "SeverityChange"), apps.get_model("cases", "Promise")
    Causer = SeverityChange.caused_by.through
    of_open = SeverityChange.objects.filter(case__closed_at__isnull=True, by_rule=True)
    pairs = set()
    broken = of_open.filter(by__isnull=True, case__promises__status="broken")
    for person in ("made_by_id", "owner_id"):
        found = broken.values_list("pk", f"case__promises__{person}").order_by()
        pairs |= {(change, user) for change, user in found.iterator() if user is not None}
    Causer.objects.bulk_create(
        (Causer(severitychange_id=change, user_id=user) for change, user in sorted(pairs)), batch_size=BATCH
    )


def tell_who_was_asked(apps, schema_editor):
    """What waits still: the mail went to the manager of the team."""
    for noun, asker, waits in (("Compensation", "proposed_by", "proposed"), ("Approval", "asked_by", "asked")):
        model = apps.get_model("cases", noun)
        waiting = model.objects.filter(status=waits, case__team__manager__isnull=False)
        for row in waiting.select_related("case__team"):
            if getattr(row, f"{asker}_id") != row.case.team.manager_id:
                model.objects.filter(pk=row.pk).update(asked_to=row.case.team.manager_id)


def install_ceilings(apps, schema_editor):
    """For a site that runs already; a new one gets them from ``install_defaults``."""
    Limit, Ceiling = apps.get_model("cases", "AuthorityLimit"), apps.get_model("cases", "RestitutionLimit")
    if Limit.objects.exists() and not Ceiling.objects.exists():
        Ceiling.objects.bulk_create(
            Ceiling(holder=holder, amount=amount, currency=settings.AMENDS_CURRENCY)
            for holder, amount in CEILINGS.items()
        )


class Migration(migrations.Migration):
    dependencies = [("cases", "0017_money")]

    operations = [
        migrations.RunPython(tell_recipients_apart, migrations.RunPython.noop),
        migrations.RunPython(tell_who_chose, migrations.RunPython.noop),
        migrations.RunPython(tell_who_caused, migrations.RunPython.noop),
        migrations.RunPython(tell_who_was_asked, migrations.RunPython.noop),
        migrations.RunPython(install_ceilings, migrations.RunPython.noop),
    ]
