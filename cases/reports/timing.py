"""How soon and how reliably we act: C1, C3, C4 and C12 of domain.md. By the cases of which we first knew in the period.

Only cases whose clocks ran here: imported history judges nobody.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import BooleanField, CharField, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models import Case as Choose

from cases.models import Promise, PromiseRevision, Step
from cases.reports.filters import Number
from cases.reports.rates import Rate, Spread
from cases.reports.traits import (
    SECOND_FAILURES,
    Trait,
    broken_promises,
    judged_steps,
    late_steps,
    reached_contacts,
)
from cases.rules.vocabulary import Origin, PromiseStatus, StepKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from cases.reports.frames import Frame

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A rate of the period, the same of the period before, and the cases that kept it from being better."""

    rate: Rate
    before: Rate
    behind: Number

    @property
    def change(self) -> str:
        """ "up 4 points"; empty where there is nothing to compare."""
        return self.rate.change_since(self.before)


@dataclass(frozen=True, slots=True)
class OwnerOnTime:
    """``late_cases``: how many cases of the period had a step that was late while this person owed it."""

    rate: Rate
    late_cases: int

    def __reduce__(self) -> tuple[type[OwnerOnTime], tuple[Rate, int]]:
        """One of each owner is kept; see ``Rate``."""
        return OwnerOnTime, (self.rate, self.late_cases)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTime:
    """Steps done by their due moment, of those done or late (C3). ``owners``: all six steps, by who owed
    each when its moment passed, or owes it still; the key None is nobody, or not recorded."""

    acknowledged: Compared
    owners: Mapping[int | None, OwnerOnTime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What came in, and how soon the customer was reached (C1), in minutes of working time and of the clock. Working
    time is that of the calendar in force when they were reached.

    Who has not been reached is never dropped: ``not_reached`` counts them, ``waiting_since`` is the T0 of the oldest
    open one.
    """

    known: Number
    self_reported: Rate
    self_reported_cases: Number
    working: Spread
    clock: Spread
    not_reached: Number
    waiting_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisesKept:
    """Kept, of those kept or broken; a renegotiated promise is judged on its new date (C4)."""

    kept: Compared
    renegotiated: Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFailures:
    """Cases in which recovery failed too (C7), why, and cases whose customer had to ask again (C12)."""

    rate: Rate
    cases: Number
    reasons: tuple[tuple[Trait, Number], ...]
    chased: Rate
    chased_cases: Number


def on_time(frame: Frame) -> OnTime:
    """One query; of the period before it asks for the acknowledgements only."""
    both = frame.with_before()
    late, first = late_steps(frame.now), Q(kind=StepKind.ACKNOWLEDGE)
    rows = (
        Step.objects.filter(
            judged_steps(frame.now),
            first | Q(case__known_at__gte=frame.period.start),
            case__in=both.cases(both.known()),
        )
        .order_by()
        .values(owner_key=F("owed_by"), recent=recent("case__known_at", frame))
        .annotate(
            judged=Count("pk"),
            late=Count("pk", filter=late),
            late_in=Count("case", distinct=True, filter=late),
            first_judged=Count("pk", filter=first),
            first_late=Count("pk", filter=first & late),
            first_late_in=Count("case", distinct=True, filter=first & late),
        )
    )
    first_of = {True: Rate(0, 0), False: Rate(0, 0)}
    for row in rows:
        first_of[row["recent"]] += Rate(row["first_judged"] - row["first_late"], row["first_judged"])
    return OnTime(
        acknowledged=Compared(
            rate=first_of[True],
            before=first_of[False],
            behind=Number(
                sum(row["first_late_in"] for row in rows if row["recent"]), frame.known(Trait.ACKNOWLEDGED_LATE)
            ),
        ),
        owners={
            row["owner_key"]: OwnerOnTime(
                rate=Rate(row["judged"] - row["late"], row["judged"]), late_cases=row["late_in"]
            )
            for row in rows
            if row["recent"]
        },
    )


def intake(frame: Frame) -> Intake:
    """One query, read in pieces: a year may be many cases, and nothing of them is kept but two numbers each."""
    first = reached_contacts().order_by("at", "pk")
    reached = (Subquery(first.values("at")[:1]), Subquery(first.values("working_time")[:1]))
    rows = frame.cases(frame.known()).values_list("known_at", "closed_at", "origin", *reached)
    working, clock = array("d"), array("d")
    known = noticed = 0
    waiting_since = None
    for known_at, closed_at, origin, at, worked in rows.iterator():
        known, noticed = known + 1, noticed + (origin == Origin.SELF_REPORTED)
        if at is not None:
            clock.append((at - known_at) / _MINUTE)
            if worked is not None:
                working.append(worked / _MINUTE)
        elif closed_at is None:
            waiting_since = min(known_at, waiting_since or known_at)
    return Intake(
        known=Number(known, frame.known()),
        self_reported=Rate(noticed, known),
        self_reported_cases=Number(noticed, frame.known(Trait.SELF_REPORTED)),
        working=Spread.of(working),
        clock=Spread.of(clock),
        not_reached=Number(known - len(clock), frame.known(Trait.NOT_REACHED)),
        waiting_since=waiting_since,
    )


def promises_kept(frame: Frame) -> PromisesKept:
    """One query. A promise that lapsed is broken, whether or not somebody has written it down yet."""
    both = frame.with_before()
    kept, broken = Q(status=PromiseStatus.KEPT), broken_promises(frame.now)
    moved = Q(Exists(PromiseRevision.objects.filter(promise=OuterRef("pk"))))
    rows = (
        Promise.objects.filter(kept | broken, case__in=both.cases(both.known()))
        .order_by()
        .values(recent=recent("case__known_at", frame))
        .annotate(
            judged=Count("pk"),
            kept=Count("pk", filter=kept),
            moved=Count("pk", filter=moved),
            broken_in=Count("case", distinct=True, filter=broken),
        )
    )
    found = {row["recent"]: row for row in rows}
    now, before = found.get(True, _NONE), found.get(False, _NONE)
    return PromisesKept(
        kept=Compared(
            rate=Rate(now["kept"], now["judged"]),
            before=Rate(before["kept"], before["judged"]),
            behind=Number(now["broken_in"], frame.known(Trait.PROMISE_BROKEN)),
        ),
        renegotiated=Rate(now["moved"], now["judged"]),
    )


def second_failures(frame: Frame, known: int) -> SecondFailures:
    """One query. ``known``: how many cases came in, as ``intake`` counts them."""
    asked = (*SECOND_FAILURES, Trait.CHASED)
    parts = [
        frame.cases(frame.known(trait))
        .annotate(trait=Value(trait, output_field=CharField()))
        .values_list("pk", "trait")
        for trait in asked
    ]
    found: dict[str, set[int]] = {trait: set() for trait in asked}
    for key, trait in parts[0].union(*parts[1:], all=True).order_by():
        found[trait].add(key)
    chased = len(found.pop(Trait.CHASED))
    failed = len(set().union(*found.values()))
    return SecondFailures(
        rate=Rate(failed, known),
        cases=Number(failed, frame.known(Trait.SECOND_FAILURE)),
        reasons=tuple((trait, Number(len(found[trait]), frame.known(trait))) for trait in SECOND_FAILURES),
        chased=Rate(chased, known),
        chased_cases=Number(chased, frame.known(Trait.CHASED)),
    )


def recent(field: str, frame: Frame) -> Choose:
    """Whether a moment belongs to the period itself, and not to the one before."""
    return Choose(When(**{f"{field}__gte": frame.period.start}, then=True), default=False, output_field=BooleanField())


_NONE = {"judged": 0, "kept": 0, "moved": 0, "broken_in": 0}
