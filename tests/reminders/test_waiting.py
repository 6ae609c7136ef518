"""Whether there is anything to do, asked by a connection that may be another one behind a pooler."""

from datetime import datetime

import pytest
from django.db import connection

from cases.reminders.waiting import waiting


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("happens", ["DEALLOCATE ALL", "PREPARE amends_waiting AS SELECT 1"])
def test_a_connection_that_knows_another_question_or_none_is_asked_in_full(now: datetime, happens: str) -> None:
    connection.close()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            if happens.startswith("DEALLOCATE"):
                assert not any(waiting(now))
            cursor.execute(happens)
    assert not any(waiting(now))
