"""Logging a mistake in one screen: who was hurt, what went wrong, and what was done in the same call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.db.models import Exists, OuterRef
from django.urls import reverse

from cases.actions import customers, in_one_go, intake
from cases.actions.customers import CustomerDetails
from cases.actions.intake import Mistake
from cases.models import Case, Category, Customer, Incident
from cases.reports.customer_list import alike, said_of
from cases.rules.vocabulary import Channel, Origin, Severity, StepKind
from cases.web.forms.already import AlreadyForm
from cases.web.forms.base import Button
from cases.web.forms.facts import NamesRecords, asked, customer_of
from cases.web.forms.fields import Colleague, Line, MailAddress, Name, Radio, WhyCritical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from cases.models import Team, User
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


class LogForm(NamesRecords, AlreadyForm):
    """One post logs the mistake, its customer if need be, and the steps that were done in the same call."""

    buttons = (Button("Log the mistake"),)

    MORE: ClassVar[tuple[str, ...]] = (
        "attempt",
        "needed_by",
        "subject",
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

    title = asked("title")
    subject = asked("subject")
    description = asked("description")
    severity = Radio(
        Severity,
        label="How bad is it for the customer?",
        error_messages={"required": "Choose how bad it is: it sets the deadlines."},
    )
    critical_because = WhyCritical()
    happened_at = asked("happened_at")
    known_at = asked(
        "known_at",
        required=False,
        help_text="Clocks count from this moment. Leave it empty if that is just now.",
    )
    origin = asked("origin", initial=Origin.CUSTOMER)
    channel = asked("channel", initial=Channel.PHONE)
    wants = asked("wants")

    attempt = asked("attempt", required=False, initial=1)
    needed_by = asked("needed_by")
    owner = Colleague(label="Owner", required=False, empty_label="Nobody yet")
    team = asked("team")
    incident = asked(
        "incident",
        label="Part of an incident that is known already?",
        widget=forms.TextInput(attrs={"list": "incidents"}),
        help_text="Its reference, such as IN-1007. Leave it empty for a new one.",
    )
    category = asked("category", widget=forms.TextInput(attrs={"list": "categories"}))

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
        return list(Category.objects.offered().values_list("name", flat=True)[:MOST_CATEGORIES])

    def clean_customer(self) -> Customer | str:
        chosen: str = self.cleaned_data["customer"]
        if chosen == NEW:
            return NEW
        found = customer_of(chosen)
        if found is None:
            raise forms.ValidationError("Choose the customer from the list, or write down a new one.")
        return found

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        self._check_search(typed)
        chosen = typed.get("customer")
        if chosen == NEW:
            self._check_new_customer(typed)
        elif isinstance(chosen, Customer):
            self._ask_back_new_customer(chosen, typed)
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

    @classmethod
    def first_known(cls, typed: Mapping[str, Any], now: datetime) -> datetime:
        """What was typed, or else the first moment by which we knew."""
        known_at: datetime | None = typed["known_at"]
        return known_at or min([now, *(typed[name] for name in cls.KNEW_BY if typed[name])])

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

    def _ask_back_new_customer(self, chosen: Customer, typed: dict[str, Any]) -> None:
        """What was written of somebody new and is not known of whoever is chosen."""
        for name in ("name", "email", "phone"):
            wrote = typed.get(name, "")
            if wrote and not chosen.likeness(**{name: wrote}):
                self.add_error(
                    name,
                    f"You wrote “{wrote}” of somebody new, and {chosen} is chosen. Choose “Somebody new”, or take it "
                    "out: what is new of a known customer is written down on their own page.",
                )

    def _mistake(self, now: datetime) -> Mistake:
        typed = self.cleaned_data
        names = (
            "title",
            "subject",
            "description",
            "severity",
            "channel",
            "happened_at",
            "origin",
            "wants",
            "needed_by",
        )
        return Mistake(
            **{name: typed[name] for name in names},
            known_at=self.first_known(typed, now),
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
