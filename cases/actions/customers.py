"""Customers: written down once, mended later. Two may share one mail address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from cases import permissions
from cases.actions import addresses, findable, records
from cases.actions.events import CustomerChanged
from cases.errors import RuleError
from cases.models import Customer, Event
from cases.permissions import Verb
from cases.rules.addresses import canonical
from cases.rules.folding import visible

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cases.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerDetails:
    """What is known of a customer. Only the name is needed."""

    name: str
    salutation: str = ""
    email: str = ""
    phone: str = ""
    preferred_channel: str = ""
    language: str = ""
    answers_to: str = ""
    needs: str = ""
    note: str = ""
    reference: str = ""


@transaction.atomic
def add_customer(*, details: CustomerDetails, actor: User, now: datetime) -> Customer:
    permissions.require(actor, Verb.LOG_CASE)
    customer = Customer(created_at=now)
    _write(customer, details)
    return customer


def current(customer: Customer) -> Customer:
    """The record as it is now, locked, for actions that give it a case. Of one that was merged, the other one."""
    rows = Customer.everything.select_for_update(of=("self",), no_key=True)
    found = rows.get(pk=customer.pk)
    return rows.get(pk=found.merged_into_id) if found.merged_into_id else found


@transaction.atomic
def change_customer(*, customer: Customer, details: CustomerDetails, actor: User, now: datetime) -> Customer:
    """Kept with before and after in the customer's own history, and noted in their open cases. Also brings what their
    cases are found by in line."""
    permissions.require(actor, Verb.LOG_CASE)
    customer = _shown(customer)
    before = {name: getattr(customer, name) for name in CustomerDetails.__slots__}
    with records.revising(customer, CustomerDetails.__slots__, actor=actor, at=now):
        _write(customer, details)
    after = {name: getattr(customer, name) for name in CustomerDetails.__slots__}
    changed = sorted(name for name in before if before[name] != after[name])
    addresses.check_may_change(customer, changed, actor)
    happened = CustomerChanged(fields=tuple(changed))
    if changed:
        event = Event.objects.record_customer(customer, happened, at=now, actor=actor)
        event.keep_personal({name: (before[name], after[name]) for name in changed})
    for case in customer.cases.select_for_update() if changed else ():
        case.customer = customer
        findable.refresh(case)
        if case.is_open:
            case.version += 1
            Event.objects.record(case, happened, at=now, actor=actor)
            case.save(update_fields=("version",))
    addresses.follow(customer, before=before["email"], changed=changed, actor=actor, now=now)
    return customer


def _shown(customer: Customer) -> Customer:
    locked = Customer.objects.select_for_update().filter(pk=customer.pk).first()
    if locked is None:
        raise RuleError("This record was merged into another one meanwhile. Look for the customer again.")
    return locked


def _write(customer: Customer, details: CustomerDetails) -> None:
    if not details.name.strip():
        raise RuleError("Give the customer a name, so that letters can begin with it.", field="name")
    reached = (customer.email, customer.phone)
    for name in CustomerDetails.__slots__:
        setattr(customer, name, getattr(details, name).strip())
    customer.email = canonical(visible(customer.email)) if customer.email else ""
    keep_former(customer, reached)
    customer.save()


def keep_former(customer: Customer, reached: Iterable[str]) -> None:
    """An old number or address finds the customer as before. Nothing is ever sent to it."""
    gone = [one for one in reached if one and one not in (customer.email, customer.phone)]
    customer.former = "\n".join(dict.fromkeys([*customer.former.splitlines(), *gone]))
