"""Old raises of a severity, told by their sentences, become reasons; what was chosen, and what a rule made of it, become
rows apart. Going back says again who chose what; the reasons are lost with their table."""

import re
from datetime import timedelta

from django.db import migrations
from django.db.models import F

_AT_LOGGING = re.compile(
    r"(?P<reason>Attempt \d+ at the same service|Second failure for this customer within a year)"
    r"(: raised from (?P<chosen>minor|moderate|major))?"
)
_BROKEN = "A promise was broken"
_CODES = {"Attempt": "attempt", "Second": "second_failure"}
_LOOK_BACK = timedelta(days=365)
_NO_FAILURE = ("duplicate", "withdrawn", "not_upheld")


def reasons_from_sentences(apps, schema_editor):
    changes = apps.get_model("cases", "SeverityChange").objects.order_by("case", "at", "pk")
    for change in changes.filter(by__isnull=False).exclude(reason="").iterator():
        told = _AT_LOGGING.fullmatch(change.reason)
        if told is not None:
            _at_logging(apps, change, told)
    # The customer's need raises nothing any more: such a case stays as severe as it was, as its logger's choice.
    changes.filter(by__isnull=False).update(by_rule=False)
    for change in changes.filter(by__isnull=True, reason=_BROKEN).iterator():
        _broken_promise(apps, change)


def forget_importers(apps, schema_editor):
    """Whoever imports a case does not choose its severity."""
    imported = apps.get_model("cases", "SeverityChange").objects.filter(chosen="", by_rule=False)
    imported.update(by=None)


def say_who_chose(apps, schema_editor):
    apps.get_model("cases", "SeverityChange").objects.filter(by__isnull=False).update(chosen=F("severity"))


def _at_logging(apps, change, told):
    """The row keeps what was chosen; what the rule made of it follows in a row of its own."""
    model, case, severity = apps.get_model("cases", "SeverityChange"), change.case, change.severity
    code = _CODES[told["reason"].split()[0]]
    causers = list(change.caused_by.all())
    change.severity, change.reason, change.by_rule = told["chosen"] or severity, "", False
    change.save()
    change.caused_by.clear()
    model.objects.create(case=case, at=change.at, severity=severity, by_rule=True).caused_by.set(causers)
    earlier = _earlier(apps, case) if code == "second_failure" else None
    apps.get_model("cases", "SeverityReason").objects.create(
        case=case, reason=code, at=change.at, upon=change, earlier=earlier
    )


def _earlier(apps, case):
    before = apps.get_model("cases", "Case").objects.filter(
        customer=case.customer_id, known_at__gt=case.known_at - _LOOK_BACK, known_at__lte=case.known_at, is_hidden=False
    )
    before = before.exclude(pk=case.pk).exclude(outcome__in=_NO_FAILURE).exclude(incident=case.incident_id)
    return before.order_by("-known_at", "-pk").first()


def _broken_promise(apps, change):
    """Once in a case, upon what a person had chosen last."""
    of_case = apps.get_model("cases", "SeverityChange").objects.filter(case=change.case_id)
    upon = of_case.filter(by_rule=False, at__lte=change.at).exclude(pk=change.pk).order_by("-at", "-pk").first()
    change.by_rule, change.reason = True, ""
    change.save()
    if upon is not None:
        apps.get_model("cases", "SeverityReason").objects.get_or_create(
            case=change.case, reason="broken_promise", defaults={"at": change.at, "upon": upon}
        )


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0034_severity_reasons'),
    ]

    operations = [
        migrations.RunPython(forget_importers, migrations.RunPython.noop, elidable=False),
        migrations.RunPython(reasons_from_sentences, say_who_chose, elidable=False),
    ]
