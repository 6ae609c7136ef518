"""How long things may take and how much may be given alone. A version of the deadlines is never changed, because
running cases keep theirs: a new one begins as a copy of the newest."""

from __future__ import annotations

import dataclasses
from itertools import pairwise
from typing import TYPE_CHECKING, Any, override

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.widgets import AdminIntegerFieldWidget
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone

from cases.actions import deciding, defaults
from cases.admin.pages import ModelForm, Rows, SettingsPage, VersionedForm, actor_of, refuse_at
from cases.errors import ConflictError, RuleError
from cases.models import AuthorityLimit, DeadlinePolicy, DeadlineTarget, ReminderLadder, RestitutionLimit
from cases.rules.ladder import DEFAULT_LADDERS, Ladder
from cases.rules.money import Money, check_amount, check_currency
from cases.rules.policy import DEFAULT_TARGETS, Target, check_minutes
from cases.rules.vocabulary import ClockKind, CommitmentKind, Role, Severity, StepKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import Model
    from django.http import HttpRequest

_TERMS = ("raise_grace_minutes", "make_safe_minutes", "promise_escalation_minutes", "prevention_escalation_minutes")
_SILENCES = tuple(f"silence_{severity}" for severity in Severity)
_RUNGS = tuple(field.name for field in dataclasses.fields(Ladder))
_COMPARED = (*_TERMS, *_SILENCES, "targets", "ladders")


class Minutes(forms.IntegerField):
    """A time that the rules accept."""

    @override
    def clean(self, value: object) -> int:
        minutes: int = super().clean(value)
        try:
            check_minutes(minutes, field="")
        except RuleError as error:
            raise forms.ValidationError(error.sentence) from error
        return minutes


_MINUTES = {"form_class": Minutes, "min_value": None, "widget": AdminIntegerFieldWidget}
_IN_MINUTES: Mapping[type[models.Field[Any, Any]], Mapping[str, Any]] = {models.PositiveIntegerField: _MINUTES}
"""Every number of these pages is a time in minutes."""


class TargetForm(ModelForm):
    """One of the 24. Which one it is cannot be changed, and an untouched row counts as filled in."""

    severity = forms.ChoiceField(choices=Severity.choices, disabled=True)
    step = forms.ChoiceField(choices=StepKind.choices, disabled=True)

    @override
    def has_changed(self) -> bool:
        return True


class TargetRows(Rows):
    model = DeadlineTarget
    form = TargetForm
    formfield_overrides = _IN_MINUTES
    fields = ("severity", "step", "minutes", "clock", "escalation_minutes")
    can_delete = False
    extra = 0
    min_num = max_num = len(Severity) * len(StepKind)
    verbose_name_plural = "time for each step (a business day is 480 minutes of working time)"


class LadderForm(ModelForm):
    """One of the ladders. Which one it is cannot be changed, and an untouched row counts as filled in."""

    kind = forms.ChoiceField(choices=CommitmentKind.choices, disabled=True)
    severity = forms.ChoiceField(choices=[("", "Any"), *Severity.choices], disabled=True, required=False)

    @override
    def has_changed(self) -> bool:
        return True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                ladder_of(cleaned)
            except RuleError as error:
                refuse_at(self, error)
        return cleaned


class LadderRows(Rows):
    model = ReminderLadder
    form = LadderForm
    fields = ("kind", "severity", *_RUNGS)
    can_delete = False
    extra = 0
    min_num = max_num = len(DEFAULT_LADDERS)
    verbose_name_plural = "who is reminded when (an empty rung is switched off)"


class PolicyForm(VersionedForm):
    """A new version begins as a copy of the newest, so it must not undo one that was added meanwhile."""

    def newest_version(self) -> int | None:
        newest = DeadlinePolicy.objects.values_list("version", flat=True).first()
        return None if self.instance.pk else newest or 0

    def check_version(self, seen: int) -> None:
        list(DeadlinePolicy.objects.select_for_update().values_list("pk"))  # one new version at a time
        since = list(DeadlinePolicy.objects.filter(version__gt=seen).order_by("version"))
        if since:
            raise ConflictError(
                "Other deadlines were added while you were typing. What you typed is still here: look at the changes, "
                "then send it again.",
                changes=[
                    line
                    for before, after in pairwise([*DeadlinePolicy.objects.filter(version=seen), *since])
                    for line in _differences(before, after)
                ],
            )


