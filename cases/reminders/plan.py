"""Which reminders are owed: one row for each commitment, rung and due moment, whoever plans it and however often."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from cases.models import Reminder
from cases.reminders.ladder import Ladder
from cases.reminders.owed import owed
from cases.rules.vocabulary import CommitmentKind, Rung

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from cases.reminders.owed import Owed


def plan(*, now: datetime) -> int:
    """Write down every reminder that became due and was never planned. The unique key drops what another scheduler
    wrote meanwhile, so the number says how many this one asked for."""
    missing = [(rung, each) for rung in Rung for kind in CommitmentKind for each in _missing(kind, rung, now)]
    if not missing:
        return 0
    ladder = Ladder.load()
    rows = [
        Reminder(
            kind=each.kind,
            commitment_id=each.thing.pk,
            rung=rung,
            due_at=each.due_at,
            recipient_id=recipient,
            case=each.case if each.kind is not CommitmentKind.PREVENTION else None,
            planned_at=now,
        )
        for rung, each in missing
        if each.due_at is not None and (recipient := ladder.recipient(rung, each)) is not None
    ]
    return len(Reminder.objects.bulk_create(rows, ignore_conflicts=True))


def _missing(kind: CommitmentKind, rung: Rung, now: datetime) -> Iterator[Owed]:
    """Late by any second is late; the manager is told from the moment that policy gives."""
    late = Q(due_at__lt=now) if rung is Rung.OVERDUE else Q(due_at__lt=now, escalate_at__lte=now)
    planned = Reminder.objects.filter(kind=kind, rung=rung, commitment_id=OuterRef("pk"), due_at=OuterRef("due_at"))
    return (each for each in owed(kind, late & ~Q(Exists(planned)), now) if not each.waits)
