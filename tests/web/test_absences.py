"""The page on which people say when they are away."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cases.actions.submissions import new_key
from cases.models import Absence, User

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def note(client: Client, actor: User, /, **typed: str) -> tuple[int, str]:
    client.force_login(actor)
    start = timezone.now().astimezone(actor.zone)
    span = {"start": f"{start:%Y-%m-%dT%H:%M}", "end": f"{start + 3 * DAY:%Y-%m-%dT%H:%M}"}
    answer = client.post("/absences/", {"key": new_key(timezone.now()), "substitute": "", **span, **typed})
    return answer.status_code, answer.text


def test_ones_own_absence_with_who_stands_in(client: Client, agent: User, teammate: User) -> None:
    assert note(client, agent, substitute=str(teammate.public_id))[0] == 302
    absence = Absence.objects.get()
    assert (absence.user, absence.substitute) == (agent, teammate)
    page = client.get("/absences/").text
    assert "Tom Reyes stands in" in page
    assert 'name="who"' not in page


def test_a_manager_says_it_of_a_colleague_and_sees_everybodys(client: Client, manager: User, agent: User) -> None:
    assert note(client, manager, who=str(agent.public_id))[0] == 302
    assert Absence.objects.get().user == agent
    assert "Maya Osei" in client.get("/absences/").text


def test_an_agent_says_it_of_nobody_else_and_sees_nobody_elses(client: Client, agent: User, teammate: User) -> None:
    note(client, agent, who=str(teammate.public_id))
    assert Absence.objects.get().user == agent
    client.force_login(teammate)
    assert client.post(f"/absences/{Absence.objects.get().public_id}/end/").status_code == 404


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"end": "2020-01-01T09:00"}, "The end has to come after the beginning."),
        ({"start": "soon"}, "Write a date and a time"),
        ({"end": ""}, "Choose a date and a time."),
    ],
)
def test_what_makes_no_sense_comes_back_filled_in(
    client: Client, agent: User, typed: dict[str, str], sentence: str
) -> None:
    status, page = note(client, agent, **typed)
    assert status == 422
    assert sentence in page
    assert not Absence.objects.exists()


def test_nobody_stands_in_for_themselves(client: Client, agent: User) -> None:
    status, page = note(client, agent, substitute=str(agent.public_id))
    assert (status, "stand in for themselves" in page) == (422, True)


def test_back_early(client: Client, agent: User) -> None:
    note(client, agent)
    client.post(f"/absences/{Absence.objects.get().public_id}/end/")
    assert not Absence.objects.filter(end__gt=timezone.now()).exists()


@pytest.mark.parametrize("begins_in_days", ["0", "5"])
def test_ended_twice_is_ended_once_and_no_fault(client: Client, agent: User, begins_in_days: str) -> None:
    start = timezone.now().astimezone(agent.zone) + int(begins_in_days) * DAY
    note(client, agent, start=f"{start:%Y-%m-%dT%H:%M}", end=f"{start + DAY:%Y-%m-%dT%H:%M}")
    address = f"/absences/{Absence.objects.get().public_id}/end/"
    for said in ("Reminders follow it by themselves.", "Ended already."):
        page = client.post(address, follow=True)
        assert page.status_code == 200
        assert [str(one) for one in page.context["messages"]][-1].endswith(said)
