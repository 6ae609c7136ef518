"""Figures for Prometheus: behind a token, right in every process, and none that nobody has measured."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django.fixtures import Settings

from cases.mail import compose
from cases.models import Sweep, User
from cases.reminders.lease import hold

pytestmark = pytest.mark.django_db

TOKEN = "a-token-that-nobody-guesses"


@pytest.fixture
def token(settings: Settings) -> None:
    settings.AMENDS_METRICS_TOKEN = TOKEN


def scrape(client: Client) -> dict[str, float]:
    """Each figure by its name, with its label where it has one."""
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    families = text_string_to_metric_families(answer.content.decode())
    samples = [sample for family in families for sample in family.samples]
    return {" ".join([sample.name, *sample.labels.values()]): sample.value for sample in samples}


def test_without_a_token_of_ours_there_is_no_such_page(client: Client) -> None:
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize(
    "said", ["", "Bearer", "Bearer wrong", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ü"]
)
def test_another_token_than_ours_is_refused(client: Client, token: None, said: str) -> None:
    answer = client.get("/metrics", headers={"Authorization": said})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert b"amends" not in answer.content


def test_nothing_can_be_sent_there(client: Client, token: None) -> None:
    assert client.post("/metrics").status_code == 405


def test_a_new_site_has_figures_only_of_what_is_known(client: Client, token: None) -> None:
    found = scrape(client)
    assert (found["amends_mails_owed"], found["amends_mails_sent_total"], found["amends_trouble silence"]) == (0, 0, 0)
    assert {"amends_sweep_age_seconds", "amends_mails_per_second"} & set(found) == set()


def test_what_waits_and_how_the_last_sweep_went(client: Client, token: None, agent: User) -> None:
    now = timezone.now()
    compose.notice(agent, heading="Please look", lines=[], now=now - timedelta(minutes=20))
    Sweep.objects.create(
        begun_at=now - timedelta(minutes=12), ended_at=now - timedelta(minutes=11), sent=30, is_server_reached=False
    )
    found = scrape(client)
    assert (found["amends_mails_owed"], found["amends_mail_server_reached"]) == (1, 0)
    assert (found["amends_sweep_seconds"], found["amends_mails_per_second"]) == (60, 0.5)
    assert 1200 <= found["amends_oldest_mail_age_seconds"] < 1260
    assert 660 <= found["amends_sweep_age_seconds"] < 720
    assert (found["amends_trouble silence"], found["amends_trouble old_mail"], found["amends_trouble growth"]) == (
        1,
        1,
        0,
    )


def test_who_leads_and_since_when(client: Client, token: None) -> None:
    now = timezone.now()
    hold("beat", "host:7", now)
    assert scrape(client)["amends_beat_leads_since_seconds host:7"] == pytest.approx(now.timestamp())
