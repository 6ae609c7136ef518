"""What goes wrong and why: the lists that people choose from. Causes are processes, tools, information or capacity."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from django import forms
from django.contrib import admin

from cases.admin.pages import SettingsPage, VersionedForm
from cases.models import Category, Cause

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpRequest


class NameForm(VersionedForm):
    """A name that is there already in other capitals would split the figures in two."""

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        listed = Cause.objects if isinstance(self.instance, Cause) else Category.objects
        if listed.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(f"“{name}” is in the list already.")
        return name


@admin.register(Category, Cause)
class ListedPage(SettingsPage):
    """Kept as long as an incident names it."""

    form = NameForm
    search_fields = ("name",)

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return isinstance(obj, Category | Cause) and not obj.incidents.exists()
