"""What it takes for a case to be counted in a figure, said once: figures count by these conditions and lists filter by
them, so a number and the list behind it cannot differ.

Definitions: domain.md, section C. Limit: conditions over cases only; ``CaseFilter`` adds the period, reports the sums.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Q, Subquery, TextChoices
from django.db.models.lookups import IsNull, LessThan

from cases.models import (
    Case,
    Compensation,
    Contact,
    Correction,
    Event,
    PreventionAction,
    Promise,
    SatisfactionCheck,
    Step,
)
from cases.models.compensations import DELIVERED
from cases.rules.vocabulary import (
    CheckStatus,
    CompensationNature,
    CompensationStatus,
    CorrectionStatus,
    Direction,
    EventKind,
    Origin,
    Outcome,
    PreventionStatus,
    PromiseStatus,
    Reached,
    StepKind,
    StepStatus,
)
from cases.rules.workflow import STAYS_LATE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from django.db.models import QuerySet

SECOND_FAILURE_WITHIN = timedelta(days=365)
RECURRENCE_WITHIN = timedelta(days=90)
REOPENED_WITHIN = timedelta(days=30)
GOOD_SCORE = 4
"""Policy defaults: domain.md C7, C9, C12 and C5."""

RECOVERED = (Outcome.SATISFIED, Outcome.SATISFIED_AFTER_MORE)
UNRECOVERED = (
    Outcome.PARTLY_SATISFIED,
    Outcome.UNRECONCILED,
    Outcome.SATISFIED_LATER_NOT,
    Outcome.NOT_SATISFIED,
)
NO_ANSWER = (Outcome.RESOLVED_NO_ANSWER,)
"""The outcomes of cases in which asking was possible (domain.md, C6)."""

IN_FORCE = (PreventionStatus.DONE, PreventionStatus.VERIFIED)
"""A change that is made, seen to work or not yet."""


class Trait(TextChoices):
    """Something about a case that a figure counts. The label completes "Cases …"."""

    COUNTED = "counted", "that figures count"
    TIMED = "timed", "whose clocks ran here"
    ACKNOWLEDGED_LATE = "acknowledged_late", "acknowledged late"
    STEP_LATE = "step_late", "with a step that was late"
    NOT_REACHED = "not_reached", "whose customer has not been reached"
    PROMISE_BROKEN = "promise_broken", "with a broken promise"
    ANSWERED = "answered", "with an answer of one to five"
    UNHAPPY_ANSWER = "unhappy_answer", "with an answer of one to three"
    ASKED = "asked", "whose customer was asked"
    RECOVERED = "recovered", "whose customer said they are satisfied"
    ASKABLE = "askable", "closed, where asking was possible"
    NO_CONTACT = "no_contact", "where no contact was possible"
    SECOND_FAILURE = "second_failure", "in which recovery failed too"
    CORRECTION_FAILED = "correction_failed", "whose fix failed or was done again"
    REOPENED_SOON = "reopened_soon", "reopened within 30 days"
    REOPENED = "reopened", "that were reopened"
    APPOINTMENT_MISSED = "appointment_missed", "with a missed appointment"
    HIT_AGAIN = "hit_again", "of a customer hit by the same kind within a year"
    GOODWILL = "goodwill", "with goodwill given"
    RESTITUTION = "restitution", "with a loss returned"
    REFUSED = "refused", "whose customer refused a compensation"
    CHASED = "chased", "whose customer had to ask again"
    SELF_REPORTED = "self_reported", "that we noticed ourselves"
    RECURRED = "recurred", "of a cause seen in the 90 days before"
    AFTER_FIX = "after_fix", "of a cause that was fixed before"


SECOND_FAILURES = (
    Trait.PROMISE_BROKEN,
    Trait.CORRECTION_FAILED,
    Trait.REOPENED,
    Trait.APPOINTMENT_MISSED,
    Trait.HIT_AGAIN,
)
"""The reasons for which a recovery counts as a double deviation (domain.md, C7). One case may have several."""


def has(trait: Trait, now: datetime) -> Q:
    """The condition under which a case has the trait at ``now``. Duplicates and withdrawn cases have none of them, and
    imported history only those that it can tell of."""
    found = _COUNTED & _CONDITIONS[trait](now)
    return found if trait in _OF_HISTORY_TOO else found & _TIMED


def judged_steps(now: datetime) -> Q:
    """Steps that the on-time rate is about: done, or late and still open. Undated and waived ones are out (C3), but for
    those that were overdue when the customer could not be satisfied, or when another round began."""
    return Q(due_at__isnull=False) & (Q(status=StepStatus.DONE) | _late_and_open(now) | _LATE_UNTIL_WAIVED)


def late_steps(now: datetime) -> Q:
    """Of the judged steps, those not done by their due moment. Late by any second is late."""
    return Q(status=StepStatus.DONE, settled_at__gt=F("due_at")) | _late_and_open(now) | _LATE_UNTIL_WAIVED


def broken_promises(now: datetime) -> Q:
    """Broken, whether or not somebody has written it down yet."""
    return Q(status=PromiseStatus.BROKEN) | Q(status=PromiseStatus.OPEN, due_at__lt=now)


def last_score() -> Subquery:
    """The score of the answer that counts, the latest; null where that answer has none (C5)."""
    answers = SatisfactionCheck.objects.filter(case=OuterRef("pk"), status=CheckStatus.ANSWERED)
    return Subquery(answers.order_by("-answered_at", "-pk").values("score")[:1])


def reached_contacts() -> QuerySet[Contact]:
    """Exchanges of a case in which we reached the customer after the mistake was known; voicemails are not (C1)."""
    return Contact.objects.filter(
        case=OuterRef("pk"), direction=Direction.OUT, reached=Reached.REACHED, at__gte=OuterRef("known_at")
    )


_COUNTED = ~Q(outcome__in=(Outcome.DUPLICATE, Outcome.WITHDRAWN))
_LATE_UNTIL_WAIVED = Q(status=StepStatus.WAIVED, waived_because__in=STAYS_LATE, settled_at__gt=F("due_at"))
_TIMED = Q(is_timed=True)
"""Imported history tells nothing of clocks, contacts and promises: there it is not recorded, and judges nobody."""
_OF_HISTORY_TOO = frozenset(
    {
        Trait.COUNTED,
        Trait.ANSWERED,
        Trait.UNHAPPY_ANSWER,
        Trait.ASKED,
        Trait.RECOVERED,
        Trait.ASKABLE,
        Trait.NO_CONTACT,
        Trait.RECURRED,
        Trait.AFTER_FIX,
    }
)


def _late_and_open(now: datetime) -> Q:
    return Q(status=StepStatus.PENDING, due_at__lt=now)


def _acknowledged_late(now: datetime) -> Q:
    return Q(Exists(Step.objects.filter(late_steps(now), case=OuterRef("pk"), kind=StepKind.ACKNOWLEDGE)))


def _step_late(now: datetime) -> Q:
    return Q(Exists(Step.objects.filter(late_steps(now), case=OuterRef("pk"))))


def _not_reached(_now: datetime) -> Q:
    return ~Q(Exists(reached_contacts()))


def _promise_broken(now: datetime) -> Q:
    return Q(Exists(Promise.objects.filter(broken_promises(now), case=OuterRef("pk"))))


def _appointment_missed(now: datetime) -> Q:
    return Q(Exists(Promise.objects.filter(broken_promises(now), case=OuterRef("pk"), is_appointment=True)))


def _answered(_now: datetime) -> Q:
    return Q(IsNull(last_score(), False))  # noqa: FBT003 - the signature of a lookup is (side, side)


def _unhappy_answer(_now: datetime) -> Q:
    return Q(LessThan(last_score(), GOOD_SCORE))


def _asked(_now: datetime) -> Q:
    return Q(Exists(SatisfactionCheck.objects.left().filter(case=OuterRef("pk"))))


def _correction_failed(_now: datetime) -> Q:
    """Called failed, or done again in a later round than one in which it was done before."""
    before = Correction.objects.filter(case=OuterRef("case"), status=CorrectionStatus.DONE, round__lt=OuterRef("round"))
    again = Q(status=CorrectionStatus.DONE, round__gt=1) & Q(Exists(before))
    return Q(Exists(Correction.objects.filter(Q(status=CorrectionStatus.FAILED) | again, case=OuterRef("pk"))))


def _reopened_soon(_now: datetime) -> Q:
    """By the timeline: the case itself remembers only its latest reopening."""
    soon = Event.objects.filter(
        case=OuterRef("pk"),
        kind=EventKind.CASE_REOPENED,
        at__lte=OuterRef("first_closed_at") + REOPENED_WITHIN,
    )
    return Q(first_closed_at__isnull=False) & Q(Exists(soon))


def _hit_again(_now: datetime) -> Q:
    earlier = Case.objects.failures().filter(
        customer=OuterRef("customer"),
        incident__category=OuterRef("incident__category"),
        known_at__lt=OuterRef("known_at"),
        known_at__gte=OuterRef("known_at") - SECOND_FAILURE_WITHIN,
    )
    return Q(Exists(earlier.exclude(incident=OuterRef("incident"))))


def _second_failure(now: datetime) -> Q:
    found = Q()
    for reason in SECOND_FAILURES:
        found |= _CONDITIONS[reason](now)
    return found


def _goodwill(_now: datetime) -> Q:
    return _given(CompensationNature.GOODWILL)


def _restitution(_now: datetime) -> Q:
    return _given(CompensationNature.RESTITUTION)


def _given(nature: CompensationNature) -> Q:
    return Q(Exists(Compensation.objects.filter(case=OuterRef("pk"), nature=nature, status__in=DELIVERED)))


def _refused(_now: datetime) -> Q:
    return Q(Exists(Compensation.objects.filter(case=OuterRef("pk"), status=CompensationStatus.REFUSED)))


def _chased(_now: datetime) -> Q:
    return Q(Exists(Contact.objects.filter(case=OuterRef("pk"), is_chase=True)))


def _recurred(_now: datetime) -> Q:
    earlier = Case.objects.counted().filter(
        incident__cause=OuterRef("incident__cause"),
        known_at__lt=OuterRef("known_at"),
        known_at__gte=OuterRef("known_at") - RECURRENCE_WITHIN,
    )
    return Q(Exists(earlier))


def _after_fix(_now: datetime) -> Q:
    fixes = PreventionAction.objects.filter(
        incident__cause=OuterRef("incident__cause"), status__in=IN_FORCE, settled_at__lt=OuterRef("known_at")
    )
    return Q(Exists(fixes))


_CONDITIONS: Mapping[Trait, Callable[[datetime], Q]] = {
    Trait.COUNTED: lambda _now: Q(),
    Trait.TIMED: lambda _now: Q(),
    Trait.ACKNOWLEDGED_LATE: _acknowledged_late,
    Trait.STEP_LATE: _step_late,
    Trait.NOT_REACHED: _not_reached,
    Trait.PROMISE_BROKEN: _promise_broken,
    Trait.ANSWERED: _answered,
    Trait.UNHAPPY_ANSWER: _unhappy_answer,
    Trait.ASKED: _asked,
    Trait.RECOVERED: lambda _now: Q(outcome__in=RECOVERED),
    Trait.ASKABLE: lambda _now: Q(outcome__in=(*RECOVERED, *UNRECOVERED, *NO_ANSWER)),
    Trait.NO_CONTACT: lambda _now: Q(outcome=Outcome.NO_CONTACT_POSSIBLE),
    Trait.SECOND_FAILURE: _second_failure,
    Trait.CORRECTION_FAILED: _correction_failed,
    Trait.REOPENED_SOON: _reopened_soon,
    Trait.REOPENED: lambda _now: Q(reopened_at__isnull=False),
    Trait.APPOINTMENT_MISSED: _appointment_missed,
    Trait.HIT_AGAIN: _hit_again,
    Trait.GOODWILL: _goodwill,
    Trait.RESTITUTION: _restitution,
    Trait.REFUSED: _refused,
    Trait.CHASED: _chased,
    Trait.SELF_REPORTED: lambda _now: Q(origin=Origin.SELF_REPORTED),
    Trait.RECURRED: _recurred,
    Trait.AFTER_FIX: _after_fix,
}
