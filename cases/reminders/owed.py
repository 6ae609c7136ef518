"""What is owed by a moment, of any kind, with the case that says whose team and calendar it is.

Imported history, closed cases and settled commitments are never among it. Reads only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F, Q

from cases.models import Case, Pause, PreventionAction, Promise, Step
from cases.rules.deadlines import NEVER_PAUSED
from cases.rules.vocabulary import CommitmentKind, StepKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cases.models import Reminder, User

type Thing = Step | Promise | PreventionAction

_RUNNING = Q(case__closed_at__isnull=True, case__is_timed=True)


@dataclass(frozen=True, slots=True)
class Owed:
    """One commitment. ``case``: its own, or the first case of a prevention action's incident. ``waits``: its clock
    stands still, so that nobody is reminded now."""

    kind: CommitmentKind
    thing: Thing
    case: Case
    waits: bool = False

    @property
    def owner(self) -> User | None:
        return self.thing.owner

    @property
    def due_at(self) -> datetime | None:
        return self.thing.due_at


def owed(kind: CommitmentKind, where: Q, now: datetime) -> list[Owed]:
    """Commitments of one kind that nobody has settled, as far as ``where`` says."""
    if kind is CommitmentKind.STEP:
        return _steps(where, now)
    if kind is CommitmentKind.PROMISE:
        return _promises(where)
    return _prevention_actions(where)


def behind(reminders: Iterable[Reminder], now: datetime) -> dict[int, Owed]:
    """By the key of each reminder what it is about, where that is still owed."""
    rows = list(reminders)
    found: dict[tuple[str, int], Owed] = {}
    for kind in {CommitmentKind(row.kind) for row in rows}:
        keys = [row.commitment_id for row in rows if row.kind == kind]
        found |= {(kind, each.thing.pk): each for each in owed(kind, Q(pk__in=keys), now)}
    return {row.pk: found[row.kind, row.commitment_id] for row in rows if (row.kind, row.commitment_id) in found}


def _steps(where: Q, now: datetime) -> list[Owed]:
    """Of the present round. One that fell due before a pause began waits with the others."""
    found = Step.objects.unsettled().filter(_RUNNING, where, round=F("case__round"))
    steps = list(found.select_related("owner", "case__customer", "case__team"))
    standing = _standing({step.case_id for step in steps}, now)
    return [
        Owed(
            CommitmentKind.STEP,
            step,
            step.case,
            waits=step.case_id in standing and StepKind(step.kind) not in NEVER_PAUSED,
        )
        for step in steps
    ]


def _standing(cases: set[int], now: datetime) -> set[int]:
    """Which of these cases are paused."""
    begun = Pause.objects.filter(case__in=cases, started_at__lte=now, until__gt=now)
    return set(begun.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=now)).values_list("case_id", flat=True))


def _promises(where: Q) -> list[Owed]:
    """A broken promise is owed until somebody settles it. One made in a case with imported history was made here."""
    promises = Promise.objects.unsettled().filter(where, case__closed_at__isnull=True)
    return [
        Owed(CommitmentKind.PROMISE, promise, promise.case)
        for promise in promises.select_related("owner", "case__customer", "case__team")
    ]


def _prevention_actions(where: Q) -> list[Owed]:
    """Owed to all customers still to come, so it outlives the cases of its incident."""
    actions = list(PreventionAction.objects.unsettled().filter(where).select_related("owner", "incident"))
    first: dict[int, Case] = {}
    cases = Case.objects.filter(incident__in={action.incident_id for action in actions})
    for case in cases.select_related("team").order_by("pk"):
        first.setdefault(case.incident_id, case)
    return [
        Owed(CommitmentKind.PREVENTION, action, first[action.incident_id])
        for action in actions
        if action.incident_id in first
    ]
