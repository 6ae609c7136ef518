"""Who has the case, how bad it is, and whether its clocks run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.db.models import F

from cases.actions import addresses, clocks, deciding, notices, reminded, turns, updates
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
from cases.models import Case, Event, Pause, SeverityChange, User
from cases.permissions import Verb
from cases.rules import sequence
from cases.rules import severity as rules
from cases.rules.priority import is_louder
from cases.rules.sequence import NotBefore
from cases.rules.vocabulary import (
    AddressBecause,
    CriticalGround,
    PauseKind,
    Priority,
    Severity,
    UpdateReason,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, timedelta

    from cases.actions.events import Facts
    from cases.models import Customer, Incident
    from cases.rules.priority import Pressure
    from cases.rules.vocabulary import RaiseReason


class Rule(NamedTuple):
    """For what Amends changes a severity, or takes a raise back, and who brought that about: it adds nothing to what
    they may grant alone (``rules.authority``)."""

    reasons: Sequence[RaiseReason] = ()
    void: Sequence[RaiseReason] = ()
    caused_by: Iterable[User] = ()


@transaction.atomic
def assign(*, case: Case, to: User | None, actor: User, now: datetime, note: str = "") -> Case:
    """Hand the case, and what is owed in it, to somebody else; to nobody: the team's manager is reminded from then
    on. Whoever lets a moment pass stays who owed it then. Of a closed case only what is owed in it moves."""
    case = turns.begin(case, actor, Verb.ASSIGN_CASE, may_be_closed=True)
    if to is not None:
        check_can_own(to, case, field="to")
    if not case.is_open:
        return _hand_over_what_is_owed(case, to, actor=actor, now=now, note=note)
    if to == case.owner:
        already = (
            f"{to} owns this case already. Choose somebody else." if to else "Nobody owns it already. Say who will."
        )
        raise RuleError(already, field="to")
    before, case.owner = case.owner, to
    case.steps.ahead(now).update(owed_by=to)
    case.promises.ahead(now).filter(owner=before).update(owed_by=to)
    case.promises.unsettled().filter(owner=before).update(owner=to)
    case.status_updates.unsettled().exclude(reason=UpdateReason.ESCALATED).update(owner=to)
    reminded.release(case, now=now)
    turns.finish(
        case,
        CaseAssigned(
            before=_name(before),
            after=_name(to),
            is_taken=to == actor,
            is_own=before == actor,
            note=note.strip(),
            before_key=str(before.public_id) if before else "",
        ),
        at=now,
        actor=actor,
    )
    addresses.ask_again(case, AddressBecause.ASSIGNED, actor=actor, now=now)
    return case


def check_can_own(user: User, case: Case, *, field: str) -> None:
    """Refuse to give a case, or a promise in it, to somebody who is not here or cannot open it."""
    if not user.is_active:
        raise RuleError(f"{user} does not work here any more. Choose somebody else.", field=field)
    if case.team_id is not None and not Case.objects.visible_to(user).filter(pk=case.pk).exists():
        raise RuleError(f"{user} is not in the team {case.team}, and could not see the case.", field=field)


def _hand_over_what_is_owed(case: Case, to: User | None, *, actor: User, now: datetime, note: str) -> Case:
    """The owner of a closed case stays who had it then, for the figures."""
    owed = case.status_updates.unsettled()
    last = owed.select_related("owner").last()
    if last is None:
        raise RuleError("This case is closed, and nothing is owed in it. Reopen it first, with a reason.")
    if to is None:
        raise RuleError("Choose who deals with what the customer said after closing.", field="to")
    if not owed.exclude(owner=to).exists():
        raise RuleError(f"{to} deals with it already. Choose somebody else.", field="to")
    owed.update(owner=to)
    reminded.release(case, now=now)
    happened = CaseAssigned(
        before=_name(last.owner), after=_name(to), is_taken=to == actor, note=note.strip(), only_owed=True
    )
    turns.finish(case, happened, at=now, actor=actor)
    return case


@transaction.atomic
def take_over(*, case: Case, actor: User, now: datetime) -> Case:
    """Become the owner."""
    locked = turns.begin(case, actor, Verb.TAKE_CASE)
    if locked.owner_id == actor.pk:
        raise RuleError("This case is yours already.")
    return assign(case=locked, to=actor, actor=actor, now=now)


@transaction.atomic
def change_severity(
    *,
    case: Case,
    severity: Severity,
    reason: str,
    actor: User,
    now: datetime,
    critical_because: CriticalGround | None = None,
) -> Case:
    """New deadlines for the open steps. What fell due before stays judged by the old ones (domain.md, C3).

    Critical needs a ground.
    """
    case = turns.begin(case, actor, Verb.CHANGE_SEVERITY)
    if case.severity == severity:
        raise RuleError(f"The case is {severity.label.lower()} already.", field="severity")
    if not reason.strip():
        raise RuleError("Say why; the reason stays with the case.", field="reason")
    check_ground(severity, critical_because, case.incident, case.customer)
    ground = (critical_because or "") if severity is Severity.CRITICAL else ""
    change = SeverityChange(case=case, at=now, severity=severity, ground=ground, reason=reason.strip(), by=actor)
    set_severity(case, change, actor=actor, now=now)
    return case


def check_ground(severity: Severity, ground: CriticalGround | None, incident: Incident | None, whom: Customer) -> None:
    """Refuse to call a case critical without a ground that holds. ``whom``: the customer of the case."""
    customers = 0
    if ground is CriticalGround.MANY_CUSTOMERS and incident is not None:
        others = Case.objects.filter(incident=incident).failures().exclude(customer=whom)
        customers = 1 + others.order_by().values("customer").distinct().count()
    rules.check_ground(severity, ground, customers)


def set_severity(
    case: Case, change: SeverityChange, *, actor: User | None, now: datetime, rule: Rule | None = None
) -> None:
    """For actions that hold the case already. ``rule``: of a change that no person chose. Where whoever was asked may
    decide no longer, others are asked."""
    before, case.severity = Severity(case.severity), change.severity
    case.steps.unsettled().update(ladder_for=None)
    clocks.derive_promises(case)
    updates.derive(case, now=now)
    reminded.release(case, now=now)
    rule = rule or Rule()
    change.save()
    change.caused_by.add(*rule.caused_by)
    happened = SeverityChanged(
        before=before,
        after=Severity(change.severity),
        reason=change.reason,
        ground=CriticalGround(change.ground) if change.ground else None,
        reasons=tuple(rule.reasons),
        void=tuple(rule.void),
    )
    turns.finish(case, happened, at=now, actor=actor)
    deciding.ask_again(case, now=now)


def raise_priority(case: Case, pressure: Pressure, *, actor: User | None, now: datetime) -> None:
    """Make a held case ask louder; it is never lowered by this. The caller finishes the turn."""
    if not is_louder(pressure.priority, Priority(case.priority)):
        return
    before, case.priority = Priority(case.priority), pressure.priority
    happened: Facts = PriorityRaised(before=before, after=pressure.priority, reason=pressure.because)
    if pressure.priority is Priority.ESCALATED:
        happened = CaseEscalated(before=before, after=pressure.priority, reason=pressure.because)
        _call_manager(case, pressure.because, at=pressure.at, actor=actor, now=now)
    case.version += 1
    Event.objects.record(case, happened, at=pressure.at, actor=actor, now=now)


@transaction.atomic
def escalate(*, case: Case, reason: str, actor: User, now: datetime) -> Case:
    """Ask the manager in."""
    case = turns.begin(case, actor, Verb.WORK_CASE)
    if not reason.strip():
        raise RuleError("Say what the manager should know.", field="reason")
    if case.priority == Priority.ESCALATED:
        raise RuleError("The manager has been asked in already.")
    before, case.priority = Priority(case.priority), Priority.ESCALATED
    _call_manager(case, reason.strip(), at=now, actor=actor, now=now)
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

    Both may run at once. Acknowledging and apologizing never wait (domain.md, "Default deadlines").
    """
    case = turns.begin(case, actor, Verb.WORK_CASE)
    if not question.strip():
        raise RuleError("Say what you asked the customer; only a question pauses the clock.", field="question")
    if until <= now:
        raise RuleError("Choose a moment in the future: the clock runs again from then on.", field="until")
    if kind in open_pauses(case, now):
        raise RuleError(f"The clock stands still already: {kind.label.lower()}. Let it run again first.")
    case.pauses.filter(ended_at__isnull=True, kind=kind).update(ended_at=F("until"))
    paused = Pause.objects.create(
        case=case, kind=kind, question=question.strip(), started_at=now, started_by=actor, until=until
    )
    turns.finish(case, ClockPaused(pause=kind, question=paused.question, until=until), at=now, actor=actor)
    return paused


