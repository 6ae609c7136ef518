"""What holds for every page: nobody signs up, nobody guesses passwords at leisure, browsers are told to be strict."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

User = get_user_model()
pytestmark = pytest.mark.django_db


def test_browsers_are_told_to_run_nothing_but_our_own_files(client: Client) -> None:
    headers = client.get(reverse("account_login")).headers

    policy = headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_nobody_signs_up(client: Client) -> None:
    wanted = {"email": "stranger@example.com", "password1": "a-long-enough-one"}

    answer = client.post(reverse("account_signup"), wanted)

    assert answer.status_code == 200
    assert not User.objects.exists()


def test_guessing_a_password_is_stopped_after_five(client: Client) -> None:
    guess = {"login": "agent@example.com", "password": "wrong-password"}
    for _ in range(5):
        client.post(reverse("account_login"), guess)

    answer = client.post(reverse("account_login"), guess)

    assert "Too many failed login attempts" in answer.content.decode()


def test_the_admin_pages_ask_for_the_usual_sign_in(client: Client) -> None:
    answer = client.get(reverse("admin:login"))

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("account_login"))
