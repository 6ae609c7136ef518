"""Fill an empty database with the invented organization: five stories, two months of history, and a lively today.

Everything is played through actions with time as a value, in one transaction, on one clock. Mail of that past goes
nowhere: it is written down as sent. The last hours are left unswept, so that the site's own first sweep has a few true
reminders to send.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import cycle
from typing import TYPE_CHECKING

from django.core.mail.backends.dummy import EmailBackend
from django.db import transaction

from cases.actions.clocks import working_calendar
from cases.actions.defaults import install_defaults
from cases.actions.deliveries import deliver_owed
from cases.demo import present
from cases.demo.cast import hire, let_in
from cases.demo.clock import Clock
from cases.demo.courses import Ending, history
from cases.demo.customers import PEOPLE, Person, details
from cases.demo.plots import PLOTS, Plot
from cases.demo.recovery import Recovery, World
from cases.demo.stage import Director, Stage, sweeps
from cases.demo.stories import STORIES
from cases.errors import RuleError
from cases.mail import outbox
from cases.mail.outbox import Carrier
from cases.models import Case, Message, WorkingCalendar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from django.core.mail.backends.base import BaseEmailBackend

    from cases.demo.cast import Cast
    from cases.demo.stage import Script

DAYS = 90
UNSWEPT = timedelta(hours=3)
LAST_DAY = (11, 18)
"""Of the stories."""

PRESENT: tuple[tuple[str, Callable[[Recovery], Script]], ...] = (
    ("Medicine", present.late_by_minutes),
    ("Internet", present.called_three_times),
    ("Lenses", present.due_today),
    ("Dog", present.just_come),
    ("Hotel", present.late_and_nobodys),
    ("Parcel", present.cannot_be_reached),
    ("Wedding", present.drafting),
    ("Class", present.in_review),
    ("Invoice", present.apology_late),
    ("Technician", present.promised_today),
    ("Monthly", present.moved_once),
    ("Nobody", present.broken_twice),
    ("Bicycle", present.waits_for_customer),
    ("Monthly", present.waits_since_today),
    ("Letter", present.held),
    ("China", present.fix_late),
    ("Table", present.waits_for_approval),
    ("Coat", present.offered),
    ("Nobody", present.nothing_is_due),
    ("We promised", present.declined),
    ("Lenses", present.ask_today),
    ("Parcel", present.asked),
    ("Dog", present.ask_late),
    ("Hotel", present.wants_more),
    ("Internet", present.not_satisfied),
    ("Table", present.letter_this_week),
    ("China", present.change_late),
    ("Wedding", present.last_offer),
    ("Coat", present.waiver_waits),
    ("Parcel", present.reopened),
)
OUTAGE, CUSTOMERS_HIT = "Internet", 4
NEW = len(PRESENT) + CUSTOMERS_HIT
"""Customers to whom nothing had happened before today; the others may be hit twice."""

_E = Ending
ENDINGS = (
    _E.PARTLY, _E.SATISFIED, _E.UNHAPPY, _E.NEVER, _E.SATISFIED, _E.PARTLY, _E.MORE, _E.SATISFIED, _E.SILENT,
    _E.DUPLICATE, _E.SATISFIED, _E.UNREACHED, _E.UNHAPPY, _E.SATISFIED, _E.NO_FAILURE, _E.PARTLY, _E.SATISFIED,
    _E.WITHDRAWN, _E.SATISFIED, _E.MORE, _E.SATISFIED, _E.REFERRED, _E.SATISFIED, _E.SATISFIED, _E.SATISFIED,
    _E.SATISFIED, _E.SATISFIED, _E.SATISFIED,
)  # fmt: skip
"""Of the history, oldest first."""


class Nowhere(Carrier):
    """Takes every mail, and sends none."""

    def reach(self) -> BaseEmailBackend:
        return EmailBackend()


def load_demo(*, now: datetime, zone: str, country: str, currency: str) -> Cast:
    """The same moment gives the same cases. Raises ``RuleError`` where there are cases already."""
    if Case.objects.exists():
        raise RuleError("There are cases here already. The demo fills an empty database only.")
    with outbox.quietly(), transaction.atomic():
        install_defaults(zone=zone, country=country, currency=currency)
        calendar = WorkingCalendar.objects.order_by("pk")[0]
        cast = hire(calendar=calendar, zone=zone, now=now)
        let_in(cast)
        _play(World(cast, Clock(working_calendar(calendar.pk), now)))
    return cast


def _play(world: World) -> None:
    nowhere, now = Nowhere(), world.clock.now

    def deliver(moment: datetime) -> None:
        if Message.objects.owed(moment).exists():
            deliver_owed(now=moment, by=nowhere)

    director = Director(after_each=deliver)
    director.take(sweeps(world.clock.looks(DAYS, now - UNSWEPT), by=nowhere))
    director.take(*_stories(world), *_scripts(world))
    director.play(now)


def _stories(world: World) -> Iterator[Script]:
    """Moved by whole weeks, so that weekdays stay and the last of them has just ended."""
    as_told = Stage(world.cast)
    ended = as_told.at(world.cast.team, LAST_DAY, "12:00")
    weeks = (world.clock.now - ended) // timedelta(weeks=1)
    stage = Stage(world.cast, shift=timedelta(weeks=weeks))
    return (story(stage).script() for story in STORIES)


def _scripts(world: World) -> Iterator[Script]:
    """The present takes customers who had no mistake before, because a second one would be more severe."""
    casting = Casting(world, PEOPLE[:NEW])
    for title, script in PRESENT:
        yield script(casting.recovery(_plot(title)))
    yield present.outage([casting.recovery(_plot(OUTAGE)) for _ in range(CUSTOMERS_HIT)])
    casting = Casting(world, PEOPLE[NEW:])
    plots, span = cycle(PLOTS), DAYS - 4
    for number, ending in enumerate(ENDINGS):
        progress = number / len(ENDINGS)
        recovery = casting.recovery(next(plots))
        start = world.clock.open_at(span - number * (span - 10) / len(ENDINGS))
        yield history(recovery, start + timedelta(minutes=recovery.rng.randint(0, 400)), ending, progress)


class Casting:
    """Customers and colleagues one after the other, and again from the beginning."""

    def __init__(self, world: World, people: Sequence[Person]) -> None:
        self._world = world
        self._people = cycle(people)
        self._desk, self._field = cycle(world.cast.desk), cycle(world.cast.field)

    def recovery(self, plot: Plot) -> Recovery:
        person = next(self._people)
        actor = next(self._field if plot.in_field else self._desk)
        return Recovery(self._world, plot, details(person, PEOPLE.index(person)), actor)


def _plot(beginning: str) -> Plot:
    return next(plot for plot in PLOTS if plot.title.startswith(beginning))
