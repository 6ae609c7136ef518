"""What the customer may read about their own case: what we did, what we will do by when, and what they answered.

The only door for case facts to the customer's page. It gives out words that were said to the customer, or written to be
told to them, and nothing else: no note, no contribution, no reason for an amount, no address of a colleague, nothing of
another customer. Sentences are whole, so that no template needs to know the case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import Q

from cases.models import Acknowledgement, PreventionAction, SatisfactionCheck
from cases.rules import telling, workflow
from cases.rules.money import Money
from cases.rules.vocabulary import (
    Answer,
    ApologyStatus,
    Channel,
    CompensationForm,
    CompensationStatus,
    CorrectionStatus,
    FollowUpSays,
    FollowUpStatus,
    PreventionStatus,
    PromiseStatus,
    StepKind,
    StepStatus,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from django.db.models import QuerySet

    from cases.models import Apology, Case, Compensation, Correction, Promise, User

_FACE_VALUES = frozenset({CompensationForm.MONEY, CompensationForm.CREDIT, CompensationForm.VOUCHER})
"""Of everything else the amount is its cost to us, which is nobody's business on this page."""
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}


class State(StrEnum):
    DONE = "done"
    COMING = "coming"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that we did or will do. ``at``: when it was done; of what is to come, by when, where that is known."""

    state: State
    words: str
    note: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The customer's latest answer. ``words`` only where they wrote them on their page themselves."""

    answer: Answer
    score: int | None
    words: str
    at: datetime
    by_customer: bool
    wants_contact: bool

    @property
    def verdict(self) -> str:
        """As the page asked it."""
        return {
            Answer.SATISFIED: "Yes",
            Answer.PARTLY: "Partly",
            Answer.NOT_SATISFIED: "No",
            Answer.WANTS_MORE: "You would like something more",
            Answer.WONT_SAY: "You would rather not say",
        }[self.answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeRight:
    """The customer's page. ``may_answer``: what was to be done is done, so it is time to ask how they feel."""

    reference: str
    subject: str
    known_at: datetime
    is_open: bool
    lines: tuple[Line, ...]
    changes: tuple[Line, ...]
    given: Given | None
    may_answer: bool


def made_right(case: Case, *, now: datetime) -> MadeRight:
    """What the customer of this case may read. Always the same number of queries."""
    lines = [
        *_acknowledged(case),
        *(line for apology in _apologies(case) for line in _apologized(apology)),
        *(line for correction in case.corrections.all() for line in _corrected(correction)),
        *(line for compensation in case.compensations.all() for line in _given(compensation)),
        *(line for promise in case.promises.all() for line in _promised(promise, now)),
        *_followed_up(case),
    ]
    changes = [line for action in _changes(case) for line in _changed(action, now)]
    return MadeRight(
        reference=case.reference,
        subject=case.subject,
        known_at=case.known_at,
        is_open=case.is_open,
        lines=tuple(sorted(lines, key=_by_time)),
        changes=tuple(sorted(changes, key=_by_time)),
        given=_last_answer(case),
        may_answer=_may_answer(case),
    )


_INNER_QUOTES = str.maketrans("“”", "\u2018\u2019")


def _acknowledged(case: Case) -> Iterator[Line]:
    found = Acknowledgement.objects.filter(step__case=case).select_related("contact", "step__settled_by")
    for acknowledgement in found:
        channel = Channel(acknowledgement.contact.channel)
        how = {Channel.PHONE: "spoke with you on the phone", Channel.IN_PERSON: "spoke with you"}
        yield Line(
            state=State.DONE,
            words=f"{_who(acknowledgement.step.settled_by)} {how.get(channel, 'wrote to you')} and took it on",
            note=f"As we understood it: “{acknowledgement.read_back.translate(_INNER_QUOTES)}”",
            at=acknowledgement.contact.at,
        )


def _apologies(case: Case) -> Iterator[Apology]:
    told = case.apologies.filter(
        Q(status=ApologyStatus.SPOKEN) | Q(status=ApologyStatus.DELIVERED), sent_at__isnull=False
    )
    yield from told.select_related("author")


def _apologized(apology: Apology) -> Iterator[Line]:
    how = " on the phone" if apology.channel == Channel.PHONE else ""
    yield Line(
        state=State.DONE,
        words=f"{_who(apology.author)} apologized to you{how}",
        note=f"What we told you about how it came about: {apology.explanation}",
        at=apology.sent_at,
    )


def _corrected(correction: Correction) -> Iterator[Line]:
    match CorrectionStatus(correction.status):
        case CorrectionStatus.DONE:
            yield Line(state=State.DONE, words=correction.what, at=correction.settled_at)
        case CorrectionStatus.IMPOSSIBLE:
            note = "It could not be put right as it was. This is what we did instead."
            yield Line(state=State.DONE, words=correction.alternative, note=note, at=correction.settled_at)
        case CorrectionStatus.PLANNED:
            yield Line(state=State.COMING, words=correction.what)


def _given(compensation: Compensation) -> Iterator[Line]:
    """From the offer on: before it is granted the customer is not told (domain.md, "Compensation bands")."""
    what = compensation.what
    if compensation.form in _FACE_VALUES:
        what = f"{what} ({_money(compensation.amount, compensation.currency)})"
    if compensation.is_third_party:
        what = f"{what}, for {compensation.recipient}"
    told = {
        CompensationStatus.OFFERED: (State.COMING, f"We offered you: {what}"),
        CompensationStatus.ACCEPTED: (State.COMING, f"To be sent to you: {what}"),
        CompensationStatus.ISSUED: (State.DONE, f"On its way to you: {what}"),
        CompensationStatus.RECEIVED: (State.DONE, f"You received: {what}"),
    }.get(CompensationStatus(compensation.status))
    if told is not None:
        yield Line(state=told[0], words=told[1], at=compensation.delivered_at)


def _promised(promise: Promise, now: datetime) -> Iterator[Line]:
    if promise.status == PromiseStatus.CANCELLED:
        return
    if promise.was_done is False:
        note = "We had promised you this by then, and did not do it. We are sorry."
        yield Line(state=State.LATE, words=promise.words, note=note, at=promise.due_at)
    elif promise.settled_at is not None:
        late = promise.status == PromiseStatus.BROKEN
        note = "This was later than we had promised. We are sorry." if late else "As we promised you."
        yield Line(state=State.DONE, words=promise.words, note=note, at=promise.settled_at)
    elif promise.status == PromiseStatus.BROKEN or (promise.due_at is not None and promise.due_at < now):
        note = "We had promised you this by then, and have not done it yet. We are sorry: it is still owed."
        yield Line(state=State.LATE, words=promise.words, note=note, at=promise.due_at)
    else:
        yield Line(state=State.COMING, words=promise.words, at=promise.due_at)


def _changes(case: Case) -> QuerySet[PreventionAction]:
    return PreventionAction.objects.filter(incident_id=case.incident_id)


def _changed(action: PreventionAction, now: datetime) -> Iterator[Line]:
    """By its true status: a plan is never told as if it were done (domain.md A2.4)."""
    match PreventionStatus(action.status):
        case PreventionStatus.DONE | PreventionStatus.VERIFIED:
            yield Line(state=State.DONE, words=action.change, at=action.settled_at)
        case PreventionStatus.PLANNED:
            due = action.due_at if action.due_at is not None and action.due_at >= now else None
            yield Line(state=State.COMING, words=action.change, note="We are working on it.", at=due)


def _followed_up(case: Case) -> Iterator[Line]:
    told = case.follow_ups.filter(status__in=(FollowUpStatus.SPOKEN, FollowUpStatus.DELIVERED))
    for follow_up in told.select_related("author").prefetch_related("changes"):
        said = telling.says([PreventionStatus(change.status_then) for change in follow_up.changes.all()])
        if said is FollowUpSays.NOTHING and not follow_up.nothing_changed_because:
            words = f"{_who(follow_up.author)} told you what we found"
        else:
            words = f"{_who(follow_up.author)} told you what we found {_AND_TOLD[said]}"
        yield Line(state=State.DONE, words=words, at=follow_up.sent_at)


_AND_TOLD = {
    FollowUpSays.CHANGED: "and what we changed",
    FollowUpSays.PLANNED: "and what we will change",
    FollowUpSays.NOTHING: "and why nothing has changed yet",
}


def _last_answer(case: Case) -> Given | None:
    answers: list[SatisfactionCheck] = sorted(
        case.satisfaction_checks.answered(), key=lambda check: (check.answered_at or check.asked_at, check.pk)
    )
    if not answers:
        return None
    check = answers[-1]
    return Given(
        answer=Answer(check.answer),
        score=check.score,
        words=check.words if check.by_customer else "",
        at=check.answered_at or check.asked_at,
        by_customer=check.by_customer,
        wants_contact=check.wants_contact,
    )


def _may_answer(case: Case) -> bool:
    rows = case.steps.filter(round=case.round).values_list("kind", "status")
    statuses = {StepKind(kind): StepStatus(status) for kind, status in rows}
    pending = statuses.get(StepKind.CONFIRM) == StepStatus.PENDING
    return not (pending and (workflow.waiting_for(StepKind.CONFIRM, statuses) or not case.is_open))


def _who(user: User | None) -> str:
    """A colleague by name, as the customer heard it; never by mail address."""
    return user.name if user is not None and user.name and "@" not in user.name else "We"


def _money(amount: Decimal, currency: str) -> str:
    money = Money(amount, currency)
    return f"{_SIGNS[currency]}{money.number}" if currency in _SIGNS else str(money)


def _by_time(line: Line) -> tuple[bool, bool, float]:
    """What was done, in its order; then what is to come, the soonest first, and last what has no date."""
    return (line.state is not State.DONE, line.at is None, line.at.timestamp() if line.at else 0.0)
