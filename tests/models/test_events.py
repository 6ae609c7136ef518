"""Events are append-only: the database refuses to change or delete one, whoever asks and however."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from cases.models import Event
from cases.rules.vocabulary import EventKind
from tests.conftest import Log

pytestmark = pytest.mark.django_db


def by_sql(statement: str, *words: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, words)


def by_save(event: Event) -> None:
    event.kind = EventKind.NOTE_ADDED
    event.save()


def by_replacing(event: Event) -> None:
    """SQLite's, which deletes the row that is there already."""
    columns = ", ".join(str(field.column) for field in Event._meta.concrete_fields)  # noqa: SLF001  (Django names it so)
    by_sql(f"REPLACE INTO cases_event ({columns}) SELECT {columns} FROM cases_event WHERE id = %s", event.pk)  # noqa: S608


def by_truncating(statement: str) -> None:
    by_sql("SET CONSTRAINTS ALL IMMEDIATE")  # PostgreSQL truncates no table that still has checks to come
    by_sql(statement)


ON_POSTGRES: dict[str, Callable[[Event], object]] = {
    "truncated": lambda _: by_truncating("TRUNCATE cases_event CASCADE"),
    "truncated with its case": lambda _: by_truncating("TRUNCATE cases_case CASCADE"),
}
WAYS: dict[str, Callable[[Event], object]] = {
    "saved again": by_save,
    "updated": lambda _: Event.objects.update(facts={}),
    "updated in bulk": lambda event: Event.objects.bulk_update([event], ["facts"]),
    "deleted": lambda event: event.delete(),
    "deleted in bulk": lambda _: Event.objects.all().delete(),
    "updated by SQL": lambda event: by_sql("UPDATE cases_event SET kind = 'x' WHERE id = %s", event.pk),
    "deleted by SQL": lambda event: by_sql("DELETE FROM cases_event WHERE id = %s", event.pk),
    "deleted whole by SQL": lambda _: by_sql("DELETE FROM cases_event"),
    **(ON_POSTGRES if connection.vendor == "postgresql" else {"replaced": by_replacing}),
}


@pytest.mark.parametrize("way", WAYS)
def test_an_event_is_neither_changed_nor_deleted(log: Log, way: str) -> None:
    log()
    event = Event.objects.get()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        WAYS[way](event)

    assert Event.objects.get().kind == EventKind.CASE_LOGGED


def test_an_event_belongs_to_a_case_an_incident_or_a_customer_and_never_to_two(log: Log) -> None:
    case = log()
    whose: tuple[dict[str, Any], ...] = ({"case": case}, {"incident": case.incident}, {"customer": case.customer})
    wrong = [{}, whose[0] | whose[1], whose[0] | whose[2], whose[1] | whose[2], whose[0] | whose[1] | whose[2]]

    for each in wrong:
        with pytest.raises(DatabaseError, match="event_of_one"), transaction.atomic():
            Event.objects.create(**each, kind=EventKind.NOTE_ADDED, at=case.known_at)
    for each in whose:
        assert Event.objects.create(**each, kind=EventKind.NOTE_ADDED, at=case.known_at).pk
