"""Says in one English sentence why a step is due when it is due; and durations as people say them.

Limit: words only. Every fact in the sentence comes from ``rules.deadlines`` and the calendar.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from cases.rules.calendars import NOTHING, OddDay, WorkingCalendar, load_zone
from cases.rules.deadlines import Due, SeverityFact, Standstill
from cases.rules.due_reason import DueReason
from cases.rules.policy import BUSINESS_DAY, DAY, HOUR, Target
from cases.rules.vocabulary import ClockKind, PauseKind, StepKind

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS_NAMED = 3
_WAITING = {PauseKind.CUSTOMER: "waiting for the customer", PauseKind.LEGAL_HOLD: "legal hold"}
_OTHERWISE = {
    DueReason.PROMISE: "as promised",
    DueReason.NEED: "because the customer needs it by then",
    DueReason.AGREED: "as the customer chose",
}
_BEFORE = {
    StepKind.CONFIRM: ("the correction and the compensation", "are", "were"),
    StepKind.FOLLOW_UP: ("the confirmation", "is", "was"),
}


def explain(due: Due, calendar: WorkingCalendar, *, zone: str | None = None) -> str:
    """Why this step is due then: what it counts from, the time it gets, and all that moved it.

    Moments are shown in ``zone``, the reader's, or else the calendar's; closed days are the calendar's own.
    """
    return _Sentence(due, calendar, load_zone(zone or calendar.zone)).text()


def in_words(duration: timedelta) -> str:
    """A duration as people say it: "3 d 4 h", "2 h 10 min", "less than a minute". A day has 24 hours here."""
    if duration < NOTHING:
        return f"minus {in_words(-duration)}"
    days, rest = divmod(duration, timedelta(days=1))
    if not days:
        return hours_in_words(rest)
    hours = rest // timedelta(hours=1)
    return f"{days} d {hours} h" if hours else f"{days} d"


def hours_in_words(duration: timedelta) -> str:
    """The same without days, for working time, of which 24 hours are no day: "26 h 30 min"."""
    if duration < NOTHING:
        return f"minus {hours_in_words(-duration)}"
    if NOTHING < duration < timedelta(minutes=1):
        return "less than a minute"
    hours, minutes = divmod(duration // timedelta(minutes=1), HOUR)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def target_in_words(target: Target, calendar: WorkingCalendar) -> str:
    """A target as people say it: "4 working hours", "3 working days", "24 hours around the clock", "14 days".

    Working days are said only where all days of the calendar are as long as a policy's business day.
    """
    minutes = target.minutes
    if target.clock == ClockKind.CLOCK:
        if minutes % DAY == 0 and minutes > DAY:
            return _count(minutes // DAY, "day")
        return f"{_hours_or_minutes(minutes, '')} around the clock"
    if minutes % BUSINESS_DAY == 0 and _has_business_days(calendar):
        return _count(minutes // BUSINESS_DAY, "working day")
    return _hours_or_minutes(minutes, "working ")


@dataclass(frozen=True, slots=True)
class _Sentence:
    due: Due
    calendar: WorkingCalendar
    zone: ZoneInfo

    def text(self) -> str:
        return "; ".join((self.head(), *self.details())) + "."

    def head(self) -> str:
        due, city = self.due, self.zone.key.rsplit("/", 1)[-1].replace("_", " ")
        if due.at is None:
            return f"No due moment yet ({city}): {self.reckoned()}"
        if due.reason in _OTHERWISE:
            otherwise = f"due {self.moment(due.policy_at)}" if due.policy_at else "no due moment yet"
            if due.agreed_for and due.reason is not DueReason.AGREED:
                otherwise = f"{self.moment(due.agreed_for)}, as the customer chose, or else {otherwise}"
            lead = f"Due {self.moment(due.at)} ({city}), {_OTHERWISE[due.reason]}"
            return f"{lead}; otherwise {otherwise}: {self.reckoned()}"
        lead = "Expected to be due" if due.projected else "Due"
        return f"{lead} {self.moment(due.at)} ({city}): {self.reckoned()}"

    def reckoned(self) -> str:
        """How the policy's own moment comes about, or why there is none yet."""
        due = self.due
        counted = f"{target_in_words(due.target, self.calendar)} from {self.start()}"
        if due.starts_at and due.policy_reason is DueReason.WAITING:
            return self.waiting(due.starts_at, counted)
        if due.policy_reason is DueReason.LEARNED_LATE:
            return f"as much as was left when somebody turned out to have known before, because {counted} is sooner"
        if due.change and due.policy_reason is DueReason.RAISE_GRACE:
            return f"{self.grace(due.change)}, because {counted}, would leave too little"
        return counted

    def start(self) -> str:
        """What the time counts from."""
        due = self.due
        names, are, were = _BEFORE.get(due.kind, ("", "", ""))
        if due.starts_at is None:
            return f"when {names} {are} settled, and nobody can say yet when that will be"
        if not names:
            event = "we first knew" if due.round == 1 else f"round {due.round} was opened"
        else:
            event = f"{names} {are} expected to be settled" if due.start_is_planned else f"{names} {were} settled"
        return f"{self.moment(due.starts_at)}, when {event}"

    def waiting(self, start: datetime, counted: str) -> str:
        *earlier, pause = self.due.standstills
        left = timedelta(minutes=self.due.target.minutes) - self.measured(start, pause.start)
        left += self.stood_still(earlier, start, pause.start)
        rest = f"{hours_in_words(left)} left of {counted}"
        if self.due.change and left <= NOTHING:
            rest = f"what is left of {self.grace(self.due.change)}"
        return f"{_kinds([pause])} since {self.moment(pause.start)}, with {rest}"

    def grace(self, change: SeverityFact) -> str:
        grace = Target(self.due.policy.raise_grace_minutes, self.due.target.clock)
        raised = f"after the severity was raised to {change.severity.label.lower()} on {self.moment(change.at)}"
        return f"{target_in_words(grace, self.calendar)} {raised}"

    def details(self) -> Iterator[str]:
        """All that lay between the start and the policy's moment; then the rules that applied."""
        due = self.due
        if due.starts_at:
            end = due.policy_at or due.standstills[-1].start
            yield from self.pauses(due.starts_at, end)
            if due.target.clock == ClockKind.WORKING:
                yield from self.odd_days(self.calendar.odd_days(due.starts_at, end))
        if due.change and due.policy_at and due.policy_reason is DueReason.EARLIER_SEVERITY:
            yield self.unmoved(due.change, due.policy_at)
        yield f"policy version {due.policy.version}, {due.severity.label.lower()}"

    def pauses(self, start: datetime, end: datetime) -> Iterator[str]:
        met = [pause for pause in self.due.standstills if pause.start < end and (pause.end or end) > start]
        if stood_still := self.stood_still(met, start, end):
            say = hours_in_words if self.due.target.clock == ClockKind.WORKING else in_words
            yield f"{say(stood_still)} of {_kinds(met)} not counted"

    def odd_days(self, days: Sequence[OddDay]) -> Iterator[str]:
        closed = [_day(odd) for odd in days if not odd.hours]
        if len(closed) > _DAYS_NAMED:
            more = _count(len(closed) - _DAYS_NAMED, "more closed day")
            closed = [*closed[:_DAYS_NAMED], more]
        if closed:
            yield f"{_listed(closed)} skipped"
        yield from (f"{_day(odd)} with hours of its own" for odd in days if odd.hours)

    def unmoved(self, change: SeverityFact, policy_at: datetime) -> str:
        became = f"the severity became {change.severity.label.lower()} on {self.moment(change.at)}"
        return f"it was due before {became}" if policy_at <= change.at else f"{became}, which did not move it"

    def stood_still(self, pauses: Iterable[Standstill], start: datetime, end: datetime) -> timedelta:
        """How much of the time between the two moments the pauses took, by the target's own clock."""
        spans = ((max(pause.start, start), min(pause.end or end, end)) for pause in pauses)
        return sum((self.measured(*span) for span in spans if span[0] < span[1]), NOTHING)

    def measured(self, start: datetime, end: datetime) -> timedelta:
        if self.due.target.clock == ClockKind.WORKING:
            return self.calendar.working_between(start, end)
        return end - start

    def moment(self, moment: datetime) -> str:
        """As "Tue 27 May 10:20"; with the year when it is another one than that in which the time began."""
        local, begun = (each.astimezone(self.zone) for each in (moment, self.due.starts_at or moment))
        year = f" {local.year}" if local.year != begun.year else ""
        return f"{_date(local)}{year} {local:%H:%M}"


def _date(day: date) -> str:
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"


def _day(odd: OddDay) -> str:
    return f"{odd.name} ({_date(odd.day)})" if odd.name else _date(odd.day)


def _kinds(pauses: Iterable[Standstill]) -> str:
    met = frozenset[PauseKind]().union(*(pause.kinds for pause in pauses))
    return _listed([words for kind, words in _WAITING.items() if kind in met])


def _listed(words: Sequence[str]) -> str:
    return " and ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else words[0]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _hours_or_minutes(minutes: int, quality: str) -> str:
    if minutes % HOUR:
        return _count(minutes, f"{quality}minute")
    return _count(minutes // HOUR, f"{quality}hour")


def _has_business_days(calendar: WorkingCalendar) -> bool:
    days = [sum((window.nominal for window in hours), NOTHING) for hours in calendar.windows.values() if hours]
    return set(days) == {timedelta(minutes=BUSINESS_DAY)}
