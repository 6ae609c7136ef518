"""What the form of a new case says before it is sent: why it is more severe, and by whose clock moments are read."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cases.models import Customer, User
from tests.conftest import Log

pytestmark = pytest.mark.django_db

LOG = "/log/"


def test_reasons_that_will_raise_the_severity_are_shown_before_it_is_logged(
    client: Client, agent: User, customer: Customer, log: Log
) -> None:
    before = log(at=timezone.now() - timedelta(days=30))
    client.force_login(agent)
    chosen = {"customer": str(customer.public_id), "attempt": "2", "severity": "moderate"}
    for page in (client.get(f"{LOG}raises/", chosen), client.get(LOG, {**chosen, "q": "Grace"})):
        text = " ".join(page.content.decode().split())
        assert "It was not the first attempt at the same service." in text
        assert f"Second failure for this customer within a year ({before.reference}" in text
        assert "Moderate becomes major." in text


@pytest.mark.parametrize("field", ["known_at", "at"])
def test_a_moment_that_is_typed_decides_which_failures_came_before(
    client: Client, agent: User, customer: Customer, log: Log, field: str
) -> None:
    log(at=timezone.now() - timedelta(days=30))
    client.force_login(agent)
    form = client.get(LOG).content.decode()
    assert f"#id_{field}" in form[form.index("hx-include=\"[name='customer']") :].split(">", 1)[0]
    chosen = {"customer": str(customer.public_id), "attempt": "1", "severity": "moderate"}
    for days, raised in ((29, True), (31, False), (-1, True)):
        typed = f"{timezone.localtime() - timedelta(days=days):%Y-%m-%dT%H:%M}"
        text = client.get(f"{LOG}raises/", {**chosen, field: typed}).content.decode()
        assert ("Second failure" in text) is raised


def test_what_is_no_moment_counts_as_none(client: Client, agent: User, customer: Customer, log: Log) -> None:
    log(at=timezone.now() - timedelta(days=30))
    client.force_login(agent)
    for typed in ("soon", "2026-13-40T25:61", "\x00", "0001-01-01T00:00"):
        page = client.get(f"{LOG}raises/", {"customer": str(customer.public_id), "known_at": typed})
        assert (page.status_code, "Second failure" in page.content.decode()) == (200, True)


def test_who_is_found_shows_that_we_failed_them_within_a_year(client: Client, agent: User, log: Log) -> None:
    log(at=timezone.now() - timedelta(days=30))
    client.force_login(agent)
    assert "Failed within a year" in client.get(LOG, {"q": "Grace"}).content.decode()


def test_each_moment_says_whose_clock_it_is_where_a_team_has_another(
    client: Client, agent: User, customer: Customer
) -> None:
    agent.time_zone = "Australia/Sydney"
    agent.save()
    client.force_login(agent)
    text = client.get(LOG).content.decode()
    assert "By your clock (Australia/Sydney); the team's is America/New York." in text
