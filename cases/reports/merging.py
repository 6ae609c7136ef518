"""What becomes of two records of one customer that are merged, before anybody does it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cases.actions.events import FIELD_NAMES
from cases.actions.merging import FIELDS, to_fill
from cases.models import Case, CustomerLink, Message
from cases.reports.customer_list import alike
from cases.rules.vocabulary import Channel

if TYPE_CHECKING:
    from cases.models import Customer, User
    from cases.reports.customer_list import Meant


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of both records. ``is_filled``: the record that stays takes it from the other."""

    name: str
    kept: str
    dropped: str
    is_filled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """What moves to the record that stays."""

    fields: tuple[Field, ...]
    cases: int
    mails: int
    links: int


def moving(keep: Customer, drop: Customer) -> Moving:
    """Fields that both leave empty are left out. Three queries."""
    filled = to_fill(keep, drop)
    rows = tuple(
        Field(
            name=FIELD_NAMES[name],
            kept=_said(name, getattr(keep, name)),
            dropped=_said(name, getattr(drop, name)),
            is_filled=name in filled,
        )
        for name in FIELDS
        if getattr(keep, name) or getattr(drop, name)
    )
    cases = Case.objects.filter(customer=drop)
    return Moving(
        fields=rows,
        cases=cases.count(),
        mails=Message.objects.filter(case__in=cases).count(),
        links=CustomerLink.objects.filter(case__in=cases).count(),
    )


def may_be_same(customer: Customer, user: User) -> tuple[Meant, ...]:
    """Who shares the name, mail address or number of this customer."""
    return alike(user, besides=customer.public_id, name=customer.name, email=customer.email, phone=customer.phone)


def _said(name: str, value: str) -> str:
    return str(Channel(value).label) if name == "preferred_channel" and value in Channel.values else value
