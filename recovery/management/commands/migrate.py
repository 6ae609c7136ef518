"""Django's ``migrate``, as the owner of the tables where ``MIGRATE_DATABASE_URL`` names one.

The application's own role may then be one that can neither alter a table nor drop a trigger.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.commands import migrate
from django.db import OperationalError, connection

from recovery.environment import refuse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_WHO_AND_WHERE = ("USER", "PASSWORD", "HOST", "PORT", "OPTIONS")


class Command(migrate.Command):
    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except OperationalError as error:
            refuse(f"the database cannot be used: {str(error).splitlines()[0]}")

    def handle(self, *args: Any, **options: Any) -> None:
        with _as_owner():
            super().handle(*args, **options)


@contextmanager
def _as_owner() -> Iterator[None]:
    """The same database by another address. The name stays, so tests reach no database but their own."""
    if settings.MIGRATE_DATABASE is None:
        yield
        return
    before = {name: connection.settings_dict[name] for name in _WHO_AND_WHERE}
    _connect_as(settings.MIGRATE_DATABASE)
    try:
        yield
    finally:
        _connect_as(before)


def _connect_as(address: Mapping[str, Any]) -> None:
    connection.close()
    connection.settings_dict.update({name: address.get(name, {}) for name in _WHO_AND_WHERE})
