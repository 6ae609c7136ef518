"""Load the rows of a table as history: each source's reference once, in batches, each batch whole or not at all.

How history stands beside the cases that were worked here, so that figures stay honest:

- Its clocks never ran here (``is_timed`` off, no due moments), so nothing of it is late, on time or reminded of.
- A closed case has rows only for the steps that the source proves. A step that it does not tell of has no row: that is
  neither done nor waived nor pending. An open case has all six, so that it can be taken up.
- It ended "not recorded", on the last day that the source gives. No amount, apology, answer or concern is made up; each
  row is a customer and an incident of its own, because nothing says that two of them are the same.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import batched
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from cases import permissions
from cases.actions import clocks, numbering
from cases.actions.customers import search_text
from cases.actions.events import CaseImported
from cases.actions.importing import mapping
from cases.actions.importing.reader import BadRow
from cases.actions.intake import EARLIEST
from cases.errors import RuleError
from cases.models import Case, Category, Concern, Customer, Event, Incident, SeverityChange, Step, User
from cases.permissions import Verb
from cases.rules import workflow
from cases.rules.vocabulary import Origin, Outcome, Role, StepKind, StepStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from cases.actions.importing.mapping import ImportedCase, Source
    from cases.actions.importing.reader import Row, Table
    from cases.models import DeadlinePolicy

BATCH = 500
NOT_TOLD = "The source does not tell how severe it was."
TOLD_BY_SOURCE = "Told by the source, with nothing more about it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to load. ``refused`` hears of every row that cannot be taken, ``passed`` how many lines were read."""

    table: Table
    source: Source
    is_dry_run: bool = False
    refused: Callable[[BadRow], None]
    passed: Callable[[int], None] | None = None


@dataclass(slots=True)
class Loaded:
    """What came of it. ``alike`` rows share their story with another row; they are different cases all the same."""

    added: int = 0
    present: int = 0
    refused: int = 0
    _stories: Counter[bytes] = field(default_factory=Counter)

    @property
    def alike(self) -> int:
        return sum(count for count in self._stories.values() if count > 1)

    def heard(self, story: str) -> None:
        self._stories[blake2b(story.encode(), digest_size=16).digest()] += 1


def import_cases(*, job: Job, actor: User, now: datetime) -> Loaded:
    """Add the cases that are not there yet; running it again adds nothing. A dry run counts alike, writing nothing."""
    permissions.require(actor, Verb.IMPORT_CASES)
    loaded, policy = Loaded(), clocks.newest_policy()
    for found in batched(_readable(job, loaded, now), BATCH, strict=False):
        there = _present(job.source, found)
        new = [one for one in found if one.reference not in there]
        if new and not job.is_dry_run:
            _write(_Batch(job.source, policy, actor, now), new)
        loaded.added += len(new)
        loaded.present += len(there)
    return loaded


def choose_actor(email: str) -> User:
    """Who imports: the administrator with this mail address; without one the only administrator that there is."""
    if email:
        named = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
        if named is None:
            raise RuleError(f"Nobody here has the mail address {email}. Write that of an administrator.")
        return named
    administrators = list(User.objects.filter(role=Role.ADMINISTRATOR, is_active=True)[:2])
    if not administrators:
        raise RuleError("There is no administrator yet. Make one first with: manage.py createsuperuser")
    if len(administrators) > 1:
        raise RuleError("There are several administrators. Say which one imports, with --as and their mail address.")
    return administrators[0]


def _present(source: Source, found: Sequence[ImportedCase]) -> set[str]:
    """The references among these that were loaded before."""
    wanted = [one.reference for one in found]
    rows = Case.objects.filter(source=source.name, source_reference__in=wanted)
    return set(rows.values_list("source_reference", flat=True))


def _write(batch: _Batch, new: Sequence[ImportedCase]) -> None:
    try:
        batch.write(new)
    except IntegrityError as error:
        if not _present(batch.source, new):
            raise
        raise RuleError(
            "Somebody else imports the same cases at this moment. Run it again: what is there is not added twice."
        ) from error


