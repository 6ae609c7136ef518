"""The follow-up: the customer hears what we examined, found and changed, each change worded by its true status."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from cases.actions import clocks, steps, turns
from cases.actions.contacts import Exchange, add_contact, take_back_mail
from cases.actions.events import FollowUpAnswered, FollowUpBounced, FollowUpDrafted, FollowUpQueued, FollowUpSent
from cases.errors import RuleError
from cases.mail import compose
from cases.models import FollowUp, FollowUpChange
from cases.permissions import Verb
from cases.rules import evidence as rules
from cases.rules import telling, workflow
from cases.rules.evidence import ChangeTold, FollowUpEvidence
from cases.rules.vocabulary import (
    Channel,
    Direction,
    FollowUpResponse,
    FollowUpStatus,
    MessagePurpose,
    PreventionStatus,
    StepKind,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cases.models import Case, PreventionAction, Step, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What somebody wants to tell. ``changes`` are prevention actions of the case's incident."""

    channel: Channel
    examined: str
    found: str
    body: str
    changes: Sequence[PreventionAction] = ()
    nothing_changed_because: str = ""


@transaction.atomic
def draft_follow_up(*, case: Case, letter: Letter, actor: User, now: datetime) -> FollowUp:
    """Keep what is written so far; a draft may be incomplete."""
    case = turns.begin(case, actor, Verb.WORK_CASE)
    _check_changes(case, letter)
    follow_up = _write(case, letter, actor=actor, now=now)
    turns.finish(case, FollowUpDrafted(), at=now, actor=actor)
    return follow_up


@transaction.atomic
def speak_follow_up(*, case: Case, letter: Letter, actor: User, now: datetime, at: datetime | None = None) -> Step:
    """It was told by voice, or handed over. The step is done."""
    case = turns.begin(case, actor, Verb.WORK_CASE)
    _check(case, letter)
    at = steps.possible(case, StepKind.FOLLOW_UP, at, now)
    follow_up = _write(case, letter, actor=actor, now=now)
    follow_up.body = whole_letter(case, letter, author=actor, now=now)
    follow_up.status, follow_up.sent_at = FollowUpStatus.SPOKEN, at
    follow_up.save()
    _left(case, follow_up, at=at, now=now)
    step = steps.settle(case, StepKind.FOLLOW_UP, at=at, actor=actor, now=now)
    _finish(case, follow_up, at=at, now=now)
    return step


@transaction.atomic
def send_follow_up(*, case: Case, letter: Letter, actor: User, now: datetime) -> FollowUp:
    """Hand the letter to the outbox. The step is done when it has left."""
    case = turns.begin(case, actor, Verb.WORK_CASE)
    _check(case, letter)
    if not case.customer.email:
        raise RuleError("We have no mail address of this customer. Add one, or tell them by phone.", field="channel")
    if case.follow_ups.filter(round=case.round, status=FollowUpStatus.SENT).exists():
        raise RuleError("The follow-up is on its way already.")
    follow_up = _write(case, letter, actor=actor, now=now)
    follow_up.body = whole_letter(case, letter, author=actor, now=now)
    follow_up.status = FollowUpStatus.SENT
    follow_up.message = compose.to_customer(
        case,
        MessagePurpose.FOLLOW_UP,
        subject=_subject(case, letter, now),
        body=follow_up.body,
        now=now,
    )
    follow_up.save()
    turns.finish(case, FollowUpQueued(message=compose.key_of(follow_up.message)), at=now, actor=actor)
    return follow_up


def follow_up_left(follow_up: FollowUp, *, at: datetime, now: datetime | None = None) -> None:
    """The mail server took it: the step is done by its author."""
    case = turns.begin(follow_up.case, None, Verb.WORK_CASE, may_be_closed=True)
    follow_up.status, follow_up.sent_at = FollowUpStatus.DELIVERED, at
    follow_up.save()
    _left(case, follow_up, at=at, now=now or at)
    if follow_up.round == case.round and turns.is_pending(case, StepKind.FOLLOW_UP):
        steps.settle_by_mail(
            case, StepKind.FOLLOW_UP, at=at, actor=follow_up.author, message=follow_up.message, now=now
        )
    _finish(case, follow_up, at=at, now=now)


def follow_up_failed(follow_up: FollowUp, *, at: datetime, error: str) -> bool:
    """It did not arrive: the step stays open, or is owed again, and the timeline says why. Says whether it had been
    done. Called with the message's row locked."""
    case = turns.begin(follow_up.case, None, Verb.WORK_CASE, may_be_closed=True)
    workflow.check_transition(workflow.FOLLOW_UP, FollowUpStatus(follow_up.status), FollowUpStatus.BOUNCED)
    follow_up.status = FollowUpStatus.BOUNCED
    follow_up.save()
    was_done = False
    if follow_up.message is not None:
        take_back_mail(follow_up.message, at=at)
        was_done = steps.owe_again(case, steps.done_by_mail(case, follow_up.message), at=at)
    owed_again = StepKind.FOLLOW_UP if was_done else None
    turns.finish(
        case,
        FollowUpBounced(error=error, owed_again=owed_again, message=compose.key_of(follow_up.message)),
        at=at,
        actor=None,
    )
    return was_done


