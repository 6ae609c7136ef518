"""Logging a mistake: the first thing anybody does, in under half a minute, often with the customer on the phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from cases import permissions
from cases.actions import clocks, findable, numbering, updates
from cases.actions.clocks import Recorded
from cases.actions.contacts import Exchange, add_contact
from cases.actions.events import CaseLogged
from cases.errors import RuleError
from cases.models import Case, Concern, Event, Incident, SeverityChange, Step
from cases.models.statements import Statement
from cases.permissions import Verb
from cases.rules.vocabulary import Channel, Direction, FaultParty, Origin, Severity, StepKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cases.models import Category, Customer, Team, User

LOOK_BACK = timedelta(days=365)
"""A second failure within this time raises the severity one level (domain.md, "Severity", policy default)."""
ALL_IN_ONE = timedelta(days=1)
"""Cases that one person logs within this time are no proof that it happened before."""
EARLIEST = timedelta(days=365 * 20)
MOST_ATTEMPTS = 99


_CASES_BETWEEN = Statement(
    lambda customer, after, until: (
        Case.objects.filter(customer=customer, known_at__gt=after, known_at__lte=until).counted().only("pk")[:1]
    ),
    moments=("after", "until"),
)
"""Whether the customer had one already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """What somebody logs. ``known_at`` is T0: when anyone here first knew, not when it is logged.

    ``incident``: one that is known already and has hurt this customer too. ``contribution``: what the customer did, if
    it matters; internal, never told.
    """

    title: str
    description: str = ""
    severity: Severity
    channel: Channel
    known_at: datetime
    happened_at: datetime | None = None
    origin: Origin = Origin.CUSTOMER
    wants: str = ""
    needed_by: datetime | None = None
    attempt: int = 1
    contribution: str = ""
    had_told_deadline: bool = False
    concerns: tuple[str, ...] = ()
    fault_party: FaultParty = FaultParty.UNKNOWN
    team: Team | None = None
    owner: User | None = None
    incident: Incident | None = None
    category: Category | None = None


@transaction.atomic
def log_case(*, mistake: Mistake, customer: Customer, actor: User, now: datetime) -> Case:
    """A new case with its six steps running. Without an incident it gets one of its own.

    Severity is raised one level, with the reason noted, for a second attempt, a second failure within a year, or a
    deadline that the customer had told us of (domain.md, "Severity").
    """
    permissions.require(actor, Verb.LOG_CASE)
    check_moments(mistake, now)
    if mistake.owner is not None and not mistake.owner.is_active:
        raise RuleError(f"{mistake.owner} does not work here any more. Choose somebody else.", field="owner")
    incident = mistake.incident or _open_incident(mistake, now)
    severity, raised_because = _severity(mistake, customer)
    case = Case(
        reference=numbering.take(numbering.CASE)[0],
        title=mistake.title.strip(),
        description=mistake.description.strip(),
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
        wants=mistake.wants.strip(),
        needed_by=mistake.needed_by,
        attempt=mistake.attempt,
        contribution=mistake.contribution.strip(),
        version=1,
    )
    case.raised_because = raised_because
    noted = _severity_fact(case, mistake.severity, raised_because, actor)
    steps = steps_of(case, StepKind, started_at=case.known_at)
    clocks.foresee(case, steps, Recorded(severity_changes=(noted,)))
    case.save()
    noted.save()
    if raised_because and _is_own_doing(mistake, customer, actor, now):
        noted.caused_by.add(actor)
    findable.add([case], (*mistake.concerns, raised_because))
    Step.objects.bulk_create(steps)
    Concern.objects.bulk_create(
        Concern(case=case, text=text.strip()) for text in (mistake.concerns or (case.title,)) if text.strip()
    )
    updates.begin(case, since=case.known_at)
    if mistake.origin is Origin.CUSTOMER:
        _note_first_contact(case, actor)
    Event.objects.record(
        case,
        CaseLogged(
            severity=severity,
            raised_because=raised_because,
            origin=mistake.origin,
            channel=mistake.channel,
            known_at=case.known_at,
            owner=str(mistake.owner or ""),
        ),
        at=now,
        actor=actor,
    )
    return case


def check_moments(mistake: Mistake, now: datetime) -> None:
    """Refuse moments that cannot be."""
    if not mistake.title.strip():
        raise RuleError("Say in a few words what went wrong.", field="title")
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


def _severity(mistake: Mistake, customer: Customer) -> tuple[Severity, str]:
    if mistake.attempt > 1:
        return mistake.severity.raised(), f"Attempt {mistake.attempt} at the same service"
    if mistake.had_told_deadline:
        return mistake.severity.raised(), "The customer had told us of a deadline"
    if _CASES_BETWEEN(customer=customer.pk, after=mistake.known_at - LOOK_BACK, until=mistake.known_at):
        return mistake.severity.raised(), "Second failure for this customer within a year"
    return mistake.severity, ""


def _severity_fact(case: Case, chosen: Severity, because: str, actor: User) -> SeverityChange:
    """One fact: the severity in force from T0. That it was raised at logging is told by its reason."""
    reason = f"{because}: raised from {chosen.label.lower()}" if case.severity != chosen else because
    return SeverityChange(
        case=case,
        at=case.known_at,
        severity=case.severity,
        reason=reason,
        by=actor,
        chosen=chosen,
        by_rule=bool(because),
    )


def _is_own_doing(mistake: Mistake, customer: Customer, actor: User, now: datetime) -> bool:
    """Whether the reason to raise the severity is nothing but cases that this person logged within a day. Then it adds
    nothing to what they may grant alone (domain.md, F)."""
    if mistake.attempt > 1 or mistake.had_told_deadline:
        return False
    earlier = Case.objects.filter(
        customer=customer, known_at__gt=mistake.known_at - LOOK_BACK, known_at__lte=mistake.known_at
    ).counted()
    return not earlier.exclude(logged_by=actor, logged_at__gt=now - ALL_IN_ONE).exists()


def _note_first_contact(case: Case, actor: User) -> None:
    """The customer came to us with it: their first contact, and no chase yet."""
    exchange = Exchange(
        direction=Direction.IN,
        channel=Channel(case.channel),
        summary=case.description or case.title,
        at=case.known_at,
        is_chase=False,
    )
    add_contact(case, exchange, by=actor)


def _open_incident(mistake: Mistake, now: datetime) -> Incident:
    return Incident.objects.create(
        reference=numbering.take(numbering.INCIDENT)[0],
        title=mistake.title.strip(),
        happened_at=mistake.happened_at,
        category=mistake.category,
        fault_party=mistake.fault_party,
        created_at=now,
    )
