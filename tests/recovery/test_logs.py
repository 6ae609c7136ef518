"""What a log line tells, and what it keeps to itself."""

import json
import logging
import sys
from types import SimpleNamespace

from django.db import IntegrityError, OperationalError

from recovery.logs import Lines


def line(error: Exception | None = None, *, verbose: bool = False, **extra: object) -> dict[str, object]:
    """The line that is written of an event, or of an error that was caught."""
    record = logging.LogRecord("cases.mail", logging.ERROR, __file__, 1, "delivered %d", (3,), None)
    record.__dict__.update(extra)
    if error:
        try:
            raise error
        except type(error):
            record.exc_info = sys.exc_info()
    told: dict[str, object] = json.loads(Lines(verbose=verbose).format(record))
    return told


def test_a_line_tells_when_where_and_what() -> None:
    told = line()

    assert (told["level"], told["logger"], told["event"]) == ("error", "cases.mail", "delivered 3")
    assert str(told["at"]).endswith("+00:00")


def test_an_error_tells_its_kind_and_place_but_not_what_somebody_typed() -> None:
    told = line(IntegrityError("Key (email)=(dora@example.com) already exists"))

    assert told["error"] == "IntegrityError"
    assert "test_logs.py" in str(told["trace"])
    assert "dora" not in json.dumps(told)


def test_an_error_of_the_machine_speaks() -> None:
    assert line(OperationalError("could not connect to server"))["says"] == "could not connect to server"


def test_a_developer_reads_every_word() -> None:
    assert line(ValueError("dora@example.com"), verbose=True)["says"] == "dora@example.com"


def test_a_failed_page_is_named_without_its_address() -> None:
    request = SimpleNamespace(
        method="GET", path="/c/secret-link/", resolver_match=SimpleNamespace(view_name="cases:reply")
    )

    told = line(request=request, status_code=500)

    assert told["event"] == "500 at GET cases:reply"
    assert "secret-link" not in json.dumps(told)