@transaction.atomic
def record_response(*, follow_up: FollowUp, response: FollowUpResponse, actor: User, now: datetime) -> FollowUp:
    """What came of it: a reply, another order, or the customer left."""
    case = turns.begin(follow_up.case, actor, Verb.WORK_CASE, may_be_closed=True)
    follow_up = FollowUp.objects.get(pk=follow_up.pk)
    if follow_up.status == FollowUpStatus.DRAFT:
        raise RuleError("The follow-up has not been sent yet.")
    follow_up.response, follow_up.response_at = response, now
    follow_up.save()
    turns.finish(case, FollowUpAnswered(response=response), at=now, actor=actor)
    return follow_up


def whole_letter(case: Case, letter: Letter, *, author: User | None = None, now: datetime | None = None) -> str:
    """The letter as the customer gets it: the facts stand above the signature of its ``author``. A date that is over
    ``now`` is not told."""
    names = (author.name, author.get_short_name()) if author is not None else ()
    names = (*names, settings.AMENDS_ORGANIZATION)
    return telling.letter(letter.body, _told(case, letter, now), letter.nothing_changed_because, names=names)


def _subject(case: Case, letter: Letter, now: datetime) -> str:
    today = now.astimezone(clocks.zone_of(case)).date()
    return telling.subject(_told(case, letter, now), case.subject, today=today)


def _told(case: Case, letter: Letter, now: datetime | None = None) -> tuple[ChangeTold, ...]:
    zone = clocks.zone_of(case)
    dues = [action.due_at if now is None or (action.due_at or now) >= now else None for action in letter.changes]
    return tuple(
        ChangeTold(
            change=action.change,
            status=PreventionStatus(action.status),
            due=due.astimezone(zone).date() if due else None,
        )
        for action, due in zip(letter.changes, dues, strict=True)
    )


def _check(case: Case, letter: Letter) -> None:
    workflow.check_settle(StepKind.FOLLOW_UP, turns.statuses(case))
    _check_changes(case, letter)
    told = _told(case, letter)
    rules.check_follow_up(
        FollowUpEvidence(
            channel=letter.channel,
            examined=letter.examined,
            found=letter.found,
            body=letter.body,
            changes=told,
            nothing_changed_because=letter.nothing_changed_because,
        )
    )
    for change in told:
        rules.tell_change(change)


def _check_changes(case: Case, letter: Letter) -> None:
    if any(action.incident_id != case.incident_id for action in letter.changes):
        raise RuleError("Choose changes that belong to this mistake.", field="changes")


def _write(case: Case, letter: Letter, *, actor: User, now: datetime) -> FollowUp:
    """The one unfinished follow-up of the round, with these words."""
    follow_up = case.follow_ups.filter(round=case.round, status=FollowUpStatus.DRAFT).first()
    if follow_up is None:
        follow_up = FollowUp(case=case, round=case.round, created_at=now)
    follow_up.author, follow_up.channel = actor, letter.channel
    follow_up.examined, follow_up.found = letter.examined.strip(), letter.found.strip()
    follow_up.body = letter.body.strip()
    follow_up.nothing_changed_because = letter.nothing_changed_because.strip()
    follow_up.save()
    follow_up.changes.all().delete()
    FollowUpChange.objects.bulk_create(
        FollowUpChange(
            follow_up=follow_up,
            prevention_action=action,
            status_then=action.status,
            words=rules.tell_change(told) if told.status is not PreventionStatus.DROPPED else told.change,
        )
        for action, told in zip(letter.changes, _told(case, letter, now), strict=True)
    )
    return follow_up


def _left(case: Case, follow_up: FollowUp, *, at: datetime, now: datetime) -> None:
    exchange = Exchange(
        direction=Direction.OUT,
        channel=Channel(follow_up.channel),
        summary=follow_up.body,
        at=at,
        is_chase=False,
    )
    add_contact(case, exchange, by=follow_up.author, now=now, message=follow_up.message)


def _finish(case: Case, follow_up: FollowUp, *, at: datetime, now: datetime | None) -> None:
    told = list(follow_up.changes.all())
    happened = FollowUpSent(
        channel=Channel(follow_up.channel),
        examined=follow_up.examined,
        found=follow_up.found,
        changes=tuple(change.words for change in told),
        says=telling.says([PreventionStatus(change.status_then) for change in told]),
        body=follow_up.body,
        message=compose.key_of(follow_up.message),
    )
    turns.finish(case, happened, at=at, actor=follow_up.author, now=now)