@transaction.atomic
def resume(*, case: Case, actor: User, now: datetime, kind: PauseKind | None = None) -> Case:
    """Let the clock run again before it would by itself. ``kind``: which pause ends, where there are two."""
    case = turns.begin(case, actor, Verb.WORK_CASE)
    running = open_pauses(case, now)
    if not running:
        raise RuleError("The clock is running.")
    if kind is None and len(running) > 1:
        raise RuleError("Two things stop the clock. Choose which one is over.", field="kind")
    kind = kind or next(iter(running))
    if not end_pause(case, kind, at=now):
        raise RuleError(f"“{kind.label}” does not stop the clock. Choose the one that is over.", field="kind")
    turns.finish(case, ClockResumed(pause=kind), at=now, actor=actor)
    return case


def open_pauses(case: Case, now: datetime) -> dict[PauseKind, Pause]:
    """The pauses that the case is in. One whose date has passed has ended by itself."""
    running = case.pauses.filter(ended_at__isnull=True, until__gt=now)
    return {PauseKind(pause.kind): pause for pause in running}


def end_pause(case: Case, kind: PauseKind, *, at: datetime) -> bool:
    """End the pause of this kind that a held case was in at that moment; says whether there was one."""
    running = case.pauses.filter(ended_at__isnull=True, kind=kind, started_at__lte=at, until__gt=at)
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
    at = sequence.possible(at, now, NotBefore(case.known_at, sequence.BEFORE_WE_KNEW))
    case.made_safe_at = at
    turns.finish(case, MadeSafe(), at=at, actor=actor, now=now)
    return case


