"""The words that customers are owed beside the steps: nobody is left without one for long, and nobody asks for nothing.

A word is owed from the beginning of a recovery until the customer has said whether we made it right. Each time that
they are reached, the next falls due anew.
Limit: for actions that hold the case already; which contact is a word, or a chase, is decided by ``contacts``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import F, Max

from cases.actions import clocks, notices, turns
from cases.actions.events import CaseAssigned
from cases.models import Case, StatusUpdate
from cases.permissions import Verb
from cases.rules.learned_late import Told, heard_since
from cases.rules.policy import Target
from cases.rules.vocabulary import (
    OWED_AFTER_CLOSING,
    ClockKind,
    CommitmentKind,
    Direction,
    Reached,
    Severity,
    StepKind,
    UpdateReason,
)

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import Contact, User

ANSWER_AFTER_ESCALATION = timedelta(minutes=30)
"""Of the clock, for whoever is accountable to speak to the customer (domain.md A4.2)."""
LATER_ANSWER = Target(4 * 60, ClockKind.WORKING)
"""To deal with what a customer says after closing (domain.md, E, "Reply after closing")."""


def begin(case: Case, *, since: datetime, now: datetime) -> None:
    """A recovery, or another round of one, has begun, and nothing is owed yet: the first word is. ``now``: when that is
    recorded."""
    if case.is_open and case.is_timed:
        _owe(StatusUpdate(case=case, reason=UpdateReason.SILENCE), since=since, now=now)


def note_word(case: Case, contact: Contact, *, now: datetime) -> None:
    """The customer was reached: what they waited for has come, and the silence begins anew."""
    owed = case.status_updates.unsettled().filter(starts_at__lt=contact.at)
    settled = owed.update(settled_at=contact.at, settled_in=contact)
    if settled and case.is_timed and turns.is_pending(case, StepKind.CONFIRM):
        silence = _running(case, UpdateReason.SILENCE)
        silence.begun_by = contact
        _owe(silence, since=contact.at, now=now)


def take_back_word(case: Case, contact: Contact, *, at: datetime) -> None:
    """It did not arrive: what the customer waited for then, they wait for still, unless they have had another word. Its
    owner hears from ``at`` on of what is late by then."""
    later = case.contacts.filter(direction=Direction.OUT, reached=Reached.REACHED, at__gte=contact.at)
    if not case.is_open or later.exclude(pk=contact.pk).exists():
        return
    case.status_updates.unsettled().filter(begun_by=contact).delete()
    running = case.status_updates.unsettled().values("reason")
    settled = case.status_updates.filter(settled_in=contact).exclude(reason__in=running).order_by("pk")
    last = dict(settled.values_list("reason", "pk"))
    for update in case.status_updates.filter(pk__in=last.values()):
        update.settled_at = update.settled_in = None
        if update.due_at is not None and update.due_at < at:
            update.heard_at = at
        update.save()
    derive(case, now=at)


def note_chase(case: Case, *, at: datetime, now: datetime) -> None:
    """They had to ask. The answer is owed as soon as an acknowledgement would be."""
    if case.is_timed:
        _owe(_running(case, UpdateReason.ASKED), since=at, now=now)


def note_escalation(case: Case, *, at: datetime, now: datetime) -> None:
    """Whoever is accountable owes them a word, soon."""
    if case.is_open and case.is_timed:
        _owe(_running(case, UpdateReason.ESCALATED), since=at, now=now)


def last_after_escalation(case: Case) -> datetime | None:
    """When the customer last had the word that an escalation owes them."""
    words = case.status_updates.filter(reason=UpdateReason.ESCALATED)
    last: datetime | None = words.aggregate(last=Max("settled_at"))["last"]
    return last


def follow_escalation(case: Case, since: datetime | None, *, now: datetime) -> None:
    """Something that had escalated the case turned out not to be so. ``since``: from when another reason does, if
    any."""
    word = case.status_updates.unsettled().filter(reason=UpdateReason.ESCALATED).first()
    if word is None:
        return
    if since is None:
        word.delete()
    elif word.starts_at is not None and word.starts_at < since:
        _derive(word, since, now=now)
        word.starts_at = since
        word.save()


def note_later_not(case: Case, *, at: datetime, now: datetime) -> None:
    """The customer of a closed case says that it is not right. Somebody has to deal with it, however old the case."""
    _owe(_running(case, UpdateReason.LATER_NOT), since=at, now=now)


def note_after_closing(case: Case, *, at: datetime, now: datetime) -> None:
    """The customer of a closed case came to us. Where somebody has to deal with their answer, that is the same word."""
    if not case.status_updates.unsettled().filter(reason=UpdateReason.LATER_NOT).exists():
        _owe(_running(case, UpdateReason.AFTER_CLOSING), since=at, now=now)


def settle_after_closing(
    case: Case, *, at: datetime, by: User | None = None, because: str = "", linked: Case | None = None
) -> bool:
    """It was dealt with. Says whether anything was owed."""
    owed = case.status_updates.unsettled().filter(reason__in=OWED_AFTER_CLOSING)
    return bool(owed.update(settled_at=at, settled_by=by, dealt_with=because, linked_case=linked))


def settle_later_not(case: Case, *, at: datetime) -> None:
    """They are satisfied after all. A call that they asked for is still owed."""
    case.status_updates.unsettled().filter(reason=UpdateReason.LATER_NOT).update(settled_at=at)


def ask_on(case: Case, *, now: datetime) -> None:
    """The case is open again by itself: its owner still owes them the answer that was owed after closing, as to anybody
    who had to ask."""
    owed = case.status_updates.unsettled().filter(reason__in=OWED_AFTER_CLOSING).order_by("starts_at", "pk")
    first = owed.first()
    if first is None or first.starts_at is None or not case.is_timed:
        return
    owed.exclude(pk=first.pk).update(settled_at=now)
    first.reason = UpdateReason.ASKED
    _derive(first, first.starts_at, now=now)
    first.save()


def hand_on(user: User, *, actor: User, now: datetime) -> None:
    """They work here no more: what they owe in closed cases is owed by the owner, or the manager of the team. What they
    owe in open cases stands with the case."""
    owed = StatusUpdate.objects.unsettled().filter(owner=user, reason__in=OWED_AFTER_CLOSING)
    for case in Case.objects.filter(status_updates__in=owed).distinct().order_by("pk"):
        held = turns.begin(case, None, Verb.ASSIGN_CASE, may_be_closed=True)
        for update in held.status_updates.filter(pk__in=owed):
            update.case = held
            update.owner = _owner_of(update, now)
            update.save(update_fields=("owner",))
            after = str(update.owner or "")
            happened = CaseAssigned(before=str(user), after=after, is_taken=update.owner == actor, only_owed=True)
            turns.finish(held, happened, at=now, actor=actor)


def derive(case: Case, *, now: datetime) -> None:
    """Bring what is owed in line with the case's severity and its team's working hours."""
    for update in case.status_updates.unsettled():
        if update.starts_at is not None:
            _derive(update, update.starts_at, now=now)
            update.save(update_fields=("due_at", "escalate_at", "heard_at", "ladder_for"))


def move_start(case: Case, *, before: datetime, now: datetime) -> None:
    """T0 was corrected: what was owed from it, settled or not, is owed from the right moment."""
    for update in case.status_updates.filter(starts_at__lte=before):
        _derive(update, case.known_at, now=now)
        update.starts_at = case.known_at
        update.save(update_fields=("starts_at", "due_at", "escalate_at", "heard_at", "ladder_for"))


def end(case: Case, *, at: datetime) -> None:
    """They have said whether we made it right, or the case is closed: what was owed by then is owed no more, and no
    silence is too long. What they asked for after ``at`` is still owed."""
    owed = case.status_updates.unsettled()
    owed.exclude(starts_at__gt=at).update(settled_at=at)
    owed.filter(reason=UpdateReason.SILENCE).update(settled_at=F("starts_at"))


def _running(case: Case, reason: UpdateReason) -> StatusUpdate:
    """One for each reason."""
    return case.status_updates.unsettled().filter(reason=reason).first() or StatusUpdate(case=case, reason=reason)


def _owe(update: StatusUpdate, *, since: datetime, now: datetime) -> None:
    """Who asks again is owed it no later than before."""
    before = update.due_at
    _derive(update, since, now=now)
    if before is not None and update.due_at is not None and before <= update.due_at:
        return
    update.owner = _owner_of(update, now)
    update.starts_at = since
    update.save()


def _owner_of(update: StatusUpdate, now: datetime) -> User | None:
    case = update.case
    if update.reason == UpdateReason.ESCALATED:
        return notices.executive_of(case)
    if update.reason in OWED_AFTER_CLOSING:
        is_here = case.owner is not None and case.owner.is_active
        answers = case.owner if is_here else notices.manager_of(case)
        return next(iter(notices.there([answers], now)), None)
    return case.owner


def _derive(update: StatusUpdate, since: datetime, *, now: datetime) -> None:
    """In memory; the caller saves it."""
    case = update.case
    policy, severity = clocks.policy_in_force(case.policy_id), Severity(case.severity)
    due_at = {
        UpdateReason.SILENCE: _after(case, since, policy.silence[severity]),
        UpdateReason.ASKED: _after(case, since, policy.policy.target(severity, StepKind.ACKNOWLEDGE)),
        UpdateReason.ESCALATED: since + ANSWER_AFTER_ESCALATION,
        UpdateReason.LATER_NOT: _after(case, since, LATER_ANSWER),
        UpdateReason.AFTER_CLOSING: _after(case, since, LATER_ANSWER),
    }[UpdateReason(update.reason)]
    ladder = policy.ladder(CommitmentKind.UPDATE, severity)
    told = Told(update.due_at, update.escalate_at, update.heard_at)
    update.heard_at = heard_since(told, due_at, now)
    update.escalate_at = clocks.escalation(ladder, due_at, policy.promise_escalation, case, update)
    update.due_at, update.ladder_for = due_at, None


def _after(case: Case, moment: datetime, target: Target) -> datetime:
    if target.clock == ClockKind.CLOCK:
        return moment + timedelta(minutes=target.minutes)
    return clocks.calendar_of(case.team).add_working(moment, target.minutes)
