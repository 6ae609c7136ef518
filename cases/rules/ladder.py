"""When who is reminded of one commitment: a ladder of rungs around its due moment.

Each commitment climbs its own ladder, so that one that was reminded of often never uses up another's mails.
Limit: moments only; who is meant by a rung, and whether they are at work then, is decided when it has come.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cases.errors import RuleError
from cases.rules.calendars import WorkingCalendar
from cases.rules.policy import BUSINESS_DAY, HOUR, check_minutes
from cases.rules.vocabulary import ClockKind, CommitmentKind, Rung, Severity

BEFORE_CLOSING = timedelta(hours=1)
"""How long before closing the promises of the day are looked through (domain.md A4.4)."""
AT_LAST = timedelta(minutes=15)
"""How long before closing the manager hears of those that are not kept by then, while there is still somebody there."""
BEFORE_APPOINTMENT = ((Rung.EARLY, timedelta(hours=24)), (Rung.SOON, timedelta(hours=2)))
_WHOLE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """One row of a policy; ``None`` switches a rung off.

    ``early_percent`` and ``soon_percent`` are parts of the time from its beginning to the due moment. The minutes are
    counted as ``clock`` says: ``overdue_minutes`` from the due moment, ``executive_minutes`` from the moment at which
    the manager is told; ``again_minutes`` from the mail before. A ladder that goes backwards is refused.
    """

    early_percent: int | None = None
    soon_percent: int | None = None
    at_due: bool = True
    overdue_minutes: int | None = None
    again_minutes: int | None = None
    to_manager: bool = True
    executive_minutes: int | None = None
    clock: ClockKind = ClockKind.WORKING
    at_night: bool = False

    def __post_init__(self) -> None:
        for field in ("early_percent", "soon_percent"):
            percent = getattr(self, field)
            if percent is not None and not 0 < percent < _WHOLE:
                raise RuleError("Choose a part of the time from 1 to 99 %, or leave it empty.", field=field)
        if self.early_percent and self.soon_percent and self.early_percent >= self.soon_percent:
            raise RuleError(
                "“Early” has to come before “soon”: choose a smaller part of the time.", field="early_percent"
            )
        for field in ("overdue_minutes", "again_minutes", "executive_minutes"):
            minutes = getattr(self, field)
            if minutes is not None:
                check_minutes(minutes, field=field)
        if self.overdue_minutes and self.again_minutes and self.overdue_minutes >= self.again_minutes:
            raise RuleError(
                "“Overdue” has to come before “again”: choose fewer minutes, or leave it empty.",
                field="overdue_minutes",
            )
        if self.executive_minutes and not self.to_manager:
            raise RuleError(
                "The manager's manager is told after the manager: switch the manager on, or this off.",
                field="executive_minutes",
            )

    def after(self, moment: datetime, minutes: int, calendar: WorkingCalendar) -> datetime:
        """So many minutes later, as this ladder counts them."""
        if self.clock == ClockKind.CLOCK:
            return moment + timedelta(minutes=minutes)
        return calendar.add_working(moment, minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What the rungs hang on. ``starts_at``: what its time counts from; ``None`` leaves out what comes before the due
    moment. ``heard_at``: since when somebody can be reminded; what was late by then is reminded of from then on.
    ``clock``: how that time is counted. ``is_promise``: the end of its day is looked at as well.
    ``is_appointment``: its owner is reminded a day and two hours before, whatever the ladder says (domain.md A1.8)."""

    due_at: datetime
    starts_at: datetime | None = None
    escalate_at: datetime | None = None
    heard_at: datetime | None = None
    clock: ClockKind = ClockKind.WORKING
    is_promise: bool = False
    is_appointment: bool = False

    @property
    def late_from(self) -> datetime:
        return self.due_at if self.heard_at is None else max(self.due_at, self.heard_at)


