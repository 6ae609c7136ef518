"""The words that customers are owed beside the steps: nobody is left without one for long, and nobody asks for nothing.

A word is owed from the beginning of a recovery until the customer has said whether we made it right; each time that
they are reached, the next falls due anew.
Limit: for actions that hold the case already; which contact is a word, or a chase, is decided by ``contacts``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cases.actions import clocks, notices, turns
from cases.models import StatusUpdate
from cases.rules.policy import Target
from cases.rules.vocabulary import ClockKind, CommitmentKind, Severity, StepKind, UpdateReason

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import Case

ANSWER_AFTER_ESCALATION = timedelta(minutes=30)
"""Of the clock, for whoever is accountable to speak to the customer (domain.md A4.2)."""


def begin(case: Case, *, since: datetime) -> None:
    """A recovery, or another round of one, has begun: the first word is owed."""
    if case.is_open and case.is_timed:
        _owe(case, UpdateReason.SILENCE, since=since, due_at=_silence_over(case, since))


def note_word(case: Case, *, at: datetime) -> None:
    """The customer was reached ``at``: what they waited for has come, and the silence begins anew."""
    owed = case.status_updates.unsettled().filter(starts_at__lt=at)
    if owed.update(settled_at=at) and turns.is_pending(case, StepKind.CONFIRM):
        begin(case, since=at)


def note_chase(case: Case, *, at: datetime) -> None:
    """They had to ask. The answer is owed as soon as an acknowledgement would be."""
    if not case.is_timed:
        return
    policy = clocks.policy_in_force(case.policy_id).policy
    due_at = _after(case, at, policy.target(Severity(case.severity), StepKind.ACKNOWLEDGE))
    _owe(case, UpdateReason.ASKED, since=at, due_at=due_at)


def note_escalation(case: Case, *, at: datetime) -> None:
    """Whoever is accountable owes them a word, soon."""
    if case.is_open and case.is_timed:
        _owe(case, UpdateReason.ESCALATED, since=at, due_at=at + ANSWER_AFTER_ESCALATION)


def follow_severity(case: Case) -> None:
    """The silence that is running is as long as the present severity allows."""
    for update in case.status_updates.unsettled().filter(reason=UpdateReason.SILENCE):
        if update.starts_at is not None:
            update.due_at = _silence_over(case, update.starts_at)
            update.escalate_at, update.ladder_for = _escalation(case, update.due_at), None
            update.save(update_fields=("due_at", "escalate_at", "ladder_for"))


def end(case: Case, *, at: datetime) -> None:
    """They have said whether we made it right, or the case is closed: no further word is owed."""
    case.status_updates.unsettled().update(settled_at=at)


def _owe(case: Case, reason: UpdateReason, *, since: datetime, due_at: datetime) -> None:
    """One for each reason; who asks again is owed it no later than before."""
    owner = notices.executive_of(case) if reason is UpdateReason.ESCALATED else case.owner
    kept = case.status_updates.unsettled().filter(reason=reason).first()
    if kept is not None and kept.due_at is not None and kept.due_at <= due_at:
        return
    update = kept or StatusUpdate(case=case, reason=reason)
    update.owner, update.starts_at, update.due_at = owner, since, due_at
    update.escalate_at, update.ladder_for = _escalation(case, due_at), None
    update.save()


def _silence_over(case: Case, since: datetime) -> datetime:
    return _after(case, since, clocks.policy_in_force(case.policy_id).silence[Severity(case.severity)])


def _after(case: Case, moment: datetime, target: Target) -> datetime:
    if target.clock == ClockKind.CLOCK:
        return moment + timedelta(minutes=target.minutes)
    return clocks.calendar_of(case.team).add_working(moment, target.minutes)


def _escalation(case: Case, due_at: datetime) -> datetime | None:
    policy = clocks.policy_in_force(case.policy_id)
    ladder = policy.ladder(CommitmentKind.UPDATE, Severity(case.severity))
    return clocks.escalation(ladder, due_at, policy.promise_escalation, case.team)
