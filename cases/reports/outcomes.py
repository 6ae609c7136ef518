"""How it ended: C5, C6 and the reopen rate of C12 in domain.md. By the cases that were closed in the period."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, TruncWeek
from django.db.models.lookups import Exact, GreaterThanOrEqual, LessThan

from cases.models import Event, SatisfactionCheck
from cases.reports.filters import Number
from cases.reports.rates import Rate
from cases.reports.timing import Compared, recent
from cases.reports.traits import GOOD_SCORE, NO_ANSWER, RECOVERED, UNRECOVERED, Trait, has
from cases.rules.vocabulary import CheckStatus, EventKind, Outcome, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from cases.reports.frames import Frame


@dataclass(frozen=True, slots=True)
class Week:
    """Answers of the cases that were closed in the week of this Monday."""

    monday: date
    rate: Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Satisfied:
    """Last answers of four or five, of all last answers from one to five (C5). ``weeks`` are those of the period."""

    satisfied: Compared
    answered: Number
    weeks: tuple[Week, ...]
    owners: Mapping[int | None, Rate]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endings:
    """``recovery``: said they are satisfied, of all closed cases in which asking was possible; ``confirmed`` leaves out
    who did not answer (C6). ``no_contact``: nobody could be reached; out of both, and counted here. ``asked``: closed
    cases whose customer was asked. ``timed``: those whose clocks ran here, by severity. ``reopened``: within 30 days,
    of those closed for the first time (C12). ``imported``: closed cases that are imported history."""

    closed: Number
    timed: Mapping[Severity, int]
    recovery: Rate
    recovered: Number
    confirmed: Rate
    no_contact: Number
    asked: Number
    reopened: Rate
    reopened_cases: Number
    imported: Number | None


def satisfied(frame: Frame) -> Satisfied:
    """One query. An answer that was followed by a later one of the same case counts no more."""
    both = frame.with_before()
    later = SatisfactionCheck.objects.filter(
        Q(answered_at__gt=OuterRef("answered_at")) | Q(answered_at=OuterRef("answered_at"), pk__gt=OuterRef("pk")),
        case=OuterRef("case"),
        status=CheckStatus.ANSWERED,
    )
    rows = (
        SatisfactionCheck.objects.filter(
            ~Exists(later), status=CheckStatus.ANSWERED, score__isnull=False, case__in=both.cases(both.closed())
        )
        .order_by()
        .values(
            recent=recent("case__closed_at", frame),
            week=TruncWeek("case__closed_at", tzinfo=frame.period.zone),
            owner_key=F("case__owner"),
        )
        .annotate(good=Count("pk", filter=Q(score__gte=GOOD_SCORE)), answers=Count("pk"))
        .values_list("recent", "week", "owner_key", "good", "answers")
    )
    before = Rate(0, 0)
    weeks = dict.fromkeys(frame.period.mondays(), Rate(0, 0))
    owners: dict[int | None, Rate] = defaultdict(lambda: Rate(0, 0))
    for is_recent, week, owner, good, answers in rows:
        rate = Rate(good, answers)
        if is_recent:
            weeks[week.date()] += rate
            owners[owner] += rate
        else:
            before += rate
    total = sum(weeks.values(), Rate(0, 0))
    return Satisfied(
        satisfied=Compared(
            rate=total,
            before=before,
            behind=Number(total.whole - total.part, frame.closed(Trait.UNHAPPY_ANSWER)),
        ),
        answered=Number(total.whole, frame.closed(Trait.ANSWERED)),
        weeks=tuple(Week(monday, rate) for monday, rate in weeks.items()),
        owners=dict(owners),
    )


def endings(frame: Frame) -> Endings:
    """One query, over what was closed in the period and what was closed in it for the first time."""
    period = frame.period
    ended, first = frame.cases(frame.closed()), frame.cases(frame.first_closed())
    in_period = Q(closed_at__gte=period.start, closed_at__lt=period.end)
    first_closed = Coalesce("first_closed_at", "closed_at")
    first_in_period = has(Trait.TIMED, frame.now) & Q(
        GreaterThanOrEqual(first_closed, period.start), LessThan(first_closed, period.end)
    )
    rows = (
        (ended | first)
        .values("outcome", "severity", "is_timed")
        .annotate(
            cases=_cases(in_period),
            asked=_cases(in_period & has(Trait.ASKED, frame.now)),
            first=_cases(first_in_period),
            reopened=_cases(first_in_period & has(Trait.REOPENED_SOON, frame.now)),
        )
    )
    tally = _Tally()
    for row in rows:
        tally.add(row)
    return tally.endings(frame)


def open_at(frame: Frame, moment: datetime) -> int:
    """How many cases were open at a moment: known before, and not closed then. One query.

    Whatever they turned out to be later, and whether they were closed before and open again. Closings and reopenings
    are read from the timeline, because a case itself remembers only the first and the last of them.
    """
    turns = Event.objects.filter(
        case=OuterRef("pk"), kind__in=(EventKind.CASE_CLOSED, EventKind.CASE_REOPENED), at__lte=moment
    )
    last = Subquery(turns.order_by("-at", "-pk").values("kind")[:1])
    candidates = frame.cases(frame.base).filter(
        Q(closed_at__isnull=True) | Q(closed_at__gt=moment), known_at__lt=moment
    )
    never_closed = Q(first_closed_at__isnull=True) | Q(first_closed_at__gt=moment)
    return candidates.filter(never_closed | Q(Exact(last, Value(EventKind.CASE_REOPENED)))).count()


@dataclass(slots=True)
class _Tally:
    """The groups of closed cases, added up."""

    outcomes: Counter[str] = field(default_factory=Counter)
    timed: Counter[Severity] = field(default_factory=Counter)
    imported: int = 0
    asked: int = 0
    first_closed: int = 0
    reopened: int = 0

    def add(self, row: Mapping[str, Any]) -> None:
        self.outcomes[row["outcome"]] += row["cases"]
        self.timed[Severity(row["severity"])] += row["cases"] if row["is_timed"] else 0
        self.imported += 0 if row["is_timed"] else row["cases"]
        self.asked += row["asked"]
        self.first_closed += row["first"]
        self.reopened += row["reopened"]

    def of(self, outcomes: Iterable[Outcome]) -> int:
        return sum(self.outcomes[outcome] for outcome in outcomes)

    def endings(self, frame: Frame) -> Endings:
        recovered, answered = self.of(RECOVERED), self.of((*RECOVERED, *UNRECOVERED))
        return Endings(
            closed=Number(self.outcomes.total(), frame.closed()),
            timed=self.timed,
            recovery=Rate(recovered, answered + self.of(NO_ANSWER)),
            recovered=Number(recovered, frame.closed(Trait.RECOVERED)),
            confirmed=Rate(recovered, answered),
            no_contact=Number(self.outcomes[Outcome.NO_CONTACT_POSSIBLE], frame.closed(Trait.NO_CONTACT)),
            asked=Number(self.asked, frame.closed(Trait.ASKED)),
            reopened=Rate(self.reopened, self.first_closed),
            reopened_cases=Number(self.reopened, frame.first_closed(Trait.REOPENED_SOON)),
            imported=frame.imported(self.imported, frame.closed()),
        )


def _cases(condition: Q) -> Count:
    return Count("pk", distinct=True, filter=condition)
