"""Looking at pages as somebody: what they say, and how many statements they cost."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.models import User

MOST_STATEMENTS = 15
"""A page, session and user included, whatever the number of its rows."""


def look(client: Client, user: User, url: str) -> str:
    """The page at an address, which must be there."""
    client.force_login(user)
    answer = client.get(url)
    assert answer.status_code == 200, f"{url} answers {answer.status_code}"
    return answer.getvalue().decode()


def status(client: Client, user: User, url: str) -> int:
    client.force_login(user)
    return client.get(url).status_code


def statements(client: Client, user: User, url: str) -> int:
    """How many statements one look takes, after the first one has warmed what is kept."""
    look(client, user, url)
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).getvalue()
    return len(found)
