"""From stored facts to due moments: loads what ``rules.deadlines`` needs, and keeps what lists sort by.

Overdue itself is never stored. Policies and calendars stay in memory, because every turn at a case needs them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, fields
from datetime import time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction

from cases.actions.owners import owner_at
from cases.actions.remembered import forget, remembered
from cases.errors import RuleError
from cases.models import DeadlinePolicy, Promise
from cases.models import WorkingCalendar as StoredCalendar
from cases.rules import deadlines, workflow
from cases.rules.agreed import PlanFact
from cases.rules.calendars import Window, WorkingCalendar, holidays_between, load_zone
from cases.rules.deadlines import ClockFacts, Due, PauseFact, SeverityFact
from cases.rules.ladder import DEFAULT_LADDERS, Ladder
from cases.rules.learned_late import Told, heard_since, left_when_learned_late
from cases.rules.policy import Policy, Target, silence_target
from cases.rules.vocabulary import (
    ClockKind,
    CommitmentKind,
    Direction,
    PauseKind,
    PromiseStatus,
    Reached,
    Severity,
    StepKind,
    StepStatus,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from cases.models import Case, Correction, Pause, ReminderLadder, SeverityChange, StatusUpdate, Step, Team

_HOLIDAY_YEARS = range(2015, 2041)


@dataclass(frozen=True, slots=True)
class PolicyInForce:
    """A policy's targets and ladders, with the minutes after which the manager is told."""

    policy: Policy
    escalations: dict[tuple[Severity, StepKind], int]
    promise_escalation: int
    prevention_escalation: int
    make_safe: timedelta
    ladders: dict[tuple[CommitmentKind, str], Ladder]
    silence: dict[Severity, Target]

    def ladder(self, kind: CommitmentKind, severity: Severity) -> Ladder:
        """Versions from before a kind had a ladder of its own remind as the default does."""
        key = (kind, "" if kind is CommitmentKind.PREVENTION else severity)
        return self.ladders.get(key) or DEFAULT_LADDERS[key]


class Recorded(NamedTuple):
    """What due moments are derived from, beside the steps."""

    severity_changes: Iterable[SeverityChange]
    promises: Iterable[Promise] = ()
    pauses: Iterable[Pause] = ()
    corrections: Iterable[Correction] = ()
    """Of the round."""


def policy_in_force(policy_id: int) -> PolicyInForce:
    """The stored policy as rules read it. Its rows never change once a case has used them."""
    return remembered(f"policy:{policy_id}", lambda: _load_policy(policy_id))


def newest_policy() -> DeadlinePolicy:
    """The highest version of the deadlines; ``forget_newest_policy`` after adding one."""
    return remembered("policy:newest", _newest_policy)


def forget_newest_policy() -> None:
    """Now, for what follows in this transaction, and once more when everybody can see the new one."""
    forget("policy:newest")
    transaction.on_commit(lambda: forget("policy:newest"))


def _newest_policy() -> DeadlinePolicy:
    policy = DeadlinePolicy.objects.order_by("-version").first()
    if policy is None:
        raise RuleError("There are no deadlines yet. An administrator runs: manage.py install_defaults")
    return policy


def working_calendar(calendar_id: int) -> WorkingCalendar:
    """The stored calendar as rules read it; ``forget_calendar`` after changing it."""
    return remembered(f"calendar:{calendar_id}", lambda: load_calendar(StoredCalendar.objects.get(pk=calendar_id)))


def forget_calendar(calendar_id: int) -> None:
    forget(f"calendar:{calendar_id}")


def calendar_of(team: Team | None) -> WorkingCalendar:
    """The calendar of a team; of no team: the oldest calendar, which the set-up made."""
    return working_calendar(team.calendar_id if team is not None else remembered("calendar:default", _oldest_calendar))


def zone_of(case: Case) -> ZoneInfo:
    """Whose days count where something is told by days: those of the case's team."""
    return load_zone(calendar_of(case.team).zone)


def _oldest_calendar() -> int:
    oldest = StoredCalendar.objects.order_by("pk").values_list("pk", flat=True).first()
    if oldest is None:
        raise RuleError("There is no working calendar yet. An administrator adds one in the settings.")
    return oldest


def load_calendar(stored: StoredCalendar) -> WorkingCalendar:
    """Raises ``RuleError`` where the stored calendar makes no sense (no working hours, an unknown zone or country)."""
    windows: dict[int, list[Window]] = defaultdict(list)
    for window in stored.windows.all():
        windows[window.weekday].append(Window(window.start, window.end))
    closed: dict[date, str] = {}
    if stored.country:
        closed = holidays_between(stored.country, stored.subdivision or None, _HOLIDAY_YEARS)
    special: dict[date, tuple[Window, ...]] = {}
    for day in stored.days.all():
        closed[day.date] = day.name
        if day.start is not None and day.end is not None:
            special[day.date] = (Window(day.start, day.end),)
    return WorkingCalendar(
        zone=stored.zone,
        windows={weekday: tuple(sorted(found, key=_start)) for weekday, found in windows.items()},
        closed=closed,
        special=special,
    )


