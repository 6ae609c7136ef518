"""The contact that an old case was logged with: the customer came to us, at the moment that the logging, or a later
correction of it, says we first knew. A duplicate's may stand in the case where it goes on.

Where none is found the case has none. Nothing to take back: the column goes.
"""

from datetime import timedelta
from itertools import batched

from django.db import migrations
from django.utils.dateparse import parse_datetime

BATCH = 500
EXACT = timedelta(milliseconds=1)
"""JSON keeps no smaller part of a moment."""


def fill(apps, _editor) -> None:
    # The managers of the model leave hidden cases out; those of a migration do not.
    cases = apps.get_model('cases', 'Case').objects.order_by('pk')
    logged_here = cases.filter(source='').values_list('pk', flat=True)
    for some in batched(logged_here.iterator(), BATCH, strict=False):
        _fill(apps, cases.filter(pk__in=some).only('pk', 'duplicate_of_id', 'logged_by_id'))


def _fill(apps, cases) -> None:
    cases = list(cases)
    known = _known(apps.get_model('cases', 'Event').objects.filter(case__in=cases))
    places = {key for case in cases for key in (case.pk, case.duplicate_of_id) if key}
    Contact = apps.get_model('cases', 'Contact')
    free = Contact.objects.filter(
        case__in=places, direction='in', is_chase=False, message__isnull=True, logged_case__isnull=True
    )
    contacts, found = list(free.order_by('pk').only('pk', 'case_id', 'at', 'by_id')), []
    for case in cases:
        here = (contact for contact in contacts if _is_of(contact, case, known.get(case.pk, ())))
        first = next(here, None)
        if first is not None:
            contacts.remove(first)
            first.logged_case_id = case.pk
            found.append(first)
    Contact.objects.bulk_update(found, ('logged_case',), batch_size=BATCH)


def _known(events) -> dict:
    """When we first knew, as each case's logging and corrections say; only where the customer told us."""
    known = {}
    rows = events.filter(kind__in=('case.logged', 'facts.corrected')).order_by('pk').values_list('case', 'kind', 'facts')
    for case, kind, facts in rows:
        if kind == 'case.logged' and facts.get('origin') == 'customer':
            known[case] = [facts.get('known_at')]
        elif case in known:
            known[case] += [one['after'] for one in facts.get('corrections', ()) if one['fact'] == 'known_at']
    return {case: [parse_datetime(text) for text in texts if text] for case, texts in known.items()}


def _is_of(contact, case, moments) -> bool:
    if contact.case_id not in (case.pk, case.duplicate_of_id) or contact.by_id != case.logged_by_id:
        return False
    return any(abs(contact.at - moment) < EXACT for moment in moments if moment is not None)


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0048_first_contact_by_key_and_why_asked'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
