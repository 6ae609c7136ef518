"""What holds for every calendar and every set of facts, across clock changes and holidays."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from cases.rules.calendars import Window, WorkingCalendar
from cases.rules.deadlines import ClockFacts, PauseFact, SeverityFact, due, due_moments
from cases.rules.policy import DEFAULT_TARGETS, Policy
from cases.rules.vocabulary import PauseKind, Severity, StepKind

POLICY = Policy(1, DEFAULT_TARGETS)
FROM_KNOWLEDGE = (StepKind.ACKNOWLEDGE, StepKind.APOLOGIZE, StepKind.CORRECT, StepKind.COMPENSATE)
ZONES = ("America/New_York", "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe", "America/Havana")
HOURS = (
    (Window(time(9), time(17)),),
    (Window(time(8), time(12)), Window(time(13), time(16, 30))),
    (Window(time(0), time(6)), Window(time(18), time(0))),
    (Window(time(0), time(0)),),
)
quick = settings(max_examples=40, deadline=None)

minutes = st.integers(1, 6000)
moments = st.integers(0, 365 * 1440).map(lambda minute: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minute))
days = st.dates(date(2025, 1, 1), date(2026, 1, 31))


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    """A week of mixed days in a zone whose clocks change by an hour, by half, at midnight, or never."""
    week = draw(st.dictionaries(st.integers(0, 6), st.sampled_from(HOURS), min_size=1))
    closed = draw(st.dictionaries(days, st.just("A holiday"), max_size=12))
    special = draw(st.dictionaries(days, st.sampled_from([(), *HOURS]), max_size=4))
    return WorkingCalendar(draw(st.sampled_from(ZONES)), week, closed, special)


@st.composite
def pauses(draw: st.DrawFn, around: datetime) -> PauseFact:
    offsets = st.integers(0, 20_000).map(lambda offset: timedelta(minutes=offset))
    start = around - timedelta(days=2) + draw(offsets)
    end, until = (draw(st.none() | offsets.map(lambda offset: start + offset)) for _ in range(2))
    return PauseFact(start, end, until, draw(st.sampled_from(PauseKind)))


@st.composite
def facts(draw: st.DrawFn) -> ClockFacts:
    known_at = draw(moments)
    near = st.integers(-2_000, 20_000).map(lambda offset: known_at + timedelta(minutes=offset))
    severities = st.lists(st.builds(SeverityFact, near, st.sampled_from(Severity)), min_size=1, max_size=4)
    moment_of_each = st.dictionaries(st.sampled_from(StepKind), near, max_size=3)
    return ClockFacts(
        known_at,
        tuple(draw(severities)),
        tuple(draw(st.lists(pauses(known_at), max_size=4))),
        draw(moment_of_each),
        draw(moment_of_each),
        needed_by=draw(st.none() | near),
    )


def working_minutes(calendar: WorkingCalendar, start: datetime, end: datetime) -> Iterator[datetime]:
    """The slow truth: looks at the clock on the wall in every single minute."""
    zone = ZoneInfo(calendar.zone)
    for number in range((end - start) // timedelta(minutes=1)):
        wall = (start + timedelta(minutes=number)).astimezone(zone)
        for window in calendar.hours_on(wall.date()):
            if window.start <= wall.time() and (wall.time() < window.end or window.end == time(0)):
                yield wall


# Calendars


@quick
@given(calendars(), moments, st.integers(0, 4000))
def test_working_time_is_what_the_clock_on_the_wall_shows_minute_by_minute(
    calendar: WorkingCalendar, start: datetime, span: int
) -> None:
    end = start + timedelta(minutes=span)
    counted = sum(1 for _ in working_minutes(calendar, start, end))
    assert calendar.working_between(start, end) == timedelta(minutes=counted)


@quick
@given(st.sampled_from(ZONES), st.sampled_from(HOURS), st.integers(0, 2880))
def test_it_is_so_on_every_day_on_which_the_clocks_change(zone: str, hours: tuple[Window, ...], offset: int) -> None:
    calendar = WorkingCalendar(zone, dict.fromkeys(range(7), hours))
    for changing in ("2025-03-09", "2025-03-30", "2025-04-06", "2025-10-05", "2025-10-26", "2025-11-02"):
        start = datetime.fromisoformat(changing).replace(tzinfo=UTC) - timedelta(days=1, minutes=-offset)
        counted = sum(1 for _ in working_minutes(calendar, start, start + timedelta(hours=6)))
        assert calendar.working_between(start, start + timedelta(hours=6)) == timedelta(minutes=counted)


@quick
@given(calendars(), moments, minutes)
def test_measuring_what_was_added_gives_it_back(calendar: WorkingCalendar, start: datetime, amount: int) -> None:
    end = calendar.add_working(start, amount)
    assert calendar.working_between(start, end) == timedelta(minutes=amount)
    # And it is the earliest moment of which that is true.
    assert calendar.working_between(start, end - timedelta(seconds=1)) < timedelta(minutes=amount)


@quick
@given(calendars(), moments, st.lists(st.integers(0, 60_000), min_size=2, max_size=2))
def test_the_parts_of_a_time_add_up(calendar: WorkingCalendar, start: datetime, offsets: list[int]) -> None:
    middle, end = (start + timedelta(minutes=offset) for offset in sorted(offsets))
    parts = calendar.working_between(start, middle) + calendar.working_between(middle, end)
    assert parts == calendar.working_between(start, end)


@quick
@given(calendars(), moments, minutes, minutes, st.integers(0, 10_000))
def test_more_time_or_a_later_start_never_ends_earlier(
    calendar: WorkingCalendar, start: datetime, less: int, more: int, offset: int
) -> None:
    end = calendar.add_working(start, less)
    assert calendar.add_working(start, less + more) > end
    assert calendar.add_working(start + timedelta(minutes=offset), less) >= end


@quick
@given(calendars(), moments)
def test_the_next_opening_is_open_and_nobody_works_before_it(calendar: WorkingCalendar, moment: datetime) -> None:
    opening = calendar.next_opening(moment)
    assert calendar.is_open(opening)
    assert calendar.working_between(moment, opening) == timedelta(0)


# Deadlines


@quick
@given(calendars(), facts(), st.data())
def test_the_order_in_which_facts_were_learned_does_not_matter(
    calendar: WorkingCalendar, known: ClockFacts, data: st.DataObject
) -> None:
    twice = replace(
        known,
        severities=tuple(data.draw(st.permutations(known.severities * 2))),
        pauses=tuple(data.draw(st.permutations(known.pauses * 2))),
        settled=dict(data.draw(st.permutations(list(known.settled.items())))),
        promised=dict(data.draw(st.permutations(list(known.promised.items())))),
    )
    assert twice == known
    assert due_moments(twice, POLICY, calendar) == due_moments(known, POLICY, calendar)


@quick
@given(calendars(), facts())
def test_the_zone_in_which_facts_are_given_does_not_matter(calendar: WorkingCalendar, known: ClockFacts) -> None:
    local = replace(
        known,
        known_at=known.known_at.astimezone(ZoneInfo(calendar.zone)),
        settled={kind: moment.astimezone(ZoneInfo("Asia/Tokyo")) for kind, moment in known.settled.items()},
    )
    assert due_moments(local, POLICY, calendar) == due_moments(known, POLICY, calendar)


def no_earlier(one: datetime | None, other: datetime | None) -> bool:
    """None is later than any moment: nobody knows yet."""
    return one is None or (other is not None and one >= other)


@quick
@given(calendars(), facts(), st.sets(days, max_size=40))
def test_holidays_never_shorten_a_deadline(calendar: WorkingCalendar, known: ClockFacts, more: set[date]) -> None:
    stricter = replace(calendar, closed={**calendar.closed, **dict.fromkeys(more, "Another holiday")})
    for kind in FROM_KNOWLEDGE:
        assert no_earlier(due(kind, known, POLICY, stricter).at, due(kind, known, POLICY, calendar).at)


@quick
@given(calendars(), facts(), st.data())
def test_a_pause_never_makes_a_step_due_earlier(
    calendar: WorkingCalendar, known: ClockFacts, data: st.DataObject
) -> None:
    waited = replace(known, pauses=(*known.pauses, data.draw(pauses(known.known_at))))
    for kind in FROM_KNOWLEDGE:
        assert no_earlier(due(kind, waited, POLICY, calendar).at, due(kind, known, POLICY, calendar).at)


@quick
@given(calendars(), moments, st.integers(0, 5_000), st.integers(1, 10_000))
def test_a_pause_gives_no_more_working_time_than_it_took(
    calendar: WorkingCalendar, known_at: datetime, offset: int, length: int
) -> None:
    start = known_at + timedelta(minutes=offset)
    end = start + timedelta(minutes=length)
    plain = ClockFacts(known_at, (SeverityFact(known_at, Severity.MODERATE),))
    before = due(StepKind.CORRECT, plain, POLICY, calendar).at
    after = due(StepKind.CORRECT, replace(plain, pauses=(PauseFact(start, end),)), POLICY, calendar).at
    assert before is not None
    assert after is not None
    missed = calendar.working_between(start, end) if start < before else timedelta(0)
    assert calendar.working_between(before, after) == missed


@quick
@given(calendars(), moments, st.sampled_from(Severity), st.sampled_from(Severity), st.integers(0, 5_000))
def test_no_severity_that_comes_once_a_step_fell_due_moves_it(
    calendar: WorkingCalendar, known_at: datetime, first: Severity, then: Severity, offset: int
) -> None:
    known = ClockFacts(known_at, (SeverityFact(known_at, first),))
    for kind in FROM_KNOWLEDGE:
        before = due(kind, known, POLICY, calendar).at
        assert before is not None
        change = SeverityFact(before + timedelta(minutes=offset), then)
        assert due(kind, replace(known, severities=(*known.severities, change)), POLICY, calendar).at == before


@quick
@given(calendars(), facts(), st.sampled_from(StepKind), st.data())
def test_nothing_that_happens_after_settling_moves_the_due_moment(
    calendar: WorkingCalendar, known: ClockFacts, kind: StepKind, data: st.DataObject
) -> None:
    settled = known.known_at + timedelta(minutes=data.draw(st.integers(0, 10_000)))
    severities = (SeverityFact(known.known_at, Severity.MINOR), *known.severities)
    done = replace(known, severities=severities, settled=dict.fromkeys(StepKind, settled))
    later = settled + timedelta(minutes=data.draw(st.integers(1, 5_000)))
    more = replace(
        done,
        severities=(*done.severities, SeverityFact(later, data.draw(st.sampled_from(Severity)))),
        pauses=(*done.pauses, PauseFact(later)),
    )
    assert due(kind, more, POLICY, calendar).at == due(kind, done, POLICY, calendar).at


@quick
@given(facts(), calendars())
def test_the_correction_is_due_at_the_earliest_of_policy_promise_and_need(
    known: ClockFacts, calendar: WorkingCalendar
) -> None:
    found = due(StepKind.CORRECT, known, POLICY, calendar)
    asked = (found.policy_at, known.promised.get(StepKind.CORRECT), known.needed_by)
    assert found.at == min((moment for moment in asked if moment is not None), default=None)


@quick
@given(facts(), calendars(), moments)
def test_a_need_moves_no_step_but_the_correction_and_what_counts_from_it(
    known: ClockFacts, calendar: WorkingCalendar, needed_by: datetime
) -> None:
    for kind in (StepKind.ACKNOWLEDGE, StepKind.APOLOGIZE, StepKind.COMPENSATE):
        moved = due(kind, replace(known, needed_by=needed_by), POLICY, calendar)
        assert moved == due(kind, known, POLICY, calendar)