def working_time(case: Case, since: datetime, until: datetime) -> timedelta | None:
    """How long that was in working time, by the calendar as it is now. None for imported history."""
    if not case.is_timed or until < since:
        return None
    return calendar_of(case.team).working_between(since, until)


def facts_of(case: Case, steps: Sequence[Step], recorded: Recorded | None = None) -> ClockFacts:
    """The facts of the present round; freshly read, but for ``steps`` and what is given as ``recorded``."""
    recorded = recorded or _recorded(case, steps[0].round)
    settled = {StepKind(step.kind): step.settled_at for step in steps if step.settled_at is not None}
    promised: dict[StepKind, datetime] = {}
    for promise in recorded.promises:
        if not promise.step or promise.status == PromiseStatus.CANCELLED or promise.due_at is None:
            continue
        kind = StepKind(promise.step)
        if promise.due_at >= _began(steps):
            promised[kind] = min(promised.get(kind, promise.due_at), promise.due_at)
    return ClockFacts(
        known_at=_began(steps),
        severities=tuple(SeverityFact(change.at, Severity(change.severity)) for change in recorded.severity_changes),
        pauses=tuple(
            PauseFact(pause.started_at, pause.ended_at, pause.until, PauseKind(pause.kind)) for pause in recorded.pauses
        ),
        settled=settled,
        promised=promised,
        needed_by=_need_in_round(case, steps),
        round=case.round,
        not_before={StepKind(step.kind): step.not_before for step in steps if step.not_before is not None},
        plans=tuple(PlanFact(plan.planned_at, plan.agreed_for) for plan in recorded.corrections),
    )


def _recorded(case: Case, round_: int) -> Recorded:
    plans = case.corrections.filter(round=round_)
    return Recorded(case.severity_changes.all(), case.promises.all(), case.pauses.all(), plans)


def _need_in_round(case: Case, steps: Sequence[Step]) -> datetime | None:
    """A need that had passed before this round began binds it no more."""
    return case.needed_by if case.needed_by and case.needed_by >= _began(steps) else None


def _began(steps: Sequence[Step]) -> datetime:
    """What the round counts from. Settled steps keep the T0 that they were judged by."""
    return min(step.started_at for step in steps)


def dues(case: Case, steps: Sequence[Step], recorded: Recorded | None = None) -> dict[StepKind, Due]:
    """The due moment of each step of the present round, able to explain itself; empty for imported history."""
    if not case.is_timed or not steps:
        return {}
    policy, calendar = policy_in_force(case.policy_id).policy, calendar_of(case.team)
    found = deadlines.due_moments(facts_of(case, steps, recorded), policy, calendar)
    return {StepKind(step.kind): found[StepKind(step.kind)] for step in steps}


def derive(case: Case, *, now: datetime) -> None:
    """Bring the derived moments of a case in line with its facts. Changes ``case`` in memory; the caller saves it."""
    steps = list(case.steps.filter(round=case.round))
    before = {step.pk: step.due_at for step in steps}
    changed = _derive_steps(case, steps, dues(case, steps), now=now)
    for step in changed:
        if step.due_at != before[step.pk]:
            step.owed_by_id = owner_at(case, step.due_at) if step.due_at and step.due_at < now else case.owner_id
    if changed:
        type(changed[0]).objects.bulk_update(changed, _DERIVED)
    _sum_up(case, steps)


def know_earlier(case: Case, known_at: datetime, *, now: datetime) -> None:
    """For actions that hold the case and finish the turn: T0 turns out to be earlier. Settled steps stay judged as they
    were; to open ones at least the grace of a raise is left from now. A later round counts from its own beginning."""
    case.known_at = known_at
    steps = list(case.steps.filter(round=case.round))
    if case.round > 1 or not case.is_timed or not case.is_open:
        return
    pending, before = [step for step in steps if step.status == StepStatus.PENDING], dues(case, steps)
    for step in pending:
        step.started_at, step.not_before = known_at, None
    after, calendar = dues(case, steps), calendar_of(case.team)
    for step in pending:
        kind = StepKind(step.kind)
        step.not_before = left_when_learned_late(kind, before[kind], after[kind], now, calendar)
    if pending:
        type(pending[0]).objects.bulk_update(pending, ("started_at", "not_before"))


def reckon_anew(case: Case) -> None:
    """T0 was corrected: the settled steps of the first round are judged by it, and how long they and contacts took."""
    steps = list(case.steps.filter(round=1))
    found = dues(case, steps)
    for step in steps:
        if step.settled_at is not None:
            due, before = found.get(StepKind(step.kind)), step.due_at
            step.due_at, step.starts_at = (due.at, due.starts_at) if due else (step.due_at, step.starts_at)
            if step.due_at and step.due_at != before:
                step.owed_by_id = owner_at(case, min(step.due_at, step.settled_at))
            step.working_time = working_time(case, step.started_at, step.settled_at)
            step.is_reconstructed = step.working_time is not None
            step.save(update_fields=("due_at", "starts_at", "owed_by", "working_time", "is_reconstructed"))
    for contact in case.contacts.filter(direction=Direction.OUT, reached=Reached.REACHED):
        contact.working_time = working_time(case, case.known_at, contact.at)
        contact.is_reconstructed = contact.working_time is not None
        contact.save(update_fields=("working_time", "is_reconstructed"))


