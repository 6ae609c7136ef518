"""Who has the case, how bad it is, and whether its clocks run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cases.actions import clocks, deciding, notices, reminded, turns, updates
from cases.actions.events import (
    CaseAssigned,
    CaseEscalated,
    ClockPaused,
    ClockResumed,
    ClocksStarted,
    EscalationDealtWith,
    MadeSafe,
    PriorityRaised,
    SeverityChanged,
)
from cases.errors import NotAllowedError, RuleError
from cases.models import Case, Event, Pause, SeverityChange
from cases.permissions import Verb
from cases.rules.vocabulary import PauseKind, Priority, Severity, UpdateReason

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from cases.actions.events import Facts
    from cases.models import User


@transaction.atomic
def assign(*, case: Case, to: User | None, actor: User, now: datetime, note: str = "") -> Case:
    """Hand the case, and what is owed in it, to somebody else; to nobody: the team's manager is reminded from then
    on. Whoever lets a moment pass stays who owed it then."""
    case = turns.begin(case, actor, Verb.ASSIGN_CASE)
    if to is not None and not to.is_active:
        raise RuleError(f"{to} does not work here any more. Choose somebody else.", field="to")
    if to is not None and not Case.objects.visible_to(to).filter(pk=case.pk).exists() and case.team_id is not None:
        raise RuleError(f"{to} is not in the team {case.team}, and could not see the case.", field="to")
    before, case.owner = case.owner, to
    case.steps.ahead(now).update(owed_by=to)
    case.promises.ahead(now).filter(owner=before).update(owed_by=to)
    case.promises.unsettled().filter(owner=before).update(owner=to)
    case.status_updates.unsettled().exclude(reason=UpdateReason.ESCALATED).update(owner=to)
    reminded.release(case, now=now)
    turns.finish(
        case,
        CaseAssigned(before=_name(before), after=_name(to), is_taken=to == actor, note=note.strip()),
        at=now,
        actor=actor,
    )
    return case


@transaction.atomic
def take_over(*, case: Case, actor: User, now: datetime) -> Case:
    """Become the owner."""
    locked = turns.begin(case, actor, Verb.TAKE_CASE)
    if locked.owner_id == actor.pk:
        raise RuleError("This case is yours already.")
    return assign(case=locked, to=actor, actor=actor, now=now)


@transaction.atomic
def change_severity(*, case: Case, severity: Severity, reason: str, actor: User, now: datetime) -> Case:
    """New deadlines for the open steps. What fell due before stays judged by the old ones (domain.md, C3)."""
    case = turns.begin(case, actor, Verb.CHANGE_SEVERITY)
    if case.severity == severity:
        raise RuleError(f"The case is {severity.label.lower()} already.", field="severity")
    if not reason.strip():
        raise RuleError("Say why; the reason stays with the case.", field="reason")
    set_severity(case, severity, reason.strip(), actor=actor, now=now)
    return case


def set_severity(
    case: Case,
    severity: Severity,
    reason: str,
    *,
    actor: User | None,
    now: datetime,
    caused_by: Iterable[User] = (),
) -> None:
    """For actions that hold the case already. No actor: a rule changes it, because of what ``caused_by`` did; it adds
    nothing to what they may grant alone (``rules.authority``)."""
    before, case.severity = Severity(case.severity), severity
    case.steps.unsettled().update(ladder_for=None)
    clocks.derive_promises(case)
    updates.derive(case)
    reminded.release(case, now=now)
    change = SeverityChange.objects.create(
        case=case,
        at=now,
        severity=severity,
        reason=reason,
        by=actor,
        chosen=severity if actor is not None else "",
        by_rule=actor is None,
    )
    change.caused_by.set(caused_by)
    turns.finish(case, SeverityChanged(before=before, after=severity, reason=reason), at=now, actor=actor)
    deciding.ask_again(case, now=now)


def raise_priority(
    case: Case, priority: Priority, because: str, *, at: datetime, actor: User | None, now: datetime | None = None
) -> None:
    """Make a held case ask louder; it is never lowered by this. The caller finishes the turn."""
    order = list(Priority)
    if order.index(priority) <= order.index(Priority(case.priority)):
        return
    before, case.priority = Priority(case.priority), priority
    happened: Facts = PriorityRaised(before=before, after=priority, reason=because)
    if priority is Priority.ESCALATED:
        happened = CaseEscalated(before=before, after=priority, reason=because)
        _call_manager(case, because, now=at, actor=actor)
    case.version += 1
    Event.objects.record(case, happened, at=at, actor=actor, now=now)


@transaction.atomic
def escalate(*, case: Case, reason: str, actor: User, now: datetime) -> Case:
    """Ask the manager in."""
    case = turns.begin(case, actor, Verb.WORK_CASE)
    if not reason.strip():
        raise RuleError("Say what the manager should know.", field="reason")
    if case.priority == Priority.ESCALATED:
        raise RuleError("The manager has been asked in already.")
    before, case.priority = Priority(case.priority), Priority.ESCALATED
    _call_manager(case, reason.strip(), now=now, actor=actor)
    happened = CaseEscalated(before=before, after=Priority.ESCALATED, reason=reason.strip())
    turns.finish(case, happened, at=now, actor=actor)
    return case


@transaction.atomic
def calm(*, case: Case, reason: str, actor: User, now: datetime) -> Case:
    """A manager has looked: the case no longer waits for them."""
    case = turns.begin(case, actor, Verb.APPROVE)
    if case.priority != Priority.ESCALATED:
        raise RuleError("This case is not escalated.")
    case.priority, case.escalated_at, case.escalated_because = Priority.RAISED, None, ""
    happened = EscalationDealtWith(before=Priority.ESCALATED, after=Priority.RAISED, reason=reason.strip())
    turns.finish(case, happened, at=now, actor=actor)
    return case


@transaction.atomic
def pause(*, case: Case, question: str, until: datetime, actor: User, now: datetime, kind: PauseKind) -> Pause:
    """Wait: for the customer's answer to a question, or on legal hold. It ends by itself at ``until``.

    Acknowledging and apologizing never wait (domain.md, "Default deadlines").
    """
    case = turns.begin(case, actor, Verb.WORK_CASE)
    if not question.strip():
        raise RuleError("Say what you asked the customer; only a question pauses the clock.", field="question")
    if until <= now:
        raise RuleError("Choose a moment in the future: the clock runs again from then on.", field="until")
    if open_pause(case, now) is not None:
        raise RuleError("The clock stands still already. Let it run again first.")
    case.pauses.filter(ended_at__isnull=True).update(ended_at=now)
    paused = Pause.objects.create(
        case=case, kind=kind, question=question.strip(), started_at=now, started_by=actor, until=until
    )
    turns.finish(case, ClockPaused(pause=kind, question=paused.question, until=until), at=now, actor=actor)
    return paused


@transaction.atomic
def resume(*, case: Case, actor: User, now: datetime) -> Case:
    """Let the clock run again before it would by itself."""
    case = turns.begin(case, actor, Verb.WORK_CASE)
    if not end_pause(case, at=now):
        raise RuleError("The clock is running.")
    turns.finish(case, ClockResumed(), at=now, actor=actor)
    return case


def open_pause(case: Case, now: datetime) -> Pause | None:
    """The pause that the case is in, if any. One whose date has passed has woken by itself."""
    return case.pauses.filter(ended_at__isnull=True, until__gt=now).first()


def end_pause(case: Case, *, at: datetime) -> bool:
    """End the pause that a held case was in at that moment; says whether there was one."""
    running = case.pauses.filter(ended_at__isnull=True, started_at__lte=at, until__gt=at)
    if not running.update(ended_at=at):
        return False
    reminded.release(case, now=at)
    return True


@transaction.atomic
def record_made_safe(*, case: Case, at: datetime, actor: User, now: datetime) -> Case:
    """Critical cases are made safe before they are put right."""
    case = turns.begin(case, actor, Verb.WORK_CASE)
    if case.made_safe_at is not None:
        raise RuleError("It is recorded already when this was made safe.")
    if not case.known_at <= at <= now:
        raise RuleError("That moment lies before we knew, or in the future.", field="at")
    case.made_safe_at = at
    turns.finish(case, MadeSafe(), at=at, actor=actor, now=now)
    return case


def make_safe_within(case: Case) -> timedelta | None:
    """The clock time in which a critical case is to be made safe; none for other severities."""
    if case.severity != Severity.CRITICAL:
        return None
    return clocks.policy_in_force(case.policy_id).make_safe


@transaction.atomic
def start_clocks(*, case: Case, actor: User, now: datetime) -> Case:
    """Take up an imported case: its clocks count from now, because nobody knows what was owed before."""
    case = turns.begin(case, actor, Verb.WORK_CASE)
    if case.is_timed:
        raise RuleError("The clocks of this case are running.")
    if actor.is_manager or case.owner_id in {None, actor.pk}:
        case.is_timed = True
        case.steps.filter(round=case.round).update(started_at=now)
        updates.begin(case, since=now)
        turns.finish(case, ClocksStarted(), at=now, actor=actor)
        return case
    raise NotAllowedError("Only the owner or a manager starts the clocks of an imported case.")


def _call_manager(case: Case, because: str, *, now: datetime, actor: User | None) -> None:
    """What every escalation is, whoever asks for it; in memory but for the word that the customer is owed."""
    case.escalated_at, case.escalated_because = now, because[:200]
    updates.note_escalation(case, at=now)
    heading = f"Escalated: {case.customer}, {case.reference}"
    lines = [f"{because}.".replace("..", "."), f"{case.owner or 'Nobody'} owns the case: {case.title}."]
    notices.tell_manager_and_executive(case, heading=heading, lines=lines, now=now, but=actor)


def _name(user: User | None) -> str:
    return str(user) if user else ""
