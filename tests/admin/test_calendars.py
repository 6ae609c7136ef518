"""Working calendars at the settings page: nonsense is refused with a sentence, and a change moves what is owed."""

from datetime import date, datetime, time

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from cases.actions import clocks
from cases.models import CalendarDay, CalendarWindow, Case, Event, Team, WorkingCalendar
from cases.rules.vocabulary import EventKind
from tests.conftest import Log

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

ADD = reverse("admin:cases_workingcalendar_add")


def filled_in(*windows: tuple[int, str, str], days: tuple[dict[str, str], ...] = (), **words: str) -> dict[str, str]:
    """The form of a new calendar, as a browser sends it."""
    form = {"name": "Evenings", "zone": "Europe/Berlin", "country": "DE", "subdivision": "", **words}
    form |= {"windows-TOTAL_FORMS": str(len(windows)), "windows-INITIAL_FORMS": "0"}
    form |= {"days-TOTAL_FORMS": str(len(days)), "days-INITIAL_FORMS": "0"}
    for row, (weekday, start, end) in enumerate(windows):
        form |= {f"windows-{row}-weekday": str(weekday), f"windows-{row}-start": start, f"windows-{row}-end": end}
    for row, day in enumerate(days):
        form |= {f"days-{row}-{name}": value for name, value in day.items()}
    return form


def test_a_calendar_with_split_shifts_and_a_half_holiday_is_kept(desk: Client) -> None:
    eve = {"date": "2026-12-24", "name": "Christmas Eve", "start": "09:00", "end": "12:00"}

    answer = desk.post(ADD, filled_in((0, "09:00", "12:00"), (0, "13:00", "00:00"), days=(eve,)))

    assert answer.status_code == 302
    calendar = clocks.load_calendar(WorkingCalendar.objects.get(name="Evenings"))
    assert [window.end for window in calendar.windows[0]] == [time(12), time(0)]
    assert calendar.special[date(2026, 12, 24)][0].end == time(12)


NINE_TO_FIVE = (0, "09:00", "17:00")
EVE = {"date": "2026-12-24", "name": "Christmas Eve", "start": "09:00"}


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        (filled_in(), "Give at least one weekday working hours."),
        (filled_in((0, "09:00", "13:00"), (0, "12:00", "17:00")), "09:00 to 13:00 and 12:00 to 17:00 overlap"),
        (filled_in((0, "17:00", "09:00")), "ends before it has begun"),
        (filled_in(NINE_TO_FIVE, zone="Mars/Olympus"), "“Mars/Olympus” is not a time zone that we know"),
        (filled_in(NINE_TO_FIVE, country="ZZ"), "We know no public holidays for “ZZ”"),
        (filled_in(NINE_TO_FIVE, subdivision="XX"), "“XX” is no subdivision of DE that we know"),
        (filled_in(NINE_TO_FIVE, country="", subdivision="BY"), "Name the country that this is a part of."),
        (filled_in(NINE_TO_FIVE, days=(EVE,)), "Give both times, or neither"),
        (filled_in(NINE_TO_FIVE, days=({**EVE, "end": "08:00"},)), "2026-12-24: 09:00 to 08:00 ends before"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(desk: Client, form: dict[str, str], sentence: str) -> None:
    answer = desk.post(ADD, form)

    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not WorkingCalendar.objects.filter(name="Evenings").exists()
    assert not CalendarDay.objects.exists()


def changed(calendar: WorkingCalendar, *, end: str) -> dict[str, str]:
    """The form of a stored calendar whose days end at another hour."""
    windows = list(calendar.windows.all())
    form = {"name": calendar.name, "zone": calendar.zone, "country": calendar.country, "subdivision": ""}
    form |= {"windows-TOTAL_FORMS": str(len(windows)), "windows-INITIAL_FORMS": str(len(windows))}
    form |= {"days-TOTAL_FORMS": "0", "days-INITIAL_FORMS": "0", "version": str(calendar.version)}
    for row, window in enumerate(windows):
        form |= {f"windows-{row}-id": str(window.pk), f"windows-{row}-calendar": str(calendar.pk)}
        form |= {
            f"windows-{row}-weekday": str(window.weekday),
            f"windows-{row}-start": "09:00",
            f"windows-{row}-end": end,
        }
    return form


@pytest.mark.django_db(transaction=True)
def test_open_cases_follow_a_changed_calendar_and_say_so(desk: Client, log: Log, team: Team, now: datetime) -> None:
    case = log(at=now.replace(hour=20))
    assert case.next_due_at == datetime.fromisoformat("2025-09-16T16:00Z")

    answer = desk.post(change_page(team.calendar), changed(team.calendar, end="18:00"), follow=True)

    assert "1 open case has other due moments now" in answer.content.decode()
    assert Case.objects.get().next_due_at == datetime.fromisoformat("2025-09-16T15:00Z")
    event = Event.objects.get(kind=EventKind.HOURS_CHANGED)
    assert event.facts["before"] == "2025-09-16T16:00:00Z"
    assert event.facts["after"] == "2025-09-16T15:00:00Z"


def test_hours_are_asked_on_the_clock_of_the_calendar_and_not_of_the_administrator(desk: Client, team: Team) -> None:
    page = desk.get(change_page(team.calendar)).content.decode()

    assert '<input type="time" name="windows-0-start" value="09:00"' in page
    assert "vTimeField" not in page


def test_a_team_that_works_by_another_calendar_takes_its_cases_along(
    desk: Client, log: Log, team: Team, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    case = log()
    desk.post(ADD, filled_in((0, "20:00", "00:00")))
    form = {
        "name": "Support",
        "calendar": str(WorkingCalendar.objects.get(name="Evenings").pk),
        "manager": "",
        "version": "1",
    }

    with django_capture_on_commit_callbacks(execute=True):
        desk.post(reverse("admin:cases_team_change", args=(team.pk,)), form)

    assert Case.objects.get().next_due_at != case.next_due_at
    assert Event.objects.filter(kind=EventKind.HOURS_CHANGED).exists()


def test_a_calendar_that_is_saved_as_it_was_leaves_cases_alone(
    desk: Client, log: Log, team: Team, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    version = log().version

    with django_capture_on_commit_callbacks(execute=True):
        desk.post(change_page(team.calendar), changed(team.calendar, end="17:00"))

    assert Case.objects.get().version == version
    assert not Event.objects.filter(kind=EventKind.HOURS_CHANGED).exists()


def test_the_last_working_hours_cannot_be_deleted(desk: Client, team: Team) -> None:
    form = changed(team.calendar, end="17:00") | {f"windows-{row}-DELETE": "on" for row in range(5)}

    answer = desk.post(change_page(team.calendar), form)

    assert "Give at least one weekday working hours." in answer.content.decode()
    assert CalendarWindow.objects.count() == 5


def test_only_a_calendar_that_nobody_works_by_can_be_deleted(desk: Client, team: Team) -> None:
    desk.post(ADD, filled_in((0, "09:00", "17:00")))
    spare = WorkingCalendar.objects.get(name="Evenings")

    assert desk.post(reverse("admin:cases_workingcalendar_delete", args=(team.calendar_id,))).status_code == 403
    desk.post(reverse("admin:cases_workingcalendar_delete", args=(spare.pk,)), {"post": "yes"})
    assert list(WorkingCalendar.objects.all()) == [team.calendar]


def change_page(calendar: WorkingCalendar) -> str:
    return reverse("admin:cases_workingcalendar_change", args=(calendar.pk,))
