"""One beat leads, the others stand by; none ends because the database is gone."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from cases.models import Lease
from cases.reminders import lease
from recovery.beat import Scheduler
from recovery.celery import app

pytestmark = pytest.mark.django_db


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The entries that were started, in turn; nothing reaches a broker."""
    names = list[str]()
    monkeypatch.setattr(Scheduler, "producer", None)
    monkeypatch.setattr(Scheduler, "apply_async", lambda _self, entry, **_: names.append(entry.name))
    monkeypatch.setattr("recovery.beat.close_old_connections", lambda: None)  # a test's transaction is in this one
    return names


def beat(name: str) -> Scheduler:
    scheduler = Scheduler(app=app, max_interval=15)
    scheduler.holder = name
    return scheduler


def ticks(scheduler: Scheduler) -> float:
    """Ticks until it wants to rest; says for how long."""
    return next(rest for rest in iter(scheduler.tick, None) if rest > 0)


def test_the_site_runs_this_beat_and_it_asks_often_enough() -> None:
    assert app.conf.beat_scheduler == f"{Scheduler.__module__}:{Scheduler.__name__}"
    assert timedelta(seconds=app.conf.beat_max_loop_interval) + lease.HELD_FOR < timedelta(minutes=2)


def test_whoever_begins_to_lead_starts_everything_once(started: list[str]) -> None:
    rest = ticks(beat("one"))
    assert sorted(started) == sorted(app.conf.beat_schedule)
    assert rest <= 15


def test_who_stands_by_starts_nothing_and_asks_again_soon(started: list[str]) -> None:
    lease.hold("beat", "one", timezone.now())
    assert beat("two").tick() == 15
    assert started == []


def test_who_stands_by_takes_over_when_the_leader_is_gone(started: list[str]) -> None:
    lease.hold("beat", "one", timezone.now() - lease.HELD_FOR)
    ticks(beat("two"))
    assert Lease.objects.get().holder == "two"
    assert "sweep-reminders" in started


def test_who_lost_the_lead_stops(started: list[str]) -> None:
    one = beat("one")
    ticks(one)
    started.clear()
    Lease.objects.update(holder="two", until=timezone.now() + lease.HELD_FOR)
    assert one.tick() == 15
    assert (started, one.is_leading) == ([], False)


def test_who_stops_leaves_the_lead_to_the_next(started: list[str]) -> None:
    one = beat("one")
    ticks(one)
    one.close()
    ticks(beat("two"))
    assert Lease.objects.get().holder == "two"


def test_who_stands_by_and_stops_takes_nothing_away(started: list[str]) -> None:
    until = timezone.now() + timedelta(minutes=1)
    Lease.objects.create(name="beat", holder="one", since=datetime(2025, 1, 1, tzinfo=UTC), until=until)
    two = beat("two")
    two.tick()
    two.close()
    assert Lease.objects.get().until == until


def test_a_database_that_is_gone_starts_nothing_and_ends_nobody(
    started: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def gone(*_: object) -> bool:
        raise OperationalError("no route to host")

    one = beat("one")
    monkeypatch.setattr(lease, "hold", gone)
    assert one.tick() == 15
    assert started == []
    assert "The database cannot be reached, so nothing is started" in caplog.text


def test_a_lead_that_cannot_be_given_up_ends_by_itself(
    started: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def gone(*_: object) -> None:
        raise OperationalError("no route to host")

    one = beat("one")
    ticks(one)
    monkeypatch.setattr(lease, "release", gone)
    one.close()
    assert "ends by itself" in caplog.text
