"""Forms for where a customer's mail goes: a changed address, links that were given out, mail that is held back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases.actions import addresses, satisfaction, undelivered
from cases.rules.vocabulary import AddressBecause
from cases.web.forms.base import Button, CaseForm, ThingForm

if TYPE_CHECKING:
    from datetime import datetime


class ConfirmAddressForm(CaseForm):
    heading = "Is this their mail address?"
    buttons = (Button("Yes, it is theirs", "check"),)
    done = "Mail with a link to their page leaves again."

    @property
    def lead(self) -> str:  # type: ignore[override]  # the address is known only here
        question = self.case.address_questions.waiting().select_related("changed_by").first()
        address = self.case.customer.email or "no address"
        if question is None:
            return f"Their mail address is {address}. Nobody has to confirm it."
        leads = " to" if question.because == AddressBecause.CHANGED else ", and mail goes to"
        return (
            f"{question.deed}{leads} {address}. Whoever reads a link to the customer’s page can answer as "
            "the customer, so none leaves before you say yes. If it is not theirs, correct it on the customer’s page."
        )

    def run(self, now: datetime) -> object:
        return addresses.confirm(case=self.case, actor=self.staff, now=now)


class RevokeLinksForm(CaseForm):
    heading = "Take back the customer’s links"
    lead = "Links that were given out no longer open the customer’s page. The next mail brings a new one."
    buttons = (Button("Take the links back", "ban"),)
    done = "No link that was given out works any more."

    def run(self, now: datetime) -> object:
        return satisfaction.revoke_links(case=self.case, actor=self.staff, now=now)


class TakeMailBackForm(ThingForm):
    heading = "Take back a mail"
    things = "messages"
    lead = "It does not leave. What it was for is still owed."
    buttons = (Button("Take it back", "x"),)
    done = "The mail will not leave."

    def run(self, now: datetime) -> object:
        return undelivered.take_back_mail(message=self.cleaned_data["of"], actor=self.staff, now=now)
