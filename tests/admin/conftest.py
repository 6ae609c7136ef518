"""The administrators' desk: signed in at the settings pages."""

import pytest
from django.test import Client

from cases.models import User


@pytest.fixture
def desk(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client
