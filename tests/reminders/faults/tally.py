"""Counted at the end of each fault: what was owed, what came of it, and what the mail server has really taken."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Sum

from cases.mail.letter import Letter
from cases.models import Message, Reminder, Step
from cases.rules.vocabulary import CommitmentKind, DroppedBecause, MessageStatus, Rung

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Tally:
    """``owed``, ``delivered``, ``failed`` and ``lost`` count reminders. ``twice``: how often the server took a mail
    that it had taken before, or one that was taken back because another tells the same. ``doubts``: how often a killed
    sweep may have left one behind."""

    owed: int
    delivered: int
    failed: int
    lost: int
    twice: int
    doubts: int

    def is_kept(self, *, kills: int) -> bool:
        return self.lost == 0 and self.owed == self.delivered + self.failed and self.twice <= min(self.doubts, kills)


def unplanned(now: datetime) -> int:
    """Steps that are late and that nobody was ever to be reminded of."""
    planned = Reminder.objects.filter(
        kind=CommitmentKind.STEP, commitment_id=OuterRef("pk"), due_at=OuterRef("due_at")
    ).exclude(rung__in=(Rung.EARLY, Rung.SOON))
    return Step.objects.unsettled().filter(due_at__lt=now).exclude(Exists(planned)).count()


def _is_told_above(row: Reminder, things: set[tuple[str, int, datetime]]) -> bool:
    return row.dropped_because == DroppedBecause.TOLD_ABOVE and (row.kind, row.commitment_id, row.due_at) in things


def tally(log: Path, *, now: datetime) -> Tally:
    """A reminder is delivered when its mail is recorded as sent and the server has taken it; it has visibly failed when
    its mail says so. One that was dropped because a later one tells the same is not owed, where that one did. All else
    is lost: nobody settles or moves anything while faults are played."""
    taken = Counter(log.read_text(encoding="utf-8").split())
    mails = {mail.pk: mail for mail in Message.objects.defer("raw")}
    arrived = {key for key, mail in mails.items() if taken[Letter(mail).extra_headers["Message-ID"]]}
    owed = list(Reminder.objects.filter(dropped_because=""))
    told = [mails[row.message_id] for row in owed if row.message_id is not None]
    delivered = sum(mail.status == MessageStatus.SENT and mail.pk in arrived for mail in told)
    failed = sum(mail.status == MessageStatus.FAILED for mail in told)
    things = {(row.kind, row.commitment_id, row.due_at) for row in owed if row.message_id is not None}
    dropped = Reminder.objects.exclude(dropped_because__in=("", DroppedBecause.NOBODY_ABOVE))
    untold = [row for row in dropped if not _is_told_above(row, things)]
    all_owed = len(owed) + len(untold) + unplanned(now)
    taken_back = sum(mails[key].status == MessageStatus.CANCELLED for key in arrived)
    return Tally(
        owed=all_owed,
        delivered=delivered,
        failed=failed,
        lost=all_owed - delivered - failed,
        twice=sum(taken.values()) - len(taken) + taken_back,
        doubts=Message.objects.aggregate(all=Sum("doubts"))["all"] or 0,
    )
