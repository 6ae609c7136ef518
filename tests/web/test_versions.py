"""Two people at one record: the later one learns what the earlier one changed, and loses nothing."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.actions import learning
from cases.actions.learning import Plan
from cases.actions.submissions import new_key
from cases.models import Case, Customer, PreventionAction, User
from cases.rules.vocabulary import CauseStatus, PreventionKind, PreventionStatus
from cases.web.accounts import InviteOnlyAdapter
from tests.conftest import Log
from tests.web.hidden import hidden_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(log: Log) -> Case:
    return log()


@pytest.fixture
def desks(agent: User, teammate: User) -> tuple[Client, Client]:
    """Maya, who has a form open, and Tom, who is faster."""
    maya, tom = Client(), Client()
    maya.force_login(agent)
    tom.force_login(teammate)
    return maya, tom


def sheet(version: int, **typed: str) -> dict[str, str]:
    return {"key": new_key(timezone.now()), "version": str(version), **typed}


def test_an_older_customer_form_does_not_undo_a_phone_number(desks: tuple[Client, Client], customer: Customer) -> None:
    maya, tom = desks
    address = reverse("cases:change_customer", args=(customer.public_id,))
    open_form = hidden_of(maya.get(address))
    tom.post(address, sheet(1, name=customer.name, email=customer.email, phone="+1 555 0199"))
    typed = {"name": customer.name, "email": customer.email, "phone": customer.phone, "note": "Prefers noon"}
    refused = maya.post(address, {**open_form, **typed})
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "Tom Reyes changed phone from “+1 555 0100” to “+1 555 0199”" in page
    assert "Prefers noon</textarea>" in page
    customer.refresh_from_db()
    assert (customer.phone, customer.note) == ("+1 555 0199", "")
    assert maya.post(address, {**typed, **hidden_of(refused)}).status_code == 302
    customer.refresh_from_db()
    assert customer.note == "Prefers noon"


def test_a_confirmed_cause_does_not_go_back_to_not_known(desks: tuple[Client, Client], case: Case) -> None:
    maya, tom = desks
    address = reverse("cases:learn", args=(case.incident.reference, "cause"))
    open_form = hidden_of(maya.get(address))
    tom.post(address, sheet(1, new_cause="Typed wrong", cause_status="confirmed", fault_party="us"))
    typed = {"cause_status": "unknown", "fault_party": "unknown", "note": "I have no idea"}
    refused = maya.post(address, {**open_form, **typed})
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "Tom Reyes changed cause from nothing to “Typed wrong”" in page
    assert "I have no idea</textarea>" in page
    case.incident.refresh_from_db()
    assert case.incident.cause_status == CauseStatus.CONFIRMED


def test_a_date_that_was_moved_is_seen_before_the_change_is_dropped(
    desks: tuple[Client, Client], case: Case, agent: User
) -> None:
    maya, tom = desks
    due = timezone.now() + timedelta(days=9)
    plan = Plan(kind=PreventionKind.PROCESS, change="Read back", owner=agent, due_at=due)
    action = learning.plan_prevention(incident=case.incident, plan=plan, actor=agent, now=timezone.now())
    of, where = str(action.public_id), case.incident.reference
    tom.post(
        reverse("cases:learn", args=(where, "move")), sheet(1, of=of, due_at="2099-01-01T10:00", reason="Holidays")
    )
    refused = maya.post(reverse("cases:learn", args=(where, "drop")), sheet(1, of=of, reason="Too late anyway"))
    assert refused.status_code == 409
    assert "Tom Reyes changed due at from" in refused.content.decode()
    assert "Too late anyway" in refused.content.decode()
    assert PreventionAction.objects.get().status == PreventionStatus.PLANNED


def test_ones_own_profile_in_another_window_is_not_undone(client: Client, agent: User) -> None:
    client.force_login(agent)
    kept = {"name": agent.name, "zone": agent.time_zone}
    client.post("/profile/", sheet(1, **kept, most_reminders="5"))
    refused = client.post("/profile/", sheet(1, **kept, most_reminders="20", wants_early="on"))
    assert refused.status_code == 409
    assert "Maya Osei changed most reminders from “20” to “5”" in refused.content.decode()
    agent.refresh_from_db()
    assert agent.most_reminders == 5


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999"])
def test_a_version_that_is_none_is_refused_in_words(
    client: Client, agent: User, customer: Customer, version: str, now: datetime
) -> None:
    client.force_login(agent)
    address = reverse("cases:change_customer", args=(customer.public_id,))
    answer = client.post(address, {"key": new_key(timezone.now()), "name": "Other", "version": version})
    assert answer.status_code in {409, 422}
    customer.refresh_from_db()
    assert customer.name == "Grace Whitlock"


def test_a_new_password_undoes_nothing_that_was_changed_meanwhile(agent: User) -> None:
    User.objects.filter(pk=agent.pk).update(name="Maya O.", version=2)
    InviteOnlyAdapter().set_password(agent, "another quiet pond")
    kept = User.objects.get(pk=agent.pk)
    assert (kept.name, kept.version, kept.check_password("another quiet pond")) == ("Maya O.", 2, True)
