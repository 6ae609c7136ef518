"""Who has to be told of what at one moment, by the stored facts alone: the simple truth that the engine is held
against. It asks the engine nothing; of the rules it takes working hours and the moments of a ladder, which have tests
of their own."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import F

from cases.actions import clocks
from cases.models import Case, PreventionAction, Promise, StatusUpdate, Step, Team, User
from cases.rules.calendars import WorkingCalendar
from cases.rules.ladder import Span, moments
from cases.rules.vocabulary import CommitmentKind, Rung, Severity, StepKind

TO_OWNER = (Rung.DUE, Rung.DAY_END, Rung.OVERDUE, Rung.AGAIN)
"""Rungs that tell an owner that the moment has come; those before are a courtesy."""
TO_MANAGER = (Rung.MANAGER, Rung.MANAGER_AGAIN)
NEVER_WAITING = (StepKind.ACKNOWLEDGE, StepKind.APOLOGIZE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owing:
    """One commitment that somebody owes, and what decides who hears of it when."""

    kind: CommitmentKind
    thing: Step | Promise | PreventionAction | StatusUpdate
    due_at: datetime
    case: Case
    stands_still: bool = False

    @property
    def owner(self) -> User | None:
        return self.thing.owner

    @property
    def is_critical(self) -> bool:
        return self.kind is not CommitmentKind.PREVENTION and self.case.severity == Severity.CRITICAL

    @property
    def heard_at(self) -> datetime:
        """When it was logged, reopened or written down: nobody could be reminded before."""
        if isinstance(self.thing, PreventionAction):
            return self.due_at
        written = self.thing.starts_at if isinstance(self.thing, Promise) else self.thing.heard_at
        return max(moment for moment in (self.case.logged_at, self.case.reopened_at, written) if moment is not None)

    def is_put_off(self, now: datetime) -> bool:
        until = self.thing.quiet_until
        return until is not None and until > now and not self.is_critical

    def come(self, now: datetime) -> set[Rung]:
        """The rungs above the due moment whose time has come."""
        ladder = clocks.policy_in_force(self.case.policy_id).ladder(self.kind, Severity(self.case.severity))
        span = Span(due_at=self.due_at, escalate_at=self.thing.escalate_at, heard_at=self.heard_at)
        found = moments(ladder, span, clocks.calendar_of(self.case.team))
        return {rung for rung, at in found.items() if at <= now}


def owing(now: datetime) -> dict[tuple[str, int], Owing]:
    """Everything that is owed now, by kind and key."""
    return {(each.kind, each.thing.pk): each for each in _unsettled(now)}


def _unsettled(now: datetime) -> Iterator[Owing]:
    running = {"settled_at": None, "due_at__isnull": False, "case__closed_at": None}
    for step in Step.objects.filter(**running, case__is_timed=True, round=F("case__round")):
        still = step.kind not in NEVER_WAITING and _is_paused(step.case, now)
        yield _owing(CommitmentKind.STEP, step, step.case, stands_still=still)
    for promise in Promise.objects.filter(**running):
        yield _owing(CommitmentKind.PROMISE, promise, promise.case)
    for update in StatusUpdate.objects.filter(**running, case__is_timed=True):
        yield _owing(CommitmentKind.UPDATE, update, update.case, stands_still=_is_paused(update.case, now))
    for action in PreventionAction.objects.filter(settled_at=None):
        yield _owing(CommitmentKind.PREVENTION, action, action.incident.cases.order_by("pk")[0])


def _owing(
    kind: CommitmentKind,
    thing: Step | Promise | PreventionAction | StatusUpdate,
    case: Case,
    *,
    stands_still: bool = False,
) -> Owing:
    assert thing.due_at is not None
    return Owing(kind=kind, thing=thing, due_at=thing.due_at, case=case, stands_still=stands_still)


def _is_paused(case: Case, now: datetime) -> bool:
    return any(
        pause.started_at <= now < pause.until and (pause.ended_at is None or pause.ended_at > now)
        for pause in case.pauses.all()
    )


@dataclass(frozen=True, slots=True)
class Readers:
    """Who reads these mails, as far as it follows from the owner and the team. Nobody is away or has left here."""

    manager: User
    executive: User
    calendar: WorkingCalendar

    @classmethod
    def of(cls, team: Team) -> "Readers":
        assert team.manager is not None
        assert team.executive is not None
        return cls(team.manager, team.executive, clocks.load_calendar(team.calendar))

    def reader(self, rung: Rung, each: Owing) -> User | None:
        """``None``: the executive owns it, and there is nobody above."""
        if rung is Rung.EXECUTIVE:
            return self.executive if each.owner != self.executive else None
        return self.manager if rung.is_above_owner or each.owner is None else each.owner

    def is_owners(self, rung: Rung, each: Owing) -> bool:
        """Nobody puts anything off for whoever answers for them."""
        return each.owner is not None and not rung.is_above_owner

    def may_hear(self, rung: Rung, each: Owing, now: datetime) -> bool:
        """Whether this may leave at this moment."""
        reader = self.reader(rung, each)
        if reader is None or each.stands_still or (each.is_put_off(now) and self.is_owners(rung, each)):
            return False
        hours = replace(self.calendar, zone=reader.time_zone)
        return each.is_critical or hours.is_open(now)
