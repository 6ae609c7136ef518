"""The page of a case with two pauses, and the form that asks which one is over."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.actions.handling import open_pauses, pause
from cases.actions.submissions import new_key
from cases.models import Case, User
from cases.rules.vocabulary import PauseKind
from tests.conftest import Log

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(log: Log, agent: User, client: Client) -> Case:
    client.force_login(agent)
    now = timezone.now()
    case = log(at=now)
    for kind, why in ((PauseKind.CUSTOMER, "Which day suits you?"), (PauseKind.LEGAL_HOLD, "The court asked us")):
        pause(case=case, question=why, until=now + timedelta(days=3), actor=agent, now=now, kind=kind)
    case.refresh_from_db()
    return case


def test_the_page_shows_both(client: Client, case: Case) -> None:
    text = client.get(reverse("cases:case", args=(case.reference,))).content.decode()
    assert "Which day suits you?" in text
    assert "The court asked us" in text


def test_letting_the_clock_run_asks_which_one_is_over(client: Client, case: Case) -> None:
    address = reverse("cases:do", args=(case.reference, "resume"))
    typed = {"key": new_key(timezone.now()), "version": str(case.version)}
    assert client.post(address, typed).status_code == 422
    assert client.post(address, {**typed, "kind": "customer"}).status_code == 302
    assert set(open_pauses(case, timezone.now())) == {PauseKind.LEGAL_HOLD}


def test_one_alone_needs_no_choice(client: Client, case: Case) -> None:
    address = reverse("cases:do", args=(case.reference, "resume"))
    for typed in ({"kind": "customer"}, {}):
        case.refresh_from_db()
        sent = {"key": new_key(timezone.now()), "version": str(case.version), **typed}
        assert client.post(address, sent).status_code == 302
    assert open_pauses(case, timezone.now()) == {}


def test_where_none_runs_any_more_the_page_says_so(client: Client, agent: User, log: Log) -> None:
    client.force_login(agent)
    case = log(at=timezone.now())
    case.refresh_from_db()
    sent = {"key": new_key(timezone.now()), "version": str(case.version)}
    page = client.post(reverse("cases:do", args=(case.reference, "resume")), sent)
    assert (page.status_code, "The clock is running." in page.content.decode()) == (422, True)