def make_safe_within(case: Case, changes: Iterable[SeverityChange] | None = None) -> timedelta | None:
    """The clock time in which a case is to be made safe; none where nobody is in danger. ``changes``: the case's, where
    somebody has read them already."""
    if case.severity != Severity.CRITICAL:
        return None
    every = case.severity_changes.all() if changes is None else changes
    chosen = [change for change in every if not change.by_rule]
    last = max(chosen, key=lambda change: (change.at, change.pk), default=None)
    if last is None or last.severity != Severity.CRITICAL:
        return None
    if not CriticalGround(last.ground or CriticalGround.NOT_RECORDED).is_danger:
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
        updates.begin(case, since=now, now=now)
        turns.finish(case, ClocksStarted(), at=now, actor=actor)
        return case
    raise NotAllowedError("Only the owner or a manager starts the clocks of an imported case.")


def _call_manager(case: Case, because: str, *, at: datetime, actor: User | None, now: datetime) -> None:
    """What every escalation is, whoever asks for it; in memory but for the word that the customer is owed."""
    case.escalated_at, case.escalated_because = at, because[:200]
    updates.note_escalation(case, at=at, now=now)
    heading = f"Escalated: {case.customer}, {case.reference}"
    lines = [f"{because}.".replace("..", "."), f"{case.owner or 'Nobody'} owns the case: {case.title}."]
    notices.tell_manager_and_executive(case, heading=heading, lines=lines, now=now, but=actor)


def _name(user: User | None) -> str:
    return str(user) if user else ""
