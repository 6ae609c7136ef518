"""Why it happens: C9, C10 and C11 of domain.md. Causes are processes, tools, information and capacity; never people.

By the cases of which we first knew in the period. Duplicates and withdrawn cases are out, imported history is in.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, F, OuterRef, Q, Sum, TextChoices

from cases.models import Case, Compensation, Contact, PreventionAction
from cases.reports.filters import IMPORTED, NOBODY, Number
from cases.reports.rates import Rate
from cases.reports.traits import IN_FORCE, RECURRENCE_WITHIN, Trait
from cases.rules.folding import name_key
from cases.rules.vocabulary import CauseStatus, Direction, PreventionStatus

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from cases.models.case import CaseQuerySet
    from cases.reports.filters import CaseFilter
    from cases.reports.frames import Frame

EFFECTIVE_AFTER = timedelta(days=60)
"""Policy default (C10): so long without a case of the cause, and the change is called effective."""
NOT_YET_KNOWN = "Not yet known"


class Measure(TextChoices):
    """What the bars are long by. An incident of n customers counts n cases, and one incident."""

    CASES = "cases", "Cases"
    INCIDENTS = "incidents", "Incidents"
    CONTACTS = "contacts", "Contacts by customers"
    GOODWILL = "goodwill", "Goodwill given"


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseBar:
    """One cause; ``public_id`` None is the bar of those not yet known. ``value`` is in the measure's unit;
    ``cumulative`` is the share of this bar and all before it. ``confirmed``: how many of
    its cases have a confirmed cause; the others' is suspected."""

    public_id: UUID | None
    name: str
    value: Decimal
    cumulative: Rate
    cases: Number
    confirmed: int
    has_prevention: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pareto:
    """Known causes, the largest first; then what is not yet known, always on its own. Of goodwill: in ``currency``, one
    of the ``currencies`` that were given. ``imported``: how many of the cases are imported history."""

    measure: Measure
    bars: tuple[CauseBar, ...]
    imported: Number | None
    currency: str = ""
    currencies: tuple[str, ...] = ()

    @property
    def prevented(self) -> Rate:
        """How many of the known causes have a prevention action: planned, done or verified."""
        known = [bar for bar in self.bars if bar.public_id is not None]
        return Rate(sum(bar.has_prevention for bar in known), len(known))


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """``rate``: cases that had another of the same cause in the 90 days before, of the cause's cases. ``after_fix``:
    cases of which we first knew after a prevention action of the cause was done; there should be none (C9)."""

    public_id: UUID
    name: str
    rate: Rate
    recurred: Number
    after_fix: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Prevention:
    """Actions that fell due in the period. ``on_time``: done by their date, of those done or late (C10); ``moved``: of
    all of these, those whose date was moved. ``effective``: no case of the cause for 60 days after the change, of the
    changes that are that old and whose cause is known."""

    on_time: Rate
    moved: Rate
    effective: Rate


def pareto(frame: Frame, measure: Measure = Measure.CASES, currency: str = "") -> Pareto:
    """One query; two for contacts, three for money. A currency that was not given is another that was."""
    cases = frame.cases(frame.known(Trait.COUNTED))
    found = _by_cause(cases)
    currencies = _currencies(cases) if measure is Measure.GOODWILL else ()
    preferred = (currency, settings.AMENDS_CURRENCY, *currencies)
    currency = next((one for one in preferred if one in currencies), "")
    values = _values(measure, found, cases, currency)
    total, so_far, bars = sum(values.values()), Decimal(0), []
    for key in sorted(found, key=lambda key: (key is None, -values[key], name_key(found[key].name))):
        so_far += values[key]
        cause = found[key]
        bars.append(
            CauseBar(
                public_id=key,
                name=cause.name,
                value=values[key],
                cumulative=_share(so_far, total),
                cases=Number(cause.cases, _behind(frame.known(Trait.COUNTED), key)),
                confirmed=cause.confirmed,
                has_prevention=cause.has_prevention,
            )
        )
    history = sum(cause.imported for cause in found.values())
    return Pareto(
        measure=measure,
        bars=tuple(bars),
        imported=frame.imported(history, frame.known(Trait.COUNTED)),
        currency=currency,
        currencies=currencies,
    )


def recurrence(frame: Frame) -> tuple[Recurrence, ...]:
    """Known causes in the order of their names. Three queries."""
    cases = _by_cause(frame.cases(frame.known(Trait.COUNTED)))
    after_fix = _by_cause(frame.cases(frame.known(Trait.AFTER_FIX)))
    recurred = _recurred(frame)
    return tuple(
        Recurrence(
            public_id=key,
            name=cause.name,
            rate=Rate(recurred[key], cause.cases),
            recurred=Number(recurred[key], _behind(frame.known(Trait.RECURRED), key)),
            after_fix=Number(
                after_fix[key].cases if key in after_fix else 0, _behind(frame.known(Trait.AFTER_FIX), key)
            ),
        )
        for key, cause in sorted(cases.items(), key=lambda item: name_key(item[1].name))
        if key is not None
    )


