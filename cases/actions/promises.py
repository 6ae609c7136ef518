"""Words that bind us: made, kept, renegotiated before they are due, or broken.

What was done, released or moved by its moment is not broken, whenever it is written down.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from django.db import transaction

from cases.actions import clocks, handling, pressing, raises, turns
from cases.actions.events import (
    PromiseBroken,
    PromiseCancelled,
    PromiseGivenUp,
    PromiseKept,
    PromiseKeptLate,
    PromiseMade,
    PromiseRenegotiated,
)
from cases.actions.owners import owner_at
from cases.errors import RuleError
from cases.models import Promise, PromiseRevision
from cases.permissions import Verb
from cases.rules import priority, sequence, workflow
from cases.rules.sequence import NotBefore
from cases.rules.vocabulary import Channel, PromiseStatus, RaiseReason

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cases.actions.events import Facts
    from cases.models import Case, User

MOST_REVISIONS = 2
"""Policy default: more than two renegotiations of one promise count as broken (domain.md, C4)."""
_FUTURE = "Choose a moment in the future."
_ENDED = "It is recorded already how this ended."
_BEFORE_AGREED = "It cannot have been due before the customer agreed to it. Check both moments."


@dataclass(frozen=True, slots=True, kw_only=True)
class Pledge:
    """What is promised. ``step`` names the step that gets an earlier deadline by it, if any. ``made_at``, ``kept_at``:
    of one that is written down afterwards. ``made_by``: who said it, if not whoever writes it down."""

    words: str
    due_at: datetime
    channel: Channel
    step: str = ""
    is_appointment: bool = False
    made_at: datetime | None = None
    kept_at: datetime | None = None
    made_by: User | None = None


@transaction.atomic
def make_promise(*, case: Case, pledge: Pledge, actor: User, now: datetime, owner: User | None = None) -> Promise:
    """Write down what we said we would do. Without a moment it is no promise (domain.md A4.1).

    One that was made earlier may have ended by now: it was done at ``pledge.kept_at``, or has lapsed.
    """
    case = turns.begin(case, actor, Verb.WORK_CASE)
    made_at = _made_at(case, pledge, now)
    if owner is not None:
        handling.check_can_own(owner, case, field="owner")
    keeper = owner or case.owner or actor
    is_told = owner is not None or pledge.due_at >= now
    promise = Promise(
        case=case,
        owner=keeper,
        owed_by_id=keeper.pk if is_told else _owner_at(case, pledge.due_at),
        words=pledge.words.strip(),
        step=pledge.step,
        channel=pledge.channel,
        is_appointment=pledge.is_appointment,
        due_at=pledge.due_at,
        starts_at=now,
        made_at=made_at,
        made_by=pledge.made_by or actor,
        recorded_by=actor,
    )
    promise.escalate_at = clocks.escalation_of_promise(promise, case)
    promise.save()
    made_by = "" if promise.made_by == actor else _name(promise.made_by)
    happened = PromiseMade(
        words=promise.words,
        due=promise.due_at,
        owner=_name(promise.owner),
        is_own=promise.owner == actor,
        made_by=made_by,
    )
    turns.finish(case, happened, at=made_at, actor=actor, now=now)
    if pledge.kept_at is not None:
        return _keep_at_once(promise, pledge.kept_at, actor=actor, now=now)
    if pledge.due_at < now:
        _lapse(promise, case, now=now)
    return promise


@transaction.atomic
def keep_promise(*, promise: Promise, actor: User, now: datetime, at: datetime | None = None) -> Promise:
    """It was done, ``at`` or now. Done late, the promise is broken all the same, and it is noted that it was done. Done
    in time it is kept, even where it has counted as broken until now, and however that was recorded to have ended."""
    case = turns.begin(promise.case, actor, Verb.WORK_CASE)
    promise = Promise.objects.get(pk=promise.pk)
    at = sequence.possible(at or now, now, NotBefore(promise.made_at, sequence.BEFORE_PROMISE))
    was_broken = promise.status == PromiseStatus.BROKEN
    if was_broken and promise.settled_at is not None and _is_late(promise, at):
        raise RuleError(f"{_ENDED} If it was done by its moment, say when.")
    workflow.check_transition(workflow.PROMISE, PromiseStatus(promise.status), PromiseStatus.KEPT)
    if _is_late(promise, at):
        if not was_broken:
            _lapse(promise, case, now=now)
        _keep_late(promise, case, at=at, actor=actor, now=now)
        return promise
    promise.status, promise.settled_at, promise.settled_by = PromiseStatus.KEPT, at, actor
    promise.was_done = None
    promise.save()
    is_doer_unknown = _is_doer_unknown(promise, case, at, actor=actor, now=now)
    happened: Facts = PromiseKept(words=promise.words, due=promise.due_at, is_doer_unknown=is_doer_unknown)
    if was_broken:
        _undo_lapse(promise, case, "A promise was kept in time", now=now)
        happened = _kept_after_all(promise, at, actor, is_doer_unknown=is_doer_unknown)
    turns.finish(case, happened, at=at, actor=actor, now=now)
    return promise


@transaction.atomic
def renegotiate_promise(
    *, promise: Promise, due_at: datetime, reason: str, actor: User, now: datetime, at: datetime | None = None
) -> Promise:
    """A new moment that the customer agreed to, ``at`` or now, before the old one had passed."""
    case = turns.begin(promise.case, actor, Verb.WORK_CASE)
    promise = Promise.objects.get(pk=promise.pk)
    at = _agreed_at(promise, at or now, now)
    if due_at <= at:
        raise RuleError(_FUTURE if at == now else _BEFORE_AGREED, field="due_at")
    if not reason.strip():
        raise RuleError("Say what the customer was told and that they agreed.", field="reason")
    if promise.revisions.count() >= MOST_REVISIONS:
        raise RuleError(f"This promise was moved {MOST_REVISIONS} times already. Keep it, or let it stand as broken.")
    was_broken, before = promise.status == PromiseStatus.BROKEN, _due(promise)
    PromiseRevision.objects.create(
        promise=promise, at=at, by=actor, old_due_at=before, new_due_at=due_at, reason=reason.strip()
    )
    promise.status, promise.due_at = PromiseStatus.OPEN, due_at
    promise.escalate_at = clocks.escalation_of_promise(promise, case)
    is_the_owner_s = promise.owner_id == case.owner_id and due_at < now
    promise.owed_by_id = _owner_at(case, due_at) if is_the_owner_s else promise.owner_id
    promise.save()
    if was_broken:
        _undo_lapse(promise, case, "A promise was moved in time", now=now)
    happened = PromiseRenegotiated(
        words=promise.words, before=before, after=due_at, reason=reason.strip(), was_broken=was_broken
    )
    turns.finish(case, happened, at=at, actor=actor, now=now)
    if due_at < now:
        _lapse(promise, case, now=now)
    return promise


@transaction.atomic
def cancel_promise(*, promise: Promise, reason: str, actor: User, now: datetime, at: datetime | None = None) -> Promise:
    """The customer released us from it, ``at`` or now. After its moment it stays broken, and is owed no longer. One
    that has ended as broken can still turn out to have been released in time."""
    case = turns.begin(promise.case, actor, Verb.WORK_CASE)
    promise = Promise.objects.get(pk=promise.pk)
    at = sequence.possible(at or now, now, NotBefore(promise.made_at, sequence.BEFORE_PROMISE))
    _check_release(promise, at)
    if not reason.strip():
        raise RuleError("Say in the customer's words why it is no longer needed.", field="reason")
    was_broken, is_late = promise.status == PromiseStatus.BROKEN, _is_late(promise, at)
    if is_late and not was_broken:
        _lapse(promise, case, now=now)
    promise.settled_at, promise.settled_by = at, actor
    promise.was_done = False if is_late else None
    if not is_late:
        promise.status = PromiseStatus.CANCELLED
    promise.save()
    is_undone = was_broken and not is_late
    if is_undone:
        _undo_lapse(promise, case, "A promise was released in time", now=now)
    happened = PromiseCancelled(words=promise.words, reason=reason.strip(), was_broken=is_undone)
    turns.finish(case, happened, at=at, actor=actor, now=now)
    return promise


@transaction.atomic
def give_up_promise(*, promise: Promise, instead: str, actor: User, now: datetime) -> Promise:
    """It was never done, and nobody released us: it stays broken, and is owed no longer."""
    case = turns.begin(promise.case, actor, Verb.WORK_CASE)
    promise = Promise.objects.get(pk=promise.pk)
    if promise.settled_at is not None:
        raise RuleError(_ENDED)
    if not _is_late(promise, now):
        raise RuleError("Its moment is still to come. Keep it, agree on a new date, or have the customer release us.")
    if not instead.strip():
        raise RuleError("Say what was done instead, or why it was not done.", field="instead")
    if promise.status == PromiseStatus.OPEN:
        _lapse(promise, case, now=now)
    promise.settled_at, promise.settled_by, promise.was_done = now, actor, False
    promise.save()
    happened = PromiseGivenUp(
        words=promise.words,
        due=promise.due_at,
        instead=instead.strip(),
        owner=_owed(promise),
        is_own=promise.owed_by == actor,
    )
    turns.finish(case, happened, at=now, actor=actor)
    return promise


@transaction.atomic
def break_lapsed(*, promise: Promise, now: datetime) -> bool:
    """For the clock: write down that a promise whose moment has passed is broken. Says whether this call did it.

    Raises the severity one level, once in a case, and the priority; the second broken promise escalates
    (domain.md A4.2, "Severity").
    """
    case = turns.begin(promise.case, None, Verb.WORK_CASE, may_be_closed=True)
    promise = Promise.objects.get(pk=promise.pk)
    if promise.status != PromiseStatus.OPEN or not _is_late(promise, now):
        return False
    _lapse(promise, case, now=now)
    return True


def press_for_moved(case: Case, broken: Sequence[Promise], *, now: datetime) -> None:
    """For actions that hold a case to which broken promises of another one have moved: they weigh there as its own.
    The caller finishes the turn."""
    pressure = priority.of_broken(case.promises.filter(status=PromiseStatus.BROKEN).count(), now)
    handling.raise_priority(case, pressure, actor=None, now=now)
    _raise_severity(broken, case, now=now)


def _made_at(case: Case, pledge: Pledge, now: datetime) -> datetime:
    """When it was made, if it can have been."""
    if not pledge.words.strip():
        raise RuleError("Write what was promised, in the words that were used.", field="words")
    known = NotBefore(case.known_at, sequence.BEFORE_WE_KNEW)
    made_at = sequence.possible(pledge.made_at or now, now, known, field="made_at")
    if pledge.due_at > made_at:
        return made_at
    if pledge.made_at is None:
        sentence = "A promise needs a date and a time in the future. If it was made earlier, say when."
        raise RuleError(sentence, field="due_at")
    raise RuleError("It cannot have been due before it was made. Check both moments.", field="due_at")


def _owner_at(case: Case, moment: datetime) -> int | None:
    """By key. Of a promise that was due before the case was logged, it is not recorded."""
    return owner_at(case, moment) if moment >= case.logged_at else None


def _agreed_at(promise: Promise, at: datetime, now: datetime) -> datetime:
    """When the customer agreed to another moment, if that can still be said of this promise."""
    last = promise.revisions.last()
    floors = [NotBefore(promise.made_at, sequence.BEFORE_PROMISE)]
    if last is not None:
        floors.append(NotBefore(last.at, sequence.BEFORE_REVISION))
    at = sequence.possible(at, now, *floors)
    if promise.settled_at is not None or _is_late(promise, at):
        raise RuleError(
            "This promise can no longer be renegotiated: its moment has passed, so it is broken. Apologize for that, "
            "and make a new promise that will be kept. If the customer agreed before that moment, say when."
        )
    return at


def _is_late(promise: Promise, at: datetime) -> bool:
    """Late by any second is late; at the very moment is not (domain.md, C3)."""
    return at > _due(promise)


def _due(promise: Promise) -> datetime:
    if promise.due_at is None:
        raise RuleError("Without a moment it is no promise.")
    return promise.due_at


def _check_release(promise: Promise, at: datetime) -> None:
    if promise.settled_at is None:
        return
    if promise.status != PromiseStatus.BROKEN:
        raise RuleError(_ENDED)
    if _is_late(promise, at):
        raise RuleError(f"{_ENDED} If the customer released us by its moment, say when.")


def _keep_at_once(promise: Promise, at: datetime, *, actor: User, now: datetime) -> Promise:
    kept = NotBefore(promise.made_at, sequence.BEFORE_PROMISE)
    at = sequence.possible(at, now, kept, field="kept_at")
    return keep_promise(promise=promise, actor=actor, now=now, at=at)


def _lapse(promise: Promise, case: Case, *, now: datetime) -> None:
    """Nobody kept it in time."""
    _break(promise, case, now=now)
    _raise_severity([promise], case, now=now)


def _break(promise: Promise, case: Case, *, now: datetime) -> None:
    """Its moment has passed, for whoever owed it then, whoever writes it down."""
    workflow.check_transition(workflow.PROMISE, PromiseStatus(promise.status), PromiseStatus.BROKEN)
    promise.status = PromiseStatus.BROKEN
    promise.save()
    pressure = priority.of_broken(case.promises.filter(status=PromiseStatus.BROKEN).count(), now)
    handling.raise_priority(case, pressure, actor=None, now=now)
    happened = PromiseBroken(
        words=promise.words,
        due=promise.due_at,
        owner=_owed(promise),
        made_by=_name(promise.made_by),
        is_maker=promise.made_by == promise.owed_by,
    )
    turns.finish(case, happened, at=_due(promise), actor=None, now=now)


def _undo_lapse(promise: Promise, case: Case, because: str, *, now: datetime) -> None:
    """It had counted as broken and was not: what followed from that is taken back, unless another promise is broken.
    The caller has saved it, and finishes the turn."""
    workflow.check_transition(workflow.PROMISE, PromiseStatus.BROKEN, PromiseStatus(promise.status))
    if not case.promises.filter(status=PromiseStatus.BROKEN).exists():
        raises.take_back_reason(case, RaiseReason.BROKEN_PROMISE, now=now)
    pressing.reckon(case, because, now=now)


def _raise_severity(broken: Sequence[Promise], case: Case, *, now: datetime) -> None:
    """Whoever writes the broken promise down first, the clock or a person (domain.md, "Severity")."""
    people = chain.from_iterable((one.made_by, one.recorded_by, one.owed_by) for one in broken)
    causers = {user for user in people if user is not None}
    raises.add_reason(case, RaiseReason.BROKEN_PROMISE, now=now, caused_by=causers)


def _keep_late(promise: Promise, case: Case, *, at: datetime, actor: User, now: datetime) -> None:
    """Whoever does it late is not who broke it."""
    promise.settled_at, promise.settled_by, promise.was_done = at, actor, True
    promise.save()
    is_doer_unknown = _is_doer_unknown(promise, case, at, actor=actor, now=now)
    happened = _kept_after_all(promise, at, actor, is_doer_unknown=is_doer_unknown)
    turns.finish(case, happened, at=at, actor=actor, now=now)


def _is_doer_unknown(promise: Promise, case: Case, at: datetime, *, actor: User, now: datetime) -> bool:
    """Whether it is written down afterwards by somebody who was not to keep it when it was done."""
    keeper = owner_at(case, at) if promise.owner_id == case.owner_id else promise.owner_id
    return at < now and keeper not in {None, actor.pk}


def _kept_after_all(promise: Promise, at: datetime, actor: User, *, is_doer_unknown: bool) -> PromiseKeptLate:
    """Of a promise that had counted as broken; the sentence tells whether it was done in time."""
    return PromiseKeptLate(
        words=promise.words,
        due=promise.due_at,
        done_late_at=at,
        owner=_owed(promise),
        is_own=promise.owed_by == actor,
        is_doer_unknown=is_doer_unknown,
    )


def _owed(promise: Promise) -> str | None:
    """Who owed it when it lapsed. Of one that was written down after that, it may not be recorded."""
    was_foreseen = promise.starts_at is None or promise.starts_at <= _due(promise)
    return _name(promise.owed_by) if promise.owed_by or was_foreseen else None


def _name(user: User | None) -> str:
    return str(user) if user else ""