def _readable(job: Job, loaded: Loaded, now: datetime) -> Iterator[ImportedCase]:
    """The rows that can be taken; the others are refused on the way."""
    lines: dict[str, int] = {}
    for row in job.table.rows(job.passed):
        if isinstance(row, BadRow):
            bad = row
        else:
            try:
                yield _checked(job.source, row, lines, loaded, now)
            except RuleError as error:
                bad = BadRow(row.line, error.sentence, tuple(row.cells.values()))
            else:
                continue
        loaded.refused += 1
        job.refused(bad)


def _checked(source: Source, row: Row, lines: dict[str, int], loaded: Loaded, now: datetime) -> ImportedCase:
    found = mapping.read(source, row.cells)
    if found.reference in lines:
        raise RuleError(f"“{source.reference}” {found.reference} stands on line {lines[found.reference]} already.")
    if found.ended_at > now:
        raise RuleError("A date of this row lies in the future.")
    if found.known_at < now - EARLIEST:
        raise RuleError("A date of this row is more than 20 years ago.")
    lines[found.reference] = row.line
    if story := row.cells[source.story[0]].strip():
        loaded.heard(story)
    return found


@dataclass(frozen=True, slots=True)
class _Batch:
    source: Source
    policy: DeadlinePolicy
    actor: User
    now: datetime

    @transaction.atomic
    def write(self, found: Sequence[ImportedCase]) -> None:
        incidents = self._incidents(found)
        customers = Customer.objects.bulk_create(
            Customer(name=one.customer, note=one.customer_note, created_at=self.now) for one in found
        )
        references = numbering.take(numbering.CASE, len(found))
        cases = [self._case(*each) for each in zip(found, references, customers, incidents, strict=True)]
        Case.objects.bulk_create(cases)
        pairs = list(zip(cases, found, strict=True))
        SeverityChange.objects.bulk_create(
            SeverityChange(case=case, at=case.known_at, severity=case.severity, reason=NOT_TOLD, by=self.actor)
            for case in cases
        )
        Step.objects.bulk_create(step for case, one in pairs for step in self._steps(case, one))
        Concern.objects.bulk_create(Concern(case=case, text=case.title) for case, one in pairs if not one.is_closed)
        Event.objects.bulk_create(self._event(case, one) for case, one in pairs)

    def _event(self, case: Case, one: ImportedCase) -> Event:
        happened = CaseImported(source=self.source.name, reference=one.reference, told=dict(one.facts))
        event = Event.of(happened, at=self.now, actor=self.actor)
        event.case, event.version = case, case.version
        return event

    def _incidents(self, found: Sequence[ImportedCase]) -> list[Incident]:
        categories = self._categories({one.category for one in found if one.category})
        references = numbering.take(numbering.INCIDENT, len(found))
        return Incident.objects.bulk_create(
            Incident(
                reference=reference,
                title=one.title,
                category=categories.get(one.category),
                created_at=self.now,
            )
            for reference, one in zip(references, found, strict=True)
        )

    def _categories(self, names: set[str]) -> dict[str, Category]:
        Category.objects.bulk_create((Category(name=name) for name in sorted(names)), ignore_conflicts=True)
        return {category.name: category for category in Category.objects.filter(name__in=names)}

    def _case(self, one: ImportedCase, reference: str, customer: Customer, incident: Incident) -> Case:
        case = Case(
            reference=reference,
            title=one.title,
            description=one.description,
            customer=customer,
            incident=incident,
            policy=self.policy,
            known_at=one.known_at,
            logged_at=self.now,
            logged_by=self.actor,
            origin=Origin.CUSTOMER,
            channel=one.channel,
            severity=self.source.severity,
            business_unit=one.business_unit,
            is_timed=False,
            source=self.source.name,
            source_reference=one.reference,
            version=1,
        )
        if one.is_closed:
            case.closed_at, case.outcome, case.outcome_reason = one.ended_at, Outcome.NOT_RECORDED, one.ending
        else:
            case.current_step = workflow.current_step(_statuses(one)) or ""
        case.search_text = search_text(case, customer)
        return case

    def _steps(self, case: Case, one: ImportedCase) -> Iterator[Step]:
        for kind, status in _statuses(one).items():
            settled_at = one.settled.get(kind)
            if status is StepStatus.DONE or not one.is_closed:
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
    return {kind: StepStatus.DONE if kind in one.settled else StepStatus.PENDING for kind in StepKind}
