"""People at the settings pages: invited, moved, let go, and never deleted."""

import re
from datetime import datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from cases.actions import notices
from cases.mail.letter import written
from cases.models import Message, Team, User
from cases.rules.vocabulary import CompensationNature, Role
from tests.conftest import Log
from tests.reports.recovery import propose

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

ADD = reverse("admin:cases_user_add")
PASSWORD = "a quiet pond in May"


def page_of(user: User) -> str:
    return reverse("admin:cases_user_change", args=(user.pk,))


def newcomer(team: Team, **words: str) -> dict[str, str]:
    return {
        "name": "Ines Duarte",
        "email": "Ines@Example.com",
        "role": "agent",
        "teams": str(team.pk),
        "time_zone": "Europe/Lisbon",
        **words,
    }


def as_they_are(user: User, **words: str) -> dict[str, str]:
    """The form of somebody who works here, ``is_active`` ticked; an empty word leaves its field out."""
    kept = {"name": user.name, "email": user.email, "role": user.role, "time_zone": user.time_zone}
    version = str(User.objects.get(pk=user.pk).version)
    form = {**kept, "is_active": "on", "version": version, **words}
    return {name: value for name, value in form.items() if value}


def test_an_invited_person_chooses_a_password_and_is_in(desk: Client, team: Team, client: Client) -> None:
    desk.post(ADD, newcomer(team))
    mail = Message.objects.get(to_address="ines@example.com")
    link = re.search(r"http://localhost:8000(/\S+)", mail.text)
    assert link is not None

    client.logout()
    form = client.get(link[1], follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": PASSWORD, "password2": PASSWORD})
    answer = client.post(reverse("account_login"), {"login": "ines@example.com", "password": PASSWORD})

    assert answer.status_code == 302
    ines = User.objects.get(email="ines@example.com")
    assert client.session["_auth_user_id"] == str(ines.pk)
    assert list(ines.teams.all()) == [team]
    assert "This link does not work any more" in client.get(link[1], follow=True).content.decode()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"email": "LENA@example.com"}, "Somebody has this mail address already."),
        ({"email": "ines"}, "Enter a valid email address."),
        ({"name": "  "}, "This field is required."),
        ({"time_zone": "Mars/Olympus"}, "“Mars/Olympus” is not a time zone that we know"),
        ({"role": "king"}, "Select a valid choice."),
        ({"teams": "999999"}, "Select a valid choice."),
    ],
)
def test_an_invitation_that_cannot_work_is_refused(
    desk: Client, team: Team, words: dict[str, str], sentence: str
) -> None:
    answer = desk.post(ADD, newcomer(team, **words))

    assert sentence in answer.content.decode()
    assert User.objects.count() == 1
    assert not Message.objects.exists()


def test_an_invitation_is_sent_again_until_there_is_a_password(desk: Client, team: Team) -> None:
    desk.post(ADD, newcomer(team))
    ines = User.objects.get(email="ines@example.com")
    again = {
        "CHANGE_FORM-action": "invite_again",
        "_selected_action": str(ines.pk),
        "index": "0",
        "action": "invite_again",
    }

    desk.post(page_of(ines), again)
    assert Message.objects.filter(to_user=ines).count() == 2
    ines.set_password(PASSWORD)
    ines.save()
    answer = desk.post(page_of(ines), again, follow=True)

    assert "Ines Duarte has a password already." in answer.content.decode()
    assert Message.objects.filter(to_user=ines).count() == 2


def test_an_administrator_says_that_mail_reaches_somebody_again(desk: Client, agent: User, now: datetime) -> None:
    User.objects.filter(pk=agent.pk).update(unreachable_since=now, unreachable_because="550 Nobody of that name")
    assert "550 Nobody of that name" in desk.get(page_of(agent)).content.decode()
    done = {
        "CHANGE_FORM-action": "confirm_address",
        "_selected_action": str(agent.pk),
        "index": "0",
        "action": "confirm_address",
    }

    said = desk.post(page_of(agent), done, follow=True).content.decode()

    agent.refresh_from_db()
    assert "From now on, mail to maya@example.com counts as arriving." in said
    assert (agent.unreachable_since, agent.unreachable_because) == (None, "")
    assert "has not failed" in desk.post(page_of(agent), done, follow=True).content.decode()


