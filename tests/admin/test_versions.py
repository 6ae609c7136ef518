"""Two administrators at one record: the later one learns what the earlier one changed, and loses nothing."""

from datetime import date, time
from decimal import Decimal
from html import unescape

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from cases.models import AuthorityLimit, Category, Cause, DeadlinePolicy, Revision, Team, User, WorkingCalendar
from tests.admin.test_calendars import changed
from tests.admin.test_deadlines import ADD, version
from tests.admin.test_people import as_they_are
from tests.conftest import person
from tests.web.hidden import fields_of, hidden_of

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


@pytest.fixture
def colleague(team: Team) -> Client:
    """Another administrator, at another desk."""
    client = Client()
    client.force_login(person("Noor Aziz", "administrator", team))  # type: ignore[arg-type]  # the code of the role
    return client


def page_of(record: Model) -> str:
    return reverse(f"admin:cases_{type(record).__name__.lower()}_change", args=(record.pk,))


def limit_form(limit: AuthorityLimit, amount: str) -> dict[str, str]:
    kept = {"role": limit.role, "severity": limit.severity, "currency": limit.currency}
    return {**kept, "amount": amount, "version": str(limit.version)}


def test_an_older_limit_is_given_back_and_sent_again_knowingly(desk: Client, colleague: Client) -> None:
    limit = AuthorityLimit.objects.filter(role="agent", severity="minor").get()
    form = limit_form(limit, "90")
    assert colleague.post(page_of(limit), limit_form(limit, "40")).status_code == 302
    refused = desk.post(page_of(limit), form)
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "Noor Aziz changed amount from “25” to “40”" in page
    assert 'value="90"' in page
    limit.refresh_from_db()
    assert (limit.amount, limit.version) == (Decimal(40), 2)
    assert desk.post(page_of(limit), {**form, **hidden_of(refused)}).status_code == 302
    limit.refresh_from_db()
    assert limit.amount == 90


@pytest.mark.parametrize("noun", [Category, Cause])
def test_a_name_that_was_changed_meanwhile_is_not_undone(
    desk: Client, colleague: Client, noun: type[Category | Cause]
) -> None:
    record = noun.objects.create(name="Late")
    colleague.post(page_of(record), {"name": "Too late", "version": "1"})
    refused = desk.post(page_of(record), {"name": "Late delivery", "version": "1"})
    assert refused.status_code == 409
    assert "Noor Aziz changed name from “Late” to “Too late”" in refused.content.decode()
    record.refresh_from_db()
    assert record.name == "Too late"


def test_a_team_whose_manager_was_changed_is_not_given_the_old_one(
    desk: Client, colleague: Client, team: Team, manager: User
) -> None:
    form = {"name": "Support", "calendar": str(team.calendar_id), "version": str(team.version)}
    colleague.post(page_of(team), {**form, "manager": ""})
    refused = desk.post(page_of(team), {**form, "name": "Help desk", "manager": str(manager.pk)})
    assert refused.status_code == 409
    assert "Noor Aziz changed manager from “Priya Shah” to nothing" in refused.content.decode()


def test_hours_belong_to_the_version_of_their_calendar(desk: Client, colleague: Client, team: Team) -> None:
    calendar = WorkingCalendar.objects.get()
    form = changed(calendar, end="18:00")
    colleague.post(page_of(calendar), changed(calendar, end="16:00"))
    refused = desk.post(page_of(calendar), form)
    assert refused.status_code == 409
    assert "changed working hours from “Friday 09:00 to 17:00”" in refused.content.decode()
    assert 'value="18:00"' in refused.content.decode()


