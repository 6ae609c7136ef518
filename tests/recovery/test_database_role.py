"""The role that README.md gives to the application works with every table and changes nothing of the history."""

import re
from collections.abc import Iterator

import pytest
from django.db import ProgrammingError, connection, transaction

from cases.models import Case, Event
from cases.rules.vocabulary import EventKind
from tests.conftest import Log
from tests.recovery.containers import ROOT

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite knows no roles"),
]
SQL = re.findall(r"```sql\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)[0]


@pytest.fixture
def as_application(log: Log) -> Iterator[Case]:
    """A case, and from here on the role of the application. The test's transaction takes the role away again."""
    case = log()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(SQL.replace("amends_app", "amends_app_of_a_test"))
        cursor.execute("SET LOCAL ROLE amends_app_of_a_test")
    yield case
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cases_event SET kind = 'x'",
        "DELETE FROM cases_event",
        "TRUNCATE cases_event",
        "TRUNCATE cases_case CASCADE",
        "ALTER TABLE cases_event DISABLE TRIGGER cases_event_append_only",
        "ALTER TABLE cases_event ADD COLUMN more text",
        "DROP TRIGGER cases_event_append_only ON cases_event",
        "DROP TRIGGER cases_event_no_truncate ON cases_event",
        "CREATE OR REPLACE FUNCTION cases_event_is_append_only() RETURNS trigger LANGUAGE plpgsql "
        "AS $$ BEGIN RETURN NULL; END $$",
        "DROP TABLE cases_event",
        "SET session_replication_role = replica",
    ],
)
def test_the_application_cannot_change_the_history(as_application: Case, statement: str) -> None:
    refused = pytest.raises(ProgrammingError, match=r"permission denied|must be owner")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Event.objects.get().kind == EventKind.CASE_LOGGED


def test_the_application_goes_on_writing_history(as_application: Case) -> None:
    Event.objects.create(case=as_application, kind=EventKind.NOTE_ADDED, at=as_application.known_at)
    Case.objects.filter(pk=as_application.pk).update(title="Another")
    assert Event.objects.count() == 2
