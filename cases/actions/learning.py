"""Why it happened and what is changed: the outer loop. Cause statistics know processes, never people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from cases import permissions
from cases.actions import clocks, records
from cases.actions.events import CauseChanged, PreventionAdded, PreventionChanged, PreventionMoved
from cases.errors import NotAllowedError, RuleError
from cases.models import Case, Category, Cause, Event, Incident, PreventionAction
from cases.permissions import Verb
from cases.rules import sequence, workflow
from cases.rules.sequence import NotBefore
from cases.rules.vocabulary import (
    CauseStatus,
    CommitmentKind,
    FaultParty,
    PreventionKind,
    PreventionStatus,
    Severity,
)

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import User


SHOWN_OF_CAUSE = ("cause", "cause_status", "fault_party", "cause_note")
SHOWN_OF_ACTION = ("kind", "change", "owner", "due_at", "status")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Why it happened, as far as it is known."""

    cause: Cause | None
    status: CauseStatus
    fault_party: FaultParty
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What will be different, who sees to it, and by when."""

    kind: PreventionKind
    change: str
    owner: User
    due_at: datetime


@transaction.atomic
def set_cause(*, incident: Incident, finding: Finding, actor: User, now: datetime) -> Incident:
    """Say why it happened and how sure that is."""
    incident = _lock(incident, actor)
    cause, status = finding.cause, finding.status
    if cause is None and status is not CauseStatus.UNKNOWN:
        raise RuleError("Choose a cause, or leave it as not known yet.", field="cause")
    if cause is not None and status is CauseStatus.UNKNOWN:
        raise RuleError("Say whether the cause is suspected or confirmed.", field="cause_status")
    happened = CauseChanged(
        cause_before=str(incident.cause or ""),
        status_before=CauseStatus(incident.cause_status),
        cause=str(cause or ""),
        status=status,
        fault_party=finding.fault_party,
        note=finding.note.strip(),
    )
    with records.revising(incident, SHOWN_OF_CAUSE, actor=actor, at=now):
        incident.cause, incident.cause_status = cause, status
        incident.fault_party, incident.cause_note = finding.fault_party, finding.note.strip()
        incident.save()
    Event.objects.record_incident(incident, happened, at=now, actor=actor)
    return incident


@transaction.atomic
def add_cause(*, name: str, actor: User) -> Cause:
    """A cause that was not in the list, or the one that was."""
    permissions.require(actor, Verb.PLAN_PREVENTION)
    if not name.strip():
        raise RuleError("Name the cause: a process, a tool, information or capacity.", field="cause")
    found = Cause.objects.filter(name__iexact=name.strip()).first()
    return found or Cause.objects.create(name=name.strip())


@transaction.atomic
def add_category(*, name: str, actor: User) -> Category:
    """A kind of mistake that was not in the list, or the one that was."""
    permissions.require(actor, Verb.LOG_CASE)
    if not name.strip():
        raise RuleError("Name the kind of mistake, such as “Delivery › Wrong address”.", field="category")
    found = Category.objects.filter(name__iexact=name.strip()).first()
    return found or Category.objects.create(name=name.strip())


@transaction.atomic
def plan_prevention(*, incident: Incident, plan: Plan, actor: User, now: datetime) -> PreventionAction:
    """Take it on. It falls overdue and is reminded of like every commitment, so its owner must be able to open it."""
    incident = _lock(incident, actor)
    if not plan.change.strip():
        raise RuleError("Write what will be different, as you would tell the customer.", field="change")
    if plan.due_at <= now:
        raise RuleError("Choose a date in the future.", field="due_at")
    _check_owner(plan.owner, incident)
    action = PreventionAction.objects.create(
        incident=incident,
        kind=plan.kind,
        change=plan.change.strip(),
        owner=plan.owner,
        due_at=plan.due_at,
        first_due_at=plan.due_at,
        starts_at=now,
        escalate_at=escalation_of(incident, plan.due_at),
        created_at=now,
    )
    happened = PreventionAdded(change=action.change, owner=str(plan.owner), due=plan.due_at, is_own=plan.owner == actor)
    Event.objects.record_incident(incident, happened, at=now, actor=actor)
    return action


@transaction.atomic
def move_prevention(
    *, action: PreventionAction, due_at: datetime, reason: str, actor: User, now: datetime
) -> PreventionAction:
    """A new date, once and with a reason; the first is kept (domain.md, C10)."""
    action = _lock_action(action, actor)
    if action.settled_at is not None:
        raise RuleError("This is settled already.")
    if action.due_at != action.first_due_at:
        raise RuleError("Its date was moved once already. Do it, or drop it and say why.", field="due_at")
    if due_at <= now:
        raise RuleError("Choose a date in the future.", field="due_at")
    if not reason.strip():
        raise RuleError("Say why the date moves.", field="reason")
    before = action.due_at
    with records.revising(action, SHOWN_OF_ACTION, actor=actor, at=now):
        action.due_at, action.moved_because = due_at, reason.strip()
        action.escalate_at = escalation_of(action.incident, due_at)
        action.save()
    happened = PreventionMoved(change=action.change, before=before, after=due_at, reason=reason.strip())
    Event.objects.record_incident(action.incident, happened, at=now, actor=actor)
    return action


@transaction.atomic
def finish_prevention(
    *, action: PreventionAction, actor: User, now: datetime, at: datetime | None = None
) -> PreventionAction:
    """It is different now."""
    action = _lock_action(action, actor)
    action.settled_at = sequence.possible(at or now, now, NotBefore(action.created_at, sequence.BEFORE_PLAN))
    return _move(action, PreventionStatus.DONE, actor=actor, at=action.settled_at, now=now)


@transaction.atomic
def drop_prevention(*, action: PreventionAction, reason: str, actor: User, now: datetime) -> PreventionAction:
    """It will not be done, and why."""
    action = _lock_action(action, actor)
    if not reason.strip():
        raise RuleError("Say why it is dropped.", field="reason")
    action.moved_because, action.settled_at = reason.strip(), now
    return _move(action, PreventionStatus.DROPPED, actor=actor, at=now, now=now, reason=reason.strip())


@transaction.atomic
def verify_prevention(*, action: PreventionAction, proof: str, actor: User, now: datetime) -> PreventionAction:
    """Somebody else than the owner, and than whoever did it, has seen that it works, and says how."""
    action = _lock_action(action, actor, Verb.VERIFY_PREVENTION)
    if actor.pk in {action.owner_id, action.settled_by_id}:
        raise NotAllowedError("Nobody verifies their own change. Somebody else has to look.")
    if not proof.strip():
        raise RuleError("Say how we know that it works.", field="proof")
    action.verified_at, action.verified_by, action.proof = now, actor, proof.strip()
    action.settled_at = action.settled_at or now
    return _move(action, PreventionStatus.VERIFIED, actor=actor, at=now, now=now, reason=action.proof)


def _check_owner(owner: User, incident: Incident) -> None:
    if not owner.is_active:
        raise RuleError(f"{owner} does not work here any more. Choose somebody else.", field="owner")
    if not Case.objects.visible_to(owner).filter(incident=incident).exists():
        sentence = f"{owner} is in none of the teams of these cases. Choose somebody who is, or a manager."
        raise RuleError(sentence, field="owner")


def _lock(incident: Incident, actor: User, verb: Verb = Verb.PLAN_PREVENTION) -> Incident:
    locked = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
    permissions.require(actor, verb)
    if not Case.objects.visible_to(actor).filter(incident=locked).exists():
        raise NotAllowedError("This incident belongs to another team.")
    return locked


def _lock_action(action: PreventionAction, actor: User, verb: Verb = Verb.PLAN_PREVENTION) -> PreventionAction:
    _lock(action.incident, actor, verb)
    return PreventionAction.objects.select_related("incident").get(pk=action.pk)


def _move(
    action: PreventionAction,
    to: PreventionStatus,
    *,
    actor: User,
    at: datetime,
    now: datetime,
    reason: str = "",
) -> PreventionAction:
    before = PreventionStatus(action.status)
    workflow.check_transition(workflow.PREVENTION, before, to)
    with records.revising(action, SHOWN_OF_ACTION, actor=actor, at=now):
        action.status = to
        if before is PreventionStatus.PLANNED:
            action.settled_by = actor
        action.save()
    happened = PreventionChanged(change=action.change, before=before, after=to, reason=reason)
    Event.objects.record_incident(action.incident, happened, at=at, actor=actor, now=now)
    return action


def escalation_of(incident: Incident, due_at: datetime) -> datetime | None:
    """When the manager is told of a prevention action that is not done."""
    case = incident.cases.select_related("team").order_by("pk").first()
    if case is None:
        raise RuleError("Log the customer's case first: a change belongs to a mistake that hurt somebody.")
    policy = clocks.policy_in_force(case.policy_id)
    ladder = policy.ladder(CommitmentKind.PREVENTION, Severity(case.severity))
    return clocks.escalation(ladder, due_at, policy.prevention_escalation, case)