@admin.register(DeadlinePolicy)
class PolicyPage(SettingsPage):
    form = PolicyForm
    inlines = (TargetRows, LadderRows)
    formfield_overrides = _IN_MINUTES
    fields = ("name", *_TERMS, *_SILENCES)
    list_display = ("name", "version", "created_at")

    @override
    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A version stays as it is: cases count by it."""
        return False

    @override
    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        newest = DeadlinePolicy.objects.first()
        terms = {name: getattr(newest, name) for name in (*_TERMS, *_SILENCES)} if newest else {}
        return {**terms, **super().get_changeform_initial_data(request)}

    @override
    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        options: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        rows = _rows if inline.model is DeadlineTarget else _ladders
        return options if obj.pk else {**options, "initial": rows()}

    @override
    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: Any) -> None:
        """Nothing yet: the rows belong to it, and one action writes both."""

    @override
    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        rows = {
            (Severity(row["severity"]), StepKind(row["step"])): row
            for row in (target.cleaned_data for target in formsets[0].forms)
        }
        terms = defaults.Terms(
            name=form.cleaned_data["name"],
            targets={key: Target(row["minutes"], ClockKind(row["clock"])) for key, row in rows.items()},
            escalations={key: row["escalation_minutes"] for key, row in rows.items()},
            ladders={
                (CommitmentKind(row["kind"]), row["severity"]): ladder_of(row)
                for row in (ladder.cleaned_data for ladder in formsets[1].forms)
            },
            silence={severity: form.cleaned_data[f"silence_{severity}"] for severity in Severity},
            **{name: form.cleaned_data[name] for name in _TERMS},
        )
        written = defaults.add_policy(terms=terms, actor=actor_of(request))
        form.instance.pk, form.instance.version = written.pk, written.version

    @override
    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Iterable[Any], add: bool = False
    ) -> list[dict[str, dict[str, list[str]]]]:
        """A version is only ever added, as a whole."""
        return [{"added": {}}]


class AmountForm(VersionedForm):
    """An amount in a currency that may be used, with its minor units."""

    @override
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "amount" in self.fields:
            self.fields["amount"].validators.append(MinValueValidator(0))
        if self.instance.pk:
            self.initial["amount"] = Money(self.instance.amount, self.instance.currency).number.replace(",", "")

    @override
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not {"amount", "currency"} <= cleaned.keys():
            return cleaned
        try:
            cleaned["currency"] = check_currency(cleaned["currency"], settings.AMENDS_CURRENCIES)
            check_amount(cleaned["amount"], cleaned["currency"])
        except RuleError as error:
            refuse_at(self, error)
        return cleaned


class AmountPage(SettingsPage):
    """Without a limit, nothing may be given alone; so a limit can be deleted."""

    @override
    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"currency": settings.AMENDS_CURRENCY, **super().get_changeform_initial_data(request)}

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return obj is not None

    @override
    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        super().save_related(request, form, formsets, change)
        deciding.ask_everywhere(now=timezone.now())

    @override
    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        deciding.ask_everywhere(now=timezone.now())

    @admin.display(description="up to", ordering="amount")
    def money(self, limit: AuthorityLimit | RestitutionLimit) -> Money:
        return Money(limit.amount, limit.currency)


class LimitForm(AmountForm):
    """Administrators have no limit, so none can be set for them."""

    role = forms.ChoiceField(choices=[choice for choice in Role.choices if choice[0] != Role.ADMINISTRATOR])


@admin.register(AuthorityLimit)
class LimitPage(AmountPage):
    form = LimitForm
    list_display = ("role", "severity", "money")
    list_filter = ("role", "severity", "currency")


@admin.register(RestitutionLimit)
class CeilingPage(AmountPage):
    form = AmountForm
    list_display = ("holder", "money")
    list_filter = ("holder", "currency")


def ladder_of(row: Mapping[str, Any]) -> Ladder:
    """As the rules read what was typed. Raises ``RuleError`` where it makes no sense."""
    return Ladder(**{name: row[name] for name in _RUNGS})


def _differences(before: DeadlinePolicy, after: DeadlinePolicy) -> list[str]:
    old, new = before.snapshot(_COMPARED), after.snapshot(_COMPARED)
    shown = {name: (old[name].shown, new[name].shown) for name in _COMPARED}
    lines = [after.difference(name, one, other) for name, (one, other) in shown.items() if one != other]
    return [f"{after} was added", *lines]


def _ladders() -> list[dict[str, object]]:
    """The ladders to begin with: the newest version's, or else the defaults."""
    newest = DeadlinePolicy.objects.prefetch_related("ladders").first()
    kept = {(row.kind, row.severity): row for row in newest.ladders.all()} if newest else {}
    return [
        {
            "kind": kind,
            "severity": severity,
            **{name: getattr(kept.get((kind, severity), ladder), name) for name in _RUNGS},
        }
        for (kind, severity), ladder in DEFAULT_LADDERS.items()
    ]


def _rows() -> list[dict[str, object]]:
    """The 24 targets to begin with: the newest version's, or else the defaults."""
    newest = DeadlinePolicy.objects.prefetch_related("targets").first()
    kept = {(row.severity, row.step): row for row in newest.targets.all()} if newest else {}
    return [
        {
            "severity": severity,
            "step": kind,
            "minutes": kept[severity, kind].minutes if kept else DEFAULT_TARGETS[severity, kind].minutes,
            "clock": kept[severity, kind].clock if kept else DEFAULT_TARGETS[severity, kind].clock,
            "escalation_minutes": kept[severity, kind].escalation_minutes
            if kept
            else defaults.ESCALATION_MINUTES[severity],
        }
        for severity in Severity
        for kind in StepKind
    ]