def moments(ladder: Ladder, span: Span, calendar: WorkingCalendar) -> dict[Rung, datetime]:
    """When each rung comes due that is switched on, in UTC. Of the rungs that come again and again: the first."""
    late_from = span.late_from
    found = {**_before(ladder, span, calendar), **_end_of_day(span, calendar)} if late_from == span.due_at else {}
    if ladder.at_due:
        found[Rung.DUE] = late_from
    if ladder.overdue_minutes:
        found[Rung.OVERDUE] = ladder.after(late_from, ladder.overdue_minutes, calendar)
    if ladder.again_minutes:
        found[Rung.AGAIN] = ladder.after(late_from, ladder.again_minutes, calendar)
    if ladder.to_manager and span.escalate_at is not None:
        found[Rung.MANAGER] = span.escalate_at
        if ladder.executive_minutes:
            found[Rung.EXECUTIVE] = ladder.after(span.escalate_at, ladder.executive_minutes, calendar)
    return found


def still_to_say(found: Mapping[Rung, datetime], now: datetime) -> dict[Rung, datetime]:
    """Without what a later rung says as well: whoever hears of it only now, after an outage, an upgrade or because it
    was logged late, hears of it once."""
    passed = [rung for rung, at in found.items() if at <= now]
    last = {max(same, key=_rank) for same in (_owners(passed), _managers(passed)) if same}
    return {rung: at for rung, at in found.items() if at > now or rung in last or rung is Rung.EXECUTIVE}


def _before(ladder: Ladder, span: Span, calendar: WorkingCalendar) -> dict[Rung, datetime]:
    parts = {Rung.EARLY: ladder.early_percent, Rung.SOON: ladder.soon_percent}
    start = span.starts_at
    if start is None or start >= span.due_at:
        return {}
    if span.is_appointment:
        return {rung: span.due_at - before for rung, before in BEFORE_APPOINTMENT if span.due_at - before > start}
    return {rung: _part(span, start, percent, calendar) for rung, percent in parts.items() if percent}


def _part(span: Span, start: datetime, percent: int, calendar: WorkingCalendar) -> datetime:
    if span.clock == ClockKind.CLOCK:
        return start + (span.due_at - start) * percent / _WHOLE
    whole = calendar.working_between(start, span.due_at)
    return min(calendar.add_working(start, whole * percent / _WHOLE), span.due_at)


def _end_of_day(span: Span, calendar: WorkingCalendar) -> dict[Rung, datetime]:
    """Of a promise: the owner before closing, then the manager, unless they were told by then."""
    closing = calendar.closing_on(span.due_at) if span.is_promise else None
    if closing is None:
        return {}
    found = {Rung.DAY_END: closing - BEFORE_CLOSING}
    if span.escalate_at is None or span.escalate_at > closing - AT_LAST:
        found[Rung.DAY_OVER] = closing - AT_LAST
    return found


def _owners(rungs: list[Rung]) -> list[Rung]:
    return [rung for rung in rungs if not rung.is_above_owner]


def _managers(rungs: list[Rung]) -> list[Rung]:
    return [rung for rung in rungs if rung.is_above_owner and rung is not Rung.EXECUTIVE]


def _rank(rung: Rung) -> int:
    return rung.rank


_USUAL = Ladder(
    early_percent=50,
    soon_percent=80,
    overdue_minutes=HOUR,
    again_minutes=BUSINESS_DAY,
    executive_minutes=2 * BUSINESS_DAY,
)
_CRITICAL = Ladder(
    soon_percent=50,
    overdue_minutes=15,
    again_minutes=HOUR,
    executive_minutes=30,
    clock=ClockKind.CLOCK,
    at_night=True,
)
_BY_KIND = {
    CommitmentKind.STEP: _USUAL,
    CommitmentKind.PROMISE: _USUAL,
    CommitmentKind.UPDATE: Ladder(soon_percent=80, again_minutes=BUSINESS_DAY),
}

DEFAULT_LADDERS: Mapping[tuple[CommitmentKind, str], Ladder] = {
    (CommitmentKind.PREVENTION, ""): Ladder(
        early_percent=50, soon_percent=80, again_minutes=BUSINESS_DAY, executive_minutes=5 * BUSINESS_DAY
    ),
    **{
        (kind, severity): _CRITICAL if severity is Severity.CRITICAL else usual
        for kind, usual in _BY_KIND.items()
        for severity in Severity
    },
}
"""By kind and severity, until an organization decides otherwise: at half and at four fifths of the time, when due, then
daily (domain.md B, "Reminders"). What is critical is told at any hour, because somebody may be in danger."""