def foresee(case: Case, steps: Sequence[Step], recorded: Recorded) -> None:
    """The same for a case of which nothing is stored yet: in memory, without a question to the database."""
    _derive_steps(case, steps, dues(case, steps, recorded), now=case.logged_at)
    _sum_up(case, steps)


def _sum_up(case: Case, steps: Sequence[Step]) -> None:
    statuses = {StepKind(step.kind): StepStatus(step.status) for step in steps}
    case.current_step = (workflow.current_step(statuses) or "") if case.is_open else ""
    moments = [step.due_at for step in steps if step.status == StepStatus.PENDING and step.due_at is not None]
    case.next_due_at = min(moments, default=None) if case.is_open else None


def escalation_of_promise(promise: Promise, case: Case) -> datetime | None:
    """When the manager is told of a promise that is not kept."""
    if promise.due_at is None:
        return None
    policy = policy_in_force(case.policy_id)
    ladder = policy.ladder(CommitmentKind.PROMISE, Severity(case.severity))
    return escalation(ladder, promise.due_at, policy.promise_escalation, case, promise)


def derive_promises(case: Case) -> None:
    """Their due moments were agreed on and stay; when the manager is told follows the severity and the calendar."""
    for promise in case.promises.unsettled():
        promise.escalate_at, promise.ladder_for = escalation_of_promise(promise, case), None
        promise.save(update_fields=("escalate_at", "ladder_for"))


def heard_at(case: Case, thing: Step | Promise | StatusUpdate | None = None) -> datetime:
    """Since when anyone can be reminded: the case was logged or reopened, the promise was written down, or something
    written down late made it late."""
    written = (thing.starts_at if isinstance(thing, Promise) else thing.heard_at) if thing is not None else None
    return max(moment for moment in (case.logged_at, case.reopened_at, written) if moment is not None)


def escalation(
    ladder: Ladder, due_at: datetime, minutes: int, case: Case, thing: Step | Promise | StatusUpdate | None = None
) -> datetime | None:
    """When the manager is told, if at all. What was late before anyone heard of it is its owner's first."""
    late_from = max(due_at, heard_at(case, thing))
    return ladder.after(late_from, minutes, calendar_of(case.team)) if ladder.to_manager else None


def _derive_steps(case: Case, steps: Sequence[Step], found: dict[StepKind, Due], *, now: datetime) -> list[Step]:
    """Sets the moments of the pending ones, and returns those that changed."""
    changed = []
    for step in steps:
        if step.status != StepStatus.PENDING:
            continue
        due = found.get(StepKind(step.kind))
        before, told = _moments(step), Told(step.due_at, step.escalate_at, step.heard_at)
        step.owner_id = case.owner_id
        step.due_at = due.at if due and not due.projected and case.is_open else None
        step.starts_at = due.starts_at if due and step.due_at else None
        step.heard_at = heard_since(told, step.due_at, now)
        step.escalate_at = _escalation_of_step(due, step, case) if due else None
        if _moments(step) != before:
            step.ladder_for = None
            changed.append(step)
    return changed


_DERIVED = ("due_at", "starts_at", "escalate_at", "heard_at", "owner", "owed_by", "ladder_for")


def _moments(step: Step) -> tuple[object, ...]:
    return step.due_at, step.starts_at, step.escalate_at, step.heard_at, step.owner_id


def _escalation_of_step(due: Due, step: Step, case: Case) -> datetime | None:
    if step.due_at is None:
        return None
    policy = policy_in_force(case.policy_id)
    ladder = policy.ladder(CommitmentKind.STEP, due.severity)
    return escalation(ladder, step.due_at, policy.escalations[due.severity, due.kind], case, step)


def _load_policy(policy_id: int) -> PolicyInForce:
    stored = DeadlinePolicy.objects.prefetch_related("targets", "ladders").get(pk=policy_id)
    targets = {(Severity(row.severity), StepKind(row.step)): row for row in stored.targets.all()}
    return PolicyInForce(
        policy=Policy(
            version=stored.version,
            targets={key: Target(row.minutes, ClockKind(row.clock)) for key, row in targets.items()},
            raise_grace_minutes=stored.raise_grace_minutes,
        ),
        escalations={key: row.escalation_minutes for key, row in targets.items()},
        promise_escalation=stored.promise_escalation_minutes,
        prevention_escalation=stored.prevention_escalation_minutes,
        make_safe=timedelta(minutes=stored.make_safe_minutes),
        silence={one: silence_target(one, getattr(stored, f"silence_{one}")) for one in Severity},
        ladders={(CommitmentKind(row.kind), row.severity): _ladder(row) for row in stored.ladders.all()},
    )


def _ladder(row: ReminderLadder) -> Ladder:
    return Ladder(**{field.name: getattr(row, field.name) for field in fields(Ladder)})


def _start(window: Window) -> time:
    return window.start
