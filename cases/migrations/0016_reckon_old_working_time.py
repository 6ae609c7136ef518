"""What was settled or reached before is reckoned by today's calendar, and marked as reconstructed."""

from collections import defaultdict
from itertools import batched

from django.db import migrations
from django.db.models import F

from cases.rules.calendars import Window, WorkingCalendar, holidays_between

AT_ONCE = 1000
HOLIDAY_YEARS = range(2015, 2041)


def calendars_of(apps):
    """By key; and the oldest, for cases of no team."""
    found = {}
    for stored in apps.get_model("cases", "WorkingCalendar").objects.order_by("pk"):
        windows = defaultdict(list)
        for window in stored.windows.order_by("start"):
            windows[window.weekday].append(Window(window.start, window.end))
        closed = holidays_between(stored.country, stored.subdivision or None, HOLIDAY_YEARS) if stored.country else {}
        special = {}
        for day in stored.days.all():
            closed[day.date] = day.name
            if day.start is not None and day.end is not None:
                special[day.date] = (Window(day.start, day.end),)
        found[stored.pk] = WorkingCalendar(
            zone=stored.zone,
            windows={weekday: tuple(one) for weekday, one in windows.items()},
            closed=closed,
            special=special,
        )
    return found


def reckon(apps, _editor):
    calendars = calendars_of(apps)
    if not calendars:
        return
    oldest = min(calendars)
    steps = apps.get_model("cases", "Step").objects.filter(settled_at__gte=F("started_at"), case__is_timed=True)
    contacts = apps.get_model("cases", "Contact").objects.filter(
        direction="out", reached="reached", at__gte=F("case__known_at"), case__is_timed=True
    )
    for rows, since, until in (
        (steps.select_related("case__team"), lambda row: row.started_at, lambda row: row.settled_at),
        (contacts.select_related("case__team"), lambda row: row.case.known_at, lambda row: row.at),
    ):
        for batch in batched(rows.iterator(chunk_size=AT_ONCE), AT_ONCE):
            for row in batch:
                calendar = calendars[row.case.team.calendar_id if row.case.team else oldest]
                row.working_time, row.is_reconstructed = calendar.working_between(since(row), until(row)), True
            rows.model.objects.bulk_update(batch, ["working_time", "is_reconstructed"])


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_working_time_as_it_was")]
    operations = [migrations.RunPython(reckon, migrations.RunPython.noop)]
