"""The facts of a mistake as fields of forms, and the form that corrects them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from cases import permissions
from cases.actions import facts, records
from cases.models import Case, Category, Customer, Incident, Team
from cases.permissions import Verb
from cases.reports.customer_list import meant
from cases.rules.facts import BY_NAME, FACTS, MOST_ATTEMPTS, Kind
from cases.web.forms.base import ActionForm, Button, CaseForm, ThingForm
from cases.web.forms.fields import Choice, Line, Moment, Words

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from cases.errors import ConflictError
    from cases.models import User
    from cases.reports.customer_list import Meant
    from cases.rules.facts import Fact

_TOO_LONG = "That is %(show_value)s characters: please keep it to %(limit_value)s."
_REQUIRED = {"title": "Say in a few words what went wrong."}
_MOMENT = "%Y-%m-%dT%H:%M"
REASON = "How do you know?"


def _line(fact: Fact, **options: Any) -> forms.Field:
    errors = {"max_length": _TOO_LONG}
    if fact.name in _REQUIRED:
        errors["required"] = _REQUIRED[fact.name]
    return Line(max_length=fact.longest, error_messages=errors, **options)


def _code(fact: Fact, **options: Any) -> forms.Field:
    if fact.codes is None:
        raise TypeError(fact.name)
    return Choice(fact.codes, **options)


def _number(_fact: Fact, **options: Any) -> forms.Field:
    return forms.IntegerField(
        min_value=1,
        max_value=MOST_ATTEMPTS,
        error_messages={
            "invalid": "Write a number: 1 for the first.",
            "min_value": "Write 1 for the first attempt.",
            "max_value": "Write a number up to 99.",
        },
        **options,
    )


def _record(fact: Fact, **options: Any) -> forms.Field:
    if fact.name == "team":
        return forms.ModelChoiceField(Team.objects.all(), to_field_name="public_id", empty_label="No team", **options)
    return Line(max_length=fact.longest or 200, **options)


_FIELDS: dict[Kind, Callable[..., forms.Field]] = {
    Kind.LINE: _line,
    Kind.WORDS: lambda _fact, **options: Words(**options),
    Kind.MOMENT: lambda _fact, **options: Moment(**options),
    Kind.CODE: _code,
    Kind.NUMBER: _number,
    Kind.RECORD: _record,
}


def asked(name: str, **options: Any) -> forms.Field:
    """The field that asks for this fact. ``options`` win over the table's."""
    fact = BY_NAME[name]
    words = {"label": fact.label, "help_text": fact.help_text, "required": fact.is_required, **options}
    return _FIELDS[fact.kind](fact, **words)


class NamesRecords(ActionForm):
    """A form on which an incident, a category and a customer are named."""

    def clean_incident(self) -> Incident | None:
        typed: str = self.cleaned_data["incident"]
        if not typed:
            return None
        visible = Case.objects.visible_to(self.staff).filter(incident=OuterRef("pk"))
        found = Incident.objects.filter(Exists(visible), reference=typed.split(maxsplit=1)[0].upper()).first()
        if found is None:
            raise forms.ValidationError(f"There is no incident “{typed}” among your cases. Check its reference.")
        return found

    def clean_category(self) -> Category | None:
        typed: str = self.cleaned_data["category"]
        if not typed:
            return None
        found = Category.objects.filter(name__iexact=typed).first()
        if found is None:
            raise forms.ValidationError(f"There is no category “{typed}”. Choose one from the list, or leave it empty.")
        return found


def customer_of(key: str) -> Customer | None:
    """By public key; of a merged record the one that stays."""
    found = key_or_none(key)
    return Customer.meant_by([found]).get(found) if found is not None else None


