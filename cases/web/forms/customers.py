"""What is known of a customer, to be mended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from cases.actions import addresses, customers
from cases.actions.customers import CustomerDetails
from cases.reports.customer_list import alike, said_of
from cases.rules.vocabulary import Channel
from cases.web.forms.base import Button, RecordForm
from cases.web.forms.fields import Choice, Line, MailAddress, Name, Words

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import Customer
    from cases.reports.customer_list import Meant


class CustomerForm(RecordForm):
    """Everything but the time zone, which only imports know."""

    done = "Saved. The search finds the customer's cases by it from now on."
    buttons = (Button("Save changes"),)

    name = Name(
        label="Name",
        max_length=160,
        error_messages={"required": "Give the customer a name, so that letters can begin with it."},
    )
    salutation = Name(
        label="How a letter begins", required=False, max_length=160, help_text="After “Dear”, such as Ms Whitlock."
    )
    email = MailAddress(label="E-mail", required=False)
    phone = Name(label="Phone", required=False, max_length=40)
    preferred_channel = Choice(Channel, label="Prefers to be reached by", required=False)
    language = Line(label="Language", required=False, max_length=12, help_text="In which they like to be written to.")
    needs = Line(
        label="What helps this customer",
        required=False,
        max_length=200,
        help_text="Large print, a slow call, a third party. Never the reason for it.",
    )
    answers_to = Line(
        label="Whom do they have to answer to?",
        required=False,
        max_length=200,
        help_text="And what did it cost them there?",
    )
    reference = Name(label="Their number in your other systems", required=False, max_length=80)
    is_somebody_else = forms.BooleanField(label="This is somebody else", required=False)
    note = Words(label="Note", required=False, help_text="For colleagues only; customers never see it.")

    def __init__(self, *args: Any, customer: Customer, **options: Any) -> None:
        known = {name: getattr(customer, name) for name in CustomerDetails.__slots__}
        super().__init__(*args, record=customer, initial=known, **options)
        self.customer = customer
        self.alike: tuple[Meant, ...] = ()

    def clean(self) -> dict[str, Any]:
        """Whoever gets the name, address or number of another customer may be that customer."""
        typed = super().clean() or self.cleaned_data
        self._check_may_change()
        new = {
            part: typed[part] for part in ("name", "email", "phone") if part in self.changed_data and typed.get(part)
        }
        self.alike = alike(self.staff, besides=self.customer.public_id, **new) if new else ()
        if self.alike and not typed.get("is_somebody_else"):
            self.add_error(
                "is_somebody_else", f"{said_of(self.alike)}. Look at them, or tick that this is somebody else."
            )
        return typed

    @property
    def why_not(self) -> str:
        """Why this person may not change how the customer is named and reached; empty where they may."""
        return addresses.why_not(self.customer, self.staff)

    def run(self, now: datetime) -> Customer:
        typed = {name: self.cleaned_data[name] or "" for name in CustomerDetails.__slots__}
        return customers.change_customer(
            customer=self.customer, details=CustomerDetails(**typed), actor=self.staff, now=now
        )

    def _check_may_change(self) -> None:
        """At the fields, so that nothing typed is lost; the action asks again."""
        guarded = [name for name in self.changed_data if name in addresses.GUARDED]
        refusal = self.why_not if guarded else ""
        for name in guarded if refusal else ():
            self.add_error(name, refusal)
