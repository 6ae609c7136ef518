"""What machines ask: whether the process lives, and whether it is ready."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from cases.models import User
from cases.web.views import health


def broken(*_: object) -> None:
    raise OperationalError("secret of the connection")


def test_alive_asks_nothing_of_the_database(client: Client) -> None:
    answer = client.get("/livez")
    assert (answer.status_code, answer.content) == (200, b"ok")
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.django_db
def test_ready_says_so_of_each_part(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    parts = ("database", "migrations", "static", "disk", "cache", "reminders")
    assert answer.json() == dict.fromkeys(parts, "ok")


@pytest.mark.django_db
def test_static_files_that_were_not_collected_make_it_not_ready(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "recovery.static.StaticFiles"}}
    settings.STATIC_ROOT = tmp_path
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert f"static files are not collected in {tmp_path}, such as " in answer.json()["static"]
    assert "AMENDS_STATIC" in answer.json()["static"]


@pytest.mark.django_db
def test_a_disk_that_is_full_is_told_and_takes_pages_away_where_the_database_is_on_it(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "LEAST_FREE", 2**63)
    answer = client.get("/readyz")
    assert answer.status_code == (503 if connection.vendor == "sqlite" else 200)
    assert answer.json()["disk"].startswith(f"The disk of {settings.VAR} is full: ")
    assert client.get("/readyz?all").status_code == 503


@pytest.mark.django_db
def test_a_migration_that_is_still_to_be_applied_makes_it_not_ready(client: Client) -> None:
    [newest] = MigrationLoader(connection).graph.leaf_nodes("cases")
    MigrationRecorder(connection).record_unapplied(*newest)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["migrations"] == "1 still to be applied"


@pytest.mark.django_db
def test_a_cache_that_is_down_is_told_and_takes_no_page_away(client: Client, settings: Settings) -> None:
    settings.CACHES = {"default": {"BACKEND": "recovery.cache.Cache", "LOCATION": "redis://127.0.0.1:1/0"}}
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["cache"] == "cannot be reached"
    assert client.get("/readyz?all").status_code == 503


@pytest.mark.django_db
def test_reminders_that_are_not_sent_are_told_and_take_no_page_away(client: Client, agent: User) -> None:
    User.objects.update(joined_at=timezone.now() - timedelta(hours=1))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["reminders"].startswith("Nobody is reminded of what is overdue")
    assert client.get("/readyz?all").status_code == 503


@pytest.mark.django_db
def test_everything_that_is_well_is_well_for_whoever_watches(client: Client) -> None:
    assert client.get("/readyz?all").status_code == 200


@pytest.mark.django_db
def test_a_database_that_is_down_makes_it_not_ready_and_tells_no_secret(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "cursor", broken)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "cannot be reached"
    assert "secret" not in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/livez", "/readyz"])
def test_nothing_can_be_sent_there(client: Client, address: str) -> None:
    ask: Callable[..., object] = client.post
    assert getattr(ask(address), "status_code", 0) == 405
