"""Migrations run by an address of their own, where one is set, and leave the application with its own."""

from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connection
from pytest_django.fixtures import Settings

OWNER = {"USER": "owner", "PASSWORD": "secret", "HOST": "db.example.com", "PORT": 5433, "NAME": "amends"}


@pytest.fixture
def users(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Role and database of each time that Django's command ran; it connects to nothing."""
    found = list[tuple[str, str]]()

    def handle(*_: Any, **__: Any) -> None:
        found.append((connection.settings_dict["USER"], connection.settings_dict["NAME"]))

    monkeypatch.setattr(migrate.Command, "handle", handle)
    monkeypatch.setattr(connection, "close", lambda: None)
    return found


def test_the_owner_migrates_the_same_database(settings: Settings, users: list[tuple[str, str]]) -> None:
    before = dict(connection.settings_dict)
    settings.MIGRATE_DATABASE = OWNER
    call_command("migrate", skip_checks=True)
    assert users == [("owner", before["NAME"])]
    assert connection.settings_dict == before


def test_a_failed_migration_leaves_the_applications_address(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError

    before = dict(connection.settings_dict)
    settings.MIGRATE_DATABASE = OWNER
    monkeypatch.setattr(migrate.Command, "handle", fail)
    monkeypatch.setattr(connection, "close", lambda: None)
    with pytest.raises(RuntimeError):
        call_command("migrate", skip_checks=True)
    assert connection.settings_dict == before


def test_without_an_address_of_its_own_it_is_the_applications(settings: Settings, users: list[tuple[str, str]]) -> None:
    settings.MIGRATE_DATABASE = None
    call_command("migrate", skip_checks=True)
    assert users == [(connection.settings_dict["USER"], connection.settings_dict["NAME"])]
