"""Two records of one customer become one: cases move with their mails, links and history, and the other row stays.

Limit: nothing undoes it. Money, outcomes, clocks and severity of the cases stay as they are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction

from cases import permissions
from cases.actions import addresses, deciding, findable, notices
from cases.actions.customers import CustomerDetails, keep_former
from cases.actions.events import CustomersMerged
from cases.errors import NotAllowedError, RuleError
from cases.models import Case, Customer, CustomerLink, Event, Message, Revision
from cases.permissions import Verb
from cases.rules.addresses import folded
from cases.rules.texts import LONGEST_TEXT
from cases.rules.vocabulary import AddressBecause, Audience, MergeSide, MessageStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from cases.models import User
    from cases.models.case import CaseQuerySet
    from cases.models.messages import MessageQuerySet

FIELDS = (*CustomerDetails.__slots__, "time_zone")
_NAMED = 3
"""Cases whose mail waits, named in a refusal."""


@transaction.atomic
def merge_customers(*, keep: Customer, drop: Customer, actor: User, now: datetime) -> Customer:
    """Everything of ``drop`` becomes ``keep``'s. What ``keep`` says stays; what it leaves empty ``drop`` fills.

    Refused while mail to either waits to leave. Where a case is mailed to another address from now on, its owner says
    that it is theirs (``addresses``).
    """
    check_may_merge(keep, drop, actor)
    keep, drop = _locked(keep, drop)
    cases = list(_cases_of(keep, drop).select_for_update(of=("self",)).order_by("pk"))
    _check_mail(cases)
    moving, mistakes = [case for case in cases if case.customer_id == drop.pk], _mistakes(keep)
    before, theirs = _values(keep), _values(drop)
    filled = _take_over(keep, drop)
    _raise_version(keep, drop, actor=actor, now=now)
    Customer.everything.filter(merged_into=drop).update(merged_into=keep)
    drop.merged_into, drop.is_hidden, drop.version = keep, True, drop.version + 1
    drop.save()
    for case in moving:
        case.version += 1
        Case.everything.filter(pk=case.pk).update(customer=keep, version=case.version)
    happened = CustomersMerged(
        side=MergeSide.KEPT,
        dropped=str(drop.public_id),
        kept=str(keep.public_id),
        cases=len(moving),
        mails=Message.objects.filter(case__in=moving).count(),
        links=CustomerLink.objects.filter(case__in=moving).count(),
        mistakes_before=mistakes,
        mistakes_after=_mistakes(keep),
        fields=filled,
    )
    _record(keep, happened, {name: (before[name], getattr(keep, name)) for name in filled}, actor, now)
    other = {name: (old, getattr(keep, name)) for name, old in theirs.items() if old and old != getattr(keep, name)}
    moved = replace(happened, side=MergeSide.DROPPED, fields=tuple(other))
    _record(drop, moved, other, actor, now)
    mailed = [theirs["email"] if case.customer_id == drop.pk else before["email"] for case in cases]
    _tell_cases(cases, keep, happened, moved, actor=actor, now=now)
    with notices.together(now):
        for case, address in zip(cases, mailed, strict=True):
            if folded(address) != folded(keep.email):
                addresses.follow_in_case(case, AddressBecause.MERGED, before=address, actor=actor, now=now)
    deciding.ask_again(*cases, now=now)
    return keep


def check_may_merge(keep: Customer, drop: Customer, actor: User) -> None:
    """Only who may see every case of both: whoever merges decides for all of them."""
    permissions.require(actor, Verb.LOG_CASE)
    cases = Case.objects.filter(customer__in=(keep, drop))
    if cases.count() != cases.visible_to(actor).count():
        raise NotAllowedError("Some of their cases belong to other teams. Ask a manager to merge these records.")


def to_fill(keep: Customer, drop: Customer) -> tuple[str, ...]:
    """The fields that ``keep`` leaves empty and ``drop`` knows."""
    return tuple(name for name in FIELDS if not getattr(keep, name) and getattr(drop, name))


def _locked(keep: Customer, drop: Customer) -> tuple[Customer, Customer]:
    if keep.pk == drop.pk:
        raise RuleError("That is this record itself. Choose the other one.")
    rows = Customer.objects.select_for_update().filter(pk__in=(keep.pk, drop.pk)).order_by("pk")
    found = {row.pk: row for row in rows}
    if len(found) < len((keep, drop)):
        raise RuleError("One of the two was merged meanwhile. Look for the customer again.")
    return found[keep.pk], found[drop.pk]


def _cases_of(*customers: Customer) -> CaseQuerySet:
    """Those of undone imports too, because they must not be left with a record that nobody sees."""
    return Case.everything.filter(customer__in=customers)


def _check_mail(cases: Sequence[Case]) -> None:
    waiting = Message.objects.unsent().filter(audience=Audience.CUSTOMER, case__in=cases)
    if held := _named(waiting.filter(status=MessageStatus.HELD)):
        raise RuleError(
            f"A mail to this customer is held back ({held}). Choose “Take it back” on the page of the case, or end "
            "what holds it; then merge the two records."
        )
    if named := _named(waiting):
        raise RuleError(
            f"Mail to this customer still waits to leave ({named}). Merge the two records once it has left."
        )


def _named(messages: MessageQuerySet) -> str:
    """The first cases of these mails."""
    return ", ".join(list(dict.fromkeys(messages.values_list("case__reference", flat=True)))[:_NAMED])


def _mistakes(customer: Customer) -> int:
    return Case.objects.counted().filter(customer=customer).count()


def _values(customer: Customer) -> dict[str, str]:
    return {name: getattr(customer, name) for name in FIELDS}


def _take_over(keep: Customer, drop: Customer) -> tuple[str, ...]:
    """Says which fields of ``keep`` changed. Former addresses and numbers find the customer, and are never mailed."""
    before, filled = _values(keep), to_fill(keep, drop)
    for name in filled:
        setattr(keep, name, getattr(drop, name))
    if "email" in filled:
        keep.doubted_by, keep.doubted_at = drop.doubted_by, drop.doubted_at
    both = f"{keep.note}\n\n{drop.note}"
    if drop.note and drop.note not in keep.note and len(both) <= LONGEST_TEXT:
        keep.note = both
    keep_former(keep, (*drop.former.splitlines(), drop.email, drop.phone))
    names = [one for one in (*drop.former_names.splitlines(), drop.name, drop.reference) if one]
    keep.former_names = "\n".join(dict.fromkeys([*keep.former_names.splitlines(), *names]))
    return tuple(name for name in FIELDS if getattr(keep, name) != before[name])


def _raise_version(keep: Customer, drop: Customer, *, actor: User, now: datetime) -> None:
    """Beyond both, so that no older form of either record acts unseen."""
    keep.version = max(keep.version, drop.version) + 1
    keep.save()
    Revision.objects.create(
        kind=keep.kind_of_record,
        record=keep.pk,
        version=keep.version,
        at=now,
        actor=actor,
        changes=[("the record", drop.name, keep.name)],
    )


def _record(
    customer: Customer, happened: CustomersMerged, values: Mapping[str, tuple[str, str]], actor: User, now: datetime
) -> None:
    event = Event.objects.record_customer(customer, happened, at=now, actor=actor)
    event.keep_personal(values)


def _tell_cases(
    cases: Sequence[Case],
    keep: Customer,
    happened: CustomersMerged,
    moved: CustomersMerged,
    *,
    actor: User,
    now: datetime,
) -> None:
    """Every case that moved says so, and so does every open case of the record that stays."""
    for case in cases:
        has_moved, case.customer = case.customer_id != keep.pk, keep
        findable.refresh(case)
        if not has_moved and not case.is_open:
            continue
        if not has_moved:
            case.version += 1
            case.save(update_fields=("version",))
        Event.objects.record(case, moved if has_moved else happened, at=now, actor=actor)