def test_a_row_that_was_deleted_and_one_that_was_added_meanwhile_can_be_sent_again(
    desk: Client, colleague: Client, team: Team
) -> None:
    page = page_of(team.calendar)
    mine, theirs = fields_of(desk.get(page)), fields_of(colleague.get(page))
    sunday = {"weekday": "6", "start": "10:00", "end": "12:00"}
    added = {f"windows-5-{name}": value for name, value in sunday.items()}
    assert colleague.post(page, {**theirs, **added, "windows-1-DELETE": "on"}).status_code == 302
    refused = desk.post(page, {**mine, "windows-1-end": "13:00", "windows-2-end": "14:00"})
    assert refused.status_code == 409
    assert "1 row of “working hours” had been deleted meanwhile" in unescape(refused.content.decode())
    assert WorkingCalendar.objects.get().windows.count() == 5
    again = desk.post(page, fields_of(refused))
    assert again.status_code == 302
    hours = {(one.weekday, f"{one.start:%H:%M}", f"{one.end:%H:%M}") for one in team.calendar.windows.all()}
    week = {(day, "09:00", "17:00") for day in (0, 3, 4)}
    assert hours == week | {(1, "09:00", "13:00"), (2, "09:00", "14:00"), (6, "10:00", "12:00")}


def test_a_row_that_both_deleted_stays_deleted(desk: Client, colleague: Client, team: Team) -> None:
    page = page_of(team.calendar)
    mine, theirs = fields_of(desk.get(page)), fields_of(colleague.get(page))
    assert colleague.post(page, {**theirs, "windows-4-DELETE": "on"}).status_code == 302
    refused = desk.post(page, {**mine, "windows-4-DELETE": "on", "name": "Store hours"})
    assert refused.status_code == 409
    assert desk.post(page, fields_of(refused)).status_code == 302
    calendar = WorkingCalendar.objects.get()
    assert (calendar.name, calendar.windows.count()) == ("Store hours", 4)


def test_a_day_that_was_deleted_while_it_was_renamed_is_a_new_one(desk: Client, colleague: Client, team: Team) -> None:
    page, closed = page_of(team.calendar), date(2027, 5, 3)
    team.calendar.days.create(date=closed, name="Move")
    mine, theirs = fields_of(desk.get(page)), fields_of(colleague.get(page))
    assert colleague.post(page, {**theirs, "days-0-DELETE": "on"}).status_code == 302
    refused = desk.post(page, {**mine, "days-0-start": "10:00", "days-0-end": "11:30"})
    assert refused.status_code == 409
    assert desk.post(page, fields_of(refused)).status_code == 302
    assert team.calendar.days.get(date=closed).start == time(10)


def test_somebody_whose_role_was_changed_is_not_changed_back(desk: Client, colleague: Client, agent: User) -> None:
    form = as_they_are(agent, teams=str(agent.teams.get().pk), name="Maya O.")
    colleague.post(page_of(agent), {**form, "name": agent.name, "role": "manager"})
    refused = desk.post(page_of(agent), form)
    assert refused.status_code == 409
    assert "Noor Aziz changed role from “Agent” to “Manager”" in refused.content.decode()
    agent.refresh_from_db()
    assert (agent.role, agent.name) == ("manager", "Maya Osei")


def test_deadlines_that_were_added_meanwhile_are_not_undone(desk: Client, colleague: Client, team: Team) -> None:
    newest = DeadlinePolicy.objects.get()
    colleague.post(ADD, version(newest, raise_grace_minutes="90"))
    form = version(newest, make_safe_minutes="120")
    refused = desk.post(ADD, form)
    assert refused.status_code == 409
    assert "raise grace minutes from “60” to “90”" in refused.content.decode()
    assert DeadlinePolicy.objects.count() == 2
    assert desk.post(ADD, {**form, **hidden_of(refused)}).status_code == 302


def test_what_is_saved_as_it_was_raises_no_version(desk: Client, team: Team) -> None:
    desk.post(page_of(team.calendar), changed(team.calendar, end="17:00"))
    assert not Revision.objects.exists()


def test_a_form_without_a_version_is_given_back(desk: Client, team: Team) -> None:
    answer = desk.post(page_of(team), {"name": "Help desk", "calendar": str(team.calendar_id)})
    assert answer.status_code == 409
    team.refresh_from_db()
    assert team.name == "Support"


def test_each_page_carries_the_version(desk: Client, team: Team, agent: User) -> None:
    records = (team, agent, team.calendar, AuthorityLimit.objects.all()[0])
    assert [hidden_of(desk.get(page_of(record)))["version"] for record in records] == ["1"] * len(records)