def test_with_another_address_they_sign_in_and_are_written_to_there(
    desk: Client, client: Client, manager: User, now: datetime
) -> None:
    User.objects.filter(pk=manager.pk).update(unreachable_since=now, unreachable_because="550 Nobody of that name")
    waiting = notices.send_test(actor=manager, now=now)

    said = desk.post(
        page_of(manager), as_they_are(manager, email="Priya.Shah@example.com"), follow=True
    ).content.decode()

    manager.refresh_from_db()
    assert "From now on Priya Shah signs in as priya.shah@example.com, and mail goes there." in said
    assert (manager.email, manager.unreachable_since, manager.unreachable_because) == (
        "priya.shah@example.com",
        None,
        "",
    )
    waiting.refresh_from_db()
    assert waiting.to_address == "priya.shah@example.com"
    assert b"To: priya.shah@example.com" in written(waiting)
    client.logout()
    for email, status in (("priya@example.com", 200), ("priya.shah@example.com", 302)):
        answer = client.post(reverse("account_login"), {"login": email, "password": "correct horse"})
        assert answer.status_code == status


def test_nobody_gets_the_address_of_somebody_else(desk: Client, agent: User, teammate: User) -> None:
    answer = desk.post(page_of(agent), as_they_are(agent, email=teammate.email.upper()))

    assert "Somebody has this mail address already." in answer.content.decode()
    agent.refresh_from_db()
    assert agent.email == "maya@example.com"


def test_role_team_and_zone_change_together_and_are_logged(desk: Client, agent: User, outsider: User) -> None:
    other = outsider.teams.get()

    desk.post(page_of(agent), as_they_are(agent, role="manager", teams=str(other.pk), time_zone="Asia/Tokyo"))

    agent.refresh_from_db()
    assert (agent.role, agent.time_zone, list(agent.teams.all())) == (Role.MANAGER, "Asia/Tokyo", [other])
    assert LogEntry.objects.get().object_repr == "Maya Osei"


def test_whoever_leaves_is_signed_out_at_once_and_for_good(desk: Client, agent: User, log: Log) -> None:
    log()
    browser = Client()
    browser.force_login(agent)

    answer = desk.post(page_of(agent), as_they_are(agent, is_active=""), follow=True)

    assert "Maya Osei still owns an open case." in answer.content.decode()
    desk.post(page_of(agent), as_they_are(agent))
    assert not browser.session.exists(str(browser.session.session_key))


@pytest.mark.parametrize("words", [{"is_active": ""}, {"role": "manager"}])
def test_the_last_administrator_stays(desk: Client, administrator: User, words: dict[str, str]) -> None:
    answer = desk.post(page_of(administrator), as_they_are(administrator, **words))

    assert "Nobody else can change the settings." in answer.content.decode()
    administrator.refresh_from_db()
    assert administrator.is_staff


def test_the_manager_of_a_team_does_not_become_an_agent(desk: Client, manager: User) -> None:
    answer = desk.post(page_of(manager), as_they_are(manager, role="agent"))

    assert "Give the team another manager first." in answer.content.decode()


def test_nobody_is_deleted(desk: Client, agent: User) -> None:
    assert desk.post(reverse("admin:cases_user_delete", args=(agent.pk,)), {"post": "yes"}).status_code == 403


def test_whoever_leads_the_team_no_longer_is_not_asked_any_more(
    desk: Client, team: Team, log: Log, agent: User, teammate: User, now: datetime
) -> None:
    team.lead = agent
    team.save()
    asked = propose(log(), teammate, now, 900, CompensationNature.RESTITUTION)
    assert asked.asked_to == agent

    desk.post(
        reverse("admin:cases_team_change", args=(team.pk,)),
        {"name": team.name, "calendar": str(team.calendar_id), "version": "1"},
    )

    asked.refresh_from_db()
    assert asked.asked_to == User.objects.get(role=Role.ADMINISTRATOR)


def test_a_team_is_managed_by_a_manager(desk: Client, team: Team, agent: User) -> None:
    form = {"name": "Support", "calendar": str(team.calendar_id), "manager": str(agent.pk)}

    answer = desk.post(reverse("admin:cases_team_change", args=(team.pk,)), form)

    assert "Select a valid choice." in answer.content.decode()
