"""Which other cases may be about the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases.models import Case, Customer

if TYPE_CHECKING:
    from cases.models import User

SUGGESTED = 8
_LOOKED_AT = 200


def others_of(case: Case, user: User) -> list[Case]:
    """Cases of this customer, and of whoever shares their address or number, that this person may see: the nearest in
    time first. Two queries."""
    customer = case.customer
    household = Customer.objects.alike(email=customer.email, phone=customer.phone).values_list("pk", flat=True)
    keys = [customer.pk, *household[:SUGGESTED]]
    others = Case.objects.visible_to(user).filter(customer__in=keys, duplicate_of__isnull=True).exclude(pk=case.pk)
    rows = others.select_related("customer").only("reference", "title", "known_at", "customer__name")[:_LOOKED_AT]
    return sorted(rows, key=lambda other: abs(other.known_at - case.known_at))[:SUGGESTED]
