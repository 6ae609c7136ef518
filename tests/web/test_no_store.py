"""No page is kept by a browser: *Back* asks for it again, and shows nothing after a sign-out."""

import pytest
from django.test import Client

from cases.actions import satisfaction
from cases.models import Case, User
from tests.conftest import Log

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(log: Log) -> Case:
    return log()


@pytest.mark.parametrize(
    "address",
    [
        *("/", "/log/", "/cases/", "/cases/SR-1001/", "/cases/SR-1001/do/note/", "/customers/", "/learning/"),
        *("/profile/", "/absences/", "/dashboard/", "/accounts/password/change/", "/admin/", "/admin/cases/team/add/"),
        *("/cases/SR-9999/", "/reminders/"),
    ],
)
def test_pages_of_staff_are_not_stored(client: Client, case: Case, administrator: User, address: str) -> None:
    client.force_login(administrator)
    assert "no-store" in client.get(address).headers["Cache-Control"]


@pytest.mark.parametrize("address", ["/accounts/login/", "/accounts/password/reset/", "/accounts/logout/"])
def test_pages_of_sign_in_are_not_stored(client: Client, team: object, address: str) -> None:
    assert "no-store" in client.get(address).headers["Cache-Control"]


def test_the_customers_page_is_private_and_not_stored(client: Client, case: Case, agent: User) -> None:
    token = satisfaction.make_link(case=case, actor=agent, now=case.known_at)
    kept = client.get(f"/made-right/{token}/").headers["Cache-Control"]
    assert "no-store" in kept
    assert "private" in kept


def test_a_form_that_is_given_back_is_not_stored(client: Client, case: Case, agent: User) -> None:
    client.force_login(agent)
    answer = client.post("/cases/SR-1001/do/note/", {"text": "Hello"})
    assert answer.status_code == 422
    assert "no-store" in answer.headers["Cache-Control"]