def key_or_none(text: str) -> uuid.UUID | None:
    """A public key as it is typed or posted; anything else is nobody's."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


class FactsForm(CaseForm, NamesRecords):
    """What was logged, as it is now. Only what differs is corrected. ``incident_version``: the category is the
    incident's, which others may change meanwhile."""

    heading = "Correct the facts"
    lead = "What was wrong stays in the timeline beside what is right. Deadlines are reckoned anew."
    buttons = (Button("Correct the facts", "edit"),)
    done = "The facts are corrected."

    incident_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    q = Line(
        label="Did it happen to another customer?",
        required=False,
        max_length=200,
        help_text="Name, e-mail or phone; then choose whom you mean. Mail that waits is not sent, links are revoked.",
    )
    customer = forms.CharField(label="To whom?", required=False, max_length=40, widget=forms.HiddenInput)
    reason = Line(label=REASON, help_text="It stands in the timeline.")

    def __init__(self, *args: Any, case: Case, actor: User | None, **options: Any) -> None:
        self.was = {fact.name: _typed(fact, case) for fact in FACTS if fact.name != "customer"}
        initial = {**(options.pop("initial", None) or {}), **self.was, "incident_version": case.incident.version}
        super().__init__(*args, case=case, actor=actor, initial=initial, **options)
        self.meant: tuple[Meant, ...] = ()
        if self.is_bound and "q" in self.fields:
            self._offer_customers(str(self.data.get("q", "")))

    def add_fields(self) -> None:
        for name in self.was:
            self.fields[name] = asked(name)
        if not self.case.is_open and not permissions.may(self.staff, Verb.CORRECT_CLOSED):
            for fact in FACTS:
                if fact.is_weighty:
                    del self.fields[fact.name]
            del self.fields["q"]
        self.order_fields([*self.was, "q", "customer", "reason"])

    def _offer_customers(self, words: str) -> None:
        chosen = key_or_none(str(self.data.get("customer", "")))
        self.meant = meant(words, self.staff, chosen=chosen) if words.strip() or chosen else ()
        if self.meant:
            choices = [(str(one.customer.public_id), _in_a_line(one)) for one in self.meant]
            self.fields["customer"].widget = forms.RadioSelect(choices=choices)

    def clean_customer(self) -> Customer | None:
        typed: str = self.cleaned_data["customer"]
        found = customer_of(typed) if typed else None
        if typed and found is None:
            raise forms.ValidationError("Choose the customer from the list.")
        if found is None and self.meant:
            raise forms.ValidationError("Choose whom you mean.")
        return found

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if typed.get("q") and not typed.get("customer") and not self.meant:
            self.add_error("q", "Nobody is found by these words. Look among the customers first.")
        return typed

    @property
    def changed_facts(self) -> dict[str, object]:
        """What differs from the case as it is shown: moments to the minute, texts but for their line breaks."""
        names = [name for name, was in self.was.items() if name in self.fields and self._is_other(name, was)]
        changed = {name: self.cleaned_data[name] for name in names}
        if self.cleaned_data.get("customer"):
            changed["customer"] = self.cleaned_data["customer"]
        if "attempt" in changed:
            changed["attempt"] = changed["attempt"] or 1
        return changed

    def _is_other(self, name: str, was: object) -> bool:
        posted, shown = str(self.data.get(name, "")), str(was or "")
        if isinstance(self.fields[name], Moment):
            return posted.strip()[: len("2026-03-02T10:20")].replace(" ", "T") != shown
        return posted != shown

    def check_version(self) -> None:
        super().check_version()
        seen = self.cleaned_data["incident_version"]
        if seen is not None and {"category", "incident"}.intersection(self.changed_facts):
            records.check_version(self.case.incident, seen, self.actor)

    def _give_back(self, error: ConflictError) -> None:
        super()._give_back(error)
        self.case.incident.refresh_from_db()
        self._hide("incident_version", self.case.incident.version)

    def run(self, now: datetime) -> object:
        case = facts.correct_facts(
            case=self.case, facts=self.changed_facts, reason=self.cleaned_data["reason"], actor=self.staff, now=now
        )
        if not case.is_visible_to(self.staff):
            self.address = reverse("cases:work")
        return case


class CorrectConcernForm(ThingForm):
    heading = "Correct a concern"
    things = "concerns"
    buttons = (Button("Correct the words", "edit"),)
    done = "The words are corrected."

    text = Words(label="What troubles the customer", rows=2)
    reason = Line(label=REASON, help_text="It stands in the timeline.")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        concern = self.subject
        self.fields["text"].initial = str(concern or "")

    def run(self, now: datetime) -> object:
        typed = self.cleaned_data
        return facts.correct_concern(
            concern=typed["of"], text=typed["text"], reason=typed["reason"], actor=self.staff, now=now
        )


def _typed(fact: Fact, case: Case) -> object:
    """As the field shows it."""
    value = fact.value_of(case)
    if fact.kind is Kind.MOMENT:
        return timezone.localtime(value).strftime(_MOMENT) if value else ""  # type: ignore[arg-type]
    if isinstance(value, Team):
        return str(value.public_id)
    return "" if value is None else str(value)


def _in_a_line(one: Meant) -> str:
    found = one.customer
    return " · ".join(filter(None, (found.name, found.email, found.phone)))
