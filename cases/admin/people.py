"""Who works here. People are invited, never signed up; they may leave, and are never deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, override

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.options import ActionLocation
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone

from cases.actions import deciding, people
from cases.actions.people import Position
from cases.admin.calendars import follow
from cases.admin.pages import SettingsPage, VersionedForm, ZoneField, actor_of, refuse_at
from cases.errors import AmendsError
from cases.models import Case, Team, User
from cases.rules.vocabulary import Role

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet
    from django.http import HttpRequest


@admin.register(Team)
class TeamPage(SettingsPage):
    list_display = ("name", "calendar", "manager")
    list_select_related = ("calendar", "manager")
    search_fields = ("name",)
    fields = ("name", "calendar", "manager", "lead", "executive")

    @override
    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name in {"manager", "executive"}:
            options["queryset"] = User.objects.filter(is_active=True).exclude(role=Role.AGENT)
        return super().formfield_for_foreignkey(db_field, request, **options)

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Kept as long as it has a case or a member."""
        return isinstance(obj, Team) and not obj.cases.exists() and not obj.members.exists()

    @override
    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        super().save_related(request, form, formsets, change)
        deciding.ask_everywhere(now=timezone.now())
        if change and "calendar" in form.changed_data:
            transaction.on_commit(lambda: follow(self, request, form.instance.calendar))


_UNREACHABLE = ("unreachable_since", "unreachable_because")


class UserForm(VersionedForm):
    time_zone = ZoneField()

    def clean_email(self) -> str:
        but = self.instance if self.instance.pk else None
        try:
            return people.check_address(self.cleaned_data["email"], but=but)
        except AmendsError as error:
            raise forms.ValidationError(error.sentence) from error

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk and not self.errors:
            try:
                people.check_position(self.instance, position_of(cleaned))
            except AmendsError as error:
                refuse_at(self, error, zone="time_zone")
        return cleaned


@admin.register(User)
class UserPage(SettingsPage):
    """Adding somebody mails them a link behind which they choose their password."""

    form = UserForm
    list_display = ("name", "email", "role", "is_active", "last_login", "unreachable_since")
    list_filter = ("role", "is_active", "teams")
    search_fields = ("name", "email")
    formfield_overrides = {models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}
    actions = ("invite_again", "confirm_address")

    @override
    def get_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        place = ("name", "email", "role", "teams", "time_zone")
        return (*place, "calendar", "is_active", "last_login", *_UNREACHABLE) if obj else place

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        return ("last_login", *_UNREACHABLE) if obj else ()

    @override
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        if change:
            self._change(request, obj, form)
            self._warn_of_what_is_left(request, obj)
            return
        actor, position = actor_of(request), position_of(form.cleaned_data)
        email = form.cleaned_data["email"]
        added = people.add_user(email=email, position=position, actor=actor, now=timezone.now())
        obj.pk = added.pk
        self._invite(request, added)

    @override
    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        """The teams are written with the person."""

    @admin.action(description="Send the invitation again", location=ActionLocation.CHANGE_FORM)
    def invite_again(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            self._invite(request, user)
            self.log_change(request, user, "Sent the invitation again.")

    @admin.action(description="Mail reaches them again", location=ActionLocation.CHANGE_FORM)
    def confirm_address(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            people.confirm_address(user=user, actor=actor_of(request))
            self.log_change(request, user, "Confirmed that mail reaches them again.")
            self.message_user(request, f"From now on, mail to {user.email} counts as arriving.")

    def _change(self, request: HttpRequest, user: User, form: UserForm) -> None:
        actor, now = actor_of(request), timezone.now()
        people.change_user(user=user, position=position_of(form.cleaned_data), actor=actor, now=now)
        if "email" in form.changed_data:
            people.change_address(user=user, email=form.cleaned_data["email"], actor=actor, now=now)
            self.message_user(request, f"From now on {user} signs in as {user.email}, and mail goes there.")

    def _invite(self, request: HttpRequest, user: User) -> None:
        people.invite(user=user, link=set_password_link(user), actor=actor_of(request), now=timezone.now())
        self.message_user(request, f"The invitation to {user.email} is on its way.")

    def _warn_of_what_is_left(self, request: HttpRequest, user: User) -> None:
        left = 0 if user.is_active else Case.objects.open().filter(owner=user).count()
        if left:
            cases = "an open case" if left == 1 else f"{left} open cases"
            self.message_user(request, f"{user} still owns {cases}. Hand them to somebody else.", messages.WARNING)


def position_of(cleaned: dict[str, Any]) -> Position:
    return Position(
        name=cleaned["name"],
        role=Role(cleaned["role"]),
        zone=cleaned["time_zone"],
        teams=list(cleaned["teams"]),
        is_active=cleaned.get("is_active", True),
        calendar=cleaned.get("calendar"),
    )


def set_password_link(user: User) -> str:
    """Works once, until ``PASSWORD_RESET_TIMEOUT``; allauth's own page opens behind it."""
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    return f"{settings.AMENDS_BASE_URL}{path}"
