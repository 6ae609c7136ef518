"""What an imported row becomes, so that figures stay honest beside the cases that were worked here.

- Its clocks never ran here (``is_timed`` off, no due moments): nothing of it is late, on time or reminded of.
- A closed case has rows only for the steps that the source proves; an open case has all six, to be taken up.
- No amount, apology, answer or concern is made up. Rows share a customer or an incident where the source says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from cases.actions import addresses, findable, notices, numbering
from cases.actions.events import CaseImported
from cases.models import (
    AddressQuestion,
    Case,
    Category,
    Cause,
    Concern,
    Customer,
    Event,
    Incident,
    SeverityChange,
    Step,
)
from cases.rules import workflow
from cases.rules.facts import first_subject
from cases.rules.vocabulary import CriticalGround, Severity, StepKind, StepStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cases.actions.importing.mapping import ImportedCase
    from cases.models import DeadlinePolicy, ImportBatch

NOT_TOLD = "The source does not tell how severe it was."
_IS_OURS = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
TOLD_BY_SOURCE = "Told by the source, with nothing more about it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Writes the rows of one batch, and saves the batch with its first rows. ``customers`` and ``incidents`` are those
    that the source names by a key of its own."""

    batch: ImportBatch
    policy: DeadlinePolicy
    customers: dict[str, Customer] = field(default_factory=dict)
    incidents: dict[str, Incident] = field(default_factory=dict)

    @transaction.atomic
    def write(self, found: Sequence[ImportedCase]) -> None:
        if self.batch._state.adding:  # noqa: SLF001 - Django's own name for it
            self.batch.save()
        customers, incidents = self._customers(found), self._incidents(found)
        references = numbering.take(numbering.CASE, len(found))
        cases = [self._case(*each) for each in zip(found, references, customers, incidents, strict=True)]
        Case.objects.bulk_create(cases)
        findable.add(cases)
        pairs = list(zip(cases, found, strict=True))
        SeverityChange.objects.bulk_create(
            SeverityChange(
                case=case,
                at=case.known_at,
                severity=case.severity,
                ground=CriticalGround.NOT_RECORDED if case.severity == Severity.CRITICAL else "",
                reason=NOT_TOLD,
            )
            for case in cases
        )
        Step.objects.bulk_create(step for case, one in pairs for step in self._steps(case, one))
        Concern.objects.bulk_create(Concern(case=case, text=case.title) for case, one in pairs if not one.is_closed)
        Event.objects.bulk_create(self._event(case, one) for case, one in pairs)
        self._ask_of_addresses(cases)

    def _ask_of_addresses(self, cases: Sequence[Case]) -> None:
        """A customer who was here already may have a mail address that nobody has confirmed."""
        asked = AddressQuestion.objects.waiting().filter(case__customer__in={case.customer for case in cases})
        keys = set(asked.values_list("case__customer", flat=True))
        with notices.together(self.batch.at):
            for case in cases:
                if case.customer_id in keys:
                    addresses.inherit(case, actor=self.batch.by, now=self.batch.at)

    def _event(self, case: Case, one: ImportedCase) -> Event:
        key = str(one.case_key or "")
        happened = CaseImported(source=self.batch.source, reference=one.reference, told=dict(one.facts), key=key)
        event = Event.of(happened, at=self.batch.at, actor=self.batch.by)
        event.case, event.version = case, case.version
        return event

    def _customers(self, found: Sequence[ImportedCase]) -> list[Customer]:
        """One for each row, but for rows that share the source's key; a key of a customer who is here means them."""
        wanted = {one.customer_key for one in found if one.customer_key} - self.customers.keys()
        keys = {UUID(key): key for key in wanted if _IS_OURS.fullmatch(key)}
        self.customers.update({keys[key]: customer for key, customer in Customer.meant_by(keys).items()})
        made = [self._customer(one) for one in found]
        Customer.objects.bulk_create({id(one): one for one in made if not one.pk}.values())
        return made

    def _customer(self, one: ImportedCase) -> Customer:
        customer = self.customers.get(one.customer_key) or Customer(
            name=one.customer, email=one.email, note=one.customer_note, created_at=self.batch.at, batch=self.batch
        )
        if one.customer_key:
            self.customers[one.customer_key] = customer
        return customer

    def _incidents(self, found: Sequence[ImportedCase]) -> list[Incident]:
        categories, causes = self._categories(found), self._causes(found)
        made = [self._incident(one, categories, causes) for one in found]
        new = list({id(one): one for one in made if not one.pk}.values())
        for incident, reference in zip(new, numbering.take(numbering.INCIDENT, len(new)), strict=True):
            incident.reference = reference
        Incident.objects.bulk_create(new)
        return made

    def _incident(self, one: ImportedCase, categories: dict[str, Category], causes: dict[str, Cause]) -> Incident:
        cause = causes.get(one.cause)
        incident = self.incidents.get(one.incident) or Incident(
            title=one.title,
            happened_at=one.happened_at,
            category=categories.get(one.category),
            cause=cause,
            created_at=self.batch.at,
        )
        if cause is not None:
            incident.cause_status = one.cause_status
        if one.incident:
            self.incidents[one.incident] = incident
        return incident

    def _categories(self, found: Sequence[ImportedCase]) -> dict[str, Category]:
        names = {one.category for one in found if one.category}
        Category.objects.bulk_create(
            (Category(name=name, batch=self.batch) for name in sorted(names)), ignore_conflicts=True
        )
        return {category.name: category for category in Category.objects.filter(name__in=names)}

    def _causes(self, found: Sequence[ImportedCase]) -> dict[str, Cause]:
        names = {one.cause for one in found if one.cause}
        Cause.objects.bulk_create((Cause(name=name, batch=self.batch) for name in sorted(names)), ignore_conflicts=True)
        return {cause.name: cause for cause in Cause.objects.filter(name__in=names)}

    def _case(self, one: ImportedCase, reference: str, customer: Customer, incident: Incident) -> Case:
        case = Case(
            reference=reference,
            title=one.title,
            subject=one.subject or first_subject(reference),
            description=one.description,
            customer=customer,
            incident=incident,
            policy=self.policy,
            happened_at=one.happened_at,
            known_at=one.known_at,
            logged_at=self.batch.at,
            logged_by=self.batch.by,
            origin=one.origin,
            channel=one.channel,
            wants=one.wants,
            needed_by=one.needed_by,
            attempt=one.attempt,
            severity=one.severity,
            business_unit=one.business_unit,
            is_timed=False,
            source=self.batch.source,
            source_reference=one.reference,
            batch=self.batch,
            version=1,
        )
        if one.is_closed:
            case.closed_at, case.outcome, case.outcome_reason = one.ended_at, one.outcome, one.ending
        else:
            case.current_step = workflow.current_step(_statuses(one)) or ""
        return case

    def _steps(self, case: Case, one: ImportedCase) -> Iterator[Step]:
        for kind, status in _statuses(one).items():
            settled_at = one.settled.get(kind) or one.waived.get(kind)
            if status is not StepStatus.PENDING or not one.is_closed:
                yield Step(
                    case=case,
                    kind=kind,
                    position=kind.number,
                    status=status,
                    started_at=one.known_at,
                    settled_at=settled_at,
                    note=TOLD_BY_SOURCE if settled_at else "",
                )


def _statuses(one: ImportedCase) -> dict[StepKind, StepStatus]:
    settled = dict.fromkeys(one.settled, StepStatus.DONE) | dict.fromkeys(one.waived, StepStatus.WAIVED)
    return {kind: settled.get(kind, StepStatus.PENDING) for kind in StepKind}
