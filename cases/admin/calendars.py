"""When teams work. A calendar that makes no sense is refused at the form; a changed one moves what is owed by it."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Any, override

from django import forms
from django.contrib import admin
from django.db import models, transaction
from django.utils import timezone

from cases.actions import clocks, housekeeping
from cases.admin.pages import ModelForm, RowForms, Rows, SettingsPage, VersionedForm, ZoneField, actor_of, refuse_at
from cases.errors import RuleError
from cases.models import CalendarDay, CalendarWindow, WorkingCalendar
from cases.rules import calendars as rules
from cases.rules.calendars import Window

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import Model
    from django.http import HttpRequest

_CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_ON_THE_WALL: Mapping[type[models.Field[Any, Any]], Mapping[str, Any]] = {
    models.TimeField: {"widget": _CLOCK},
    models.DateField: {"widget": _DAY},
}
"""Hours are those on the calendar's own wall. Django's widgets would ask for them in the administrator's zone."""
_ALWAYS = {0: (Window(time(0), time(0)),)}
"""A week that is in order, to hold a single day against."""


class CalendarForm(VersionedForm):
    zone = ZoneField(label="Time zone")

    def clean_country(self) -> str:
        country: str = self.cleaned_data["country"].strip().upper()
        return country

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        country, subdivision = cleaned.get("country", ""), cleaned.get("subdivision", "").strip()
        if subdivision and not country:
            self.add_error("country", "Name the country that this is a part of.")
        if country:
            try:
                rules.holidays_between(country, subdivision or None, [timezone.now().year])
            except RuleError as error:
                refuse_at(self, error)
        return {**cleaned, "subdivision": subdivision}


class WindowForms(RowForms):
    """The week as a whole."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        week: dict[int, tuple[Window, ...]] = {}
        for form in self.forms:
            row = form.cleaned_data
            if row and not row.get("DELETE"):
                week[row["weekday"]] = (*week.get(row["weekday"], ()), Window(row["start"], row["end"]))
        try:
            rules.WorkingCalendar(zone="UTC", windows=week)
        except RuleError as error:
            raise forms.ValidationError(error.sentence) from error


class DayForm(ModelForm):
    """A day of its own: closed, or open at its own hours."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        day, start, end = cleaned.get("date"), cleaned.get("start"), cleaned.get("end")
        if (start is None) is not (end is None) and not self.errors:
            self.add_error("end" if end is None else "start", "Give both times, or neither for a day that is closed.")
        elif day is not None and start is not None and end is not None:
            try:
                rules.WorkingCalendar(zone="UTC", windows=_ALWAYS, special={day: (Window(start, end),)})
            except RuleError as error:
                self.add_error("end", error.sentence)
        return cleaned


class WindowRows(Rows):
    model = CalendarWindow
    formset = WindowForms
    formfield_overrides = _ON_THE_WALL
    verbose_name_plural = "working hours, on the clock of this calendar's zone"

    @override
    def get_extra(self, request: HttpRequest, obj: Model | None = None, **options: Any) -> int:
        return 1 if obj else 5


class DayRows(Rows):
    model = CalendarDay
    form = DayForm
    formfield_overrides = _ON_THE_WALL
    extra = 1
    verbose_name_plural = "days of its own"


@admin.register(WorkingCalendar)
class CalendarPage(SettingsPage):
    form = CalendarForm
    inlines = (WindowRows, DayRows)
    list_display = ("name", "zone", "country", "subdivision")
    search_fields = ("name",)

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Kept while a team works by it; the oldest is what cases of no team go by."""
        if not isinstance(obj, WorkingCalendar):
            return False
        return not obj.teams.exists() and WorkingCalendar.objects.filter(pk__lt=obj.pk).exists()

    @override
    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        super().save_related(request, form, formsets, change)
        calendar: WorkingCalendar = form.instance
        clocks.load_calendar(calendar)
        if form.has_changed() or any(formset.has_changed() for formset in formsets):
            transaction.on_commit(lambda: follow(self, request, calendar))


def follow(page: SettingsPage, request: HttpRequest, calendar: WorkingCalendar) -> None:
    """After the new hours are kept: what is owed by them moves, and the administrator reads how much."""
    moved = housekeeping.rederive_open_cases(calendar=calendar, actor=actor_of(request), now=timezone.now())
    if moved:
        cases = "1 open case has" if moved == 1 else f"{moved} open cases have"
        page.message_user(request, f"{cases} other due moments now; each case's timeline tells them.")
