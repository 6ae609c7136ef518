"""What every test stands on: a cache that remembers no other test, a queue that is gone afterwards, and the cast."""

import importlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import pytest
from django.conf import settings as site
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations as PostgresOperations
from django.db.backends.sqlite3.base import DatabaseOperations  # type: ignore[attr-defined]  # operations alone is a cycle
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from cases.actions import deliveries
from cases.actions.defaults import install_defaults
from cases.actions.intake import Mistake, log_case
from cases.models import Case, Customer, Team, User, WorkingCalendar
from cases.rules.vocabulary import Channel, CriticalGround, Role, Severity
from recovery.celery import app

_SWITCH = ("DISABLE", "ENABLE")
append_only = importlib.import_module("cases.migrations.0003_events_append_only")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Browser tests need Chromium: they run when they are asked for by path."""
    if collection_path.name == "browser" and not any("browser" in asked for asked in config.args):
        return True
    return None


@pytest.fixture(scope="session", autouse=True)
def no_queue_left_behind() -> Iterator[None]:
    yield
    with app.connection_for_write() as connection:
        for queue in app.amqp.queues.values():
            bound = queue(connection.default_channel)
            bound.declare()  # only a channel that knows a queue can delete it
            bound.delete()


@pytest.fixture(autouse=True)
def fresh_cache(settings: Settings) -> None:
    """Rate limits that one test used up are no concern of the next, on either kind of cache."""
    settings.CACHES = {"default": {**site.CACHES["default"], "KEY_PREFIX": uuid4().hex}}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """What an organization starts with is in the database before the first test, because nearly every one needs it.
    And Django has asked what it asks once a process, whether the database knows JSON: the first test that counts
    statements would count that too."""
    with django_db_blocker.unblock():
        start_organization()
        assert connection.features.supports_json_field


def start_organization() -> None:
    """Working 9 to 17 in New York, with the default deadlines and limits. Nothing to do where that is there."""
    install_defaults(zone="America/New_York", country="US", currency="USD")


@pytest.fixture(scope="session", autouse=True)
def _emptied_with_its_events() -> Iterator[None]:
    """Emptying the database after a test with real transactions meets the trigger that keeps events: SQLite deletes
    rows where PostgreSQL truncates. Only that emptying may pass; it comes after the fixtures of the test are gone."""
    flush = DatabaseOperations.execute_sql_flush
    truncate = PostgresOperations.execute_sql_flush

    def flush_past_the_trigger(operations: DatabaseOperations, statements: list[str]) -> None:
        gone = [f"DROP TRIGGER {name}" for name in ("cases_event_no_update", "cases_event_no_delete")]
        back = append_only.SQLITE[True]
        flush(operations, [*gone, *statements, *back])

    def truncate_past_the_trigger(operations: PostgresOperations, statements: list[str]) -> None:
        disable, enable = (f"ALTER TABLE cases_event {word} TRIGGER cases_event_no_truncate" for word in _SWITCH)
        truncate(operations, [disable, *statements, enable])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush_past_the_trigger)
        patch.setattr(PostgresOperations, "execute_sql_flush", truncate_past_the_trigger)
        yield


@pytest.fixture(autouse=True)
def runs_take_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a run through the outbox writes down carries its own moment; here, that at which the run began."""
    monkeypatch.setattr(deliveries, "monotonic", lambda: 0.0)


# The cast: the same people in every test.


@pytest.fixture
def now() -> datetime:
    """A Monday at 10:00 in New York, in working hours, with no holiday near."""
    return datetime(2025, 9, 15, 14, 0, tzinfo=UTC)


@pytest.fixture
def team(db: None) -> Team:
    """Support, working 9 to 17 in New York, with the default deadlines and limits."""
    start_organization()  # a test with real transactions before this one may have emptied the database
    return Team.objects.create(name="Support", calendar=WorkingCalendar.objects.get())


def person(name: str, role: Role, *teams: Team) -> User:
    user = User.objects.create_user(
        f"{name.split(maxsplit=1)[0].lower()}@example.com",
        "correct horse",
        name=name,
        role=role,
        time_zone="America/New_York",
    )
    user.teams.set(teams)
    return user


@pytest.fixture
def agent(team: Team) -> User:
    return person("Maya Osei", Role.AGENT, team)


@pytest.fixture
def teammate(team: Team) -> User:
    return person("Tom Reyes", Role.AGENT, team)


@pytest.fixture
def manager(team: Team) -> User:
    user = person("Priya Shah", Role.MANAGER, team)
    team.manager = user
    team.save()
    return user


@pytest.fixture
def administrator(team: Team) -> User:
    return person("Lena Fischer", Role.ADMINISTRATOR, team)


@pytest.fixture
def outsider(team: Team) -> User:
    """An agent of another team."""
    return person("Omar Haddad", Role.AGENT, Team.objects.create(name="Warehouse", calendar=team.calendar))


@pytest.fixture
def customer(team: Team, now: datetime) -> Customer:
    return Customer.objects.create(
        name="Grace Whitlock", email="grace@example.org", phone="+1 555 0100", created_at=now - timedelta(days=400)
    )


class Log(Protocol):
    """Logs a mistake that happened to ``customer``, for ``agent``; any word of ``Mistake`` can be another."""

    def __call__(self, *, at: datetime | None = None, whom: Customer | None = None, **words: object) -> Case: ...


@pytest.fixture
def log(agent: User, team: Team, customer: Customer, now: datetime) -> Log:
    def log_mistake(*, at: datetime | None = None, whom: Customer | None = None, **words: object) -> Case:
        chosen: dict[str, Any] = {
            "title": "Parcel sent to the old address",
            "severity": Severity.MODERATE,
            "channel": Channel.PHONE,
            "known_at": at or now,
            "team": team,
            "owner": agent,
            **words,
        }
        if chosen["severity"] is Severity.CRITICAL:
            chosen.setdefault("critical_because", CriticalGround.SAFETY)
        return log_case(mistake=Mistake(**chosen), customer=whom or customer, actor=agent, now=at or now)

    return log_mistake
