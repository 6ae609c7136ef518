"""What every settings page shares: who may, what a refusal looks like, and how the pages are arranged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast, override
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms.models import BaseInlineFormSet, model_to_dict
from django.http import HttpResponseRedirect
from django.utils import timezone

from cases.actions import records
from cases.admin import rows
from cases.errors import AmendsError, ConflictError
from cases.models import User, Versioned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import Model
    from django.http import HttpRequest, HttpResponse, QueryDict

    # Django's classes take parameters of types for the checker only.
    ModelPage = admin.ModelAdmin[Any]
    ModelForm = forms.ModelForm[Any]
    Rows = admin.TabularInline[Any, Any]
    RowForms = BaseInlineFormSet[Any, Any, Any]
else:
    ModelPage, ModelForm, Rows, RowForms = admin.ModelAdmin, forms.ModelForm, admin.TabularInline, BaseInlineFormSet


class VersionedForm(ModelForm):
    """A form of a settings page. On a newer version of its record than the person saw, nothing is done unseen."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    actor: User | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.conflict: ConflictError | None = None
        seen = self.newest_version()
        if seen is None:
            del self.fields["version"]
        else:
            self.initial["version"] = seen

    def newest_version(self) -> int | None:
        """Of the record; none while there is no record."""
        stored = isinstance(self.instance, Versioned) and self.instance.pk
        return self.instance.version if stored else None

    def check_version(self, seen: int) -> None:
        records.check_version(self.instance, seen, self.actor)

    def clean(self) -> dict[str, Any]:
        """Inside the transaction of the page, so that the lock lasts until everything is written."""
        cleaned = super().clean() or self.cleaned_data
        if "version" in cleaned:
            try:
                self.check_version(cleaned["version"] or 0)
            except ConflictError as error:
                self._give_back(error)
        return cleaned

    def _give_back(self, error: ConflictError) -> None:
        """To look at the changes, and to send again knowing them."""
        self.conflict = error
        self.add_error(None, error.sentence)
        seen = cast("QueryDict", self.data).copy()
        seen["version"] = str(self.newest_version())
        self.data = seen


_GONE = (
    "had been deleted meanwhile. What stands there is kept as new rows at the end: empty or remove what should stay "
    "deleted."
)


class SettingsPage(ModelPage):
    """Something that administrators may change. Nothing is deleted unless a page says so."""

    form = VersionedForm
    actions: Sequence[str] | None = None
    list_per_page = 50

    @override
    def get_form(self, request: HttpRequest, obj: Model | None = None, change: bool = False, **options: Any) -> Any:
        form = super().get_form(request, obj, change, **options)
        return type(form.__name__, (form,), {"actor": request.user})

    @override
    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The version is hidden: the page has its own place for it."""
        return [name for name in super().get_fields(request, obj) if name != "version"]

    @override
    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any) -> Any:
        response = super().render_change_form(request, context, *args, **options)
        if getattr(context["adminform"].form, "conflict", None) is not None:
            response.status_code = 409
        return response

    @override
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        if change and isinstance(obj, Versioned):
            form.before = obj.locked().snapshot(self._shown(obj, form))
        super().save_model(request, obj, form, change)

    @override
    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        """The rows of a record belong to its version."""
        super().save_related(request, form, formsets, change)
        if change and isinstance(form.instance, Versioned):
            records.revise(form.instance, form.before, actor=actor_of(request), at=timezone.now())

    @override
    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        """On a newer version than the person saw: the rows of now, with what was typed in them."""
        options: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        if request.method == "POST" and isinstance(obj, Versioned) and obj.pk:
            of_record = options["queryset"].filter(**{inline.get_formset(request, obj).fk.name: obj})
            stored = {str(row.pk): {**model_to_dict(row), "id": row.pk} for row in of_record}
            is_older = request.POST.get("version") != str(obj.version)
            options["data"], gone = rows.renewed(request.POST, prefix, stored, is_older=is_older)
            if gone:
                messages.warning(
                    request, f"{gone} row{'s' * (gone > 1)} of “{inline.opts.verbose_name_plural}” {_GONE}"
                )
        return options

    def _shown(self, obj: Model, form: VersionedForm) -> list[str]:
        """Names of its fields and of its rows, as far as this page shows them."""
        models = {inline.model for inline in self.inlines}
        of_rows = [str(one.get_accessor_name()) for one in self.opts.related_objects if one.related_model in models]
        return [*(name for name in form.fields if name != "version" and hasattr(obj, name)), *of_rows]

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @override
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A rule that says no only when everything is written: its sentence, and nothing is kept."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except AmendsError as error:
            messages.error(request, error.sentence)
            return HttpResponseRedirect(request.get_full_path())


class RecordPage(ModelPage):
    """Something that has a history: found, read, and never changed here."""

    actions = None
    list_per_page = 50
    ordering = ("-pk",)
    show_full_result_count = False

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @override
    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ZoneField(forms.ChoiceField):
    """A time zone to choose, by its IANA name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=_zones, initial=settings.AMENDS_TIME_ZONE, **options)
        self.error_messages["invalid_choice"] = (
            "“%(value)s” is not a time zone that we know: choose one such as America/New_York."
        )


def actor_of(request: HttpRequest) -> User:
    """The administrator who asks."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def refuse_at(form: forms.BaseForm, error: AmendsError, **renamed: str) -> None:
    """Show a refusal at the field it belongs to; ``renamed``: what the rule calls the field = what the form does."""
    name = renamed.get(error.field, error.field)
    form.add_error(name if name in form.fields else None, ValidationError(error.sentence))


def arrange() -> None:
    """Settings first, then the records that can only be looked at."""
    site = admin.site
    site.site_header = site.site_title = "Amends settings"
    site.index_title = "Settings and records"
    listed = site.get_app_list

    def parted(request: HttpRequest, app_label: str | None = None) -> list[Any]:
        return [part for app in listed(request, app_label) for part in _parts(app)]

    site.get_app_list = parted  # type: ignore[method-assign]


def _zones() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in sorted(available_timezones())]


def _parts(app: dict[str, Any]) -> list[dict[str, Any]]:
    """One group of Django's list as two, without one in which there is nothing to see."""
    changeable = [model for model in app["models"] if model["add_url"] or not model["view_only"]]
    records = [model for model in app["models"] if model not in changeable]
    parts = (("Settings", changeable), ("Records", records))
    return [{**app, "name": name, "models": group} for name, group in parts if group]
