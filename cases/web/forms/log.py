"""Logging a mistake in one screen: who was hurt, what went wrong, and what was done in the same call."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.db.models import Exists, OuterRef
from django.urls import reverse

from cases.actions import customers, in_one_go, intake
from cases.actions.customers import CustomerDetails
from cases.actions.intake import Mistake
from cases.models import Case, Category, Customer, Incident, Team
from cases.reports.customer_list import alike, said_of
from cases.rules.vocabulary import Channel, Origin, Severity, StepKind
from cases.web.forms.already import AlreadyForm
from cases.web.forms.base import ActionForm, Button
from cases.web.forms.fields import Choice, Colleague, Line, MailAddress, Moment, Name, Radio, WhyCritical, Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from cases.models import User
    from cases.reports.customer_list import Meant

_TOLD = {
    StepKind.ACKNOWLEDGE: "acknowledged",
    StepKind.APOLOGIZE: "apologized for",
    StepKind.CORRECT: "put right",
}
NEW = "new"
RECENT_INCIDENTS = 30
MOST_CATEGORIES = 200
_TOO_LONG = "That is %(show_value)s characters: please keep it to %(limit_value)s."


class LogForm(ActionForm, AlreadyForm):
    """One post logs the mistake, its customer if need be, and the steps that were done in the same call."""

    buttons = (Button("Log the mistake"),)

    MORE: ClassVar[tuple[str, ...]] = (
        "attempt",
        "needed_by",
        "owner",
        "team",
        "incident",
        "category",
    )

    KNEW_BY: ClassVar[tuple[str, ...]] = ("at",)
    """Moments on this form at which we knew already: what is typed there may be earlier than the moment of sending."""

    field_order = (
        "key",
        "q",
        "searched",
        "customer",
        "name",
        "email",
        "phone",
        "is_somebody_else",
        "title",
        "description",
        "severity",
        "critical_because",
        "happened_at",
        "known_at",
        "origin",
        "channel",
        "wants",
        *MORE,
    )

    q = Line(label="Who was hurt by it?", required=False, max_length=200)
    searched = Line(required=False, max_length=200, widget=forms.HiddenInput)
    """What the search said when somebody was chosen, or when the page was drawn."""
    customer = forms.CharField(label="Customer", required=False, max_length=40)
    name = Name(label="Name", required=False, max_length=160, error_messages={"max_length": _TOO_LONG})
    email = MailAddress(label="E-mail", required=False)
    phone = Name(label="Phone", required=False, max_length=40, error_messages={"max_length": _TOO_LONG})
    is_somebody_else = forms.BooleanField(label="This is somebody else", required=False)

    title = Line(
        label="What went wrong, in a few words?",
        max_length=200,
        error_messages={"required": "Say in a few words what went wrong.", "max_length": _TOO_LONG},
    )
    description = Words(label="In the customer's own words", required=False)
    severity = Radio(
        Severity,
        label="How bad is it for the customer?",
        error_messages={"required": "Choose how bad it is: it sets the deadlines."},
    )
    critical_because = WhyCritical()
    happened_at = Moment(label="When did it happen?", required=False, help_text="Leave it empty if nobody knows yet.")
    known_at = Moment(
        label="When did we first know?",
        required=False,
        help_text="Clocks count from this moment. Leave it empty if that is just now.",
    )
    origin = Choice(Origin, label="Who noticed?", initial=Origin.CUSTOMER)
    channel = Choice(Channel, label="How did it reach us?", initial=Channel.PHONE)
    wants = Line(label="What would the customer like?", required=False, error_messages={"max_length": _TOO_LONG})

    attempt = forms.IntegerField(
        label="Which attempt at the same service was it?",
        required=False,
        min_value=1,
        max_value=intake.MOST_ATTEMPTS,
        initial=1,
        help_text="A second one raises the severity one level, to major at most, whoever moved the first.",
        error_messages={
            "invalid": "Write a number: 1 for the first.",
            "min_value": "Write 1 for the first attempt.",
            "max_value": "Write a number up to 99.",
        },
    )
    needed_by = Moment(
        label="By when does the customer need it?",
        required=False,
        help_text="It is put right by then at the latest.",
    )
    owner = Colleague(label="Owner", required=False, empty_label="Nobody yet")
    team = forms.ModelChoiceField(
        Team.objects.all(), label="Team", required=False, to_field_name="public_id", empty_label="No team"
    )
    incident = Line(
        label="Part of an incident that is known already?",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"list": "incidents"}),
        help_text="Its reference, such as IN-1007. Leave it empty for a new one.",
    )
    category = Line(
        label="Category", required=False, max_length=255, widget=forms.TextInput(attrs={"list": "categories"})
    )

    def __init__(self, *args: Any, actor: User, **options: Any) -> None:
        mine = {
            "owner": actor.public_id,
            "team": lambda: getattr(actor.teams.first(), "public_id", ""),
            "ownership": f"I am {actor.get_short_name()}, and I own this until it is right.",
        }
        self.alike: tuple[Meant, ...] = ()
        super().__init__(*args, actor=actor, initial={**mine, **(options.pop("initial", None) or {})}, **options)

    def teams(self) -> Iterable[Team | None]:
        return self.fields["team"].queryset.select_related("calendar")  # type: ignore[attr-defined,no-any-return]

    @property
    def incidents(self) -> list[Incident]:
        """The latest that this person may see, for the list under the field."""
        visible = Case.objects.visible_to(self.staff).filter(incident=OuterRef("pk"))
        return list(Incident.objects.filter(Exists(visible)).only("reference", "title")[:RECENT_INCIDENTS])

    @property
    def categories(self) -> list[str]:
        return list(Category.objects.values_list("name", flat=True)[:MOST_CATEGORIES])

    def clean_customer(self) -> Customer | str:
        chosen: str = self.cleaned_data["customer"]
        if chosen == NEW:
            return NEW
        key = key_or_none(chosen)
        found = Customer.meant_by([key]).get(key) if key is not None else None
        if found is None:
            raise forms.ValidationError("Choose the customer from the list, or write down a new one.")
        return found

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

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        self._check_search(typed)
        if typed.get("customer") == NEW:
            self._check_new_customer(typed)
        if typed.get("incident") and typed.get("category"):
            self.add_error("category", "The incident has its own category: leave this empty.")
        return typed

    @property
    def has_more(self) -> bool:
        """Whether something in the folded part was filled in, or is to be looked at again."""
        return any(
            self[name].errors or str(self[name].value() or "") != str(self[name].initial or "") for name in self.MORE
        )

    @property
    def said(self) -> str:
        done = [_TOLD[kind] for kind in self.ticked]
        told = f" It is recorded as {' and '.join(done)}." if done else ""
        return f"{self.result.reference} is logged.{told}" if isinstance(self.result, Case) else ""

    def address_of(self, made: object) -> str:
        return reverse("cases:case", args=(made.reference,)) if isinstance(made, Case) else ""

    def run(self, now: datetime) -> Case:
        typed, evidence = self.cleaned_data, self.evidence()
        customer = typed["customer"]
        if customer == NEW:
            details = CustomerDetails(name=typed["name"], email=typed["email"], phone=typed["phone"])
            customer = customers.add_customer(details=details, actor=self.staff, now=now)
        if not evidence:
            return intake.log_case(mistake=self._mistake(now), customer=customer, actor=self.staff, now=now)
        return in_one_go.log_and_settle(
            mistake=self._mistake(now),
            customer=customer,
            evidence=evidence,
            actor=self.staff,
            now=now,
            at=typed["at"],
        )

    def _check_search(self, typed: dict[str, Any]) -> None:
        """Nobody is given another's mistake because their name was typed over somebody who was chosen before."""
        chosen, words = typed.get("customer"), typed.get("q", "")
        if not chosen or not is_typed_over(words, typed.get("searched", ""), chosen, typed):
            return
        who = chosen.name if isinstance(chosen, Customer) else typed.get("name", "")
        self.add_error("customer", f"You search for “{words}”, and {who} is chosen. Choose whose mistake it is.")

    def _check_new_customer(self, typed: dict[str, Any]) -> None:
        if not typed.get("name", "").strip() and "name" not in self.errors:
            self.add_error("name", "Give the customer a name, so that letters can begin with it.")
        self.alike = alike(self.staff, **{part: typed.get(part, "") for part in ("name", "email", "phone")})
        if self.alike and not typed.get("is_somebody_else"):
            choose = "Choose one of them, or tick that this is somebody else."
            self.add_error("customer", f"{said_of(self.alike)}. {choose}")

    def _mistake(self, now: datetime) -> Mistake:
        typed = self.cleaned_data
        names = ("title", "description", "severity", "channel", "happened_at", "origin", "wants", "needed_by")
        return Mistake(
            **{name: typed[name] for name in names},
            known_at=typed["known_at"] or min([now, *(typed[name] for name in self.KNEW_BY if typed[name])]),
            attempt=typed["attempt"] or 1,
            critical_because=typed["critical_because"],
            team=typed["team"],
            owner=typed["owner"],
            incident=typed["incident"],
            category=typed["category"],
        )


def is_typed_over(words: str, searched: str, chosen: Customer | str, typed: Mapping[str, Any]) -> bool:
    """Whether the search says other words than it did when somebody was chosen, and none of theirs."""
    if not words.strip() or words.strip() == searched.strip():
        return False
    if isinstance(chosen, Customer):
        return not Customer.objects.filter(pk=chosen.pk).matching(words).exists()
    theirs = " ".join(str(typed.get(name, "")) for name in ("name", "email", "phone")).casefold()
    return bool(searched.strip()) and not all(word in theirs for word in words.casefold().split())


def key_or_none(text: str) -> uuid.UUID | None:
    """A public key as it is typed or posted; anything else is nobody's."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
