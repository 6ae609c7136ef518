"""One's own profile."""

from datetime import time

import pytest
from django.test import Client
from django.utils import timezone

from cases.actions.submissions import new_key
from cases.models import User

pytestmark = pytest.mark.django_db

PROFILE = "/profile/"


def save(client: Client, who: User, /, **typed: str) -> tuple[int, str]:
    client.force_login(who)
    kept = {"name": who.name, "zone": who.time_zone, "most_reminders": "20", "wants_early": "on"}
    kept["version"] = str(User.objects.get(pk=who.pk).version)
    answer = client.post(PROFILE, {"key": new_key(timezone.now()), **kept, **typed})
    return answer.status_code, answer.content.decode()


def test_it_shows_name_zone_role_and_team(client: Client, agent: User) -> None:
    client.force_login(agent)
    page = client.get(PROFILE).content.decode()
    for words in ("Maya Osei", "maya@example.com", "Agent", "Support"):
        assert words in page
    assert '<option value="America/New_York" selected>' in page


def test_name_and_zone_can_be_changed(client: Client, agent: User) -> None:
    assert save(client, agent, name="Maya Osei-Brandt", zone="Asia/Kathmandu")[0] == 302
    agent.refresh_from_db()
    assert (agent.name, agent.time_zone) == ("Maya Osei-Brandt", "Asia/Kathmandu")


def test_how_to_be_reminded_can_be_chosen(client: Client, agent: User) -> None:
    assert save(client, agent, digest_at="08:30", most_reminders="3", wants_early="")[0] == 302
    agent.refresh_from_db()
    assert (agent.digest_at, agent.most_reminders, agent.wants_early) == (time(8, 30), 3, False)


def test_role_teams_and_address_stay_what_they_are(client: Client, agent: User) -> None:
    save(client, agent, role="administrator", email="other@example.com", teams="", is_active="")
    agent.refresh_from_db()
    assert (agent.role, agent.email, agent.teams.count(), agent.is_active) == ("agent", "maya@example.com", 1, True)


def test_nobody_changes_somebody_else(client: Client, agent: User, teammate: User) -> None:
    save(client, agent, name="New", user=str(teammate.public_id), pk=str(teammate.pk))
    teammate.refresh_from_db()
    assert teammate.name == "Tom Reyes"


def test_a_zone_that_is_no_longer_in_the_list_can_be_kept(client: Client, agent: User) -> None:
    User.objects.filter(pk=agent.pk).update(time_zone="US/Eastern")
    agent.refresh_from_db()
    assert save(client, agent, name="Maya O.")[0] == 302


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": " "}, "Give the name that colleagues and customers know."),
        ({"name": "x" * 121}, "at most 120"),
        ({"name": "a\x00b"}, "Null characters"),
        ({"most_reminders": "0"}, "Allow at least one mail a day"),
        ({"most_reminders": "-3"}, "Allow at least one mail a day"),
        ({"most_reminders": "many"}, "Write a number"),
        ({"digest_at": "25:00"}, "Write an hour of the day"),
        ({"zone": "Mars/Olympus"}, "Choose one of the time zones in the list."),
        ({"zone": "../../etc/passwd"}, "Choose one of the time zones in the list."),
        ({"zone": ""}, "Choose one of the time zones in the list."),
    ],
)
def test_what_cannot_be_is_said(client: Client, agent: User, typed: dict[str, str], sentence: str) -> None:
    status, page = save(client, agent, **typed)
    assert status == 422
    assert sentence in page
    agent.refresh_from_db()
    assert (agent.name, agent.time_zone) == ("Maya Osei", "America/New_York")


def test_who_is_not_signed_in_is_led_to_the_sign_in(client: Client) -> None:
    assert client.get(PROFILE).status_code == 302