def prevention(frame: Frame) -> Prevention:
    """One query. Dropped actions are out; of one that was moved the new date counts, and the first is kept."""
    again = Case.objects.counted().filter(
        incident__cause=OuterRef("incident__cause"),
        known_at__gt=OuterRef("settled_at"),
        known_at__lte=OuterRef("settled_at") + EFFECTIVE_AFTER,
    )
    visible = frame.cases(frame.base).filter(incident=OuterRef("incident"))
    done, late = Q(status__in=IN_FORCE), Q(status=PreventionStatus.PLANNED, due_at__lt=frame.now)
    # Without a cause nobody can tell whether it came back.
    old = done & Q(settled_at__lte=frame.now - EFFECTIVE_AFTER, incident__cause__isnull=False)
    found = PreventionAction.objects.filter(
        done | late, Exists(visible), due_at__gte=frame.period.start, due_at__lt=frame.period.end
    ).aggregate(
        judged=Count("pk"),
        in_time=Count("pk", filter=done & Q(settled_at__lte=F("due_at"))),
        moved=Count("pk", filter=~Q(due_at=F("first_due_at"))),
        old=Count("pk", filter=old),
        effective=Count("pk", filter=old & ~Q(Exists(again))),
    )
    return Prevention(
        on_time=Rate(found["in_time"], found["judged"]),
        moved=Rate(found["moved"], found["judged"]),
        effective=Rate(found["effective"], found["old"]),
    )


@dataclass(frozen=True, slots=True)
class _Cause:
    name: str
    cases: int
    incidents: int
    confirmed: int
    imported: int
    has_prevention: bool


def _by_cause(cases: CaseQuerySet) -> dict[UUID | None, _Cause]:
    planned = PreventionAction.objects.exclude(status=PreventionStatus.DROPPED).filter(incident__cause__isnull=False)
    has_prevention = ExpressionWrapper(
        Q(incident__cause__in=planned.order_by().values("incident__cause")), output_field=BooleanField()
    )
    rows = (
        cases.values("incident__cause__public_id", "incident__cause__name", has_prevention=has_prevention)
        .annotate(
            cases=Count("pk"),
            incidents=Count("incident", distinct=True),
            confirmed=Count("pk", filter=Q(incident__cause_status=CauseStatus.CONFIRMED)),
            imported=Count("pk", filter=IMPORTED),
        )
        .values_list(
            *("incident__cause__public_id", "incident__cause__name", "cases", "incidents", "confirmed", "imported"),
            "has_prevention",
        )
    )
    return {
        key: _Cause(name or NOT_YET_KNOWN, number, incidents, confirmed, imported, bool(has_one))
        for key, name, number, incidents, confirmed, imported, has_one in rows
    }


def _recurred(frame: Frame) -> Counter[UUID | None]:
    """How many cases have the trait ``recurred``, by cause. One walk through the moments of each cause: asking for each
    case whether there was an earlier one would compare all with all. Every case of the cause counts as an earlier one,
    whoever may see it."""
    wanted = frame.cases(frame.known(Trait.COUNTED)).filter(pk=OuterRef("pk"))
    rows = (
        Case.objects.counted()
        .filter(
            incident__cause__isnull=False,
            known_at__gte=frame.period.start - RECURRENCE_WITHIN,
            known_at__lt=frame.period.end,
        )
        .order_by("incident__cause", "known_at")
        .values_list("incident__cause__public_id", "known_at", Exists(wanted))
    )
    found: Counter[UUID | None] = Counter()
    for cause, moments in groupby(rows, key=itemgetter(0)):
        before = at = None
        for _, known_at, is_wanted in moments:
            if known_at != at:
                before, at = at, known_at
            found[cause] += is_wanted and before is not None and before >= known_at - RECURRENCE_WITHIN
    return found


def _values(
    measure: Measure, found: Mapping[UUID | None, _Cause], cases: CaseQuerySet, currency: str
) -> Mapping[UUID | None, Decimal]:
    if measure is Measure.CASES:
        return {key: Decimal(cause.cases) for key, cause in found.items()}
    if measure is Measure.INCIDENTS:
        return {key: Decimal(cause.incidents) for key, cause in found.items()}
    values = dict.fromkeys(found, Decimal(0))
    for key, value in _contacts(cases) if measure is Measure.CONTACTS else _goodwill(cases, currency):
        values[key] += value
    return values


def _contacts(cases: CaseQuerySet) -> list[tuple[UUID | None, Decimal]]:
    rows = Contact.objects.filter(direction=Direction.IN, case__in=cases).order_by()
    counted = rows.values("case__incident__cause__public_id").annotate(number=Count("pk"))
    return [(key, Decimal(number)) for key, number in counted.values_list("case__incident__cause__public_id", "number")]


def _currencies(cases: CaseQuerySet) -> tuple[str, ...]:
    """Those in which goodwill was given. Amounts of two currencies are never added."""
    rows = Compensation.objects.delivered().our_cost().goodwill().filter(case__in=cases)
    return tuple(rows.order_by("currency").values_list("currency", flat=True).distinct())


def _goodwill(cases: CaseQuerySet, currency: str) -> list[tuple[UUID | None, Decimal]]:
    """At our cost."""
    rows = Compensation.objects.delivered().our_cost().goodwill().filter(currency=currency, case__in=cases)
    summed = rows.order_by().values("case__incident__cause__public_id").annotate(total=Sum("amount"))
    return list(summed.values_list("case__incident__cause__public_id", "total"))


def _behind(wanted: CaseFilter, cause: UUID | None) -> CaseFilter:
    return replace(wanted, cause=cause or NOBODY)


def _share(part: Decimal, whole: Decimal | int) -> Rate:
    """In ten thousandths, the smallest minor unit, so that amounts of money make a share too."""
    return Rate(int(part * 10_000), int(whole * 10_000))
