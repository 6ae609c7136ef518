"""The form of a new mistake, as it is sent, and what it says."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from cases.actions.submissions import new_key
from cases.models import Case, Customer, User

LOG = "/log/"
ACKNOWLEDGED = {
    "already": ["acknowledge"],
    "reached_by": "phone",
    "read_back": "Your parcel went to the old address",
    "read_back_answer": "agreed",
    "was_only_concern": "yes",
    "ownership": "I am Maya, and I own this.",
}
APOLOGIZED = {
    "apologized_by": "phone",
    "body": "I sent it to the old address, and I am sorry.",
    "owns_it": "on",
    "explanation_status": "verified",
    "explanation": "The new address was never saved.",
}
CORRECTED = {"status": "done", "what": "A second parcel is on its way"}

Send = Callable[..., HttpResponse]


@pytest.fixture
def send(client: Client, agent: User, customer: Customer) -> Send:
    """Log a mistake for ``customer`` as ``agent``; any field can be another."""

    def post(**typed: Any) -> HttpResponse:
        client.force_login(typed.pop("who", agent))
        usual = {
            "key": new_key(timezone.now()),
            "customer": str(customer.public_id),
            "title": "Parcel sent to the old address",
            "severity": "moderate",
            "origin": "customer",
            "channel": "phone",
        }
        answer: HttpResponse = client.post(LOG, {**usual, **typed})  # type: ignore[assignment]
        return answer

    return post


def said(answer: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]  # type: ignore[attr-defined]


def sentence_at(answer: HttpResponse, field: str) -> str:
    assert answer.status_code == 422
    assert not Case.objects.exists()
    return " ".join(answer.context["form"].errors.get(field, []))  # type: ignore[attr-defined]


def wall(moment: datetime) -> str:
    """What somebody in New York types."""
    return timezone.localtime(moment, User(time_zone="America/New_York").zone).strftime("%Y-%m-%dT%H:%M")
