"""A case that was written down for the wrong customer, or under the wrong incident, is moved to the right one.

Limit: for ``cases.actions.facts``, which holds the case, permits and records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases.actions import addresses, customers, findable, numbering, records, undelivered
from cases.actions.events import CaseMoved, CategoryChanged
from cases.errors import RuleError
from cases.mail import outbox
from cases.models import Case, Category, Customer, Event, Incident, Message, PreventionAction
from cases.rules.facts import first_subject
from cases.rules.vocabulary import AddressBecause, Audience, MessageStatus

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from cases.models import User

NOT_THEIRS = "It was not sent: what went wrong happened to another customer."


def withdraw_mail(case: Case, *, now: datetime) -> None:
    """Mail that waits was written to the former customer, and goes to nobody. What it was is owed again. The caller
    locks the case anew."""
    outbox.settle()
    waiting = Message.objects.unsent().filter(case=case, audience=Audience.CUSTOMER)
    keys = set(waiting.values_list("pk", flat=True))
    free = list(waiting.select_for_update(of=("self",), skip_locked=True).order_by("pk"))
    if len(free) < len(keys) or any(_is_leaving(mail, now) for mail in free):
        raise RuleError("A mail to the former customer is leaving just now. Send this again in a minute.")
    for mail in free:
        mail.status, mail.last_error, mail.next_attempt_at = MessageStatus.CANCELLED, NOT_THEIRS, None
        mail.claimed_by, mail.raw = None, b""
        mail.save()
        undelivered.take_back(mail, at=now)


def move(case: Case, after: Mapping[str, object], *, actor: User, now: datetime) -> None:
    """To what ``after`` names of incident, category and customer. Changes ``case`` in memory; the caller saves it."""
    if "incident" in after:
        to = after["incident"]
        if to is not None and "category" in after:
            raise RuleError("The incident has its own category: leave this as it is.", field="category")
        _under(case, to if isinstance(to, Incident) else None, now=now)
    if "category" in after:
        category = after["category"]
        _recategorize(case, category if isinstance(category, Category) else None, actor=actor, now=now)
    customer = after.get("customer")
    if isinstance(customer, Customer):
        _to(case, customer, actor=actor, now=now)


def lock_all(case: Case) -> None:
    """Every case of its incident, in the order of their keys: what their customers read may follow the category."""
    cases = Case.everything.select_for_update(of=("self",)).filter(incident__cases=case.pk)
    list(cases.order_by("pk").values_list("pk", flat=True))


def subject_of(case: Case) -> str:
    """What the customer reads where nobody wrote anything else."""
    category = case.incident.category
    return first_subject(case.reference, category.name if category else "")


def reads_category(case: Case) -> bool:
    """Whether the customer reads the category, because nobody wrote anything else."""
    return case.incident.category is not None and case.subject == subject_of(case)


def mend_incident(case: Case, before: Case, *, actor: User, now: datetime) -> None:
    """An incident of this case alone was named and dated by it: what it says as the case did, it says as the case
    does."""
    if (case.title, case.happened_at) == (before.title, before.happened_at) or _is_shared(case):
        return
    incident = case.incident = case.incident.locked()
    with records.revising(incident, ("title", "happened_at"), actor=actor, at=now):
        incident.title = case.title if incident.title == before.title else incident.title
        incident.happened_at = case.happened_at if incident.happened_at == before.happened_at else incident.happened_at
        incident.save(update_fields=("title", "happened_at"))


def _recategorize(case: Case, category: Category | None, *, actor: User, now: datetime) -> None:
    """Other cases of the incident have the category too: their timelines tell it, and so do their subjects that nobody
    wrote."""
    incident = case.incident = case.incident.locked()
    others = list(Case.everything.filter(incident=incident).exclude(pk=case.pk).select_related("customer"))
    for other in others:
        other.incident = incident
    derived = [other for other in others if reads_category(other)]
    happened = CategoryChanged(before=str(incident.category or ""), after=str(category or ""))
    with records.revising(incident, ("category",), actor=actor, at=now):
        incident.category = category
        incident.save(update_fields=("category",))
    for other in derived:
        other.subject = subject_of(other)
        other.save(update_fields=("subject",))
        findable.refresh(other)
    if others:
        Event.objects.record_incident(incident, happened, at=now, actor=actor)


def _under(case: Case, incident: Incident | None, *, now: datetime) -> None:
    """One that is left without a case keeps its row; what is to be learned from it goes along."""
    former, is_shared = case.incident, _is_shared(case)
    if incident is None and not is_shared:
        raise RuleError("It has an incident of its own already. Name another one.", field="incident")
    case.incident = incident or Incident.objects.create(
        reference=numbering.take(numbering.INCIDENT)[0],
        title=case.title,
        happened_at=case.happened_at,
        category=former.category,
        fault_party=former.fault_party,
        created_at=now,
    )
    if not is_shared:
        PreventionAction.objects.filter(incident=former).update(incident=case.incident)


def _to(case: Case, customer: Customer, *, actor: User, now: datetime) -> None:
    """Both histories tell it."""
    former, case.customer = case.customer, customers.current(customer)
    for whose, is_here in ((former, False), (case.customer, True)):
        happened = CaseMoved(reference=case.reference, is_here=is_here)
        Event.objects.record_customer(whose, happened, at=now, actor=actor)
    addresses.follow_in_case(case, AddressBecause.MOVED, before=former.email, actor=actor, now=now)


def _is_leaving(mail: Message, now: datetime) -> bool:
    return mail.claimed_by is not None and mail.next_attempt_at is not None and mail.next_attempt_at > now


def _is_shared(case: Case) -> bool:
    return Case.everything.filter(incident=case.incident_id).exclude(pk=case.pk).exists()
