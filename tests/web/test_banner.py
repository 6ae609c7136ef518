"""While reminders are not sent, whoever answers for them sees it on every page."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Sweep, User
from tests.web.looking import MOST_STATEMENTS, look, statements

pytestmark = pytest.mark.django_db

SILENCE = "the regular sweep has not taken place"


@pytest.fixture
def silent(manager: User) -> None:
    """A site where the last sweep was an hour ago."""
    hour_ago = timezone.now() - timedelta(hours=1)
    Sweep.objects.create(begun_at=hour_ago, ended_at=hour_ago)


def test_a_manager_reads_what_is_wrong_since_when_and_what_to_do(client: Client, manager: User, silent: None) -> None:
    page = look(client, manager, "/")
    assert SILENCE in page
    assert 'role="status"' in page
    assert f'<time datetime="{Sweep.objects.get().begun_at.isoformat()}"' in page
    assert "Check that Amends’ worker and beat are running." in page


def test_an_administrator_is_led_to_the_sweeps_and_a_manager_is_not(
    client: Client, manager: User, administrator: User, silent: None
) -> None:
    sweeps = reverse("admin:cases_sweep_changelist")
    assert sweeps in look(client, administrator, "/")
    assert sweeps not in look(client, manager, "/")
    assert client.get(sweeps).status_code == 302
    client.force_login(administrator)
    assert "Sweep" in client.get(sweeps).content.decode()


@pytest.mark.parametrize("address", ["/", "/cases/", "/dashboard/", "/learning/", "/customers/", "/log/", "/nowhere/"])
def test_it_stands_on_every_page(client: Client, manager: User, silent: None, address: str) -> None:
    client.force_login(manager)
    assert SILENCE in client.get(address).content.decode()


def test_it_stands_above_the_settings_too(client: Client, administrator: User, silent: None) -> None:
    client.force_login(administrator)
    page = client.get(reverse("admin:index")).content.decode()
    assert SILENCE in page
    assert reverse("admin:cases_sweep_changelist") in page


def test_an_agent_sees_none_of_it(client: Client, agent: User, silent: None) -> None:
    assert SILENCE not in look(client, agent, "/")


def test_nobody_who_is_not_signed_in_sees_any_of_it(client: Client, silent: None) -> None:
    assert SILENCE not in client.get(reverse("account_login")).content.decode()


def test_nothing_is_shown_while_all_is_well(client: Client, manager: User) -> None:
    Sweep.objects.create(begun_at=timezone.now(), ended_at=timezone.now())
    assert 'aria-label="Reminders"' not in look(client, manager, "/")


def test_it_goes_when_the_trouble_is_over(client: Client, manager: User, silent: None) -> None:
    assert SILENCE in look(client, manager, "/")
    Sweep.objects.create(begun_at=timezone.now(), ended_at=timezone.now())
    cache.delete("report:troubles")
    assert SILENCE not in look(client, manager, "/")


def test_it_costs_a_page_no_statement_while_the_answer_is_fresh(client: Client, manager: User, silent: None) -> None:
    with_banner = statements(client, manager, "/")
    Sweep.objects.update(ended_at=timezone.now())
    cache.delete("report:troubles")
    assert statements(client, manager, "/") == with_banner <= MOST_STATEMENTS
