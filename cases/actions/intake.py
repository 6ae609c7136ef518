"""Logging a mistake: the first thing anybody does, in under half a minute, often with the customer on the phone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from django.db import transaction

from cases import permissions
from cases.actions import addresses, clocks, customers, findable, handling, numbering, raises, updates
from cases.actions.clocks import Recorded
from cases.actions.contacts import Exchange, add_contact
from cases.actions.events import CaseLogged
from cases.errors import RuleError
from cases.models import Case, Concern, Event, Incident, SeverityChange, SeverityReason, Step
from cases.permissions import Verb
from cases.rules.facts import MOST_ATTEMPTS, PLAIN, Kind, cleaned, first_subject
from cases.rules.folding import visible
from cases.rules.severity import severity_for
from cases.rules.vocabulary import Channel, CriticalGround, Direction, FaultParty, Origin, Severity, StepKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cases.models import Category, Customer, Team, User

EARLIEST = timedelta(days=365 * 20)
_TEXTS = tuple(fact for fact in PLAIN if fact.kind in {Kind.LINE, Kind.WORDS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """What somebody logs. ``known_at`` is T0: when anyone here first knew, not when it is logged.

    ``subject``: what the customer reads. ``incident``: one that is known already and has hurt this customer too.
    ``contribution``: what the customer did, if it matters; internal, never told.
    """

    title: str
    subject: str = ""
    description: str = ""
    severity: Severity
    channel: Channel
    known_at: datetime
    happened_at: datetime | None = None
    origin: Origin = Origin.CUSTOMER
    wants: str = ""
    needed_by: datetime | None = None
    attempt: int = 1
    business_unit: str = ""
    contribution: str = ""
    critical_because: CriticalGround | None = None
    concerns: tuple[str, ...] = ()
    fault_party: FaultParty = FaultParty.UNKNOWN
    team: Team | None = None
    owner: User | None = None
    incident: Incident | None = None
    category: Category | None = None


@transaction.atomic
def log_case(*, mistake: Mistake, customer: Customer, actor: User, now: datetime) -> Case:
    """A new case with its six steps running. Without an incident it gets one of its own.

    Severity is raised one level in all, to major at most, for a second attempt or a second failure within a year
    (domain.md, F).
    """
    permissions.require(actor, Verb.LOG_CASE)
    mistake = _cleaned(mistake)
    check_moments(mistake, now)
    customer = customers.current(customer)
    if mistake.owner is not None and not mistake.owner.is_active:
        raise RuleError(f"{mistake.owner} does not work here any more. Choose somebody else.", field="owner")
    handling.check_ground(mistake.severity, mistake.critical_because, mistake.incident, customer)
    found = raises.found_at_logging(
        customer=customer, incident=mistake.incident, known_at=mistake.known_at, attempt=mistake.attempt
    )
    severity = severity_for(mistake.severity, (one.reason for one in found))
    incident = mistake.incident or _open_incident(mistake, now)
    reference, category = numbering.take(numbering.CASE)[0], incident.category
    case = Case(
        reference=reference,
        title=mistake.title,
        subject=mistake.subject or first_subject(reference, category.name if category else ""),
        description=mistake.description,
        customer=customer,
        incident=incident,
        team=mistake.team,
        owner=mistake.owner,
        policy=clocks.newest_policy(),
        happened_at=mistake.happened_at,
        known_at=mistake.known_at,
        logged_at=now,
        logged_by=actor,
        origin=mistake.origin,
        channel=mistake.channel,
        severity=severity,
        wants=mistake.wants,
        needed_by=mistake.needed_by,
        attempt=mistake.attempt,
        contribution=mistake.contribution,
        business_unit=mistake.business_unit,
        version=1,
    )
    case.raised_because = tuple(one.reason for one in found)
    noted = _severity_facts(case, mistake, actor)
    steps = steps_of(case, StepKind, started_at=case.known_at)
    clocks.foresee(case, steps, Recorded(severity_changes=noted))
    case.save()
    SeverityChange.objects.bulk_create(noted)
    noted[-1].caused_by.add(*raises.causers(case, found))
    SeverityReason.objects.bulk_create(
        SeverityReason(
            case=case, reason=one.reason, at=case.known_at, upon=noted[0], raised=noted[-1], earlier=one.earlier
        )
        for one in found
    )
    findable.add([case], mistake.concerns)
    Step.objects.bulk_create(steps)
    Concern.objects.bulk_create(
        Concern(case=case, text=text.strip()) for text in (mistake.concerns or (case.title,)) if visible(text)
    )
    updates.begin(case, since=case.known_at, now=now)
    if mistake.origin is Origin.CUSTOMER:
        _note_first_contact(case, actor, now=now)
    Event.objects.record(
        case,
        CaseLogged(
            severity=severity,
            chosen=mistake.severity,
            ground=mistake.critical_because if noted[0].ground else None,
            reasons=case.raised_because,
            origin=mistake.origin,
            channel=mistake.channel,
            known_at=case.known_at,
            owner=str(mistake.owner or ""),
            is_own=mistake.owner == actor,
        ),
        at=now,
        actor=actor,
    )
    addresses.inherit(case, actor=actor, now=now)
    return case


def _cleaned(mistake: Mistake) -> Mistake:
    """With its texts as they are stored."""
    texts: dict[str, Any] = {fact.name: cleaned(fact, getattr(mistake, fact.name)) for fact in _TEXTS}
    if not texts["title"]:
        raise RuleError("Say in a few words what went wrong.", field="title")
    return replace(mistake, **texts)


class Moments(Protocol):
    """A mistake as it is logged, a case, or a row of an import."""

    @property
    def known_at(self) -> datetime: ...
    @property
    def happened_at(self) -> datetime | None: ...
    @property
    def needed_by(self) -> datetime | None: ...
    @property
    def attempt(self) -> int: ...


def check_moments(mistake: Moments, now: datetime) -> None:
    """Refuse moments and numbers that cannot be."""
    if mistake.known_at > now:
        raise RuleError("We cannot have learned of it in the future. Check the date.", field="known_at")
    if mistake.known_at < now - EARLIEST:
        raise RuleError("That is more than 20 years ago. Check the year.", field="known_at")
    if mistake.happened_at is not None and mistake.happened_at > mistake.known_at:
        raise RuleError("It cannot have happened after we learned of it. Check both dates.", field="happened_at")
    if mistake.happened_at is not None and mistake.happened_at < now - 3 * EARLIEST:
        raise RuleError("That is more than 60 years ago. Check the year.", field="happened_at")
    if mistake.needed_by is not None and mistake.needed_by < mistake.known_at:
        raise RuleError("The customer cannot need it before we knew. Check the date.", field="needed_by")
    if not 1 <= mistake.attempt <= MOST_ATTEMPTS:
        raise RuleError("Say which attempt it was: 1 for the first.", field="attempt")


def steps_of(case: Case, kinds: Iterable[StepKind], *, started_at: datetime) -> list[Step]:
    """The steps of the present round, pending and not stored yet."""
    return [
        Step(
            case=case,
            round=case.round,
            kind=kind,
            position=kind.number,
            started_at=started_at,
            owner_id=case.owner_id,
            owed_by_id=case.owner_id,
        )
        for kind in kinds
    ]


def _severity_facts(case: Case, mistake: Mistake, actor: User) -> list[SeverityChange]:
    """What was chosen, and what it was raised to, be it the same; of two at one moment the higher counts."""
    ground = (mistake.critical_because or "") if mistake.severity is Severity.CRITICAL else ""
    facts = [SeverityChange(case=case, at=case.known_at, severity=mistake.severity, ground=ground, by=actor)]
    if case.raised_because:
        facts.append(SeverityChange(case=case, at=case.known_at, severity=case.severity, by_rule=True))
    return facts


def _note_first_contact(case: Case, actor: User, *, now: datetime) -> None:
    """The customer came to us with it: their first contact, and no chase yet."""
    exchange = Exchange(
        direction=Direction.IN,
        channel=Channel(case.channel),
        summary=case.description or case.title,
        at=case.known_at,
        is_chase=False,
    )
    add_contact(case, exchange, by=actor, now=now, is_logging=True)


def _open_incident(mistake: Mistake, now: datetime) -> Incident:
    return Incident.objects.create(
        reference=numbering.take(numbering.INCIDENT)[0],
        title=mistake.title,
        happened_at=mistake.happened_at,
        category=mistake.category,
        fault_party=mistake.fault_party,
        created_at=now,
    )
