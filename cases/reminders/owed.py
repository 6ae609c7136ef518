"""What is owed by a moment, of any kind, with the case that says whose team and calendar it is.

Imported history, closed cases and settled commitments are never among it. Reads only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F, Q

from cases.actions import clocks
from cases.models import Case, Pause, PreventionAction, Promise, StatusUpdate, Step
from cases.rules.deadlines import NEVER_PAUSED
from cases.rules.vocabulary import OWED_AFTER_CLOSING, CommitmentKind, Severity, StepKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet

    from cases.models import Reminder, User
    from cases.rules.calendars import WorkingCalendar
    from cases.rules.ladder import Ladder

type Thing = Step | Promise | PreventionAction | StatusUpdate

_OPEN = Q(case__closed_at__isnull=True)
_RUNNING = _OPEN & Q(case__is_timed=True)
_WITH_CASE = ("owner", "case__customer", "case__team")


@dataclass(frozen=True, slots=True)
class Owed:
    """One commitment. ``case``: its own, or the first case of a prevention action's incident. ``waits_until``: its
    clock stands still until then, so that nobody is reminded before."""

    kind: CommitmentKind
    thing: Thing
    case: Case
    waits_until: datetime | None = None

    @property
    def owner(self) -> User | None:
        return self.thing.owner

    @property
    def due_at(self) -> datetime | None:
        return self.thing.due_at

    @property
    def severity(self) -> Severity:
        return Severity(self.case.severity)

    @property
    def is_critical(self) -> bool:
        return self.kind is not CommitmentKind.PREVENTION and self.severity is Severity.CRITICAL

    @property
    def ladder(self) -> Ladder:
        return clocks.policy_in_force(self.case.policy_id).ladder(self.kind, self.severity)

    @property
    def calendar(self) -> WorkingCalendar:
        return clocks.calendar_of(self.case.team)


def behind(reminders: Iterable[Reminder], now: datetime) -> dict[int, Owed]:
    """By the key of each reminder what it is about, where that is still owed."""
    rows = list(reminders)
    found: dict[tuple[str, int], Owed] = {}
    for kind in {CommitmentKind(row.kind) for row in rows}:
        keys = [row.commitment_id for row in rows if row.kind == kind]
        things = running(kind).filter(pk__in=keys)
        found |= {(kind, each.thing.pk): each for each in owed(kind, things, now)}
    return {row.pk: found[row.kind, row.commitment_id] for row in rows if (row.kind, row.commitment_id) in found}


def running(kind: CommitmentKind) -> QuerySet[Thing]:
    """Commitments of one kind that nobody has settled, and that anybody may be reminded of.

    A broken promise is owed until somebody settles it, and one made in a case with imported history was made here. A
    prevention action is owed to all customers still to come, so it outlives the cases of its incident. Of the steps,
    those of the present round. What a customer says after closing is owed in a closed
    case.
    """
    questions: dict[CommitmentKind, QuerySet[Thing]] = {
        CommitmentKind.STEP: Step.objects.unsettled().filter(_RUNNING, round=F("case__round")),
        CommitmentKind.PROMISE: Promise.objects.unsettled().filter(_OPEN),
        CommitmentKind.PREVENTION: PreventionAction.objects.unsettled(),
        CommitmentKind.UPDATE: StatusUpdate.objects.unsettled().filter(_RUNNING | Q(reason__in=OWED_AFTER_CLOSING)),
    }
    return questions[kind]


def owed(kind: CommitmentKind, things: QuerySet[Thing], now: datetime) -> list[Owed]:
    """These commitments, each with its case; in the order of the question."""
    if kind is CommitmentKind.PREVENTION:
        return _prevention_actions(things)
    rows: list[Step | Promise | StatusUpdate] = list(things.select_related(*_WITH_CASE))  # type: ignore[arg-type]
    pauses = {} if kind is CommitmentKind.PROMISE else _standing({row.case_id for row in rows}, now)
    return [Owed(kind, row, row.case, waits_until=pauses.get(row.case_id) if _may_wait(row) else None) for row in rows]


def _may_wait(thing: Step | Promise | StatusUpdate) -> bool:
    """A step that fell due before a pause began waits with the others. A promise binds all the same."""
    return not (isinstance(thing, Step) and StepKind(thing.kind) in NEVER_PAUSED)


def _standing(cases: set[int], now: datetime) -> dict[int, datetime]:
    """Until when each of these cases is paused, where it is: of two pauses, until the later one ends."""
    begun = Pause.objects.filter(case__in=cases, started_at__lte=now, until__gt=now)
    running = begun.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=now)).order_by("until")
    return dict(running.values_list("case_id", "until"))


def _prevention_actions(things: QuerySet[Thing]) -> list[Owed]:
    actions: list[PreventionAction] = list(things.select_related("owner", "incident"))  # type: ignore[arg-type]
    first: dict[int, Case] = {}
    cases = Case.objects.filter(incident__in={action.incident_id for action in actions})
    for case in cases.select_related("team").order_by("pk"):
        first.setdefault(case.incident_id, case)
    return [
        Owed(CommitmentKind.PREVENTION, action, first[action.incident_id])
        for action in actions
        if action.incident_id in first
    ]
